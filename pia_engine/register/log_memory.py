"""What somebody who watches a log remembers of it between two looks: one small file."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pia_engine.errors import N_, Invalid
from pia_engine.register.merkle import HASH_SIZE
from pia_engine.register.monitoring import Looked, Seen
from pia_engine.register.signed_notes import LARGEST_SIZE, read_verifier

FORMAT = 1
LARGEST_FILE = 1024 * 1024
UNREADABLE = N_(
    "%(file)s is not what was remembered of a log. Name another file with --state, or restore this one: "
    "without it nobody can tell whether the history was changed."
)


@dataclass(frozen=True, slots=True)
class Memory:
    """What was seen of the log at an address. `newest` is what the newest entry of it says of its time."""

    url: str
    seen: Seen
    newest: str


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Keep a memory to oneself, from recalling through remembering; whoever comes second waits."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def recall(path: Path) -> Memory | None:
    """What was seen last time; None the first time. Raises Invalid for a file that cannot be relied on."""
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(LARGEST_FILE))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        raise Invalid(UNREADABLE, file=path) from None
    seen = _read(document)
    if seen is None:
        raise Invalid(UNREADABLE, file=path)
    return Memory(str(document.get("url")), seen, str(document.get("newest", "")))


def remember(path: Path, url: str, looked: Looked, *, newest: str, now: dt.datetime) -> None:
    """Write down what was seen, whole or not at all."""
    document = {
        "format": FORMAT,
        "url": url,
        "key": looked.verifier.text(),
        "size": looked.checkpoint.size,
        "root": looked.checkpoint.root.hex(),
        "newest": newest,
        "checkpoint": looked.note.document().decode(),
        "seen_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
    }
    write_whole(path, json.dumps(document, indent=1).encode() + b"\n")


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in the place of another in one step."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=".draft-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise


def _read(document: Any) -> Seen | None:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return None
    size, root, key = document.get("size"), document.get("root"), document.get("key")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= LARGEST_SIZE:
        return None
    try:
        seen = Seen(size, bytes.fromhex(str(root)), read_verifier(str(key)))
    except (ValueError, Invalid):
        return None
    return seen if len(seen.root) == HASH_SIZE else None
