"""How a private key and its certificate are put into the key folder so that no crash parts them.

Both are first written beside their places (`seal.key.new`, `seal.crt.new`) and are safe on the disk before either
moves. The key moves first. When its certificate could not follow, whoever reads the pair next lets it follow.
"""

import contextlib
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from pia_engine.documents.certificates import Credential


def put_pair(folder: Path, name: str, credential: Credential) -> None:
    """Put a key and its certificate in the places of that name, instead of what lies there."""
    finish_pair(folder, name)
    pem = credential.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_new(_draft(folder / f"{name}.key"), pem, 0o600)
    write_new(_draft(folder / f"{name}.crt"), credential.certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    sync_folder(folder)
    _draft(folder / f"{name}.key").replace(folder / f"{name}.key")
    finish_pair(folder, name)


def finish_pair(folder: Path, name: str) -> None:
    """Put the certificate of a new key in its place, if the one who replaced both did not come so far."""
    place = folder / f"{name}.crt"
    with contextlib.suppress(FileNotFoundError, ValueError):
        follows = x509.load_pem_x509_certificate(_draft(place).read_bytes())
        key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), password=None)
        if key.public_key() == follows.public_key():
            _draft(place).replace(place)
            sync_folder(folder)


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that is at no moment readable by others than `mode` says, and see it safe on the disk."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """See the names in a folder safe on the disk, too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(place: Path) -> Path:
    return place.with_name(f"{place.name}.new")
