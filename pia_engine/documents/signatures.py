"""Signing a document: the city's seal first, then every approver in order. Checking lives in `checking`."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PdfSigningSession, SigDSSPlacementPreference
from pyhanko.stamp.noop import NoOpStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority, Credential, issue_person_certificate
from pia_engine.documents.checking import DocumentCheck, SignatureCheck, Trust, check_document, read_trust
from pia_engine.documents.report import SEAL_FIELD, signature_fields
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

# It warns that nothing is fetched from the network; that is the point.
logging.getLogger("pyhanko.sign.signers").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Approver:
    """One person who decided; `signed_off_at` is when they decided, which may be before the document was signed."""

    name: str
    role: str
    decision: str
    signed_off_at: datetime


def sign_document(
    pdf: bytes,
    *,
    authority: Authority,
    approvers: Sequence[Approver],
    city_name: str,
    reference: str,
    now: datetime,
) -> bytes:
    """Certify `pdf` with the city's seal, then add one signature for each approver, in order.

    The seal allows nothing after it but the prepared signatures. Each approver's certificate is made for this one act.
    """
    fields = signature_fields(len(approvers))
    _check_places(pdf, fields)
    act = _Act(authority=authority, city_name=city_name, now=now)
    signed = act.sign(pdf, SEAL_FIELD, authority.seal, f"{reference}: sealed as the record of {city_name}")
    for field, approver in zip(fields[1:], approvers, strict=True):
        person = issue_person_certificate(authority, name=approver.name, role=approver.role, city=city_name, now=now)
        decided = approver.signed_off_at.strftime("%Y-%m-%d %H:%M %Z").strip()
        signed = act.sign(signed, field, person, f"{reference}: {approver.decision} ({decided})")
    return signed


@dataclass(frozen=True, slots=True)
class _Act:
    """What all signatures of one signing have in common."""

    authority: Authority
    city_name: str
    now: datetime

    def sign(self, pdf: bytes, field: str, credential: Credential, reason: str) -> bytes:
        """Add one signature in the named place; what came before stays byte for byte."""
        sealing = field == SEAL_FIELD
        metadata = signers.PdfSignatureMetadata(
            field_name=field,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            certify=sealing,
            docmdp_permissions=MDPPerm.FILL_FORMS,
            reason=reason,
            location=self.city_name,
            embed_validation_info=True,
            validation_context=self._validation_context(),
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )
        signer = _DatedSigner(metadata, self._signer(credential), self.now)
        output = BytesIO()
        try:
            run_apart(signer.async_sign_pdf(_Increment(BytesIO(pdf)), existing_fields_only=True, output=output))
        except (SigningError, PdfError) as error:
            raise PiaError(
                N_("The document could not be signed (%(detail)s). Nothing was published; ask your administrator."),
                detail=str(error),
            ) from error
        return output.getvalue()

    def _signer(self, credential: Credential) -> signers.SimpleSigner:
        chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        chain.register_multiple(map(_asn1_certificate, self.authority.chain))
        return signers.SimpleSigner(
            signing_cert=_asn1_certificate(credential.certificate),
            signing_key=asn1_keys.PrivateKeyInfo.load(
                credential.key.private_bytes(
                    serialization.Encoding.DER,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            ),
            cert_registry=chain,
            embed_roots=False,
        )

    def _validation_context(self) -> ValidationContext:
        root, issuing = map(_asn1_certificate, self.authority.chain)
        lists = self.authority.revocation_lists(self.now)
        return ValidationContext(
            trust_roots=[root],
            other_certs=[issuing],
            crls=[asn1_crl.CertificateList.load(each.public_bytes(serialization.Encoding.DER)) for each in lists],
            allow_fetching=False,
            revocation_mode="hard-fail",
            moment=self.now,
        )


class _Increment(IncrementalPdfFileWriter):
    """Appends to a file and leaves its metadata alone: PDF/A needs it byte for byte as it was declared."""

    def _update_meta(self) -> None:
        pass


class _DatedSigner(signers.PdfSigner):
    """Signs at a given time, in a place whose look the page already has."""

    def __init__(self, metadata: signers.PdfSignatureMetadata, signer: signers.Signer, now: datetime) -> None:
        super().__init__(metadata, signer=signer, stamp_style=NoOpStampStyle())
        self._now = now

    def init_signing_session(self, pdf_out, existing_fields_only: bool = False) -> PdfSigningSession:  # type: ignore[no-untyped-def]
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._now
        return session


def _check_places(pdf: bytes, fields: Sequence[str]) -> None:
    try:
        places = enumerate_sig_fields(IncrementalPdfFileWriter(BytesIO(pdf)).prev, filled_status=False)
        prepared = {name for name, _, _ in places}
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


def _asn1_certificate(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
