"""Look at a log from outside: is it still the one that was seen before, with nothing changed, only more added?

Nothing is believed but the signature under the checkpoint: every new entry is hashed, and the hashes must lead from the
root seen before to the root signed now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from pia_engine.errors import N_, Invalid, PiaError
from pia_engine.register.log_fetching import NotAnswered, NotThere
from pia_engine.register.merkle import (
    EMPTY_ROOT,
    HASH_SIZE,
    Frontier,
    consistency_proof,
    leaf_hash,
    node_hash,
    proves_consistency,
    subtrees,
)
from pia_engine.register.signed_notes import (
    LARGEST_NOTE,
    Checkpoint,
    Note,
    Verifier,
    read_checkpoint,
    read_note,
    read_verifier,
)
from pia_engine.register.tiles import HEIGHT, LARGEST_BUNDLE, WIDTH, Tile, read_bundle, read_tile, tile_at

MOST_NEW = 1_000_000
"""Entries read in one run; a log that claims more is looked at no further."""
LARGEST_KEY = 1024
REMEMBERED_TILES = 1024

WRONG_KEY = N_(
    "The key of this log has changed. It was %(known)s, now it is %(now)s. Ask the city why, by another way."
)
BAD_SIGNATURE = N_("The checkpoint is not signed with the key of this log (%(known)s).")
OTHER_LOG = N_("The checkpoint is of another log: “%(origin)s” instead of “%(known)s”.")
SHRUNK = N_("The log became shorter: %(seen)s entries were seen, now it claims %(now)s. Entries were taken away.")
FORKED = N_(
    "The history was changed: the %(seen)s entries that were seen are not the first entries of the log any more. "
    "Two signed checkpoints contradict each other."
)
LYING_ENTRY = N_("Entry %(position)s is not what was logged: the log gives another hash for it (%(address)s).")
BAD_PIECE = N_("%(address)s is damaged. %(why)s")
LYING_TILE = N_("The log contradicts itself: %(address)s does not hold the hashes of the entries it stands for.")
WRONG_ENTRIES = N_("The entries do not lead to the root that was signed. One of them is not what was logged.")
TOO_MANY = N_("The log claims %(count)s new entries, more than are read in one run. It was not checked.")


class LogAlarm(PiaError):
    """The log is not what it was, or not what it claims to be. `evidence` is the checkpoint that shows it."""

    status = 409
    evidence = b""


class Source(Protocol):
    """Whatever hands out the files of a log."""

    def get(self, path: str, *, most: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen before: how many entries, their root, and the key they were signed with."""

    size: int
    root: bytes
    verifier: Verifier


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at the log that found nothing wrong. `first` is the position of the first entry read in it."""

    note: Note
    checkpoint: Checkpoint
    verifier: Verifier
    first: int
    count: int

    @property
    def seen(self) -> Seen:
        return Seen(self.checkpoint.size, self.checkpoint.root, self.verifier)


Tell = Callable[[int, bytes], None]


def fetch_key(source: Source) -> Verifier:
    """The public key the log itself hands out; whoever relies on it compares it with another source first."""
    return read_verifier(source.get("key", most=LARGEST_KEY).decode("utf-8", "replace"))


def fetch_checkpoint(source: Source, verifier: Verifier) -> tuple[Note, Checkpoint]:
    """The newest checkpoint, signed with this key. Raises LogAlarm, with its bytes, for one that is not."""
    document = source.get("checkpoint", most=LARGEST_NOTE)
    try:
        return _read_signed(document, source, verifier)
    except LogAlarm as alarm:
        alarm.evidence = document
        raise
    except Invalid as problem:
        damaged = LogAlarm(BAD_PIECE, address="checkpoint", why=problem)
        damaged.evidence = document
        raise damaged from problem


def _read_signed(document: bytes, source: Source, verifier: Verifier) -> tuple[Note, Checkpoint]:
    note = read_note(document)
    if not verifier.is_signed(note):
        _explain_signature(source, verifier)
    checkpoint = read_checkpoint(note)
    if checkpoint.origin != verifier.name:
        raise LogAlarm(OTHER_LOG, origin=checkpoint.origin, known=verifier.name)
    return note, checkpoint


def _explain_signature(source: Source, verifier: Verifier) -> None:
    try:
        present = fetch_key(source)
    except (Invalid, NotThere, NotAnswered):
        present = verifier
    if present != verifier:
        raise LogAlarm(WRONG_KEY, known=verifier.text(), now=present.text())
    raise LogAlarm(BAD_SIGNATURE, known=verifier.text())


def look(source: Source, verifier: Verifier, *, seen: Seen | None, whole: bool, tell: Tell) -> Looked:
    """Check the log against what was seen of it, and tell each entry that is new; with `whole`, read all again.

    Raises LogAlarm when anything does not fit, and NotAnswered when it could not be looked at.
    """
    note, checkpoint = fetch_checkpoint(source, verifier)
    before = seen or Seen(0, EMPTY_ROOT, verifier)
    try:
        check_against(checkpoint, before)
        _check_pieces(source, checkpoint, before, tell, whole=whole)
    except LogAlarm as alarm:
        alarm.evidence = note.document()
        raise
    return Looked(note, checkpoint, verifier, before.size, checkpoint.size - before.size)


def check_against(checkpoint: Checkpoint, seen: Seen) -> None:
    """What two checkpoints alone can show. Raises LogAlarm."""
    if checkpoint.size < seen.size:
        raise LogAlarm(SHRUNK, seen=seen.size, now=checkpoint.size)
    if checkpoint.size == seen.size and checkpoint.root != seen.root:
        raise LogAlarm(FORKED, seen=seen.size)


def _check_pieces(source: Source, checkpoint: Checkpoint, before: Seen, tell: Tell, *, whole: bool) -> None:
    """What only the pieces can show: that the log grew and nothing else, and that its entries are those signed."""
    start = 0 if whole else before.size
    if checkpoint.size - start > MOST_NEW:
        raise NotAnswered(TOO_MANY, count=checkpoint.size - start)
    log = LogReader(source, checkpoint.size)
    proof = consistency_proof(log.node, before.size, checkpoint.size)
    if not proves_consistency(before.size, checkpoint.size, before.root, checkpoint.root, proof):
        _Walk(log, checkpoint, before, _tell_nobody).run(0)  # finds out whether the tiles lie or the history changed
        raise LogAlarm(FORKED, seen=before.size)
    _Walk(log, checkpoint, before, tell).run(start)


def _tell_nobody(_position: int, _entry: bytes) -> None:
    """For a walk that only looks."""


class LogReader:
    """Reads hashes and entries of a log of a given size from its pieces."""

    def __init__(self, source: Source, size: int) -> None:
        self.source, self.size = source, size
        self._hashes: dict[Tile, list[bytes]] = {}

    def entries(self, index: int) -> list[bytes]:
        """The entries of one bundle."""
        tile = tile_at(None, index, self.size)
        return self._read(tile, read_bundle, LARGEST_BUNDLE)

    def hashes(self, tile: Tile) -> list[bytes]:
        """The hashes of one tile, fetched once."""
        if tile not in self._hashes:
            if len(self._hashes) > REMEMBERED_TILES:
                self._hashes.clear()
            self._hashes[tile] = self._read(tile, read_tile, WIDTH * HASH_SIZE)
        return self._hashes[tile]

    def node(self, level: int, index: int) -> bytes:
        """The root of a complete subtree, from the tile that holds it or the hashes it is made of."""
        height, inside = divmod(level, HEIGHT)
        first = index << inside
        tile = tile_at(height, first // WIDTH, self.size)
        hashes = self.hashes(tile)[first % WIDTH : first % WIDTH + (1 << inside)]
        while len(hashes) > 1:
            hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    def _read(self, tile: Tile, read: Callable[[bytes, Tile], list[bytes]], most: int) -> list[bytes]:
        """A partial piece may have become a full one since the checkpoint was signed; its beginning is the same."""
        asked = tile
        try:
            content = self.source.get(tile.address, most=most)
        except NotThere:
            if tile.is_full:
                raise
            asked = replace(tile, width=WIDTH)
            content = self.source.get(asked.address, most=most)
        try:
            return read(content, asked)[: tile.width]
        except Invalid as problem:
            raise LogAlarm(BAD_PIECE, address=asked.address, why=problem) from problem


class _Walk:
    """From the entries that were seen to the newest: each new one hashed, every tile compared with what they make."""

    def __init__(self, log: LogReader, checkpoint: Checkpoint, before: Seen, tell: Tell) -> None:
        self.log, self.checkpoint, self.before, self.tell = log, checkpoint, before, tell
        self.frontier = Frontier()
        self.made: dict[Tile, list[tuple[int, bytes]]] = defaultdict(list)

    def run(self, start: int) -> None:
        """Read the entries from `start` on. Raises LogAlarm when they are not what was signed."""
        self.frontier = Frontier(start, [self.log.node(level, index) for level, index in subtrees(start)])
        for index in range(start // WIDTH, -(-self.checkpoint.size // WIDTH)):
            for position, entry in enumerate(self.log.entries(index), start=index * WIDTH):
                if position >= start:
                    self._take(position, entry)
            self._compare()
        if self.frontier.root() != self.checkpoint.root:
            raise LogAlarm(WRONG_ENTRIES)

    def _take(self, position: int, entry: bytes) -> None:
        if position == self.before.size and self.frontier.root() != self.before.root:
            raise LogAlarm(FORKED, seen=self.before.size)
        for level, index, value in self.frontier.append(leaf_hash(entry)):
            if level % HEIGHT == 0:
                tile = tile_at(level // HEIGHT, index // WIDTH, self.checkpoint.size)
                self.made[tile].append((index, value))
        if position >= self.before.size:
            self.tell(position, entry)

    def _compare(self) -> None:
        """Every hash the log hands out for these entries must be the one they make."""
        for tile, values in self.made.items():
            shown = self.log.hashes(tile)
            wrong = next((index for index, value in values if shown[index % WIDTH] != value), None)
            if wrong is not None:
                raise LogAlarm(LYING_TILE if tile.level else LYING_ENTRY, address=tile.address, position=wrong)
        self.made.clear()
