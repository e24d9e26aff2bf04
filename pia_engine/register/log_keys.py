"""The key that signs the log, and the name the log goes by. Making signatures lives in `signed_notes`."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pia_engine.documents.key_files import sync_folder, write_new
from pia_engine.errors import N_, PiaError
from pia_engine.register.signed_notes import Verifier, verifier_of

FILE = "log.key"
UNREADABLE = N_(
    "The key of the transparency log cannot be read. Restore %(file)s from the backup. If it is lost for good, "
    "“pia log new-key” makes another, and everybody who watches the log will be warned."
)


@dataclass(frozen=True, slots=True)
class LogKey:
    """The opened key with the name of the log."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> Verifier:
        return verifier_of(self.name, self.key)


def log_name(public_url: str) -> str:
    """What the log calls itself: its address without the scheme."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/log"


def make_log_key(folder: Path) -> bool:
    """Make the key unless it is there; False when it was. Only the account the program runs as may read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / FILE
    draft = folder / f".{FILE}-{os.getpid()}"
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_new(draft, pem, 0o600)
    try:
        os.link(draft, path)  # whole or not at all, and never over another
        sync_folder(folder)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def open_log_key(folder: Path, public_url: str) -> LogKey:
    """Read the key that `make_log_key` made. Raises PiaError when it is not there or damaged."""
    try:
        key = serialization.load_pem_private_key((folder / FILE).read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise PiaError(UNREADABLE, file=folder / FILE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PiaError(UNREADABLE, file=folder / FILE)
    return LogKey(log_name(public_url), key)


def lay_log_key_aside(folder: Path, now: dt.datetime) -> Path | None:
    """Move the present key out of the way, so that another can be made; None when there is none."""
    path = folder / FILE
    aside = folder / f"log-until-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.key"
    if not path.exists():
        return None
    path.rename(aside)
    return aside
