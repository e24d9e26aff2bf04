"""Keys and certificates of every kind that the city issues; `authority` knows whose they are and where they lie.

A name longer than X.509 allows is shortened, never refused.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
LONGEST_TEXT = 64  # the most characters X.509 allows in a common name, an organisation or a title
ROOT_YEARS, ISSUING_YEARS, SEAL_YEARS, TIME_STAMPS_YEARS = 20, 12, 10, 12
SEAL_NAME = " Seal"  # how the name of every seal ends
PERSON_LIFE = timedelta(hours=1)
CLOCK_DRIFT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate with its private key; a person's key exists only in memory, for one signature."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def issue_root(city_name: str, now: datetime) -> Credential:
    """Make the certificate that everything else of the city hangs on; it vouches for itself."""
    subject = _subject(city_name, f"{_short_octets(city_name, 48)} Records Root")
    return _issue_authority(subject, None, starts=now - timedelta(days=1), ends=_years(now, ROOT_YEARS))


def issue_authority(root: Credential, *, city_name: str, now: datetime, edition: str = "") -> Credential:
    """Make the authority below the root, which issues all others; `edition` tells a later one from the first."""
    subject = _subject(city_name, f"{_short_octets(city_name, 40)} Records CA {edition}".rstrip())
    return _issue_authority(subject, root, starts=now - timedelta(days=1), ends=_years(now, ISSUING_YEARS))


def issue_seal_credential(issuing: Credential, *, city_name: str, now: datetime) -> Credential:
    """Make a new seal for the city; it can sign from the day before."""
    subject = _subject(city_name, f"{_short_octets(city_name, 48)}{SEAL_NAME}")
    return _issue(subject, issuing, starts=now - timedelta(days=1), ends=_ends(now, SEAL_YEARS, issuing))


def issue_time_stamp_credential(issuing: Credential, *, city_name: str, now: datetime) -> Credential:
    """Make a key that may state when something existed, and may sign nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(city_name, f"{_short_octets(city_name, 44)} Time stamps")
    ends = _ends(now, TIME_STAMPS_YEARS, issuing)
    certificate = (
        _builder(subject, key, issuing, now - timedelta(days=1), ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False, content=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)  # RFC 3161, 2.3
        .sign(issuing.key, hashes.SHA256())
    )
    return Credential(certificate, key)


def issue_person(issuing: Credential, *, name: str, role: str, city: str, now: datetime) -> Credential:
    """Make a certificate for one act of one person; it lasts an hour. Without a role, which no seal has: ValueError."""
    if not role.strip():
        raise ValueError(role)
    starts = now - CLOCK_DRIFT
    return _issue(_subject(city, name, role), issuing, starts=starts, ends=starts + PERSON_LIFE)


def _years(now: datetime, years: int) -> datetime:
    return now + timedelta(days=round(365.25 * years))


def _ends(now: datetime, years: int, issuer: Credential) -> datetime:
    return min(_years(now, years), issuer.certificate.not_valid_after_utc)


def _short(text: str, length: int = LONGEST_TEXT) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _short_octets(text: str, length: int = LONGEST_TEXT) -> str:
    """Shorten to so many octets of UTF-8, which is how a common name is measured, without cutting a letter."""
    return text if len(text.encode()) <= length else text.encode()[: length - 3].decode(errors="ignore") + "…"


def _subject(organisation: str, common_name: str, title: str = "") -> x509.Name:
    attributes = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(organisation)),
        x509.NameAttribute(NameOID.COMMON_NAME, _short_octets(common_name)),
    ]
    if title:
        attributes.append(x509.NameAttribute(NameOID.TITLE, _short(title)))
    return x509.Name(attributes)


def _usage(*, authority: bool, content: bool = True) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=content and not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _builder(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: Credential | None,
    starts: datetime,
    ends: datetime,
) -> x509.CertificateBuilder:
    issuer_name = issuer.certificate.subject if issuer else subject
    issuer_key = issuer.key if issuer else key
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )


def _issue_authority(subject: x509.Name, issuer: Credential | None, *, starts: datetime, ends: datetime) -> Credential:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(subject, key, issuer, starts, ends)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0 if issuer else 1), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    return Credential(certificate, key)


def _issue(subject: x509.Name, issuer: Credential, *, starts: datetime, ends: datetime) -> Credential:
    key = ec.generate_private_key(ec.SECP256R1())
    # Readers built on NSS (Firefox, poppler) trust document signing only together with e-mail protection.
    purposes = x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION])
    certificate = (
        _builder(subject, key, issuer, starts, ends)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(purposes, critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    return Credential(certificate, key)
