"""The city's seal beside a file: a detached CMS signature (RFC 5652) over its bytes. Inside a PDF it is `signatures`.

Any program that knows CMS can check it, for example `openssl cms -verify -binary -inform DER -in manifest.json.p7s
-content manifest.json -CAfile root.crt -purpose any`. The same bytes sealed at the same instant give the same seal.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from asn1crypto import cms  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign import signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import NOT_A_SIGNATURE, Trust
from pia_engine.documents.containers import signer_certificate

LARGEST_SEAL = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SealCheck:
    """Whether the seal fits the bytes, whether it is this city's, and what it says of itself."""

    is_intact: bool
    is_trusted: bool
    organisation: str = ""
    sealed_at: dt.datetime | None = None


def seal_bytes(content: bytes, *, authority: Authority, at: dt.datetime) -> bytes:
    """The detached signature of the city's seal over `content`."""
    chain = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    chain.register_multiple(map(_asn1, authority.chain))
    signer = _SealSigner(authority.seal.key, _asn1(authority.seal.certificate), chain)
    dated = PdfCMSSignedAttributes(signing_time=at)
    made = run_apart(signer.async_sign_general_data(content, "sha256", detached=True, signed_attr_settings=dated))
    return bytes(made.dump())


def check_seal(content: bytes, seal: bytes, *, trust: Trust | None) -> SealCheck:
    """Hold a seal against the bytes it should be over, and against whom is trusted (None: nobody)."""
    if len(seal) > LARGEST_SEAL:
        return SealCheck(False, False)
    try:
        signed = cms.ContentInfo.load(seal, strict=True)["content"]
        context = ValidationContext(
            trust_roots=[_asn1(root) for root in trust.roots] if trust else [],
            other_certs=[_asn1(other) for other in trust.others] if trust else [],
            allow_fetching=False,
            moment=signer_certificate(signed).not_valid_before,
        )
        status = run_apart(async_validate_detached_cms(content, signed, signer_validation_context=context))
        subject = status.signing_cert.subject.native
        at = status.signer_reported_dt
        in_time = at and status.signing_cert.not_valid_before <= at <= status.signing_cert.not_valid_after
    except NOT_A_SIGNATURE:
        return SealCheck(False, False)
    intact = bool(status.intact and status.valid)
    is_seal = "title" not in subject
    organisation = subject.get("organization_name")
    return SealCheck(
        is_intact=intact,
        is_trusted=bool(intact and status.trusted and is_seal and in_time),
        organisation=organisation if isinstance(organisation, str) else "",
        sealed_at=at if intact else None,
    )


class _SealSigner(signers.Signer):
    """Signs without a random number (RFC 6979), so that nothing but the bytes and the instant decides the seal."""

    def __init__(
        self, key: ec.EllipticCurvePrivateKey, certificate: asn1_x509.Certificate, chain: SimpleCertificateStore
    ) -> None:
        super().__init__(signing_cert=certificate, cert_registry=chain, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        assert digest_algorithm == "sha256"
        return self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
