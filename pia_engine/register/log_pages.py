"""The log before the public: its page, its pieces, its checkpoint, and the proof beside each published edition.

All of it is files of the public folder, so it is there for as long as the folder is served.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import LogCheckpoint, LogEntry
from pia_engine.register.bundle import bundle_page, forget_older_bundles
from pia_engine.register.live import LiveFile
from pia_engine.register.log_entries import describe, read_entry
from pia_engine.register.log_proofs import PROOF, proof_pages
from pia_engine.register.log_store import (
    ADDRESS,
    CHECKPOINT,
    Given,
    check_continues,
    find_newest_checkpoint,
    find_published,
    read_tree,
)
from pia_engine.register.merkle import MerkleTree
from pia_engine.register.tiles import Tile, bundle_bytes, tile_bytes, tiles_of

if TYPE_CHECKING:
    from pia_engine.register.pages import Page, PagePress

PER_PAGE = 50
KEPT_CHECKPOINTS = 8
"""For so many checkpoints the partial tiles stay, so that a reader who holds one of them finds its pieces."""
_TILES = f"{ADDRESS}/tile/"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be shown: a checkpoint, the tree it is over, and how many entries were shown before."""

    checkpoint: LogCheckpoint
    tree: MerkleTree
    before: int


def is_of_the_log(address: str) -> bool:
    """Whether an address of the public map is looked after here."""
    return address == ADDRESS or address.startswith(f"{ADDRESS}/") or address.endswith(PROOF)


def publish_log(session: Session, press: PagePress, *, afresh: bool = False) -> bool:
    """Bring the public log up to its newest checkpoint; with `afresh`, its pages too. False when nothing had to change.

    One publisher at a time, and never back to fewer entries: a reader would have to take that for a fraud.
    """
    with _one_publisher(press.public.folder):
        checkpoint, published = find_newest_checkpoint(session), find_published(press.public)
        if checkpoint is None:
            return press.public.change({ADDRESS: _front_page(press, session, None)}) if published is None else False
        if published is not None and published.size > checkpoint.size:
            return False
        tree = read_tree(session, checkpoint.size)
        given = [Given(published.size, published.root.hex())] if published else []
        check_continues(tree, [Given(checkpoint.size, checkpoint.root), *given])
        shown = Shown(checkpoint, tree, 0 if afresh or published is None else published.size)
        return _change_map(session, press, shown)


def _change_map(session: Session, press: PagePress, shown: Shown) -> bool:
    before = press.public.read_map()
    pages = dict(_pieces(session, press, shown, before))
    stale = [path for path in before if _is_over(path, before, pages)]
    pages |= dict(_checkpoint_files(press, shown.checkpoint))
    if shown.before < shown.checkpoint.size or before.get(CHECKPOINT) != pages[CHECKPOINT]:
        pages[ADDRESS] = _front_page(press, session, shown.checkpoint)
        pages |= dict(_entry_pages(session, press, shown, before))
        pages |= dict(bundle_page(press, session))
    pages |= dict(proof_pages(session, press.public, shown.checkpoint, shown.tree, since=shown.before, known=before))
    is_new = press.public.change(pages)
    press.public.withdraw(stale)
    press.public.forget(before[path] for path in pages if is_of_the_log(path) and path in before)
    forget_older_bundles(press.public)
    return is_new


def _is_over(path: str, before: dict[str, LiveFile], pages: dict[str, LiveFile]) -> bool:
    """Whether an address is to go: a piece nobody needs any more, or the proof of an edition that has no page."""
    if path.startswith(_TILES):
        return path not in pages
    return path.endswith(PROOF) and path.removesuffix(PROOF) not in before


def _pieces(session: Session, press: PagePress, shown: Shown, before: dict[str, LiveFile]) -> Iterator[Page]:
    """Every tile and bundle there must be. What is on the map already never changes, so only new ones are written."""
    for tile in _wanted(session, shown.checkpoint.size):
        address = f"{ADDRESS}/{tile.address}"
        known = before.get(address)
        yield address, known or press.public.keep(_content(session, tile, shown.tree), "tile")


def _wanted(session: Session, size: int) -> Iterator[Tile]:
    yield from tiles_of(size)
    sizes = select(LogCheckpoint.size).where(LogCheckpoint.size < size).distinct()
    for older in session.scalars(sizes.order_by(LogCheckpoint.size.desc()).limit(KEPT_CHECKPOINTS)):
        yield from (tile for tile in tiles_of(older) if not tile.is_full)


def _content(session: Session, tile: Tile, tree: MerkleTree) -> bytes:
    if tile.level is not None:
        return tile_bytes(tile, tree)
    return bundle_bytes([entry.body for entry in _entries(session, tile.start, tile.end)])


def _entries(session: Session, start: int, end: int) -> Sequence[LogEntry]:
    query = select(LogEntry).where(LogEntry.position >= start, LogEntry.position < end).order_by(LogEntry.position)
    return session.scalars(query).all()


def _checkpoint_files(press: PagePress, checkpoint: LogCheckpoint) -> Iterator[Page]:
    yield CHECKPOINT, press.public.keep(checkpoint.note, "txt")
    yield f"{ADDRESS}/key", press.public.keep(f"{checkpoint.verifier}\n".encode(), "txt")
    if checkpoint.stamp:
        yield f"{ADDRESS}/checkpoint.tsr", press.public.keep(checkpoint.stamp, "tsr", name="checkpoint.tsr")


def _front_page(press: PagePress, session: Session, checkpoint: LogCheckpoint | None) -> LiveFile:
    """What this log is, and its newest entries."""
    size = checkpoint.size if checkpoint else 0
    first = max(0, (size - 1) // PER_PAGE * PER_PAGE)
    return press.html(
        "log",
        checkpoint=checkpoint,
        address=f"{press.settings.public_url}{ADDRESS}",
        entries=_lines(press, _entries(session, first, size)),
        older=first // PER_PAGE if first else None,
        number=press.language.number,
        active="",
    )


def _entry_pages(session: Session, press: PagePress, shown: Shown, before: dict[str, LiveFile]) -> Iterator[Page]:
    """The entries, so many to a page, numbered from the oldest: a full page changes no more."""
    last = (shown.checkpoint.size - 1) // PER_PAGE + 1
    changed = max(1, (shown.before - 1) // PER_PAGE + 1)
    for page in range(1, last + 1):
        address = f"{ADDRESS}/entries/{page}"
        if page >= changed or address not in before:
            start, end = (page - 1) * PER_PAGE, min(page * PER_PAGE, shown.checkpoint.size)
            values: dict[str, Any] = {"page": page, "last": last, "start": start, "end": end}
            lines = _lines(press, _entries(session, start, end))
            yield address, press.html("log_entries", entries=lines, number=press.language.number, active="", **values)


def _lines(press: PagePress, entries: Iterable[LogEntry]) -> list[dict[str, Any]]:
    """Entries as the page shows them, newest first."""
    shown = [
        {
            "position": entry.position,
            "recorded_at": entry.recorded_at,
            "words": press.language.say(describe(read_entry(entry.body))),
            "digest": entry.digest,
        }
        for entry in entries
    ]
    return shown[::-1]


@contextlib.contextmanager
def _one_publisher(folder: Path) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".log-lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
