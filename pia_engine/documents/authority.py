"""The city's own certificate authority: root, issuing authority, city seal, and one-act certificates for people.

Signing documents lives in `signatures`; this module only makes and opens keys, certificates and revocation lists.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pia_engine.errors import N_, PiaError

ROOT, ISSUING, SEAL = "root", "issuing", "seal"
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
LONGEST_TEXT = 64  # the most characters X.509 allows in a common name, an organisation or a title
ROOT_YEARS, ISSUING_YEARS, SEAL_YEARS = 20, 12, 10
PERSON_LIFE = timedelta(hours=1)
CLOCK_DRIFT = timedelta(minutes=5)
REVOCATION_LIST_LIFE = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Credential:
    """A certificate with its private key; a person's key exists only in memory, for one signature."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Authority:
    """The opened authority of one instance."""

    folder: Path
    root: Credential
    issuing: Credential
    seal: Credential

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Return the certificates of the two authorities, root first."""
        return (self.root.certificate, self.issuing.certificate)

    def revocation_lists(self, now: datetime) -> tuple[x509.CertificateRevocationList, ...]:
        """Sign fresh lists of what was revoked (nothing yet), so that documents can be checked offline."""
        return tuple(_revocation_list(credential, now) for credential in (self.root, self.issuing))


def create_authority(folder: Path, *, city_name: str, now: datetime) -> Authority:
    """Make the keys and certificates of a new city in `folder`, all or nothing; an existing authority is kept."""
    if folder.exists() and any(folder.iterdir()):
        raise PiaError(
            N_(
                "There are already keys in the key folder, and they are never overwritten. "
                "Use the keys that are there, or move the folder away first if you mean to start a new city."
            )
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_authority(draft, _make_authority(city_name, now), now)
        draft.rename(folder)  # refused by the system when the folder has meanwhile been filled
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise PiaError(
            N_("The city's keys could not be written. Check that the disk has room and the folder is yours to write.")
        ) from error
    return open_authority(folder)


def open_authority(folder: Path) -> Authority:
    """Read the authority that `create_authority` made."""
    try:
        credentials = {name: _read_credential(folder, name) for name in (ROOT, ISSUING, SEAL)}
    except (OSError, ValueError) as error:
        raise PiaError(
            N_(
                "The city's keys cannot be read. Restore the key folder from the backup, "
                "or ask your administrator to run 'pia init' if this is a new installation."
            )
        ) from error
    return Authority(folder, credentials[ROOT], credentials[ISSUING], credentials[SEAL])


def issue_person_certificate(authority: Authority, *, name: str, role: str, city: str, now: datetime) -> Credential:
    """Issue a certificate for one act of one person; it is valid for an hour and its key is never written down."""
    if not authority.issuing.certificate.not_valid_before_utc <= now:
        raise PiaError(
            N_(
                "The signing time lies before the city's certificate authority was made, "
                "so no certificate can be issued. "
                "Check the clock of this computer."
            )
        )
    subject = _subject(city, name, role)
    return _issue(subject, authority.issuing, starts=now - CLOCK_DRIFT, ends=now - CLOCK_DRIFT + PERSON_LIFE)


def _make_authority(city_name: str, now: datetime) -> dict[str, Credential]:
    starts = now - timedelta(days=1)
    root = _issue_authority(
        _subject(city_name, f"{_short_octets(city_name, 48)} Records Root"),
        None,
        starts=starts,
        ends=_years(now, ROOT_YEARS),
    )
    issuing = _issue_authority(
        _subject(city_name, f"{_short_octets(city_name, 48)} Records CA"),
        root,
        starts=starts,
        ends=_years(now, ISSUING_YEARS),
    )
    seal = _issue(
        _subject(city_name, f"{_short_octets(city_name, 48)} Seal"),
        issuing,
        starts=starts,
        ends=_years(now, SEAL_YEARS),
    )
    return {ROOT: root, ISSUING: issuing, SEAL: seal}


def _years(now: datetime, years: int) -> datetime:
    return now + timedelta(days=round(365.25 * years))


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


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
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


def _revocation_list(credential: Credential, now: datetime) -> x509.CertificateRevocationList:
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(credential.certificate.subject)
        .last_update(now)
        .next_update(now + REVOCATION_LIST_LIFE)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(credential.key.public_key()), critical=False)
        .sign(credential.key, hashes.SHA256())
    )


def _write_authority(folder: Path, credentials: dict[str, Credential], now: datetime) -> None:
    folder.chmod(0o700)
    for name, credential in credentials.items():
        _write_new(folder / f"{name}.key", _key_pem(credential.key), 0o600)
        _write_new(folder / f"{name}.crt", credential.certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    for name in (ROOT, ISSUING):
        revoked = _revocation_list(credentials[name], now)
        _write_new(folder / f"{name}.crl", revoked.public_bytes(serialization.Encoding.DER), 0o644)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_new(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _read_credential(folder: Path, name: str) -> Credential:
    certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
    key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError(name)
    return Credential(certificate, key)
