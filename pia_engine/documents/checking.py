"""Checking a signed document: who signed it, and whether it is still what they signed. Signing lives in `signatures`.

The file's bytes are checked before anything in them is interpreted as a PDF: the last container must be a time stamp of
the city's own authority that covers every byte. Only then is the PDF read, to learn what was stated and what is empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from cryptography import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from pia_engine.documents.apart import run_apart
from pia_engine.documents.containers import Container, find_containers
from pia_engine.documents.proofs import NOT_A_SIGNATURE, Problem, Proof, is_closing_stamp, prove
from pia_engine.documents.report import SEAL_FIELD, STANDING_FIELD
from pia_engine.documents.trust import Trust, read_trust, trust_in
from pia_engine.errors import N_, PiaError

__all__ = [
    "ADDED",
    "CHANGED",
    "CUT_BACK",
    "CUT_OFF",
    "NOT_A_SIGNATURE",
    "NO_SIGNATURE",
    "TOO_LARGE",
    "UNKNOWN_AUTHORITY",
    "UNREADABLE",
    "DocumentCheck",
    "SignatureCheck",
    "Standing",
    "Trust",
    "check_document",
    "read_trust",
    "require_genuine",
    "trust_in",
]

LARGEST_FILE = 64 * 1024**2

NO_SIGNATURE = N_("There is no signature in this file.")
TOO_LARGE = N_("The file is larger than any document this program makes, so it was not examined.")
CUT_OFF = N_("The end of the file is missing: the last signature covers more than is there.")
ADDED = N_("Something was added to the file after the last signature.")
CHANGED = N_("The file was changed after it was signed.")
CUT_BACK = N_("The file was cut back to an earlier state: what the city added at its end is missing.")
UNKNOWN_AUTHORITY = N_(
    "The city's name is on the last time stamp in it, but the certificates used here do not know the authority that "
    "issued the stamp's certificate. The city may have replaced that authority after you got its bundle."
)
UNREADABLE = N_("The signed file cannot be read as a PDF.")


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What is known about one signature or time stamp.

    `signed_at` is the stamped time and `stamped_by` who vouches for it; these, `field` and `reason` are known only when
    the whole file is genuine.
    """

    name: str
    role: str
    organisation: str
    signed_at: datetime | None
    reason: str
    intact: bool
    trusted: bool
    covers_whole_file: bool
    is_seal: bool = False
    problem: str | None = None
    is_stamp: bool = False
    field: str = ""
    stamped_by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the city stated on the document itself after it was published, and when."""

    words: str
    stated_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """The result for the whole file; `alterations` is a sentence for translation, None when nothing was altered.

    `signatures` has one entry for each container, time stamps too, in the order of the file.
    """

    valid: bool
    signatures: tuple[SignatureCheck, ...]
    alterations: str | None
    standing: Standing | None = None

    @property
    def signers(self) -> tuple[SignatureCheck, ...]:
        """Return the signatures without the time stamps over the document."""
        return tuple(each for each in self.signatures if not each.is_stamp)


def check_document(pdf: bytes, *, trust: Path | Trust | Sequence[x509.Certificate]) -> DocumentCheck:
    """Say who signed the file and whether it is, to the last byte, what they signed."""
    if len(pdf) > LARGEST_FILE:
        return DocumentCheck(False, (), TOO_LARGE)
    containers = find_containers(pdf)
    if not containers:
        return DocumentCheck(False, (), NO_SIGNATURE)
    proofs = run_apart(prove(pdf, containers, _trust(trust)))
    checks = tuple(_first_check(proof, place, len(pdf)) for proof, place in zip(proofs, containers, strict=True))
    alterations = _alterations(len(pdf), containers, proofs)
    if alterations is not None or not all(proof.is_good for proof in proofs):
        return DocumentCheck(False, checks, alterations)
    return _read_signed_file(pdf, containers, proofs, checks)


def require_genuine(pdf: bytes, *, trust: Path) -> bytes:
    """Return a file that was just made when it passes the check that everybody can make; raise PiaError otherwise."""
    check = check_document(pdf, trust=trust)
    if not check.valid:
        problems = (each.problem for each in check.signatures if each.problem)
        raise PiaError(
            N_(
                "The document was signed, but then did not pass its own check (%(problem)s). "
                "Nothing was published; ask your administrator."
            ),
            problem=check.alterations or next(problems, NO_SIGNATURE),
        )
    return pdf


def _trust(trust: Path | Trust | Sequence[x509.Certificate]) -> Trust:
    if isinstance(trust, Trust):
        return trust
    return read_trust(trust) if isinstance(trust, Path) else trust_in(trust)


def _alterations(size: int, containers: Sequence[Container], proofs: Sequence[Proof]) -> str | None:
    last = containers[-1]
    if last.covers_to > size:
        return CUT_OFF
    if not all(proof.is_intact for proof in proofs):
        return CHANGED
    if last.covers_to < size:
        return ADDED
    return _ending(containers, proofs)


def _ending(containers: Sequence[Container], proofs: Sequence[Proof]) -> str | None:
    """The last container covers every byte: is it the closing stamp, what stood before one, or a stranger's?"""
    last = proofs[-1]
    if is_closing_stamp(containers[-1], last):
        return None
    if last.problem == Problem.UNKNOWN:
        return UNKNOWN_AUTHORITY
    ours = [proof for proof in proofs[:-1] if proof.is_good]
    if last.is_good and not last.is_outside:
        return CUT_BACK
    if any(proof.is_city_stamp for proof in ours):
        return ADDED
    if last.is_good:
        return CUT_BACK
    return ADDED if ours else None


