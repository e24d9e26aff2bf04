"""New keys for old ones, and certificates taken back: what a city does with its own keys in the course of years.

A certificate that is replaced stays in the key folder under the day it was replaced (`seal-2026-11-23.crt`), because
documents sealed before are checked against it; its private key is overwritten. What the state of the keys is, says
`key_status`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from pia_engine.documents.authority import ISSUING, SEAL, TIME_STAMPS, Authority, write_lists
from pia_engine.documents.certificates import (
    Credential,
    issue_authority,
    issue_seal_credential,
    issue_time_stamp_credential,
)
from pia_engine.documents.key_files import put_pair
from pia_engine.documents.outside_authorities import read_certificates
from pia_engine.documents.revocation import Revocation, read_revocations, record_revocation, replace_file, sign_list
from pia_engine.errors import N_, NotPossible, PiaError


class Kind(StrEnum):
    """What can be made anew; the root cannot: everything hangs on it."""

    SEAL = SEAL
    TIME_STAMPS = "time-stamps"
    ISSUING = ISSUING


@dataclass(frozen=True, slots=True)
class Rotation:
    """What was replaced: the file the old certificate is kept in, the old and the new certificate."""

    kept_as: str
    old: x509.Certificate
    new: x509.Certificate


def rotate(authority: Authority, kind: Kind, *, city_name: str, now: datetime) -> tuple[Rotation, ...]:
    """Make a new key and certificate, keep the old certificate, destroy the old key, and sign new lists.

    A new issuing authority brings a new seal and new time stamps with it, and leaves a last list that holds for the
    rest of the old one's time.
    """
    fresh = _fresh(authority, kind, city_name, now)
    if kind is Kind.ISSUING:
        _leave_last_list(authority, now)
    done = tuple(_replace(authority.folder, name, credential, now) for name, credential in fresh.items())
    write_lists(replace(authority, issuing=fresh.get(ISSUING, authority.issuing)), now)
    return done


def revoke_certificate(authority: Authority, serial: int, *, reason: str, now: datetime) -> None:
    """Record that a certificate no longer counts from now on, and sign new lists at once."""
    _check_list_can_be_signed(authority, serial)
    if serial == authority.root.certificate.serial_number:
        raise NotPossible(N_("The root cannot be revoked by itself. See “When the root leaks” in docs/how-to/keys.md."))
    if not record_revocation(authority.folder, Revocation(serial, now, reason)):
        raise NotPossible(N_("This certificate is revoked already; nothing changed."))
    write_lists(authority, now)


def _check_list_can_be_signed(authority: Authority, serial: int) -> None:
    """What a replaced authority issued can only be taken back together with that authority."""
    for certificate in own_certificates(authority.folder).values():
        ours = (authority.root.certificate.subject, authority.issuing.certificate.subject)
        if certificate.serial_number == serial and certificate.issuer not in ours:
            raise NotPossible(
                N_(
                    "This certificate was issued by an issuing authority that was replaced; nobody can sign its list "
                    "any more. Revoke that authority instead (see “pia keys status”)."
                )
            )


def own_certificates(folder: Path) -> dict[str, x509.Certificate]:
    """Every certificate of the city's own authority in the key folder, present and past, by file name."""
    return {path.name: read_certificates(path)[0] for path in sorted(folder.glob("*.crt"))}


def _fresh(authority: Authority, kind: Kind, city_name: str, now: datetime) -> Mapping[str, Credential]:
    if kind is Kind.SEAL:
        return {SEAL: issue_seal_credential(authority.issuing, city_name=city_name, now=now)}
    if kind is Kind.TIME_STAMPS:
        return {TIME_STAMPS: issue_time_stamp_credential(authority.issuing, city_name=city_name, now=now)}
    issuing = issue_authority(authority.root, city_name=city_name, now=now, edition=now.date().isoformat())
    fresh = {ISSUING: issuing, TIME_STAMPS: issue_time_stamp_credential(issuing, city_name=city_name, now=now)}
    if (authority.folder / f"{SEAL}.key").exists():
        fresh[SEAL] = issue_seal_credential(issuing, city_name=city_name, now=now)
    return fresh


def _leave_last_list(authority: Authority, now: datetime) -> None:
    """After this nobody can sign a list in the old authority's name, so the last one holds as long as it does."""
    certificate = authority.issuing.certificate
    life = certificate.not_valid_after_utc - now
    last = sign_list(certificate, authority.issuing.key, read_revocations(authority.folder), now=now, life=life)
    path = authority.folder / f"{_kept_name(authority.folder, ISSUING, now)}.crl"
    replace_file(path, last.public_bytes(serialization.Encoding.DER))


def _replace(folder: Path, name: str, fresh: Credential, now: datetime) -> Rotation:
    key_path, certificate_path = folder / f"{name}.key", folder / f"{name}.crt"
    kept_as = f"{_kept_name(folder, name, now)}.crt"
    try:
        old = certificate_path.read_bytes()
        replace_file(folder / kept_as, old)
        with key_path.open("r+b") as old_key:
            put_pair(folder, name, fresh)
            _overwrite(old_key.fileno())
    except OSError as error:
        raise PiaError(
            N_("The new key could not be written. Check that the disk has room, then look at “pia keys status”.")
        ) from error
    return Rotation(kept_as, x509.load_pem_x509_certificate(old), fresh.certificate)


def _kept_name(folder: Path, name: str, now: datetime) -> str:
    """`seal-2026-11-23`; a second one of that day gets a number."""
    day = f"{name}-{now.date().isoformat()}"
    names = [day, *(f"{day}-{number}" for number in range(2, 100))]
    return next(each for each in names if not (folder / f"{each}.crt").exists())


def _overwrite(descriptor: int) -> None:
    """Leave nothing readable of an old key in the file it lay in."""
    size = os.fstat(descriptor).st_size
    os.pwrite(descriptor, os.urandom(size), 0)
    os.fsync(descriptor)
