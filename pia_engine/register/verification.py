"""Is this file genuine, and does it still stand? The answer in plain words, the same on the page and in the command.

First the fingerprint of the whole file is looked up among all files the city ever published: one answer at once. Only
a file that is none of them is examined (`documents.examining`), and what was done to it is named. A log that came in
somebody's bundle is no such register: it only adds what became of a file that its own signatures prove.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pia_engine.documents import checking
from pia_engine.documents.case_checking import CaseVerdict
from pia_engine.documents.checking import SignatureCheck
from pia_engine.documents.examining import TOO_MUCH, Examination, examine
from pia_engine.documents.tampering import Kind, page_numbers, sentence_of
from pia_engine.documents.trust import Trust, read_trust
from pia_engine.errors import N_
from pia_engine.register import verdict_words as words
from pia_engine.register.verdict_words import day_in_words, in_words

Translate = Callable[[str], str]

PUBLISHED = N_("The city published exactly this file as %(reference)s, “%(title)s”, on %(when)s.")
CLOSING_REPORT = N_("This is the closing report of audit %(reference)s, “%(title)s”, closed on %(when)s.")
ORIGINAL = N_("The city signed exactly this file as the full version of %(reference)s, “%(title)s”, on %(when)s.")


class Standing(StrEnum):
    """What became of a published file."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DISPOSED = "disposed"
    ORIGINAL = "original"


class Answer(StrEnum):
    """Every answer there is."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    DISPOSED = "disposed"
    ORIGINAL = "original"
    SIGNED = "signed"
    UNLISTED = "unlisted"
    ALTERED = "altered"
    CUT_BACK = "cut_back"
    FOREIGN = "foreign"
    NOT_COUNTED = "not_counted"
    UNKNOWN_AUTHORITY = "unknown_authority"
    UNSIGNED = "unsigned"
    UNREADABLE = "unreadable"


GENUINE = frozenset({*(Answer(standing.value) for standing in Standing), Answer.SIGNED})


@dataclass(frozen=True, slots=True)
class Signer:
    """One line of the table of signatures: of a person, a seal or a stamp. An empty `problem` means that it counts."""

    who: str
    role: str = ""
    organisation: str = ""
    when: str = ""
    says: str = ""
    problem: str = ""
    kind: str = "person"


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """What the register or the log knows of a file with a given SHA-256. `sentence` says what kind of document it is.

    `since` and `reason` say from when on and why it is no longer current, `ended` how its edition ended where the
    standing is another matter; `disposed_at` when the records were deleted, as far as the log says so;
    `has_newer_copy` that there is a later file. `position` is its place in the log.
    """

    reference: str
    title: str
    published_at: datetime
    standing: Standing = Standing.CURRENT
    since: datetime | None = None
    reason: str = ""
    ended: Standing | None = None
    disposed_at: datetime | None = None
    sentence: str = PUBLISHED
    has_newer_copy: bool = False
    position: int | None = None
    address: str = ""
    proof: str = ""
    organisation: str = ""
    signers: tuple[Signer, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer: a headline, then sentences in the order to read them, who signed, what was checked, what to do."""

    answer: Answer
    headline: str
    sentences: tuple[str, ...]
    checked: tuple[str, ...]
    advice: tuple[str, ...]
    signatures: tuple[Signer, ...]
    sha256: str
    document: PublishedDocument | None = None

    @property
    def valid(self) -> bool:
        """Whether the file is what the city signed, whatever became of it since."""
        return self.answer in GENUINE


@dataclass(frozen=True, slots=True)
class Register:
    """What can be asked beside the file: `find` by fingerprint, and `original_of` an altered one, if there is any.

    `is_own`: it is the installation's own database, which needs no other proof that a file is genuine.
    """

    find: Callable[[str], PublishedDocument | None]
    original_of: Callable[[bytes], bytes | None] = lambda _data: None
    is_own: bool = True


def verify_file(
    data: bytes, *, trust: Path | Trust, register: Register | None = None, translate: Translate = str
) -> Verdict:
    """Say whether `data` is genuine and still stands; without a register, only whether it is what was signed."""
    sha256 = hashlib.sha256(data).hexdigest()
    known = register.find(sha256) if register else None
    if register and known and register.is_own:
        return verdict_on_known(known, sha256, translate)
    believed = trust if isinstance(trust, Trust) else read_trust(trust)
    examination = examine(data, trust=believed, original=register.original_of(data) if register else None)
    if register and register.is_own:
        examination = at_home(examination)
    if known is not None:
        return _verdict_on_logged(known, examination, sha256, translate)
    return verdict_on_examined(examination, sha256, has_register=register is not None, translate=translate)


def at_home(found: Examination) -> Examination:
    """What the city's own installation found: it knows every authority the city had, so any other is a stranger."""
    if found.alterations == checking.UNKNOWN_AUTHORITY:
        return replace(found, alterations=checking.ADDED)
    return found


def too_large(translate: Translate = str) -> Verdict:
    """The answer about a file that is refused by its size, before it is read."""
    return verdict_on_examined(
        Examination(False, alterations=checking.TOO_LARGE), "", has_register=False, translate=translate
    )


