"""The log in pieces that never change, as C2SP's tlog-tiles lays them out: 256 hashes, or 256 entries, to a piece.

A tile of level L holds the roots of complete subtrees of 256**L entries. The last one of a level may be a partial
tile, whose address says how many hashes it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pia_engine.errors import N_, Invalid
from pia_engine.register.merkle import HASH_SIZE, MerkleTree

WIDTH = 256
HEIGHT = 8
"""Levels of the tree within one tile: 2**8 is its width."""
LARGEST_ENTRY = 65_535
LARGEST_BUNDLE = WIDTH * (2 + LARGEST_ENTRY)
_LENGTH = 2
BAD_BUNDLE = N_("A piece of the log is cut off, or has more entries than it should.")
BAD_TILE = N_("A piece of the log has not as many hashes as its address says.")


@dataclass(frozen=True, slots=True)
class Tile:
    """One piece. `level` is None for entries themselves; `width` is below 256 for a partial one."""

    level: int | None
    index: int
    width: int = WIDTH

    @property
    def address(self) -> str:
        """Where it lies below the log's address."""
        kind = "entries" if self.level is None else str(self.level)
        part = "" if self.is_full else f".p/{self.width}"
        return f"tile/{kind}/{index_path(self.index)}{part}"

    @property
    def is_full(self) -> bool:
        return self.width == WIDTH

    @property
    def start(self) -> int:
        """The first hash or entry of it, counted from the beginning of its level."""
        return self.index * WIDTH

    @property
    def end(self) -> int:
        return self.start + self.width


def index_path(index: int) -> str:
    """Three digits to a folder: 1234067 is x001/x234/067."""
    index, last = divmod(index, 1000)
    path = f"{last:03d}"
    while index:
        index, part = divmod(index, 1000)
        path = f"x{part:03d}/{path}"
    return path


def tiles_of(size: int) -> Iterator[Tile]:
    """Every piece of a log with `size` entries: the entries, then the hashes level by level."""
    yield from _pieces(None, size)
    level, count = 0, size
    while count:
        yield from _pieces(level, count)
        level, count = level + 1, count // WIDTH


def tile_at(level: int | None, index: int, size: int) -> Tile:
    """The piece a log of `size` entries has at this place."""
    count = size >> (HEIGHT * (level or 0))
    return Tile(level, index, min(WIDTH, count - index * WIDTH))


def tile_bytes(tile: Tile, tree: MerkleTree) -> bytes:
    """The hashes of one tile."""
    assert tile.level is not None
    return b"".join(tree.levels[tile.level * HEIGHT][tile.start : tile.end])


def bundle_bytes(entries: Sequence[bytes]) -> bytes:
    """Entries one after the other, each with its length before it."""
    return b"".join(len(entry).to_bytes(_LENGTH, "big") + entry for entry in entries)


def read_tile(content: bytes, tile: Tile) -> list[bytes]:
    """The hashes in a tile. Raises Invalid unless there are exactly as many as its address says."""
    if len(content) != tile.width * HASH_SIZE:
        raise Invalid(BAD_TILE)
    return [content[at : at + HASH_SIZE] for at in range(0, len(content), HASH_SIZE)]


def read_bundle(content: bytes, tile: Tile) -> list[bytes]:
    """The entries in a bundle. Raises Invalid unless there are exactly as many as its address says."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        start = at + _LENGTH
        at = start + int.from_bytes(content[at:start], "big")
        if start > len(content) or at > len(content) or len(entries) == tile.width:
            raise Invalid(BAD_BUNDLE)
        entries.append(content[start:at])
    if len(entries) != tile.width:
        raise Invalid(BAD_BUNDLE)
    return entries


def _pieces(level: int | None, count: int) -> Iterator[Tile]:
    full, left = divmod(count, WIDTH)
    for index in range(full):
        yield Tile(level, index)
    if left:
        yield Tile(level, full, left)
