"""Which of the city's certificates no longer count, and the signed lists (RFC 5280) that say so to others.

The record is a file beside the keys. A certificate is never taken off it again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from pia_engine.documents.key_files import sync_folder
from pia_engine.errors import N_, PiaError

RECORD = "revoked.json"
PUBLISHED_LIFE, EMBEDDED_LIFE = timedelta(days=31), timedelta(days=400)
REASONS = {flag.name: flag for flag in x509.ReasonFlags if flag is not x509.ReasonFlags.remove_from_crl}


@dataclass(frozen=True, slots=True)
class Revocation:
    """One certificate that no longer counts from a moment on; `reason` is a name in `REASONS`."""

    serial: int
    revoked_at: datetime
    reason: str


def read_revocations(folder: Path) -> tuple[Revocation, ...]:
    """Read what was revoked so far; nothing when there is no record yet."""
    try:
        written: list[dict[str, str]] = json.loads((folder / RECORD).read_text())
        if not isinstance(written, list):
            raise TypeError(type(written))
        return tuple(
            Revocation(int(each["serial"], 16), datetime.fromisoformat(each["revoked_at"]), str(each["reason"]))
            for each in written
        )
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise PiaError(
            N_("The record of revoked certificates (%(name)s) cannot be read. Restore the key folder from the backup."),
            name=RECORD,
        ) from error


def record_revocation(folder: Path, revocation: Revocation) -> bool:
    """Write one more certificate into the record; False when it stands there already, which changes nothing."""
    if revocation.reason not in REASONS:
        raise PiaError(
            N_("“%(reason)s” is no reason for revoking a certificate. Choose one of: %(known)s."),
            reason=revocation.reason,
            known=", ".join(sorted(REASONS)),
        )
    known = read_revocations(folder)
    if any(each.serial == revocation.serial for each in known):
        return False
    lines = [
        {"serial": f"{each.serial:x}", "revoked_at": each.revoked_at.isoformat(), "reason": each.reason}
        for each in (*known, revocation)
    ]
    replace_file(folder / RECORD, (json.dumps(lines, indent=1) + "\n").encode())
    return True


def sign_list(
    issuer: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    revoked: Sequence[Revocation],
    *,
    now: datetime,
    life: timedelta,
) -> x509.CertificateRevocationList:
    """Sign a list of what one authority revoked, as of `now`; it is to be believed for `life`."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(now + life)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for each in revoked:
        builder = builder.add_revoked_certificate(_line(each))
    return builder.sign(key, hashes.SHA256())


def _line(revocation: Revocation) -> x509.RevokedCertificate:
    line = x509.RevokedCertificateBuilder().serial_number(revocation.serial).revocation_date(revocation.revoked_at)
    reason = REASONS[revocation.reason]
    if reason is not x509.ReasonFlags.unspecified:  # RFC 5280, 5.3.1: left out rather than stated
        line = line.add_extension(x509.CRLReason(reason), critical=False)
    return line.build()


def replace_file(path: Path, content: bytes) -> None:
    """Put `content` in the place of a file, whole or not at all."""
    draft = path.with_name(f".{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)
