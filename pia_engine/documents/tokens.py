"""A key on a PKCS#11 token (a hardware security module, a smart card): finding it, and signing with it.

The key never leaves the token. A wrong PIN is tried once: most tokens lock themselves after a few.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pkcs11
from asn1crypto import x509 as asn1_x509  # type: ignore[import-untyped]
from cryptography import x509
from pkcs11 import Attribute, ObjectClass, exceptions
from pyhanko.sign import signers
from pyhanko.sign.pkcs11 import PKCS11Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pia_engine.errors import N_, PiaError

LARGEST_SIGNATURE = 512
WRONG_PIN = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange)
ONE_AT_A_TIME = threading.RLock()
REFUSED_PINS: set[str] = set()
"""Fingerprints of PINs a token refused while this program runs."""


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """Where a key lies: the token's module and name, the label of key and certificate, the file with the PIN."""

    module: Path
    token: str
    label: str
    pin_file: Path


class TokenSigner(signers.Signer):
    """Opens the token for each signature, and closes it again."""

    def __init__(
        self, address: TokenAddress, certificate: asn1_x509.Certificate, chain: SimpleCertificateStore
    ) -> None:
        super().__init__(signing_cert=certificate, cert_registry=chain, embed_roots=False)
        self._address = address
        # Tokens hash for RSA; for elliptic curves many only sign what is hashed already.
        self._is_hashed_here = certificate.public_key.algorithm == "ec"

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(LARGEST_SIGNATURE)
        with _key_in_hand(self._address) as session:
            inner = PKCS11Signer(
                session,
                signing_cert=self.signing_cert,
                key_label=self._address.label,
                embed_roots=False,
                use_raw_mechanism=self._is_hashed_here,
            )
            return await inner.async_sign_raw(data, digest_algorithm)


def read_token_certificate(address: TokenAddress) -> x509.Certificate | None:
    """The certificate that lies beside the key under the same label; None when the token holds only the key."""
    with _key_in_hand(address) as session:
        wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: address.label}
        found = [bytes(each[Attribute.VALUE]) for each in session.get_objects(wanted)]
    if len(found) > 1:
        raise PiaError(
            N_("The token “%(token)s” holds several certificates with the label “%(label)s”. Leave one of them."),
            token=address.token,
            label=address.label,
        )
    return x509.load_der_x509_certificate(found[0]) if found else None


@contextlib.contextmanager
def _key_in_hand(address: TokenAddress) -> Iterator[Any]:
    """An open session on the token, in which the one key was seen; whatever goes wrong is a sentence."""
    with ONE_AT_A_TIME:
        try:
            with _find_token(address).open(user_pin=_read_pin(address)) as session:
                _see_key(session, address)
                yield session
        except WRONG_PIN as error:
            REFUSED_PINS.add(_fingerprint(address))
            raise _pin_refused(address) from error
        except exceptions.PinLocked as error:
            raise PiaError(
                N_("The token “%(token)s” is locked after too many wrong PINs. Whoever administers it must unlock it."),
                token=address.token,
            ) from error
        except exceptions.PKCS11Error as error:
            with contextlib.suppress(exceptions.PKCS11Error):
                pkcs11.lib(str(address.module)).reinitialize()  # so that the next try finds the token as it is then
            raise PiaError(
                N_("The token “%(token)s” could not be used (%(why)s). Nothing was signed. Is it connected?"),
                token=address.token,
                why=type(error).__name__,
            ) from error


def _find_token(address: TokenAddress) -> Any:
    try:
        module = pkcs11.lib(str(address.module))
    except exceptions.PKCS11Error as error:
        raise PiaError(
            N_("The token's module %(module)s cannot be loaded. Install it, or mend PIA_SEAL_PKCS11_MODULE."),
            module=address.module,
        ) from error
    for _ in range(2):
        with contextlib.suppress(exceptions.NoSuchToken, exceptions.TokenNotPresent):
            return module.get_token(token_label=address.token)
        module.reinitialize()  # a token that came since the module was loaded is seen only then
    raise PiaError(
        N_(
            "The token “%(token)s” is not there, so nothing can be sealed. "
            "Connect it; what waits to be published is then taken up again."
        ),
        token=address.token,
    )


def _see_key(session: Any, address: TokenAddress) -> None:
    try:
        session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=address.label)
    except (exceptions.NoSuchKey, exceptions.MultipleObjectsReturned) as error:
        raise PiaError(
            N_("The token “%(token)s” does not hold exactly one private key with the label “%(label)s”."),
            token=address.token,
            label=address.label,
        ) from error


def _read_pin(address: TokenAddress) -> str:
    try:
        pin = address.pin_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise PiaError(N_("The file with the token's PIN (PIA_SEAL_PIN_FILE) cannot be read.")) from error
    if _fingerprint(address) in REFUSED_PINS:
        raise _pin_refused(address)
    return pin


def _fingerprint(address: TokenAddress) -> str:
    told = b"\0".join([str(address.module).encode(), address.token.encode(), address.pin_file.read_bytes().strip()])
    return hashlib.sha256(told).hexdigest()


def _pin_refused(address: TokenAddress) -> PiaError:
    return PiaError(
        N_(
            "The token “%(token)s” refused the PIN. It is not tried again before the file PIA_SEAL_PIN_FILE changes, "
            "because a token locks itself after a few wrong ones."
        ),
        token=address.token,
    )
