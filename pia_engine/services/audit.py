"""Append to the hash-chained trail of one record, read it, and verify it.

Each event's hash covers the installation, the record, the sequence number and the hash before it, so an event can
neither be altered nor moved to another record unnoticed. Cutting off the newest events is what a published
checkpoint is for.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import AuditEvent, City, Traced
from pia_engine.permissions.roles import Actor
from pia_engine.services.capacities import in_capacity_for

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class BrokenEvent:
    """The first event of a record whose hash does not follow from what is stored."""

    aggregate_kind: str
    aggregate_id: uuid.UUID
    sequence: int
    why: str


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
    return session.scalars(select(City.id).order_by(City.created_at).limit(1)).one()


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
    """Walk every chain in order and name the first broken event of each record."""
    expected: dict[uuid.UUID, tuple[int, str]] = {}
    broken: set[uuid.UUID] = set()
    rows = session.execute(
        select(
            AuditEvent.aggregate_kind,
            AuditEvent.aggregate_id,
            AuditEvent.sequence,
            AuditEvent.body,
            AuditEvent.previous_hash,
            AuditEvent.hash,
        ).order_by(AuditEvent.aggregate_id, AuditEvent.sequence)
    )
    for kind, record_id, sequence, body, previous, stored in rows:
        if record_id in broken:
            continue
        before, head = expected.get(record_id, (0, ""))
        why = _wrong_place(sequence, before) or _wrong_link(previous, head) or _wrong_content(body, stored)
        if why:
            broken.add(record_id)
            yield BrokenEvent(kind, record_id, sequence, why)
        expected[record_id] = (sequence, stored)


def _wrong_place(sequence: int, before: int) -> str:
    return "" if sequence == before + 1 else f"event {before + 1} is missing"


def _wrong_link(previous: str, head: str) -> str:
    return "" if previous == head else "it does not follow the event before it"


def _wrong_content(body: object, stored: str) -> str:
    """Whoever alters a row by hand may leave text where bytes were."""
    content = body.encode() if isinstance(body, str) else bytes(body)  # type: ignore[call-overload]
    return "" if hashlib.sha256(content).hexdigest() == stored else "its content was altered"
