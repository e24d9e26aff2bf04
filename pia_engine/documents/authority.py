"""The city's own certificate authority: root, issuing authority, seal, time stamps, and people's for one act.

This module only makes and opens keys and certificates; what was revoked lives in `revocation`, signing in `signatures`.
"""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.timestamps import TimeStamper

from pia_engine import clock
from pia_engine.documents.certificates import (
    Credential,
    issue_authority,
    issue_person,
    issue_root,
    issue_seal_credential,
    issue_time_stamp_credential,
)
from pia_engine.documents.key_files import finish_pair, put_pair, sync_folder
from pia_engine.documents.revocation import (
    EMBEDDED_LIFE,
    PUBLISHED_LIFE,
    Revocation,
    read_revocations,
    record_revocation,
    replace_file,
    sign_list,
)
from pia_engine.errors import N_, PiaError

if TYPE_CHECKING:
    from pia_engine.documents.signers import OutsideSeal

ROOT, ISSUING, SEAL, TIME_STAMPS = "root", "issuing", "seal", "tsa"


@dataclass(frozen=True, slots=True)
class Authority:
    """The opened authority of one instance.

    The seal's key may lie elsewhere (`signers.open_sealing`), and outside authorities may stamp what it signs.
    """

    folder: Path
    root: Credential
    issuing: Credential
    seal: "Credential | OutsideSeal"
    tsa: Credential
    stampers: tuple[TimeStamper, ...] = ()

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Return the certificates of the two authorities, root first."""
        return (self.root.certificate, self.issuing.certificate)

    def revocation_lists(
        self, now: datetime, *, life: timedelta = EMBEDDED_LIFE
    ) -> tuple[x509.CertificateRevocationList, ...]:
        """Sign fresh lists of what the root and what the issuing authority revoked, in this order."""
        revoked = read_revocations(self.folder)
        authorities = {_serial_number(path) for path in self.folder.glob(f"{ISSUING}*.crt")}  # replaced ones, too
        issuing = [each for each in revoked if each.serial in authorities]
        others = [each for each in revoked if each not in issuing]
        return (
            sign_list(self.root.certificate, self.root.key, issuing, now=now, life=life),
            sign_list(self.issuing.certificate, self.issuing.key, others, now=now, life=life),
        )


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
        draft.chmod(0o700)
        for name, credential in _make_authority(city_name, now).items():
            put_pair(draft, name, credential)
        write_lists(open_authority(draft), now)
        draft.rename(folder)  # refused by the system when the folder has meanwhile been filled
        sync_folder(folder.parent)
    except OSError as error:
        raise PiaError(
            N_("The city's keys could not be written. Check that the disk has room and the folder is yours to write.")
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return open_authority(folder)


def complete_authority(folder: Path, *, city_name: str, now: datetime) -> bool:
    """Add what the keys of an older installation lack, the time-stamp authority; say whether it was missing."""
    finish_pair(folder, TIME_STAMPS)
    if (folder / f"{TIME_STAMPS}.crt").exists():
        return False
    issuing = read_credential(folder, ISSUING)
    put_pair(folder, TIME_STAMPS, issue_time_stamp_credential(issuing, city_name=city_name, now=now))
    return True


def open_authority(folder: Path, *, seal: "OutsideSeal | None" = None) -> Authority:
    """Read the authority that `create_authority` made; with a seal from elsewhere, the one here is left alone."""
    try:
        root, issuing, tsa = (read_credential(folder, name) for name in (ROOT, ISSUING, TIME_STAMPS))
        return Authority(folder, root, issuing, seal or read_credential(folder, SEAL), tsa)
    except (OSError, ValueError) as error:
        raise PiaError(
            N_(
                "The city's keys cannot be read. Restore the key folder from the backup, "
                "or ask your administrator to run 'pia init' if this is a new or an older installation."
            )
        ) from error


def revoke(folder: Path, serial: int, *, at: datetime, reason: str) -> bool:
    """Record that a certificate does not count from `at` on, and sign new lists; False when it was revoked before.

    `reason` is a name in `revocation.REASONS`. Handing the new lists out is the caller's part.
    """
    authority = open_authority(folder)
    is_new = record_revocation(folder, Revocation(serial, at, reason))
    write_lists(authority, clock.now())
    return is_new


def write_lists(authority: Authority, now: datetime) -> None:
    """Put fresh lists for the public beside the keys (`root.crl`, `issuing.crl`)."""
    lists = authority.revocation_lists(now, life=PUBLISHED_LIFE)
    for name, each in zip((ROOT, ISSUING), lists, strict=True):
        replace_file(authority.folder / f"{name}.crl", each.public_bytes(serialization.Encoding.DER))


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
    return issue_person(authority.issuing, name=name, role=role, city=city, now=now)


def _make_authority(city_name: str, now: datetime) -> dict[str, Credential]:
    root = issue_root(city_name, now)
    issuing = issue_authority(root, city_name=city_name, now=now)
    return {
        ROOT: root,
        ISSUING: issuing,
        SEAL: issue_seal_credential(issuing, city_name=city_name, now=now),
        TIME_STAMPS: issue_time_stamp_credential(issuing, city_name=city_name, now=now),
    }


def _serial_number(path: Path) -> int:
    return x509.load_pem_x509_certificate(path.read_bytes()).serial_number


def read_credential(folder: Path, name: str) -> Credential:
    """Read one certificate with its key from the key folder; ValueError when they do not belong together."""
    finish_pair(folder, name)
    certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
    key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError(name)
    return Credential(certificate, key)
