"""Append to the hash-chained trail of one record, read it, and verify it.

Each event's hash covers the installation, the record, the sequence number and the hash before it, so an event can
neither be altered nor moved to another record unnoticed. Its record knows how long the chain is and how it ends; to
cut off the newest events and alter the record, too, is what a published checkpoint is for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import Select, null, select
from sqlalchemy.orm import Session

from pia_engine.documents.chains import ChainedEvent, Head, read_body, why_broken, why_cut
from pia_engine.models import AuditEvent, Base, City, Traced
from pia_engine.permissions.roles import Actor
from pia_engine.services.batches import remembered
from pia_engine.services.capacities import in_capacity_for

SCHEMA = 1
DISPOSED = "disposal:carried-out"


@dataclass(frozen=True, slots=True)
class BrokenEvent:
    """The first event of a record that does not follow from what is stored; a missing one has no `event`."""

    aggregate_kind: str
    aggregate_id: uuid.UUID
    sequence: int
    why: str
    event: str = ""
    reference: str = ""


def append_event(
    session: Session,
    record: Traced,
    event: str,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Write what happened to `record` after everything that happened before, and in which capacity it was done."""
    actor = in_capacity_for(session, record, event, actor=actor, details=details or {})
    content = {
        "schema": SCHEMA,
        "installation": str(_city_id(session)),
        **_place_in_chain(record),
        "event": event,
        "at": now.astimezone(dt.UTC).isoformat(),
        "actor": str(actor.id) if actor.id else None,
        "actor_name": actor.name,
        "role": str(actor.capacity or ""),
        "represents": str(actor.represents) if actor.represents else None,
        "reason": reason,
        "details": dict(details or {}),
    }
    written = _chained(record, event, actor=actor, now=now, reason=reason, body=rfc8785.dumps(content))
    session.add(written)
    record.trail_length, record.trail_head = written.sequence, written.hash
    record.updated_at = now
    return written


def _city_id(session: Session) -> uuid.UUID:
    """Whose installation it is. (`services.cities` stands above this module: it writes events itself.)"""
    query = select(City.id).order_by(City.created_at).limit(1)
    return remembered(session, "city-id", lambda: session.scalars(query).one())


def _chained(record: Traced, event: str, *, actor: Actor, now: dt.datetime, reason: str, body: bytes) -> AuditEvent:
    return AuditEvent(
        aggregate_kind=record.workflow_name,
        aggregate_id=record.id,
        sequence=record.trail_length + 1,
        event=event,
        actor_id=actor.id,
        actor_name=actor.name,
        role=str(actor.capacity or ""),
        represented_id=actor.represents,
        reason=reason,
        at=now,
        body=body,
        previous_hash=record.trail_head,
        hash=hashlib.sha256(body).hexdigest(),
    )


def _place_in_chain(record: Traced) -> dict[str, Any]:
    return {
        "kind": record.workflow_name,
        "record": str(record.id),
        "sequence": record.trail_length + 1,
        "previous": record.trail_head,
    }


def list_events(session: Session, record_ids: list[uuid.UUID]) -> list[AuditEvent]:
    """The trail of some records together, in the order it was written: a clock set back changes nothing."""
    rows = session.scalars(select(AuditEvent).where(AuditEvent.aggregate_id.in_(record_ids)).order_by(AuditEvent.id))
    return list(rows)


def list_newest_events(session: Session, record: Traced, *, limit: int, after: int = 0) -> list[AuditEvent]:
    """Some of one record's trail, newest first, the first `after` of them left out."""
    query = select(AuditEvent).where(AuditEvent.aggregate_id == record.id).order_by(AuditEvent.sequence.desc())
    return list(session.scalars(query.limit(limit).offset(after)))


def verify_trail(session: Session) -> Iterator[BrokenEvent]:
    """Walk every chain in order and name the first broken event of each record.

    A chain ends where its record says it does; one whose record was disposed of, where the disposal says so.
    """
    recorded = _recorded_heads(session)
    heads: dict[uuid.UUID, Head] = {}
    broken: set[uuid.UUID] = set()
    last: dict[uuid.UUID, tuple[str, str]] = {}
    for row in session.scalars(_whole_trail().execution_options(yield_per=1000)):
        session.expunge(row)
        if row.aggregate_id in broken:
            continue
        event = as_chained(row)
        why = why_broken(event, heads.get(row.aggregate_id, Head()))
        if why:
            broken.add(row.aggregate_id)
            called = recorded[row.aggregate_id][1] if row.aggregate_id in recorded else ""
            yield BrokenEvent(row.aggregate_kind, row.aggregate_id, row.sequence, why, row.event, called)
        heads[row.aggregate_id], last[row.aggregate_id] = event.head, (row.aggregate_kind, row.event)
    for record_id in sorted({*heads, *recorded} - broken):
        found = _wrong_end(record_id, heads.get(record_id, Head()), recorded, last.get(record_id, ("", "")))
        if found is not None:
            yield found


def _whole_trail() -> Select[AuditEvent]:
    return select(AuditEvent).order_by(AuditEvent.aggregate_id, AuditEvent.sequence)


def as_chained(row: AuditEvent) -> ChainedEvent:
    """An event as it is judged. Whoever alters a row by hand may leave text where bytes were."""
    body: Any = row.body
    return ChainedEvent(
        sequence=row.sequence,
        previous_hash=row.previous_hash,
        hash=row.hash,
        body=body.encode() if isinstance(body, str) else bytes(body),
        beside={
            "kind": row.aggregate_kind,
            "record": str(row.aggregate_id),
            "event": row.event,
            "at": row.at.isoformat(),
            "actor": str(row.actor_id) if row.actor_id else None,
            "actor_name": row.actor_name,
            "role": row.role,
            "represents": str(row.represented_id) if row.represented_id else None,
            "reason": row.reason,
        },
    )


def _recorded_heads(session: Session) -> dict[uuid.UUID, tuple[str, str, Head]]:
    """By record: its kind, what people call it, and the end of its chain as the record itself knows it."""
    found: dict[uuid.UUID, tuple[str, str, Head]] = {}
    for mapper in Base.registry.mappers:
        record: Any = mapper.class_
        if not issubclass(record, Traced):
            continue
        name = getattr(record, "reference", null())
        rows = session.execute(select(record.id, name, record.trail_length, record.trail_head))
        found |= {key: (record.__tablename__, called or "", Head(n, head)) for key, called, n, head in rows}
    return {**_heads_of_disposed(session), **found}


def _heads_of_disposed(session: Session) -> dict[uuid.UUID, tuple[str, str, Head]]:
    """Where the chains of deleted records ended: the disposal that deleted them says so in the trail."""
    bodies = session.scalars(select(AuditEvent.body).where(AuditEvent.event == DISPOSED))
    return {
        uuid.UUID(key): ("record", f"{called}, disposed of", Head(length, head))
        for body in bodies
        for key, (called, length, head) in read_body(body).get("details", {}).get("chains", {}).items()
    }


def _wrong_end(
    record_id: uuid.UUID,
    head: Head,
    recorded: Mapping[uuid.UUID, tuple[str, str, Head]],
    last: tuple[str, str],
) -> BrokenEvent | None:
    kind, event = last
    if record_id not in recorded:
        return BrokenEvent(kind, record_id, head.length, "its record is gone, and no disposal says so", event)
    table, called, expected = recorded[record_id]
    why = why_cut(head, expected)
    if not why:
        return None
    sequence = min(head.length, expected.length) + (head.length != expected.length)
    is_there = head.length >= expected.length
    return BrokenEvent(kind or table, record_id, sequence, why, event if is_there else "", called)
