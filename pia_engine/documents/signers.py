"""Whose key signs: the city's seal, a person for one act. Where a key lives is known only here.

Signing a PDF lives in `signatures`, sealing other files in `seals`; both ask here for the signer. The seal's key lies
in the key folder, in a PKCS#12 file, or on a PKCS#11 token; `open_sealing` is the one door for whoever seals.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pia_engine.documents.authority import ISSUING, SEAL, TIME_STAMPS, Authority, open_authority
from pia_engine.documents.certificates import Credential
from pia_engine.documents.outside_authorities import (
    SEALS,
    STAMPS,
    asn1_certificate,
    chain_above,
    is_authority,
    read_adopted,
    read_certificates,
)
from pia_engine.documents.outside_stamps import OutsideStamper
from pia_engine.documents.revocation import read_revocations
from pia_engine.documents.tokens import TokenAddress, TokenSigner, read_token_certificate
from pia_engine.errors import N_, PiaError
from pia_engine.settings import Settings

__all__ = [
    "KeySigner",
    "OutsideSeal",
    "asn1_certificate",
    "certificate_store",
    "credential_signer",
    "find_outside_seal",
    "open_keys",
    "open_sealing",
    "open_stamping",
    "seal_signer",
]

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class FileCredential:
    """A certificate of an outside authority with its private key, out of a file."""

    certificate: x509.Certificate
    key: PrivateKey


class KeySigner(signers.Signer):
    """Signs with a key in memory and without a random number (RFC 6979): same bytes and instant, same signature."""

    def __init__(self, credential: Credential | FileCredential, chain: SimpleCertificateStore) -> None:
        super().__init__(signing_cert=asn1_certificate(credential.certificate), cert_registry=chain, embed_roots=False)
        self._key: PrivateKey = credential.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        assert digest_algorithm == "sha256"
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


@dataclass(frozen=True, slots=True)
class OutsideSeal:
    """A seal whose key does not lie in the key folder: its certificate, the authorities above it, how it signs."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    make_signer: Callable[[SimpleCertificateStore], signers.Signer]


def open_sealing(settings: Settings, *, now: datetime) -> Authority:
    """The city's authority with the seal the settings name and the outside time stamps they ask for, ready to sign."""
    authority = replace(
        open_authority(settings.keys_folder, seal=_adopted_seal(settings)), stampers=_outside_stampers(settings)
    )
    _check_in_force(authority.seal.certificate, now)
    _check_not_revoked(authority, (SEAL, TIME_STAMPS, ISSUING))
    return authority


def open_keys(settings: Settings) -> Authority:
    """The city's authority for issuing and revoking; a seal that lies elsewhere is left where it is and cannot sign."""
    if (settings.keys_folder / f"{SEAL}.key").exists():
        return open_authority(settings.keys_folder)
    leaves = [each for each in read_adopted(settings.keys_folder, SEALS) if not is_authority(each)]
    return open_authority(settings.keys_folder, seal=OutsideSeal(leaves[-1], (), _left_alone) if leaves else None)


def open_stamping(settings: Settings) -> Authority:
    """The city's authority for time stamps of its own over other things than documents; no seal is needed for them."""
    authority = open_keys(settings)
    _check_not_revoked(authority, (TIME_STAMPS, ISSUING))
    return authority


def find_outside_seal(settings: Settings) -> OutsideSeal | None:
    """The seal in the PKCS#12 file or on the token of the settings, adopted or not; None when the key folder's is used.

    The authorities above it are those that were adopted, and those that came in the PKCS#12 file.
    """
    if settings.seal_pkcs12_file and settings.seal_pkcs11_module:
        raise PiaError(N_("PIA_SEAL_PKCS12_FILE and PIA_SEAL_PKCS11_MODULE both name a seal. Leave one of them."))
    adopted = read_adopted(settings.keys_folder, SEALS)
    if settings.seal_pkcs12_file:
        return _seal_in_file(settings.seal_pkcs12_file, settings.seal_passphrase_file, adopted)
    if settings.seal_pkcs11_module:
        return _seal_on_token(settings.seal_pkcs11_module, settings, adopted)
    return None


def seal_signer(authority: Authority) -> signers.Signer:
    """Return what signs in the name of the city."""
    seal = authority.seal
    if not isinstance(seal, OutsideSeal):
        return credential_signer(authority, seal)
    return _Proven(seal.make_signer(_store(seal.chain)))


def credential_signer(authority: Authority, credential: Credential) -> signers.Signer:
    """Return what signs with a credential that the city's own authority issued: its seal, or a person for one act."""
    return KeySigner(credential, certificate_store(authority, credential.certificate))


def certificate_store(authority: Authority, certificate: x509.Certificate) -> SimpleCertificateStore:
    """Return the authorities above one of the city's certificates in the form the signing library looks them up.

    While a rotation of the issuing authority is half done, its predecessor still stands above the seal or time stamps.
    """
    earlier = [each for path in authority.folder.glob(f"{ISSUING}-*.crt") for each in read_certificates(path)]
    return _store(chain_above(certificate, (*authority.chain, *earlier)))


def _store(certificates: tuple[x509.Certificate, ...]) -> SimpleCertificateStore:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(map(asn1_certificate, certificates))
    return store


