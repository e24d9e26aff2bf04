"""Seal the internal audit trail into the public log once a day, and compare the trail with every seal made so far.

The seal is the root of a Merkle tree over all chains, in the order of their records' ids. Each leaf is the canonical
JSON of `[record id, length of the chain, its last hash]`. Which chains were how long is kept with the entry, as what
changed since the seal before; so the root can be worked out again from the trail however much was added to it.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import AuditEvent, LogEntry
from pia_engine.models.transparency import Kind
from pia_engine.register.log_entries import read_entry
from pia_engine.register.merkle import Frontier, leaf_hash
from pia_engine.services.cities import find_city
from pia_engine.services.transparency_log import append_entry, find_entry_by_key, list_entries

Lengths = dict[str, int]
Leaf = bytes | None
"""The hash of a chain cut at a length; None when the trail does not hold so much of it."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SealCheck:
    """A seal compared with the trail: `is_whole` when the trail still begins with what was sealed."""

    entry: LogEntry
    is_whole: bool


def log_audit_head(session: Session, *, now: dt.datetime) -> int:
    """Enter the seal of the city's present day, once; how many were entered.

    A trail that does not begin with what was sealed last is not sealed anew: that would cover up what happened to it.
    """
    city = find_city(session)
    if city is None:
        return 0
    day = clock.day_of(now, city.time_zone).isoformat()
    key = f"audit-head:{day}"
    if find_entry_by_key(session, key) is not None:
        return 0
    last = check_newest_seal(session)
    if last is not None and not last.is_whole:
        log.error(
            "The audit trail is not what entry %s of the log sealed. No seal was entered. See “pia audit verify”.",
            last.entry.position,
        )
        return 0
    present, sealed = _present_lengths(session), sealed_lengths(session)
    changed = {record: length for record, length in present.items() if sealed.get(record) != length}
    append_entry(
        session,
        Kind.AUDIT_HEAD,
        key=key,
        digest=seal_of(session, present) or "",
        facts={"day": day, "chains": len(present), "events": sum(present.values())},
        now=now,
        opening=json.dumps(changed, sort_keys=True),
    )
    return 1


def check_newest_seal(session: Session) -> SealCheck | None:
    """Whether the trail still begins with what the newest seal was made over; None before the first seal."""
    entries = list_entries(session, kind=Kind.AUDIT_HEAD)
    if not entries:
        return None
    return _compared(entries[-1], seal_of(session, sealed_lengths(session)))


def check_seals(session: Session) -> Iterator[SealCheck]:
    """Every seal compared with the trail, the oldest first: one made later over a changed trail hides nothing."""
    entries = list_entries(session, kind=Kind.AUDIT_HEAD)
    openings = [_read_opening(entry.opening) for entry in entries]
    leaves = _leaves_at(session, {chain for opening in openings for chain in opening.items()})
    sealed: dict[str, Leaf] = {}
    for entry, opening in zip(entries, openings, strict=True):
        sealed |= {chain[0]: leaves.get(chain) for chain in opening.items()}
        yield _compared(entry, _root_of(sealed))


def sealed_lengths(session: Session) -> Lengths:
    """How long each chain was at the newest seal: what each seal added, one over the other."""
    lengths: Lengths = {}
    openings = select(LogEntry.opening).where(LogEntry.kind == Kind.AUDIT_HEAD).order_by(LogEntry.position)
    for opening in session.scalars(openings):
        lengths |= _read_opening(opening)
    return lengths


def seal_of(session: Session, lengths: Mapping[str, int]) -> str | None:
    """The seal over chains cut at these lengths; None when the trail does not hold all of them."""
    leaves = _leaves_at(session, lengths.items())
    return _root_of({chain[0]: leaves.get(chain) for chain in lengths.items()})


def _compared(entry: LogEntry, seal: str | None) -> SealCheck:
    """With what the entry says in the bytes that were hashed and signed, and with the column beside them."""
    return SealCheck(entry, seal is not None and seal == entry.digest == read_entry(entry.body).digest)


def _root_of(leaves: Mapping[str, Leaf]) -> str | None:
    tree = Frontier()
    for record in sorted(leaves):
        leaf = leaves[record]
        if leaf is None:
            return None
        for _ in tree.append(leaf):
            pass
    return tree.root().hex()


def _read_opening(opening: str) -> Lengths:
    """What a seal added; nothing when it was made unreadable, and then the seal does not fit."""
    try:
        written = json.loads(opening)
    except (ValueError, RecursionError):
        return {}
    return (
        {record: length for record, length in written.items() if type(length) is int} if type(written) is dict else {}
    )


def _present_lengths(session: Session) -> Lengths:
    rows = session.execute(
        select(AuditEvent.aggregate_id, func.max(AuditEvent.sequence)).group_by(AuditEvent.aggregate_id)
    )
    return {str(record): length for record, length in rows}


def _leaves_at(session: Session, chains: Collection[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
    """The leaf of each chain, by record and length, found in one walk over the trail."""
    query = select(AuditEvent.aggregate_id, AuditEvent.sequence, AuditEvent.hash)
    found: dict[tuple[str, int], bytes] = {}
    for record, sequence, value in session.execute(query.execution_options(yield_per=5000)):
        chain = (str(record), sequence)
        if chain in chains:
            found[chain] = leaf_hash(rfc8785.dumps([*chain, value]))
    return found
