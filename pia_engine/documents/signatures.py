"""Signing a document: the city's seal first, then every approver in order, then the stamp that closes the file.

What is said of a document later lives in `standing`, checking in `checking`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import enumerate_sig_fields

from pia_engine.documents.authority import Authority, issue_person_certificate
from pia_engine.documents.checking import DocumentCheck, SignatureCheck, check_document, require_genuine
from pia_engine.documents.increments import Act
from pia_engine.documents.report import STANDING_FIELD, signature_fields
from pia_engine.documents.signers import credential_signer, seal_signer
from pia_engine.documents.trust import Trust, read_trust
from pia_engine.errors import N_, PiaError

__all__ = [
    "Approver",
    "DocumentCheck",
    "SignatureCheck",
    "Trust",
    "check_document",
    "read_trust",
    "sign_document",
]


@dataclass(frozen=True, slots=True)
class Approver:
    """One person who decided; `signed_off_at` is when they decided, which may be before the document was signed.

    `signer` is the person's own key, if they have one; otherwise a certificate is issued to them for this one act.
    """

    name: str
    role: str
    decision: str
    signed_off_at: datetime
    signer: signers.Signer | None = None


def sign_document(
    pdf: bytes,
    *,
    authority: Authority,
    approvers: Sequence[Approver],
    city_name: str,
    reference: str,
    now: datetime,
) -> bytes:
    """Certify `pdf` with the city's seal, add one signature for each approver, in order, and close the file.

    The seal allows nothing after it but the prepared signatures and time stamps. The outside time-stamp authorities
    that `authority` names, if any, stamp every signature; otherwise the city's own does. A file that would not pass
    `check_document` is not returned: PiaError.
    """
    fields = signature_fields(len(approvers))
    _check_places(pdf, fields)
    act = Act(authority, city_name, now)
    seal = f"{reference}: sealed as the record of {city_name}"
    signed = act.sign(pdf, fields[0], seal_signer(authority), reason=seal)
    for field, approver in zip(fields[1:], approvers, strict=True):
        decided = approver.signed_off_at.strftime("%Y-%m-%d %H:%M %Z").strip()
        reason = f"{reference}: {approver.decision} ({decided})"
        signed = act.sign(signed, field, _signer(approver, authority, city_name, now), reason=reason)
    return require_genuine(act.close(signed), trust=authority.folder)


def _signer(approver: Approver, authority: Authority, city_name: str, now: datetime) -> signers.Signer:
    if approver.signer is not None:
        return approver.signer
    person = issue_person_certificate(
        authority, name=approver.name, role=approver.role.strip() or approver.decision, city=city_name, now=now
    )
    return credential_signer(authority, person)


def _check_places(pdf: bytes, fields: Sequence[str]) -> None:
    try:
        places = enumerate_sig_fields(PdfFileReader(BytesIO(pdf)), filled_status=False)
        prepared = {name for name, _, _ in places} - {STANDING_FIELD}
    except PdfError as error:
        raise PiaError(N_("This is not a PDF document that can be signed. Make the document again.")) from error
    if prepared != set(fields):
        raise PiaError(
            N_(
                "The document has %(prepared)s empty places for seal and signatures, but %(needed)s are needed. "
                "Make the document again from the present state of the record."
            ),
            prepared=len(prepared),
            needed=len(fields),
        )
