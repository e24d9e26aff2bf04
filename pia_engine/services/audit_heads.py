"""Seal the internal audit trail into the public log once a day, and compare the trail with the newest seal.

The seal is the root of a Merkle tree over all chains, in the order of their records' ids. Each leaf is the canonical
JSON of `[record id, length of the chain, its last hash]`. Which chains were how long is kept with the entry, as what
changed since the seal before; so the root can be worked out again from the trail however much was added to it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import AuditEvent, LogEntry
from pia_engine.models.transparency import Kind
from pia_engine.register.merkle import Frontier, leaf_hash
from pia_engine.services.cities import find_city
from pia_engine.services.transparency_log import append_entry, find_entry_by_key, list_entries

Lengths = dict[str, int]


@dataclass(frozen=True, slots=True)
class SealCheck:
    """The newest seal compared with the trail: `is_whole` when the trail still begins with what was sealed."""

    entry: LogEntry
    is_whole: bool


def log_audit_head(session: Session, *, now: dt.datetime) -> int:
    """Enter the seal of the city's present day, once; how many were entered."""
    city = find_city(session)
    if city is None:
        return 0
    day = clock.day_of(now, city.time_zone).isoformat()
    key = f"audit-head:{day}"
    if find_entry_by_key(session, key) is not None:
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
    return SealCheck(entries[-1], seal_of(session, sealed_lengths(session)) == entries[-1].digest)


def sealed_lengths(session: Session) -> Lengths:
    """How long each chain was at the newest seal: what each seal added, one over the other."""
    lengths: Lengths = {}
    openings = select(LogEntry.opening).where(LogEntry.kind == Kind.AUDIT_HEAD).order_by(LogEntry.position)
    for opening in session.scalars(openings):
        lengths |= json.loads(opening)
    return lengths


def seal_of(session: Session, lengths: Mapping[str, int]) -> str | None:
    """The seal over chains cut at these lengths; None when the trail does not hold all of them."""
    hashes = _hashes_at(session, lengths)
    tree = Frontier()
    for record in sorted(lengths):
        if record not in hashes:
            return None
        for _ in tree.append(leaf_hash(rfc8785.dumps([record, lengths[record], hashes[record]]))):
            pass
    return tree.root().hex()


def _present_lengths(session: Session) -> Lengths:
    rows = session.execute(
        select(AuditEvent.aggregate_id, func.max(AuditEvent.sequence)).group_by(AuditEvent.aggregate_id)
    )
    return {str(record): length for record, length in rows}


def _hashes_at(session: Session, lengths: Mapping[str, int]) -> dict[str, str]:
    """The hash each chain had at its length, found in one walk over the trail."""
    query = select(AuditEvent.aggregate_id, AuditEvent.sequence, AuditEvent.hash)
    found: dict[str, str] = {}
    for record, sequence, value in session.execute(query.execution_options(yield_per=5000)):
        if lengths.get(str(record)) == sequence:
            found[str(record)] = value
    return found
