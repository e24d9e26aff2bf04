"""The pieces of the log: their addresses, what is in them, and that an independent reader reads them back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tlog_scales import tiles as foreign
from tlog_scales.reader import TilesReader

from pia_engine.errors import Invalid
from pia_engine.register.merkle import MerkleTree, leaf_hash
from pia_engine.register.tiles import (
    Tile,
    bundle_bytes,
    index_path,
    read_bundle,
    read_tile,
    tile_at,
    tile_bytes,
    tiles_of,
)


class Pieces:
    """A log in pieces, as the independent reader asks for them."""

    def __init__(self, entries: list[bytes], tree: MerkleTree) -> None:
        self.found = {
            tile.address: bundle_bytes(entries[tile.start : tile.end]) if tile.level is None else tile_bytes(tile, tree)
            for tile in tiles_of(tree.size)
        }

    def get(self, *path: str) -> bytes | None:
        return self.found.get("/".join(path))


def log_of(size: int) -> tuple[list[bytes], MerkleTree]:
    entries = [b"entry %d" % number * (number % 3) for number in range(size)]
    return entries, MerkleTree.of_leaves(map(leaf_hash, entries))


@pytest.mark.parametrize("index", [0, 7, 999, 1000, 1234, 1_234_067, 999_999_999])
def test_addresses_are_those_the_independent_reader_asks_for(index: int) -> None:
    for level, width in ((None, 256), (0, 256), (3, 17)):
        partial = 0 if width == 256 else width
        asked = foreign.tile_path(-1 if level is None else level, index, partial)
        assert Tile(level, index, width).address == "/".join(asked)


def test_the_address_of_the_standard_s_example() -> None:
    assert index_path(1_234_067) == "x001/x234/067"
    assert Tile(0, 1_234, 5).address == "tile/0/x001/234.p/5"


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 700, 65_536, 65_537, 70_000])
def test_an_independent_reader_finds_the_same_tree(size: int) -> None:
    entries, tree = log_of(size)
    reader = TilesReader(Pieces(entries, tree))
    reader.set_size(size)
    assert reader.calculate_root_hash() == tree.root()
    for index in {0, size // 3, size - 1}:
        assert reader.get_entry(index) == entries[index]
        assert reader.get_inclusion_proof(index, size).node_hashes == tree.inclusion_proof(index, size)
    for old in {1, size // 2, size - 1} - {0}:
        assert reader.get_consistency_proof(old, size).node_hashes == tree.consistency_proof(old, size)


def test_every_size_up_to_600_has_exactly_the_pieces_it_needs() -> None:
    for size in range(600):
        found = list(tiles_of(size))
        assert len({tile.address for tile in found}) == len(found)
        for level, count in ((None, size), (0, size), (1, size // 256)):
            own = [tile for tile in found if tile.level == level]
            assert sum(tile.width for tile in own) == count
            assert all(tile.is_full for tile in own[:-1])
            assert own == [tile_at(level, tile.index, size) for tile in own]


def test_pieces_come_back_as_they_were_written() -> None:
    entries, tree = log_of(10)
    tile = Tile(None, 0, 10)
    assert read_bundle(bundle_bytes(entries), tile) == entries
    assert read_tile(tile_bytes(Tile(0, 0, 10), tree), Tile(0, 0, 10)) == tree.levels[0]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-1],
        lambda content: content + b"\x00",
        lambda content: content + b"\x00\x00",
        lambda content: b"",
        lambda content: content[10:],
    ],
)
def test_a_piece_that_is_cut_or_lengthened_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    entries, tree = log_of(10)
    with pytest.raises(Invalid):
        read_bundle(spoil(bundle_bytes(entries)), Tile(None, 0, 10))
    with pytest.raises(Invalid):
        read_tile(spoil(tile_bytes(Tile(0, 0, 10), tree)), Tile(0, 0, 10))


def test_a_length_that_reaches_over_the_end_is_refused() -> None:
    with pytest.raises(Invalid):
        read_bundle(b"\xff\xffabc", Tile(None, 0, 1))
