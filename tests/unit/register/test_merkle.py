"""The tree of the log: the vectors everybody tests with, every size up to 130, and proofs that are wrong."""

from __future__ import annotations

import hashlib

import pytest

from pia_engine.register.merkle import (
    EMPTY_ROOT,
    Frontier,
    MerkleTree,
    leaf_hash,
    node_hash,
    proves_consistency,
    proves_inclusion,
    subtrees,
)

MOST = 130

# The reference data of Certificate Transparency (google/certificate-transparency, merkle_tree_test).
ENTRIES = tuple(
    map(
        bytes.fromhex,
        ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


def tree_of(entries: list[bytes] | tuple[bytes, ...]) -> MerkleTree:
    return MerkleTree.of_leaves(map(leaf_hash, entries))


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:half]) + plain_root(leaves[half:])).digest()


@pytest.fixture(scope="module")
def large() -> MerkleTree:
    return tree_of([b"entry %d" % number for number in range(MOST)])


def test_reference_roots() -> None:
    assert MerkleTree().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    tree = tree_of(ENTRIES)
    assert [tree.root(size).hex() for size in range(1, 9)] == list(ROOTS)
    assert tree_of(ENTRIES).root().hex() == ROOTS[-1]


@pytest.mark.parametrize("place", INCLUSION)
def test_reference_inclusion_proofs(place: tuple[int, int]) -> None:
    index, size = place
    proof = tree_of(ENTRIES).inclusion_proof(index, size)
    assert [each.hex() for each in proof] == list(INCLUSION[place])
    assert proves_inclusion(leaf_hash(ENTRIES[index]), index, size, proof, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize("sizes", CONSISTENCY)
def test_reference_consistency_proofs(sizes: tuple[int, int]) -> None:
    old, new = sizes
    proof = tree_of(ENTRIES).consistency_proof(old, new)
    assert [each.hex() for each in proof] == list(CONSISTENCY[sizes])
    assert proves_consistency(old, new, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]), proof)


def test_every_root_up_to_130_is_what_the_definition_says(large: MerkleTree) -> None:
    for size in range(MOST + 1):
        assert large.root(size) == plain_root(large.levels[0][:size])


def test_every_inclusion_proof_up_to_130_holds(large: MerkleTree) -> None:
    for size in range(1, MOST + 1):
        root = large.root(size)
        for index in range(size):
            proof = large.inclusion_proof(index, size)
            assert proves_inclusion(large.levels[0][index], index, size, proof, root)
            assert not proves_inclusion(leaf_hash(b"another"), index, size, proof, root)


def test_every_consistency_proof_up_to_130_holds(large: MerkleTree) -> None:
    other = leaf_hash(b"another tree")
    for new in range(1, MOST + 1):
        for old in range(new + 1):
            proof = large.consistency_proof(old, new)
            assert proves_consistency(old, new, large.root(old), large.root(new), proof), (old, new)
            assert not proves_consistency(old, new, other, large.root(new), proof) or old == 0
            assert not proves_consistency(old, new, large.root(old), other, proof) or old == 0


def test_every_proof_with_one_hash_wrong_or_missing_is_refused(large: MerkleTree) -> None:
    for size in (2, 3, 7, 8, 65, 100, 129):
        root = large.root(size)
        for index in range(0, size, 5):
            for wrong in spoiled(large.inclusion_proof(index, size)):
                assert not proves_inclusion(large.levels[0][index], index, size, wrong, root), (index, size)
        for old in range(1, size, 3):
            for wrong in spoiled(large.consistency_proof(old, size)):
                assert not proves_consistency(old, size, large.root(old), root, wrong), (old, size)


def spoiled(proof: list[bytes]) -> list[list[bytes]]:
    """Each hash flipped in one bit, each left out, each said twice, one too many, one too short, all turned round."""
    flipped = [[*proof[:at], bytes([each[0] ^ 1]) + each[1:], *proof[at + 1 :]] for at, each in enumerate(proof)]
    missing = [[*proof[:at], *proof[at + 1 :]] for at in range(len(proof))]
    doubled = [[*proof[: at + 1], *proof[at:]] for at in range(len(proof))]
    shorter = [[*proof[:at], each[:-1], *proof[at + 1 :]] for at, each in enumerate(proof)]
    turned = [proof[::-1]] if proof[::-1] != proof else []
    return [*flipped, *missing, *doubled, *shorter, *turned, [*proof, bytes(32)], [bytes(32), *proof]]


def test_places_that_are_not_there_are_refused(large: MerkleTree) -> None:
    leaf, root, proof = large.levels[0][3], large.root(8), large.inclusion_proof(3, 8)
    for index, size in ((8, 8), (9, 8), (-1, 8), (3, 3), (0, 0), (4, 8)):
        assert not proves_inclusion(leaf, index, size, proof, root)
    for index, size in ((8, 8), (-1, 8), (0, 0), (0, MOST + 1)):
        with pytest.raises(IndexError):
            large.inclusion_proof(index, size)
    for old, new in ((9, 8), (-1, 8), (1, MOST + 1)):
        with pytest.raises(IndexError):
            large.consistency_proof(old, new)
        assert not proves_consistency(old, new, root, root, [])
    assert not proves_consistency(8, 8, root, root, [bytes(32)])
    assert not proves_consistency(0, 8, root, root, [])
    assert not proves_consistency(0, 8, EMPTY_ROOT, root, [bytes(32)])


def test_a_leaf_cannot_pass_for_a_node(large: MerkleTree) -> None:
    left, right = large.levels[0][:2]
    assert leaf_hash(left + right) != node_hash(left, right)


def test_a_frontier_goes_on_from_any_size_and_names_what_became_complete(large: MerkleTree) -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY_ROOT
    for size, leaf in enumerate(large.levels[0], start=1):
        for level, index, value in frontier.append(leaf):
            assert large.levels[level][index] == value
        assert frontier.root() == large.root(size)
        assert frontier.nodes == [large.levels[level][index] for level, index in subtrees(size)]
