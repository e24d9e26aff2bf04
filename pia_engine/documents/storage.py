"""Where finished documents lie: under the SHA-256 of their bytes, written once, checked on every reading."""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from pia_engine.errors import N_, NotFound, PiaError

SHA256 = re.compile(r"[0-9a-f]{64}")
PIECE = 256 * 1024
NO_ROOM = N_("The file could not be stored. Nothing of it was kept; ask your administrator to check the disk.")
UNREADABLE = N_("The document store cannot be read. Ask your administrator to check it.")
UNKNOWN = N_("There is no such document here. Check the address.")
DAMAGED = N_("The stored document is damaged, so it is not shown. Ask your administrator to restore it.")


class NotStored(PiaError):
    """The store took nothing: no room, or not there."""

    status = 503


@dataclass(frozen=True, slots=True)
class Storage:
    """A place that keeps bytes under their own fingerprint; the same bytes are kept once."""

    store: ObjectStore
    folder: Path | None = None

    def put(self, data: bytes) -> str:
        """Keep `data`, all or nothing, and return its SHA-256."""
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            obstore.put(self.store, _path(sha256), data, mode="create")
            if self.folder is not None:
                _settle(self.folder / _path(sha256))
        except AlreadyExistsError:
            self.get(sha256)
        except (BaseError, OSError) as error:
            raise PiaError(
                N_("The document could not be stored. Nothing was published; ask your administrator to check the disk.")
            ) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes with this SHA-256; bytes that no longer have it are refused."""
        data = b"".join(self._pieces(sha256))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise PiaError(DAMAGED)
        return data

    def put_file(self, file: BinaryIO, sha256: str) -> None:
        """Keep a file of any size under the SHA-256 it has, a piece at a time, all or nothing."""
        file.seek(0)
        try:
            obstore.put(self.store, _path(sha256), file, use_multipart=True)
            if self.folder is not None:
                _settle(self.folder / _path(sha256))
        except (BaseError, OSError) as error:
            raise NotStored(NO_ROOM) from error

    def remove(self, sha256: str, *, before: dt.datetime) -> bool:
        """Forget bytes that were last written before an instant; False for younger ones. Gone already is as good."""
        try:
            if obstore.head(self.store, _path(sha256))["last_modified"] >= before:
                return False
            obstore.delete(self.store, _path(sha256))
        except FileNotFoundError:
            return True
        except (BaseError, OSError) as error:
            raise PiaError(UNREADABLE) from error
        return True

    def open_pieces(self, sha256: str) -> Iterator[bytes]:
        """The bytes a piece at a time, after all of them were checked once; damaged ones are refused."""
        whole = hashlib.sha256()
        for piece in self._pieces(sha256):
            whole.update(piece)
        if whole.hexdigest() != sha256:
            raise PiaError(DAMAGED)
        return self._pieces(sha256)

    def _pieces(self, sha256: str) -> Iterator[bytes]:
        if not SHA256.fullmatch(sha256):
            raise NotFound(UNKNOWN)
        try:
            yield from obstore.get(self.store, _path(sha256)).stream(min_chunk_size=PIECE)
        except FileNotFoundError as error:
            raise NotFound(UNKNOWN) from error
        except (BaseError, OSError) as error:
            raise PiaError(UNREADABLE) from error


def open_storage(location: Path | str) -> Storage:
    """Open a folder, made when missing, or an object store by its address (`s3://…`, `file://…`, `memory://`)."""
    if isinstance(location, Path):
        location.mkdir(parents=True, exist_ok=True)
        return Storage(LocalStore(location), location)
    return Storage(from_url(location))


def _settle(path: Path) -> None:
    """Wait until the file and its name are on the disk: the record that mentions it will be, too."""
    for each in (path, path.parent, path.parent.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _path(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"
