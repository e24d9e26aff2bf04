"""Merkle trees as in RFC 6962 and RFC 9162: hashes, roots of any size, proofs, and their verification. Pure functions.

A leaf is hashed with 0x00 before it and a node with 0x01, so neither can pass for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

HASH_SIZE = 32
Node = Callable[[int, int], bytes]
"""Gives the root of a complete subtree: level, index."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class MerkleTree:
    """A whole tree in memory. `levels[k][i]` is the root of the i-th complete subtree of 2**k leaves."""

    levels: list[list[bytes]] = field(default_factory=lambda: [[]])

    @classmethod
    def of_leaves(cls, leaves: Iterable[bytes]) -> MerkleTree:
        """The tree over these leaf hashes."""
        tree = cls()
        for leaf in leaves:
            tree.append(leaf)
        return tree

    @property
    def size(self) -> int:
        return len(self.levels[0])

    def append(self, leaf: bytes) -> None:
        """Put a leaf hash at the end."""
        level, value = 0, leaf
        self.levels[0].append(leaf)
        while len(self.levels[level]) % 2 == 0:
            value = node_hash(self.levels[level][-2], value)
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(value)

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves, or of all."""
        size = self._checked(self.size if size is None else size)
        return _hash_of(self.node, 0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int) -> list[bytes]:
        """What shows that leaf `index` is in the tree of `size` leaves, from the leaf upwards."""
        if not 0 <= index < self._checked(size):
            raise IndexError("the tree of this size has no such leaf")
        return _inclusion(self.node, index, 0, size)

    def consistency_proof(self, old: int, new: int) -> list[bytes]:
        """What shows that the tree of `new` leaves begins with the tree of `old` leaves."""
        if not 0 <= old <= self._checked(new):
            raise IndexError("the older tree is not the smaller one")
        return consistency_proof(self.node, old, new)

    def node(self, level: int, index: int) -> bytes:
        """The root of one complete subtree."""
        return self.levels[level][index]

    def _checked(self, size: int) -> int:
        if not 0 <= size <= self.size:
            raise IndexError("the tree was never of this size")
        return size


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """The proof of RFC 9162, section 2.1.4, from wherever the roots of complete subtrees can be had."""
    return [] if old in (0, new) else _consistency(node, old, 0, new, is_known=True)


def _inclusion(node: Node, index: int, start: int, end: int) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + split(end - start)
    if index < middle:
        return [*_inclusion(node, index, start, middle), _hash_of(node, middle, end)]
    return [*_inclusion(node, index, middle, end), _hash_of(node, start, middle)]


def _consistency(node: Node, old: int, start: int, end: int, *, is_known: bool) -> list[bytes]:
    """`old` leaves of [start, end) are the older tree's; its root is known only as long as we went left."""
    if old == end - start:
        return [] if is_known else [_hash_of(node, start, end)]
    half = split(end - start)
    if old <= half:
        return [*_consistency(node, old, start, start + half, is_known=is_known), _hash_of(node, start + half, end)]
    return [
        *_consistency(node, old - half, start + half, end, is_known=False),
        _hash_of(node, start, start + half),
    ]


def _hash_of(node: Node, start: int, end: int) -> bytes:
    """The hash over leaves [start, end), which is a subtree of some tree."""
    size = end - start
    level = size.bit_length() - 1
    if size == 1 << level and start % size == 0:
        return node(level, start >> level)
    middle = start + split(size)
    return node_hash(_hash_of(node, start, middle), _hash_of(node, middle, end))


def split(size: int) -> int:
    """The largest power of two below `size`: how many leaves lie on the left of a tree's root."""
    return 1 << ((size - 1).bit_length() - 1)


@dataclass(slots=True)
class Frontier:
    """What must be kept of a tree to go on with it: the roots of its complete subtrees, the largest first."""

    size: int = 0
    nodes: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Put a leaf hash at the end, and say which subtrees became complete: level, index, root."""
        value, level = leaf, 0
        index = self.size
        self.size += 1
        yield 0, index, leaf
        while index >> level & 1:
            value = node_hash(self.nodes.pop(), value)
            level += 1
            yield level, index >> level, value
        self.nodes.append(value)

    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self.nodes:
            return EMPTY_ROOT
        value = self.nodes[-1]
        for node in reversed(self.nodes[:-1]):
            value = node_hash(node, value)
        return value


def subtrees(size: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees a tree of `size` leaves is made of, the largest first: level and index."""
    start = 0
    while start < size:
        level = (size - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that the leaf hash stands at `index` of the tree with this size and root (RFC 9162)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    at, last, value = index, size - 1, leaf
    for each in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            value = node_hash(each, value)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            value = node_hash(value, each)
        at, last = at >> 1, last >> 1
    return last == 0 and value == root


def proves_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the newer tree begins with the older one and only added to it (RFC 9162)."""
    if not 0 <= old <= new or not _are_hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return old_root == new_root and not proof
    if old == 0:
        return old_root == EMPTY_ROOT and not proof
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path or not proof:
        return False
    return _climb(old - 1, new - 1, path) == (old_root, new_root)


def _climb(at: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The older and the newer root that a path leads to, from the older tree's last leaf; None when it does not end."""
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = path[0]
    for each in path[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            older, newer = node_hash(each, older), node_hash(each, newer)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, each)
        at, last = at >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)
