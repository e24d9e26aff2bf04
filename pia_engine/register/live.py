"""The folder of published bytes: a store of files that never change, and the map that says which address shows which.

`store/<sha256>.<kind>` (with .gz and .br beside it) is written once; `live.json` is replaced in one step. A crash at
any point leaves the old map whole, so readers never meet half a page. What the pages say is the business of `pages`.
"""

from __future__ import annotations

import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import brotli  # type: ignore[import-untyped]

MAP_NAME = "live.json"
FORMAT = 1
TYPES = {
    "crl": "application/pkix-crl",
    "crt": "application/x-x509-ca-cert",
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "pdf": "application/pdf",
    "tile": "application/octet-stream",
    "tsr": "application/timestamp-reply",
    "txt": "text/plain; charset=utf-8",
    "zip": "application/zip",
}
COMPRESSED = frozenset({"html", "css", "json", "jsonld"})
BROTLI_QUALITY, GZIP_LEVEL = 9, 9


@dataclass(frozen=True, slots=True)
class LiveFile:
    """What one address shows: a file of the store, its kind, and the name it has when somebody saves it."""

    sha256: str
    kind: str
    name: str = ""

    @property
    def file(self) -> str:
        return f"{self.sha256}.{self.kind}"

    @property
    def is_compressed(self) -> bool:
        return self.kind in COMPRESSED


class PublicFolder:
    """Reads and changes the published bytes of one installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.map_path = folder / MAP_NAME

    def keep(self, content: bytes, kind: str, *, name: str = "") -> LiveFile:
        """Put content into the store, once. The plain file comes last, so where it is, the compressed ones are too."""
        kept = LiveFile(hashlib.sha256(content).hexdigest(), kind, name)
        path = self.store / kept.file
        if not path.exists():
            self.store.mkdir(parents=True, exist_ok=True)
            if kept.is_compressed:
                _write(path.with_name(f"{path.name}.gz"), gzip.compress(content, GZIP_LEVEL, mtime=0))
                _write(path.with_name(f"{path.name}.br"), brotli.compress(content, quality=BROTLI_QUALITY))
            _write(path, content)
        return kept

    def read_map(self) -> dict[str, LiveFile]:
        """Which address shows what; empty before anything was published."""
        try:
            document = json.loads(self.map_path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return {path: LiveFile(**entry) for path, entry in document["pages"].items()}

    def change(
        self,
        pages: Mapping[str, LiveFile],
        *,
        whole: bool = False,
        spare: Callable[[str], bool] = lambda address: False,
    ) -> bool:
        """Make these addresses show these files, all at once; with `whole`, no others but those that `spare` names.

        False when nothing changed.
        """
        with self._locked():
            before = self.read_map()
            kept = {path: entry for path, entry in before.items() if not whole or spare(path)}
            after = {**kept, **pages}
            if after == before and self.map_path.exists():
                return False
            document = {"format": FORMAT, "pages": {path: asdict(after[path]) for path in sorted(after)}}
            _write(self.map_path, json.dumps(document, indent=0).encode())
            return True

    def withdraw(self, addresses: Iterable[str]) -> None:
        """Take these addresses and all below them off the map, then delete the files that no other address shows."""
        roots = tuple(addresses)
        with self._locked():
            before = self.read_map()
            gone = {path for path in before if any(path == root or path.startswith(f"{root}/") for root in roots)}
            after = {path: entry for path, entry in before.items() if path not in gone}
            if gone:
                document = {"format": FORMAT, "pages": {path: asdict(after[path]) for path in sorted(after)}}
                _write(self.map_path, json.dumps(document, indent=0).encode())
            self._delete({before[path] for path in gone}, after)

    def forget(self, files: Iterable[LiveFile]) -> None:
        """Delete files of the store that were replaced, unless some address shows them."""
        with self._locked():
            self._delete(files, self.read_map())

    def _delete(self, files: Iterable[LiveFile], shown: Mapping[str, LiveFile]) -> None:
        for file in {entry.file for entry in files} - {entry.file for entry in shown.values()}:
            for suffix in ("", ".gz", ".br"):
                (self.store / f"{file}{suffix}").unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """One writer at a time, also among processes; readers need no lock."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut."""
    descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(0o644)
        os.replace(draft, path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