class _Proven(signers.Signer):
    """Lets out no signature that its own certificate does not confirm: a token may hold another key than it should."""

    def __init__(self, inner: signers.Signer) -> None:
        super().__init__(signing_cert=inner.signing_cert, cert_registry=inner.cert_registry, embed_roots=False)
        self._inner = inner

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        signature = await self._inner.async_sign_raw(data, digest_algorithm, dry_run)
        if not dry_run:
            _check_signature(self.signing_cert, signature, data)
        return signature


def _check_signature(certificate: asn1_x509.Certificate, signature: bytes, data: bytes) -> None:
    key = x509.load_der_x509_certificate(certificate.dump()).public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        else:
            raise InvalidSignature
    except InvalidSignature as error:
        raise PiaError(
            N_("The seal's key and its certificate do not belong together. Nothing was sealed; see “pia keys status”.")
        ) from error


def _left_alone(_: SimpleCertificateStore) -> signers.Signer:
    raise PiaError(N_("The city's seal was not opened, so nothing is sealed."))


def _adopted_seal(settings: Settings) -> OutsideSeal | None:
    seal = find_outside_seal(settings)
    if seal is not None and seal.certificate not in read_adopted(settings.keys_folder, SEALS):
        raise PiaError(
            N_(
                "The seal that the settings name (valid until %(day)s) has not been adopted as this city's. "
                "Nothing is sealed with it. Compare its fingerprint and run “pia keys adopt seal”."
            ),
            day=seal.certificate.not_valid_after_utc.date().isoformat(),
        )
    return seal


def _outside_stampers(settings: Settings) -> tuple[OutsideStamper, ...]:
    if not settings.tsa_addresses:
        return ()
    trusted = read_adopted(settings.keys_folder, STAMPS)
    if not trusted:
        raise PiaError(
            N_(
                "PIA_TSA_URLS names time-stamp authorities, but none has been adopted. "
                "Run “pia keys adopt time-stamps” with the certificates above theirs."
            )
        )
    return (OutsideStamper(settings.tsa_addresses, trusted=trusted),)


def _check_in_force(certificate: x509.Certificate, now: datetime) -> None:
    ends = certificate.not_valid_after_utc
    if ends <= now:
        raise PiaError(
            N_("The city's seal expired on %(day)s, so nothing is sealed. Make a new one: “pia keys rotate seal”."),
            day=ends.date().isoformat(),
        )


def _check_not_revoked(authority: Authority, names: tuple[str, ...]) -> None:
    """Whatever is about to sign: the seal, the time stamps, and who issues people's certificates and theirs."""
    revoked = {each.serial for each in read_revocations(authority.folder)}
    used = {SEAL: authority.seal, TIME_STAMPS: authority.tsa, ISSUING: authority.issuing}
    for name in names:
        if used[name].certificate.serial_number in revoked:
            raise PiaError(
                N_(
                    "The certificate in use as “%(name)s” is revoked. "
                    "Nothing is sealed before “pia keys rotate” made a new one."
                ),
                name=name,
            )


def _seal_in_file(file: Path, passphrase_file: Path | None, adopted: tuple[x509.Certificate, ...]) -> OutsideSeal:
    try:
        content = file.read_bytes()
        passphrase = passphrase_file.read_bytes().strip() if passphrase_file else None
    except OSError as error:
        raise PiaError(
            N_("The file with the seal (PIA_SEAL_PKCS12_FILE) or with its passphrase (PIA_SEAL_PASSPHRASE_FILE) "
               "cannot be read.")
        ) from error  # fmt: skip
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(content, passphrase)
    except (ValueError, TypeError) as error:
        raise PiaError(
            N_("The seal's PKCS#12 file cannot be opened. Is the passphrase in PIA_SEAL_PASSPHRASE_FILE the right one?")
        ) from error
    if certificate is None or not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise PiaError(N_("The seal's PKCS#12 file does not hold a certificate with its key (RSA or elliptic curve)."))
    credential = FileCredential(certificate, key)
    return OutsideSeal(
        certificate, chain_above(certificate, (*adopted, *others)), lambda store: KeySigner(credential, store)
    )


def _seal_on_token(module: Path, settings: Settings, adopted: tuple[x509.Certificate, ...]) -> OutsideSeal:
    if not settings.seal_pkcs11_token or not settings.seal_pkcs11_label or settings.seal_pin_file is None:
        raise PiaError(
            N_("A seal on a token needs PIA_SEAL_PKCS11_TOKEN, PIA_SEAL_PKCS11_LABEL and PIA_SEAL_PIN_FILE as well.")
        )
    address = TokenAddress(module, settings.seal_pkcs11_token, settings.seal_pkcs11_label, settings.seal_pin_file)
    certificate = _certificate_of(address, settings.seal_certificate_file)
    written = asn1_certificate(certificate)
    return OutsideSeal(
        certificate, chain_above(certificate, adopted), lambda store: TokenSigner(address, written, store)
    )


def _certificate_of(address: TokenAddress, file: Path | None) -> x509.Certificate:
    """From the file the settings name, else from the token, where it lies beside the key."""
    if file is not None:
        found = read_certificates(file)
        if found:
            return found[0]
    certificate = read_token_certificate(address)
    if certificate is None:
        raise PiaError(
            N_(
                "The token “%(token)s” holds no certificate with the label “%(label)s”. "
                "Put it there, or name its file with PIA_SEAL_CERTIFICATE_FILE."
            ),
            token=address.token,
            label=address.label,
        )
    return certificate
