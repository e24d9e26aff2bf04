"""Is this file genuine? The answer in plain words, ready to print; the checks themselves live in `documents`."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from pia_engine.documents import checking
from pia_engine.documents.checking import DocumentCheck, SignatureCheck, Trust, check_document
from pia_engine.errors import N_

Translate = Callable[[str], str]

GENUINE = N_("This file is genuine. Not one byte was changed since it was signed.")
ALTERED = N_("This file is not what was signed.")
UNSIGNED = N_("This file is not a signed document of the city.")
FOREIGN = N_("This file is signed, but not by this city.")
CANNOT_COUNT = N_("This file cannot be relied on: a signature in it does not count.")

SEALED = N_("Sealed by %(organisation)s on %(when)s.")
SIGNED = N_("Signed by %(name)s, %(role)s (%(organisation)s), on %(when)s.")
STATED = N_("Stated with the signature: %(reason)s.")
NOT_COUNTED = N_("A signature in the name of %(name)s does not count: %(problem)s.")
NOT_READABLE = N_("One signature does not count: %(problem)s.")
PUBLISHED = N_("The city published exactly this file as %(reference)s, “%(title)s”, on %(when)s.")
CLOSING_REPORT = N_("This is the closing report of audit %(reference)s, “%(title)s”, closed on %(when)s.")
NO_LONGER_CURRENT = N_("It is no longer the current edition: %(note)s")
NOT_PUBLISHED = N_("This exact file is not in the public register that was asked.")
FINGERPRINT = N_("SHA-256 of the file: %(sha256)s")


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """What the register knows about a file with a given SHA-256; `note` says why it is not current any more.

    `sentence` says what kind of document it is.
    """

    reference: str
    title: str
    published_at: datetime
    is_current: bool = True
    note: str = ""
    sentence: str = PUBLISHED


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: a headline, then sentences in the order to read them."""

    valid: bool
    headline: str
    sentences: tuple[str, ...]
    signatures: tuple[SignatureCheck, ...]


def verify_file(
    data: bytes,
    *,
    trust: Path | Trust | Sequence[x509.Certificate],
    published: Callable[[str], PublishedDocument | None] | None = None,
    translate: Translate = str,
) -> Verdict:
    """Say whether `data` is genuine, who signed it and when, and, given a register, whether it was published."""
    sha256 = hashlib.sha256(data).hexdigest()
    check = check_document(data, trust=trust)
    sentences: list[str] = []
    if check.alterations is not None:
        sentences.append(translate(check.alterations))
    sentences += (sentence for each in check.signatures for sentence in _about(each, check, translate))
    if published is not None and check.valid:
        sentences += _about_publication(published(sha256), translate)
    sentences.append(translate(FINGERPRINT) % {"sha256": sha256})
    return Verdict(check.valid, translate(_headline(check)), tuple(sentences), check.signatures)


def _headline(check: DocumentCheck) -> str:
    if check.valid:
        return GENUINE
    if check.alterations in (checking.NO_SIGNATURE, checking.TOO_LARGE):
        return UNSIGNED
    if check.alterations is not None:
        return ALTERED
    return CANNOT_COUNT if any(each.trusted for each in check.signatures) else FOREIGN


def _about(signature: SignatureCheck, check: DocumentCheck, translate: Translate) -> Iterator[str]:
    if signature.problem is not None:
        template = NOT_COUNTED if signature.name else NOT_READABLE
        yield translate(template) % {"name": signature.name, "problem": translate(signature.problem)}
        return
    if signature.signed_at is None:
        return  # the file as a whole is not genuine, so nothing in it can vouch for when this was
    template = SEALED if signature.is_seal else SIGNED
    yield translate(template) % {
        "name": signature.name,
        "role": signature.role,
        "organisation": signature.organisation,
        "when": _when(signature.signed_at),
    }
    if check.valid and signature.reason:
        yield translate(STATED) % {"reason": signature.reason}


def _about_publication(found: PublishedDocument | None, translate: Translate) -> Iterator[str]:
    if found is None:
        yield translate(NOT_PUBLISHED)
        return
    yield translate(found.sentence) % {
        "reference": found.reference,
        "title": found.title,
        "when": _when(found.published_at),
    }
    if not found.is_current:
        yield translate(NO_LONGER_CURRENT) % {"note": found.note}


def _when(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%d, %H:%M UTC")
