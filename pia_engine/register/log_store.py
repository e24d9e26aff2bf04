"""The log as the database has it: the tree over its entries, its newest checkpoint, whether one goes on from the other.

What is put before the public is the business of `log_pages`.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, PiaError
from pia_engine.models import LogCheckpoint, LogEntry
from pia_engine.register.live import PublicFolder
from pia_engine.register.merkle import MerkleTree
from pia_engine.register.signed_notes import Checkpoint, read_checkpoint, read_note

ADDRESS = "/log"
CHECKPOINT = f"{ADDRESS}/checkpoint"
SHRUNK = N_(
    "The log in the database has %(here)s entries, but a checkpoint over %(signed)s was given out already. "
    "Nothing was signed. Was an older backup restored? See docs/how-to/transparency-log.md."
)
FORKED = N_(
    "The first %(signed)s entries of the transparency log are not those a checkpoint was already given out for. "
    "Nothing was signed. Compare the database with your backups; see docs/how-to/transparency-log.md."
)


@dataclass(frozen=True, slots=True)
class Given:
    """A checkpoint that somebody outside may hold."""

    size: int
    root: str


def read_tree(session: Session, size: int | None = None) -> MerkleTree:
    """The tree over the entries, or over the first `size` of them."""
    query = select(LogEntry.leaf_hash).order_by(LogEntry.position)
    return MerkleTree.of_leaves(bytes.fromhex(leaf) for leaf in session.scalars(query.limit(size)))


def find_newest_checkpoint(session: Session) -> LogCheckpoint | None:
    """The checkpoint over the most entries; of several keys, the one signed last."""
    newest = (LogCheckpoint.size.desc(), LogCheckpoint.signed_at.desc(), LogCheckpoint.id.desc())
    return session.scalars(select(LogCheckpoint).order_by(*newest).limit(1)).first()


def find_published(public: PublicFolder) -> Checkpoint | None:
    """The checkpoint that readers are shown now."""
    live = public.read_map().get(CHECKPOINT)
    if live is None:
        return None
    return read_checkpoint(read_note((public.store / live.file).read_bytes()))


def given_out(session: Session, public: PublicFolder) -> list[Given]:
    """What this installation signed last, and what it shows: after a restored backup they may differ."""
    signed, shown = find_newest_checkpoint(session), find_published(public)
    found = [Given(signed.size, signed.root)] if signed else []
    return [*found, Given(shown.size, shown.root.hex())] if shown else found


def check_continues(tree: MerkleTree, given: list[Given]) -> None:
    """Raises PiaError unless the tree begins with every tree that was already given out: no fork is ever signed."""
    for each in given:
        if each.size > tree.size:
            raise PiaError(SHRUNK, here=tree.size, signed=each.size)
        if tree.root(each.size).hex() != each.root:
            raise PiaError(FORKED, signed=each.size)
