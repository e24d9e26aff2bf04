"""Opening a ZIP that anybody may have made: its directory is judged before anything in it is believed.

Only what this program writes is accepted: no encryption, no ZIP64, no comment, nothing before, between or after the
files, every name once and harmless. Reading stops at what a file says it holds, and at a total.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from pia_engine.errors import N_, Invalid

MOST_FILES = 65_000
LARGEST_DIRECTORY = 32 * 1024**2
LARGEST_TOTAL = 8 * 1024**3
PIECE = 256 * 1024

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_HARMLESS = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")

NO_ARCHIVE = N_("This file is no ZIP archive, or its end is missing.")
NOT_OURS = N_("This archive was not written by this program: %(why)s.")
BROKEN = N_("The file “%(name)s” in the archive cannot be read: it is damaged.")
TOO_MUCH = N_("The archive holds more than any case file of this program, so it was not examined.")


def is_archive(first: bytes) -> bool:
    """Whether a file begins, or with nothing in it ends, as a ZIP does."""
    return first[:4] in (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(slots=True)
class Archive:
    """An archive whose directory is sound. `left` counts down what may still be read out of it."""

    file: BinaryIO
    archive: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]
    left: int = field(default=LARGEST_TOTAL)

    def read(self, name: str, *, most: int) -> bytes:
        """A whole small file. Raises Invalid for one that is larger or damaged."""
        if self.entries[name].file_size > most:
            raise Invalid(TOO_MUCH)
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """A file a piece at a time, never more than the directory says it holds."""
        info, seen = self.entries[name], 0
        try:
            with self.archive.open(info) as file:
                while piece := file.read(PIECE):
                    seen += len(piece)
                    self.left -= len(piece)
                    if seen > info.file_size or self.left < 0:
                        raise Invalid(TOO_MUCH)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise Invalid(BROKEN, name=name) from error
        if seen != info.file_size:
            raise Invalid(BROKEN, name=name)


def open_archive(file: BinaryIO) -> Archive:
    """Judge the directory. Raises Invalid with a sentence for anything this program would not have written."""
    start = _check_end(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, OSError, struct.error) as error:
        raise Invalid(NO_ARCHIVE) from error
    if archive.start_dir != start:  # zipfile prefers a second end record, which other programs would not read
        raise Invalid(NOT_OURS, why="it has two directories")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in archive.infolist():
        _check_entry(info)
        if info.filename in entries:
            raise Invalid(NOT_OURS, why=f"“{info.filename}” is in it twice")
        entries[info.filename] = info
    _check_places(file, archive.infolist(), start)
    if sum(info.file_size for info in entries.values()) > LARGEST_TOTAL:
        raise Invalid(TOO_MUCH)
    return Archive(file, archive, entries)


def _check_end(file: BinaryIO) -> int:
    """The end record has to be the very last thing in the file. Returns where the directory begins."""
    size = file.seek(0, 2)
    if size < _END.size:
        raise Invalid(NO_ARCHIVE)
    file.seek(size - _END.size)
    magic, disk, first_disk, here, total, length, start, comment = _END.unpack(file.read(_END.size))
    if magic != b"PK\x05\x06":
        raise Invalid(NO_ARCHIVE)
    if total > MOST_FILES or length > LARGEST_DIRECTORY:
        raise Invalid(TOO_MUCH)
    if disk or first_disk or here != total or comment or start + length + _END.size != size:
        raise Invalid(NOT_OURS, why="its directory does not fit the file")
    return int(start)


def _check_entry(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 0x41:
        raise Invalid(NOT_OURS, why="parts of it are encrypted")
    if not _HARMLESS.fullmatch(info.filename) or info.orig_filename != info.filename or len(info.filename) > 300:
        raise Invalid(NOT_OURS, why="it holds a file under a name that no case file has")
    if info.compress_type != zipfile.ZIP_DEFLATED or info.flag_bits & ~0x0806 or info.extra or info.comment:
        raise Invalid(NOT_OURS, why=f"“{info.filename}” is packed in another way")


def _check_places(file: BinaryIO, entries: list[zipfile.ZipInfo], end: int) -> None:
    """One file begins where the one before it ends: nothing overlaps, and nothing hides between them."""
    expected = 0
    for info in sorted(entries, key=lambda each: each.header_offset):
        if info.header_offset != expected:
            raise Invalid(NOT_OURS, why="something lies between its files")
        file.seek(expected)
        header = file.read(_LOCAL.size)
        if len(header) != _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise Invalid(BROKEN, name=info.filename)
        *_, name_length, extra_length = _LOCAL.unpack(header)
        expected += _LOCAL.size + name_length + extra_length + info.compress_size
        if extra_length:
            raise Invalid(NOT_OURS, why=f"“{info.filename}” is packed in another way")
    if expected != end:
        raise Invalid(NOT_OURS, why="something lies between its files")