def _first_check(proof: Proof, container: Container, size: int) -> SignatureCheck:
    """What the bytes alone say."""
    return SignatureCheck(
        name=proof.name,
        role=proof.role,
        organisation=proof.organisation,
        signed_at=None,
        reason="",
        intact=proof.is_intact,
        trusted=proof.is_intact and proof.is_trusted,
        covers_whole_file=container.covers_to == size,
        is_seal=proof.is_seal,
        problem=proof.problem,
        is_stamp=container.is_stamp,
    )


def _read_signed_file(
    pdf: bytes, containers: Sequence[Container], proofs: Sequence[Proof], checks: Sequence[SignatureCheck]
) -> DocumentCheck:
    """Add what the PDF itself says, now that the city's stamp vouches for every byte of it."""
    try:
        reader = PdfFileReader(BytesIO(pdf))
        found = reader.embedded_signatures
        empty = {name for name, _, _ in enumerate_sig_fields(reader, filled_status=False)} - {STANDING_FIELD}
        if [_place(each) for each in found] != [(each.start, each.end, each.covers_to) for each in containers]:
            return DocumentCheck(False, tuple(checks), CHANGED)
        dated = tuple(map(_with_statement, checks, proofs, found))
    except (PdfError, ValueError, LookupError, TypeError, AttributeError):
        return DocumentCheck(False, tuple(checks), UNREADABLE)
    if empty:
        return DocumentCheck(False, dated, CUT_BACK)
    is_sealed = any(each.field == SEAL_FIELD for each in dated)
    is_genuine = is_sealed and all(each.problem is None for each in dated)
    return DocumentCheck(is_genuine, dated, None, _standing(dated) if is_genuine else None)


def _place(signature: EmbeddedPdfSignature) -> tuple[int, int, int]:
    _, start, end, rest = signature.byte_range
    return start, end, end + rest


def _with_statement(check: SignatureCheck, proof: Proof, signature: EmbeddedPdfSignature) -> SignatureCheck:
    needs_seal = signature.field_name in (SEAL_FIELD, STANDING_FIELD)
    fits = check.is_stamp or check.is_seal == needs_seal
    return replace(
        check,
        signed_at=proof.at,
        stamped_by=proof.stamped_by,
        field=signature.field_name,
        reason=str(signature.sig_object.get("/Reason", "")),
        problem=check.problem if fits else Problem.UNTRUSTED,
    )


def _standing(checks: Sequence[SignatureCheck]) -> Standing | None:
    stated = next((each for each in checks if each.field == STANDING_FIELD), None)
    if stated is None or stated.signed_at is None:
        return None
    return Standing(stated.reason.partition(": ")[2], stated.signed_at)
