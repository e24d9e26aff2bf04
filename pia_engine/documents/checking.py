"""Checking a signed document: who signed it, and whether it is still what they signed. Signing lives in `signatures`.

The file's bytes are checked before anything in them is interpreted as a PDF: the last signature must be genuine and
cover the whole file. Only then is the PDF read, to learn when each signature was made and whether a place is empty.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSExtractionError, CMSStructuralError
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from pia_engine.documents.apart import run_apart
from pia_engine.documents.containers import Container, find_containers, signer_certificate
from pia_engine.errors import N_, PiaError

# A forged file is the subject here, not an error of the program: no tracebacks on the console for it.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)

LARGEST_FILE = 64 * 1024**2

# What reading a garbled certificate or signature may raise, besides the errors meant for it.
NOT_A_SIGNATURE = (
    SignatureValidationError,
    CMSExtractionError,
    CMSStructuralError,
    UnsupportedAlgorithm,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    NotImplementedError,
)

NO_SIGNATURE = N_("There is no signature in this file.")
TOO_LARGE = N_("The file is larger than any document this program makes, so it was not examined.")
CUT_OFF = N_("The end of the file is missing: the last signature covers more than is there.")
ADDED = N_("Something was added to the file after the last signature.")
CHANGED = N_("The file was changed after it was signed.")
CUT_BACK = N_("The file was cut back to an earlier state: a place for a signature is empty.")
UNREADABLE = N_("The signed file cannot be read as a PDF.")

BROKEN = N_("the signature does not match the file")
UNTRUSTED = N_("the certificate was not issued by this city")
WRONG_TIME = N_("the time of signing lies outside the time the certificate was valid for")


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose signatures count: root certificates, and the authorities below them."""

    roots: tuple[x509.Certificate, ...]
    others: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class SignatureCheck:
    """What is known about one signature; `signed_at` and `reason` only when the whole file is genuine."""

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


@dataclass(frozen=True, slots=True)
class DocumentCheck:
    """The result for the whole file; `alterations` is a sentence for translation, None when nothing was altered."""

    valid: bool
    signatures: tuple[SignatureCheck, ...]
    alterations: str | None


def read_trust(folder: Path) -> Trust:
    """Read every certificate of an authority (`*.crt`) in `folder`; those that signed themselves are the roots."""
    try:
        certificates = [x509.load_pem_x509_certificate(path.read_bytes()) for path in sorted(folder.glob("*.crt"))]
    except (OSError, ValueError) as error:
        raise PiaError(
            N_("A certificate in the trust folder cannot be read. Get the folder again from the city.")
        ) from error
    return trust_in(certificates)


def trust_in(certificates: Sequence[x509.Certificate]) -> Trust:
    """Sort certificates into roots and the authorities below them; at least one root is needed."""
    authorities = [certificate for certificate in certificates if _is_authority(certificate)]
    roots = tuple(each for each in authorities if each.issuer == each.subject)
    if not roots:
        raise PiaError(N_("There is no root certificate to trust. Get the city's root certificate (root.crt) first."))
    return Trust(roots, tuple(each for each in authorities if each.issuer != each.subject))


def check_document(pdf: bytes, *, trust: Path | Trust | Sequence[x509.Certificate]) -> DocumentCheck:
    """Say who signed the file and whether it is, to the last byte, what they signed."""
    if len(pdf) > LARGEST_FILE:
        return DocumentCheck(False, (), TOO_LARGE)
    containers = find_containers(pdf)
    if not containers:
        return DocumentCheck(False, (), NO_SIGNATURE)
    believed = _trust(trust)
    checks = tuple(_check_signature(pdf, container, believed) for container in containers)
    alterations = _alterations(pdf, containers, checks)
    if alterations is not None or not all(check.intact and check.trusted for check in checks):
        return DocumentCheck(False, checks, alterations)
    return _read_signed_file(pdf, checks)


def _trust(trust: Path | Trust | Sequence[x509.Certificate]) -> Trust:
    if isinstance(trust, Trust):
        return trust
    return read_trust(trust) if isinstance(trust, Path) else trust_in(trust)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _alterations(pdf: bytes, containers: Sequence[Container], checks: Sequence[SignatureCheck]) -> str | None:
    last = containers[-1]
    if last.covers_to > len(pdf):
        return CUT_OFF
    if not all(check.intact for check in checks):
        return CHANGED
    return None if last.covers_to == len(pdf) else ADDED


def _check_signature(pdf: bytes, container: Container, trust: Trust) -> SignatureCheck:
    whole = container.covers_to == len(pdf)
    unknown = SignatureCheck("", "", "", None, "", False, False, whole, problem=BROKEN)
    if container.signed_data is None or container.covers_to > len(pdf):
        return unknown
    try:
        status = _validate(container.covered(pdf), container, trust)
    except NOT_A_SIGNATURE:
        return unknown
    intact = bool(status.intact and status.valid)
    trusted = intact and status.trusted and _only_path_certificates(container, status)
    subject = status.signing_cert.subject.native
    return SignatureCheck(
        name=_text(subject.get("common_name")),
        role=_text(subject.get("title")),
        organisation=_text(subject.get("organization_name")),
        signed_at=None,
        reason="",
        intact=intact,
        trusted=trusted,
        covers_whole_file=whole,
        is_seal="title" not in subject,
        problem=None if trusted else UNTRUSTED if intact else BROKEN,
    )


def _validate(covered: bytes, container: Container, trust: Trust) -> StandardCMSSignatureStatus:
    signer = signer_certificate(container.signed_data)
    context = ValidationContext(
        trust_roots=[_asn1(root) for root in trust.roots],
        other_certs=[_asn1(other) for other in trust.others],
        allow_fetching=False,
        moment=signer.not_valid_before,
    )
    return run_apart(async_validate_detached_cms(covered, container.signed_data, signer_validation_context=context))


def _only_path_certificates(container: Container, status: StandardCMSSignatureStatus) -> bool:
    """A certificate that proves nothing has no business in the container, where no signature would cover it."""
    assert container.signed_data is not None
    if status.validation_path is None:
        return False
    path = {each.dump() for each in status.validation_path.iter_certs(include_root=True)}
    return all(each.chosen.dump() in path for each in container.signed_data["certificates"])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _read_signed_file(pdf: bytes, checks: tuple[SignatureCheck, ...]) -> DocumentCheck:
    """Add what the PDF itself says, now that a trusted signature vouches for every byte of it."""
    try:
        reader = PdfFileReader(BytesIO(pdf))
        signatures = reader.embedded_signatures
        empty = any(enumerate_sig_fields(reader, filled_status=False))
    except (PdfError, ValueError, KeyError):
        return DocumentCheck(False, checks, UNREADABLE)
    if len(signatures) != len(checks):
        return DocumentCheck(False, checks, CHANGED)
    dated = tuple(_with_time(check, each) for check, each in zip(checks, signatures, strict=True))
    if empty:
        return DocumentCheck(False, dated, CUT_BACK)
    return DocumentCheck(all(check.problem is None for check in dated), dated, None)


def _with_time(check: SignatureCheck, signature: object) -> SignatureCheck:
    signed_at = signature.self_reported_timestamp  # type: ignore[attr-defined]
    certificate = signature.signer_cert  # type: ignore[attr-defined]
    reason = _text(str(signature.sig_object.get("/Reason", "")))  # type: ignore[attr-defined]
    in_time = signed_at and certificate.not_valid_before <= signed_at <= certificate.not_valid_after
    return replace(check, signed_at=signed_at, reason=reason, problem=None if in_time else WRONG_TIME)
