"""Certificate authorities outside the city: adopted once by a person, then kept beside the city's own certificates.

`seals/` in the key folder holds a seal whose certificate another authority issued, with the authorities above it. That
authority issues for others, too: so the seal's own certificate is what counts, and it lies there as well.
`time-stamps/` holds the authorities above outside time-stamp authorities.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization

from pia_engine.documents.revocation import replace_file
from pia_engine.errors import N_, PiaError

SEALS, STAMPS = "seals", "time-stamps"
MOST_STEPS = 8
NOT_ISSUED_BY = (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError)


def read_adopted(keys: Path, kind: str) -> tuple[x509.Certificate, ...]:
    """The certificates adopted for seals or for time stamps; none when there is nothing outside."""
    return read_certificates(keys / kind)


def read_certificates(place: Path) -> tuple[x509.Certificate, ...]:
    """Every certificate of a file, or of a folder's files (`.crt`, `.pem`, `.cer`), written as PEM or DER."""
    paths = [place] if place.is_file() else sorted(each for each in place.glob("*") if _may_hold(each))
    found: list[x509.Certificate] = []
    for path in paths:
        try:
            found += _read(path.read_bytes())
        except (OSError, ValueError) as error:
            raise PiaError(N_("The certificate %(file)s cannot be read."), file=path) from error
    return tuple(found)


def adopt(keys: Path, kind: str, certificates: Sequence[x509.Certificate]) -> None:
    """Keep certificates as adopted from now on, each under its fingerprint. What was adopted before stays."""
    folder = keys / kind
    folder.mkdir(mode=0o700, exist_ok=True)
    for each in certificates:
        pem = each.public_bytes(serialization.Encoding.PEM)
        replace_file(folder / f"{each.fingerprint(hashes.SHA256()).hex()[:16]}.crt", pem)


def chain_above(certificate: x509.Certificate, authorities: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The authorities above a certificate, nearest first, up to one that issued itself. Empty when one is missing."""
    chain: list[x509.Certificate] = []
    below = certificate
    for _ in range(MOST_STEPS):
        above = next((each for each in authorities if is_authority(each) and _issued(below, each)), None)
        if above is None:
            return ()
        chain.append(above)
        if above.issuer == above.subject:
            return tuple(chain)
        below = above
    return ()


def split_authorities(
    certificates: Sequence[x509.Certificate],
) -> tuple[tuple[x509.Certificate, ...], tuple[x509.Certificate, ...]]:
    """The roots among them, and the authorities below."""
    authorities = [each for each in certificates if is_authority(each)]
    roots = tuple(each for each in authorities if each.issuer == each.subject)
    return roots, tuple(each for each in authorities if each not in roots)


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate may issue others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def asn1_certificate(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Read a certificate with the signing library's own classes."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _may_hold(path: Path) -> bool:
    return path.suffix in (".crt", ".pem", ".cer") and not path.name.startswith(".")


def _read(content: bytes) -> list[x509.Certificate]:
    if b"-----BEGIN" in content:
        return x509.load_pem_x509_certificates(content)
    return [x509.load_der_x509_certificate(content)]


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except NOT_ISSUED_BY:
        return False
    return True
