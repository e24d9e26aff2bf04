"""The state of the city's keys: each with where it lies, its fingerprint, how long it holds, and what is wrong with it.

Changing anything is the business of `key_care`; nothing here writes or asks the network.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from pia_engine.documents.authority import ISSUING, ROOT, SEAL, TIME_STAMPS, read_credential
from pia_engine.documents.key_care import own_certificates
from pia_engine.documents.outside_authorities import (
    SEALS,
    STAMPS,
    chain_above,
    is_authority,
    read_adopted,
    split_authorities,
)
from pia_engine.documents.revocation import read_revocations
from pia_engine.documents.signers import find_outside_seal
from pia_engine.errors import PiaError
from pia_engine.settings import Settings

SOON, LISTS_SOON = timedelta(days=60), timedelta(days=10)
OWN = {ROOT: "Root", ISSUING: "Issuing authority", SEAL: "City seal", TIME_STAMPS: "Time stamps"}
LOG_KEY = "log.key"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key, certificate or list. `problem` is a sentence, empty when all is well."""

    what: str
    where: str
    certificate: x509.Certificate | None = None
    ends: datetime | None = None
    problem: str = ""
    is_past: bool = False

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex() if self.certificate else ""

    @property
    def serial(self) -> str:
        return f"{self.certificate.serial_number:x}" if self.certificate else ""


def examine_keys(settings: Settings, *, now: datetime) -> list[KeyLine]:
    """Look at everything that signs in the city's name, in the order in which it hangs together."""
    folder = settings.keys_folder
    seal_lines = list(_outside_seal(settings, now))
    own = [name for name in OWN if name != SEAL or not seal_lines or (folder / f"{SEAL}.key").exists()]
    return [
        *(_own_line(settings, name, now, is_spare=name == SEAL and bool(seal_lines)) for name in own),
        *seal_lines,
        *_outside_stamps(settings, now),
        *_log_key(folder),
        *(_list_line(folder / f"{name}.crl", OWN[name], now) for name in (ROOT, ISSUING)),
        *_past(folder),
        *_open_to_others(settings),
    ]


def _own_line(settings: Settings, name: str, now: datetime, *, is_spare: bool) -> KeyLine:
    folder = settings.keys_folder
    where = str(folder / f"{name}.key")
    what = "City seal of the key folder (not in use)" if is_spare else OWN[name]
    try:
        certificate = read_credential(folder, name).certificate
    except (OSError, ValueError):
        return KeyLine(what, where, problem="key or certificate is missing, garbled, or they do not belong together")
    problem = _wrong_issuer(folder, certificate, name) or _revoked(folder, certificate) or _ends(certificate, now)
    return KeyLine(what, where, certificate, certificate.not_valid_after_utc, "" if is_spare else problem)


def _wrong_issuer(folder: Path, certificate: x509.Certificate, name: str) -> str:
    if name == ROOT:
        return ""
    try:
        above = [each for each in own_certificates(folder).values() if is_authority(each)]
    except PiaError as problem:
        return str(problem)
    return "" if chain_above(certificate, above) else "no authority that lies here issued its certificate"


def _revoked(folder: Path, certificate: x509.Certificate) -> str:
    try:
        revoked = [each for each in read_revocations(folder) if each.serial == certificate.serial_number]
    except PiaError as problem:
        return str(problem)
    return "it is revoked, but still in use: make a new one (pia keys rotate)" if revoked else ""


def _ends(certificate: x509.Certificate, now: datetime) -> str:
    ends = certificate.not_valid_after_utc
    if ends <= now:
        return "it has expired: nothing can be signed with it"
    return "it ends soon: make a new one" if ends - now < SOON else ""


def _outside_seal(settings: Settings, now: datetime) -> Iterator[KeyLine]:
    """The seal the settings name; a token is opened for it, so a wrong PIN is found here."""
    place = settings.seal_pkcs12_file or settings.seal_pkcs11_module
    if not place:
        return
    where = f"token “{settings.seal_pkcs11_token}”, {place}" if settings.seal_pkcs11_module else str(place)
    try:
        seal = find_outside_seal(settings)
    except PiaError as problem:
        yield KeyLine(OWN[SEAL], where, problem=str(problem))
        return
    assert seal is not None
    certificate = seal.certificate
    adopted = certificate in read_adopted(settings.keys_folder, SEALS)
    wrong = "" if adopted else "it has not been adopted: compare the fingerprint and run “pia keys adopt seal”"
    if adopted and not seal.chain:
        wrong = "the authorities above it are missing: run “pia keys adopt seal” with their certificates"
    yield KeyLine(OWN[SEAL], where, certificate, certificate.not_valid_after_utc, wrong or _ends(certificate, now))
    for above in seal.chain:
        yield KeyLine("Authority above the seal", _name(above), above, above.not_valid_after_utc, _ends(above, now))


def _outside_stamps(settings: Settings, now: datetime) -> Iterator[KeyLine]:
    if not settings.tsa_addresses:
        return
    roots, others = split_authorities(read_adopted(settings.keys_folder, STAMPS))
    if not roots:
        yield KeyLine(
            "Outside time stamps",
            "PIA_TSA_URLS",
            problem="no authority above them was adopted: run “pia keys adopt time-stamps”",
        )
    for each in (*roots, *others):
        yield KeyLine(
            "Authority above outside time stamps", _name(each), each, each.not_valid_after_utc, _ends(each, now)
        )


def _log_key(folder: Path) -> Iterator[KeyLine]:
    path = folder / LOG_KEY
    try:
        serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        yield KeyLine("Transparency log", str(path), problem="the key is missing: run “pia init”")
    except (OSError, ValueError, TypeError):
        yield KeyLine("Transparency log", str(path), problem="the key cannot be read")
    else:
        yield KeyLine("Transparency log", str(path))


def _list_line(path: Path, whose: str, now: datetime) -> KeyLine:
    what = f"Revoked by the {whose.lower()}"
    try:
        ends = x509.load_der_x509_crl(path.read_bytes()).next_update_utc
    except (OSError, ValueError):
        return KeyLine(what, str(path), problem="it is missing or garbled: run “pia keys lists”")
    soon = ends is not None and ends - now < LISTS_SOON
    return KeyLine(what, str(path), ends=ends, problem="it runs out: run “pia keys lists”" if soon else "")


def _past(folder: Path) -> Iterator[KeyLine]:
    """Certificates kept for documents sealed before; what becomes of them is no problem any more."""
    for name, certificate in own_certificates(folder).items():
        if name.removesuffix(".crt") not in OWN:
            yield KeyLine(
                "Kept for earlier documents", name, certificate, certificate.not_valid_after_utc, is_past=True
            )


def _open_to_others(settings: Settings) -> Iterator[KeyLine]:
    secrets = (settings.seal_pkcs12_file, settings.seal_passphrase_file, settings.seal_pin_file)
    paths = [settings.keys_folder, *sorted(settings.keys_folder.glob("*.key")), *(each for each in secrets if each)]
    for path in paths:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            mode = "700" if path.is_dir() else "600"
            yield KeyLine("Permissions", str(path), problem=f"others may read it: chmod {mode}")


def _name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
