"""What an outside certificate authority says today of the certificates it issued: OCSP answers and revocation lists.

They are fetched after a signature was made and kept in the document, so that it can be checked when the authority is
long gone. Each is examined before it is taken: an address in a certificate is often plain HTTP.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl as asn1_crl  # type: ignore[import-untyped]
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from pia_engine.documents.asking import NoAnswer, ask, host_of
from pia_engine.documents.outside_authorities import chain_above
from pia_engine.errors import N_, PiaError

LARGEST_ANSWER, LARGEST_LIST = 64 * 1024, 16 * 1024**2
UNUSABLE = (
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.ExtensionNotFound,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What goes into the document; `old` names certificates for which nothing was on offer issued after `since`."""

    ocsps: tuple[asn1_ocsp.OCSPResponse, ...] = ()
    crls: tuple[asn1_crl.CertificateList, ...] = ()
    old: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """One usable answer: when it was issued, when the certificate was revoked if it was, and the bytes."""

    issued_at: datetime
    revoked_at: datetime | None
    content: bytes
    is_list: bool


def outside_evidence(
    signers: Sequence[x509.Certificate], *, authorities: Sequence[x509.Certificate], since: datetime
) -> Evidence:
    """Ask about each signer's certificate and every authority above it, but for the roots, which vouch for themselves.

    Raises NoAnswer when an authority names where to ask and nobody answers there, and PiaError for one revoked.
    """
    moment = since.replace(microsecond=0)
    ocsps: dict[bytes, None] = {}
    crls: dict[bytes, None] = {}
    old: list[str] = []
    for certificate, issuer in _steps(signers, authorities):
        found = _newest(certificate, issuer, moment)
        if found is None or found.issued_at < moment:
            old.append(_name(certificate))
            log.warning(
                "nothing newer is on offer about the certificate “%s” than before it signed", _name(certificate)
            )
        if found is not None:
            _check_not_revoked(certificate, found)
            (crls if found.is_list else ocsps)[found.content] = None
    return Evidence(
        tuple(map(asn1_ocsp.OCSPResponse.load, ocsps)), tuple(map(asn1_crl.CertificateList.load, crls)), tuple(old)
    )


def _steps(
    signers: Sequence[x509.Certificate], authorities: Sequence[x509.Certificate]
) -> Iterator[tuple[x509.Certificate, x509.Certificate]]:
    """Every certificate below a root, once, with who issued it."""
    seen: set[bytes] = set()
    for signer in signers:
        below = signer
        for above in chain_above(signer, authorities):
            fingerprint = below.fingerprint(hashes.SHA256())
            if fingerprint not in seen:
                seen.add(fingerprint)
                yield below, above
            below = above


def _newest(certificate: x509.Certificate, issuer: x509.Certificate, moment: datetime) -> _Found | None:
    """The first answer issued since the moment, else the newest of what is on offer; None when nothing can be asked."""
    newest: _Found | None = None
    asked: list[str] = []
    places = [(False, each) for each in _ocsp_urls(certificate)] + [(True, each) for each in _list_urls(certificate)]
    for is_list, url in places:
        asked.append(url)
        found = _look(certificate, issuer, url, is_list=is_list)
        if found is not None and (newest is None or found.issued_at > newest.issued_at):
            newest = found
        if newest is not None and newest.issued_at >= moment:
            break
    if asked and newest is None:
        raise NoAnswer(
            N_(
                "The certificate authority of “%(name)s” does not say whether the certificate still counts "
                "(asked: %(hosts)s). It is asked again by itself."
            ),
            name=_name(certificate),
            hosts=", ".join(sorted({host_of(url) for url in asked})),
        )
    return newest


def _look(certificate: x509.Certificate, issuer: x509.Certificate, url: str, *, is_list: bool) -> _Found | None:
    try:
        return _fetch_list(certificate, issuer, url) if is_list else _fetch_answer(certificate, issuer, url)
    except NoAnswer as problem:
        log.warning("%s", problem)
    except UNUSABLE as problem:
        log.warning("%s sent nothing usable about a certificate (%s)", host_of(url), type(problem).__name__)
    return None


def _fetch_answer(certificate: x509.Certificate, issuer: x509.Certificate, url: str) -> _Found:
    question = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1()).build()  # noqa: S303
    der = question.public_bytes(serialization.Encoding.DER)
    content = ask(url, question=der, kind="application/ocsp-request", most_bytes=LARGEST_ANSWER)
    response = asn1_ocsp.OCSPResponse.load(content, strict=True)
    if response["response_status"].native != "successful":
        raise ValueError("no answer")
    answer = response.basic_ocsp_response
    (said,) = answer["tbs_response_data"]["responses"]
    if said["cert_id"]["serial_number"].native != certificate.serial_number or said["cert_status"].name == "unknown":
        raise ValueError("another certificate")
    _check_signature(answer, _answerer(answer, issuer))
    revoked = said["cert_status"].chosen["revocation_time"].native if said["cert_status"].name == "revoked" else None
    return _Found(said["this_update"].native, revoked, content, is_list=False)


def _answerer(answer: asn1_ocsp.BasicOCSPResponse, issuer: x509.Certificate) -> x509.Certificate:
    """Who signed: the issuer, or somebody it appointed for that (RFC 6960, 4.2.2.2)."""
    for each in answer["certs"] or ():
        certificate = x509.load_der_x509_certificate(each.dump())
        if certificate == issuer:
            continue
        certificate.verify_directly_issued_by(issuer)
        purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        if ExtendedKeyUsageOID.OCSP_SIGNING in purposes:
            return certificate
    return issuer


def _check_signature(answer: asn1_ocsp.BasicOCSPResponse, signer: x509.Certificate) -> None:
    key, signature = signer.public_key(), answer["signature"].native
    content = answer["tbs_response_data"].dump()
    algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[
        answer["signature_algorithm"].hash_algo
    ]
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, content, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, content, padding.PKCS1v15(), algorithm)
    else:
        raise UnsupportedAlgorithm("neither RSA nor an elliptic curve")


def _fetch_list(certificate: x509.Certificate, issuer: x509.Certificate, url: str) -> _Found:
    content = ask(url, most_bytes=LARGEST_LIST)
    revoked = x509.load_pem_x509_crl(content) if content.startswith(b"-----BEGIN") else x509.load_der_x509_crl(content)
    if revoked.issuer != issuer.subject or not revoked.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
        raise ValueError("another authority's list")
    line = revoked.get_revoked_certificate_by_serial_number(certificate.serial_number)
    der = revoked.public_bytes(serialization.Encoding.DER)
    return _Found(revoked.last_update_utc, line.revocation_date_utc if line else None, der, is_list=True)


def _ocsp_urls(certificate: x509.Certificate) -> list[str]:
    try:
        access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except x509.ExtensionNotFound:
        return []
    return _http(each.access_location for each in access if each.access_method == AuthorityInformationAccessOID.OCSP)


def _list_urls(certificate: x509.Certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return _http(name for point in points for name in point.full_name or ())


def _http(names: Iterator[x509.GeneralName]) -> list[str]:
    addresses = [name.value for name in names if isinstance(name, x509.UniformResourceIdentifier)]
    return [each for each in addresses if each.startswith(("http://", "https://"))]


def _check_not_revoked(certificate: x509.Certificate, found: _Found) -> None:
    if found.revoked_at is not None:
        raise PiaError(
            N_(
                "The certificate “%(name)s” was revoked by its authority on %(day)s, so nothing is published with it. "
                "Adopt a new one (pia keys adopt)."
            ),
            name=_name(certificate),
            day=found.revoked_at.date().isoformat(),
        )


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