def verdict_on_known(known: PublishedDocument, sha256: str, translate: Translate = str) -> Verdict:
    """The answer about a file whose fingerprint is that of a file the city made."""
    answer = Answer(known.standing.value)
    when = day_in_words(known.since) if known.since else ""
    gone = Standing.DISPOSED if known.disposed_at else None
    named = {"reference": known.reference, "title": known.title, "when": in_words(known.published_at)}
    sentences = [translate(known.sentence) % named]
    if known.ended:
        sentences.append(translate(words.ENDED[known.ended]) % {"when": when})
    if known.disposed_at:
        sentences.append(translate(words.DISPOSED_ON) % {"when": day_in_words(known.disposed_at)})
    if known.reason:
        sentences.append(translate(words.REASON) % {"reason": known.reason})
    if known.has_newer_copy:
        sentences.append(translate(words.NEWER_COPY if known.since else words.RENEWED_COPY))
    return Verdict(
        answer=answer,
        headline=translate(words.HEADLINES[answer]) % {"when": when},
        sentences=tuple(sentences),
        checked=(translate(words.CHECKED_KNOWN),),
        advice=tuple(map(translate, words.advice_on(answer, gone or known.ended))),
        signatures=tuple(_known_signers(known, translate)),
        sha256=sha256,
        document=known,
    )


def _verdict_on_logged(known: PublishedDocument, found: Examination, sha256: str, translate: Translate) -> Verdict:
    """The answer about a file that stands in the log of a bundle, which says nothing of a file that proves nothing."""
    by_itself = verdict_on_examined(found, sha256, has_register=False, translate=translate)
    checked = tuple(map(translate, words.CHECKED_LOGGED))
    if not found.valid:
        return replace(by_itself, sentences=(*by_itself.sentences, translate(words.LOG_ALONE)), checked=checked)
    return replace(verdict_on_known(known, sha256, translate), checked=checked, signatures=by_itself.signatures)


def _known_signers(known: PublishedDocument, translate: Translate) -> Iterator[Signer]:
    """The seal, and who signed; nothing where the register does not say who did."""
    if known.organisation:
        yield Signer(known.organisation, translate(words.ROLES["seal"]), when=in_words(known.published_at), kind="seal")
    yield from known.signers


def verdict_on_examined(found: Examination, sha256: str, *, has_register: bool, translate: Translate = str) -> Verdict:
    """The answer about a file whose fingerprint nobody knows."""
    answer = _answer(found, has_register)
    sentences = list(_about_changes(found, translate))
    if found.standing and found.stated_at:
        stated = {"words": found.standing, "when": day_in_words(found.stated_at)}
        sentences.append(translate(words.SAYS_OF_ITSELF) % stated)
    if answer is Answer.UNLISTED:
        sentences.append(translate(words.UNLISTED))
    return Verdict(
        answer=answer,
        headline=translate(words.HEADLINES[answer]),
        sentences=tuple(sentences),
        checked=tuple(map(translate, words.CHECKED_LISTED if has_register else words.CHECKED_ALONE)),
        advice=tuple(map(translate, words.ADVICE[answer])),
        signatures=tuple(_line(each, translate) for each in found.signatures),
        sha256=sha256,
    )


def verdict_on_case_file(found: CaseVerdict, sha256: str, translate: Translate = str) -> Verdict:
    """The answer about a case file, which says for itself what is in it."""
    answer = Answer.SIGNED if found.valid else Answer.ALTERED
    return Verdict(
        answer=answer,
        headline=found.headline,
        sentences=found.sentences,
        checked=(translate(words.CHECKED_CASE),),
        advice=() if found.valid else tuple(map(translate, words.ADVICE[answer][:1])),
        signatures=(),
        sha256=sha256,
    )


def _answer(found: Examination, has_register: bool) -> Answer:
    if found.valid:
        return Answer.UNLISTED if has_register else Answer.SIGNED
    if found.alterations in (checking.TOO_LARGE, TOO_MUCH):
        return Answer.UNREADABLE
    if found.alterations == checking.UNKNOWN_AUTHORITY:
        return Answer.UNKNOWN_AUTHORITY
    kinds = {change.kind for change in found.changes}
    if found.alterations == checking.NO_SIGNATURE:
        return (
            Answer.CUT_BACK if kinds == {Kind.CUT_BACK} else Answer.ALTERED if _names_more(kinds) else Answer.UNSIGNED
        )
    if found.alterations is not None:
        return _how_altered(found.signatures, kinds)
    return Answer.NOT_COUNTED if any(each.trusted for each in found.signatures) else Answer.FOREIGN


def _names_more(kinds: set[Kind]) -> bool:
    """Whether something is known of an unsigned file but that it breaks off, which any file may."""
    return bool(kinds - {Kind.CUT_OFF})


def _how_altered(signatures: Sequence[SignatureCheck], kinds: set[Kind]) -> Answer:
    if signatures and all(each.intact and not each.trusted for each in signatures):
        return Answer.FOREIGN
    return Answer.CUT_BACK if kinds == {Kind.CUT_BACK} else Answer.ALTERED


def _about_changes(found: Examination, translate: Translate) -> Iterator[str]:
    """What was done, by name; the general sentence only where no kind could be named, or may be named yet."""
    changes = found.changes if found.alterations != checking.UNKNOWN_AUTHORITY else ()
    for change in changes:
        yield translate(sentence_of(change)) % {"pages": page_numbers(change)}
    if found.alterations is not None and not changes:
        yield translate(found.alterations)


def _line(signature: SignatureCheck, translate: Translate) -> Signer:
    kind = "stamp" if signature.is_stamp else "seal" if signature.is_seal else "person"
    role = translate(words.ROLES[kind]) if kind in words.ROLES else signature.role
    return Signer(
        who=signature.name or translate(words.NAMELESS),
        role=role,
        organisation=signature.organisation,
        when=in_words(signature.signed_at) if signature.signed_at else "",
        says=signature.reason,
        problem=translate(signature.problem) if signature.problem else "",
        kind=kind,
    )
