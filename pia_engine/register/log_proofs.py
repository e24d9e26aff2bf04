"""The proof that a published edition stands in the log: a small JSON document under the edition's own address."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import LogCheckpoint, LogEntry
from pia_engine.register.live import PublicFolder
from pia_engine.register.log_entries import OF_AN_EDITION, read_entry
from pia_engine.register.merkle import MerkleTree

if TYPE_CHECKING:
    from pia_engine.register.pages import Page

PROOF = "/proof.json"
Edition = tuple[str, str]


def proof_address(edition: Edition) -> str:
    reference, number = edition
    return f"/register/{reference}/v{number}{PROOF}"


def proof_pages(
    session: Session,
    public: PublicFolder,
    checkpoint: LogCheckpoint,
    tree: MerkleTree,
    *,
    since: int,
    known: Collection[str],
) -> Iterator[Page]:
    """The proof of every edition that entries from position `since` on are about, or that has none yet.

    An edition that has no page, or no more, has no proof either.
    """
    for edition, entries in _by_edition(session, checkpoint.size).items():
        address = proof_address(edition)
        if address.removesuffix(PROOF) in known and (entries[-1].position >= since or address not in known):
            document = proof_document(checkpoint, tree, entries)
            name = f"{edition[0]}-v{edition[1]}-proof.json"
            yield address, public.keep(json.dumps(document, indent=1).encode(), "json", name=name)


def proof_document(checkpoint: LogCheckpoint, tree: MerkleTree, entries: list[LogEntry]) -> dict[str, Any]:
    """What a verifier needs: the signed checkpoint, each entry as it was hashed, and the way from it to the root."""
    return {
        "log": checkpoint.verifier.partition("+")[0],
        "key": checkpoint.verifier,
        "checkpoint": checkpoint.note.decode(),
        "size": checkpoint.size,
        "root": checkpoint.root,
        "entries": [
            {
                "index": entry.position,
                "kind": entry.kind,
                "sha256": entry.digest,
                "entry": entry.body.decode(),
                "leaf_hash": entry.leaf_hash,
                "audit_path": [each.hex() for each in tree.inclusion_proof(entry.position, checkpoint.size)],
            }
            for entry in entries
        ],
    }


def _by_edition(session: Session, size: int) -> dict[Edition, list[LogEntry]]:
    """The entries about each published edition, in the order of the log."""
    query = select(LogEntry).where(LogEntry.kind.in_([str(each) for each in OF_AN_EDITION]), LogEntry.position < size)
    found: dict[Edition, list[LogEntry]] = defaultdict(list)
    for entry in session.scalars(query.order_by(LogEntry.position)):
        edition = read_entry(entry.body).edition
        if edition is not None:
            found[edition].append(entry)
    return found
