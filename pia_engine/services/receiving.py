"""Taking in a file: measured, sniffed and scanned before it is attached to anything.

Nothing here asks the database: scanning takes time, and nobody else should have to wait for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import BinaryIO

from pia_engine.documents.scanning import Scanner
from pia_engine.documents.sniffing import KINDS, chunks, clean_name, sniff
from pia_engine.documents.storage import Storage
from pia_engine.errors import N_, Invalid, PiaError, TooLarge

MEGABYTE = 1024 * 1024
CLEAN, NOT_SCANNED = "clean", "not_scanned"


@dataclass(frozen=True, slots=True)
class Intake:
    """What this installation takes in: kinds, sizes in bytes, who scans, and where the bytes go."""

    storage: Storage
    kinds: frozenset[str] = frozenset(KINDS)
    file_limit: int = 20 * MEGABYTE
    total_limit: int = 200 * MEGABYTE
    scanner: Scanner | None = None


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was looked at: what it is, or the problem that keeps it out."""

    name: str
    file: BinaryIO = field(repr=False)
    media_type: str = ""
    size: int = 0
    digest: str = ""
    scan: str = NOT_SCANNED
    problem: PiaError | None = None


def examine(name: str, file: BinaryIO, intake: Intake) -> Examined:
    """Measure, sniff and scan one file, a piece at a time. What is wrong with it is told, not raised."""
    name, size, digest, media_type = clean_name(name), 0, "", ""
    try:
        size, digest = _measure(file, intake.file_limit)
        media_type = sniff(file, name, allowed=intake.kinds).media_type
        if intake.scanner is not None:
            intake.scanner.scan(file)
    except PiaError as problem:
        return Examined(name, file, media_type, size, digest, problem=problem)
    return Examined(name, file, media_type, size, digest, scan=CLEAN if intake.scanner else NOT_SCANNED)


def _measure(file: BinaryIO, limit: int) -> tuple[int, str]:
    """Size and SHA-256; stops reading as soon as the file is too large."""
    size, whole = 0, hashlib.sha256()
    for piece in chunks(file):
        size += len(piece)
        if size > limit:
            raise TooLarge(
                N_("It is larger than the %(limit)s MB one file may have. Make it smaller, or attach it in parts."),
                limit=limit // MEGABYTE,
            )
        whole.update(piece)
    if not size:
        raise Invalid(N_("The file is empty. Check that it was saved, and attach it again."))
    return size, whole.hexdigest()
