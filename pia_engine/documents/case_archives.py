"""The case file as bytes: a ZIP whose every file stands in a canonical manifest, sealed by the city. Deterministic.

What goes in is `services.case_files`; checking such a file, offline, is `case_checking`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

import rfc8785

from pia_engine.errors import N_, NotFound, TooLarge

MANIFEST, SEAL = "manifest.json", "manifest.json.p7s"
SCHEMA = 1
FIRST_YEAR = 1980
"""The earliest a ZIP can say."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive: its text in pieces, or bytes of a store under their SHA-256."""

    path: str
    pieces: Iterable[bytes] = ()
    store: str = ""
    digest: str = ""


Fetch = Callable[[str, str], Iterator[bytes]]
"""(store, SHA-256) to the bytes, a piece at a time. Raises NotFound for bytes that are gone."""


class Sink(Protocol):
    """Takes the members one after the other and says what each one's SHA-256 is; empty for one that is gone."""

    def put(self, member: Member) -> str: ...


@dataclass(frozen=True, slots=True)
class HashingSink:
    """Only counts fingers: what the store holds is known by its name."""

    def put(self, member: Member) -> str:
        if member.digest:
            return member.digest
        whole = hashlib.sha256()
        for piece in member.pieces:
            whole.update(piece)
        return whole.hexdigest()


@dataclass(frozen=True, slots=True)
class ZipSink:
    """Writes into an archive; every file carries the same instant."""

    archive: zipfile.ZipFile
    instant: dt.datetime
    fetch: Fetch

    def put(self, member: Member) -> str:
        pieces = iter(member.pieces)
        first = b""
        if member.digest:
            try:
                pieces = self.fetch(member.store, member.digest)
                first = next(pieces, b"")
            except NotFound:
                return ""
        whole = hashlib.sha256(first)
        with self.archive.open(self._named(member.path), "w") as file:
            file.write(first)
            for piece in pieces:
                whole.update(piece)
                file.write(piece)
        return whole.hexdigest()

    def _named(self, path: str) -> zipfile.ZipInfo:
        moment = self.instant.astimezone(dt.UTC)
        info = zipfile.ZipInfo(path, (max(moment.year, FIRST_YEAR), *moment.timetuple()[1:6]))
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = 0o100644 << 16
        return info


def write_case_file(
    members: Iterable[Member],
    described: Callable[[], dict[str, Any]],
    out: BinaryIO,
    *,
    instant: dt.datetime,
    fetch: Fetch,
    seal: Callable[[bytes], bytes],
) -> str:
    """Write the archive and return the manifest's SHA-256. `described` is asked when all members are written."""
    try:
        with zipfile.ZipFile(out, "w", allowZip64=False) as archive:
            sink = ZipSink(archive, instant, fetch)
            manifest = make_manifest(members, described, sink)
            sink.put(Member(MANIFEST, (manifest,)))
            sink.put(Member(SEAL, (seal(manifest),)))
    except (zipfile.LargeZipFile, RuntimeError, OverflowError) as error:
        raise TooLarge(
            N_("This case file would be larger than 4 GB, or hold more than 65,535 files. Export it in parts by hand.")
        ) from error
    return hashlib.sha256(manifest).hexdigest()


def make_manifest(members: Iterable[Member], described: Callable[[], dict[str, Any]], sink: Sink) -> bytes:
    """The canonical JSON that names every file with its SHA-256, and those that are gone from their store."""
    files: list[dict[str, str]] = []
    missing: list[dict[str, str]] = []
    for member in members:
        sha256 = sink.put(member)
        if sha256:
            files.append({"path": member.path, "sha256": sha256})
        else:
            missing.append({"path": member.path, "sha256": member.digest})
    content = {"schema": SCHEMA, "kind": "case-file", **described(), "files": files, "missing": missing}
    return rfc8785.dumps(content)
