"""The city's transparency log: add an entry, find one, list them. An entry can never be changed or taken away.

Entries hold no title, no text and nothing of any person. Signing checkpoints and putting the log before the public is
the business of `jobs.transparency_log`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import LogEntry
from pia_engine.models.transparency import Kind
from pia_engine.register.merkle import leaf_hash
from pia_engine.services.outbox import queue_job

__all__ = ["Kind", "append_entry", "count_entries", "find_entry", "find_entry_by_key", "list_entries"]

SCHEMA = 1
LARGEST_BODY = 65_535
"""Bytes of an entry, as its length in a bundle has two."""
_LOCK = 0x7069616C6F67  # any number that no other part locks: "pialog"
_FACT = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DIGEST = re.compile(r"(?:[0-9a-f]{64})?")


def append_entry(
    session: Session,
    kind: Kind,
    *,
    key: str,
    digest: str = "",
    facts: Mapping[str, object],
    now: dt.datetime,
    opening: str = "",
) -> LogEntry:
    """Add an entry at the end; one with the same key is returned as it is. The worker signs it into the log.

    `digest` is the SHA-256 of what the entry is about, `facts` what everybody may read about it. `opening` is kept
    beside it and never published.
    """
    _lock(session)
    known = find_entry_by_key(session, key)
    if known is not None:
        return known
    body = _body(kind, digest, facts, now)
    entry = LogEntry(
        position=count_entries(session),
        key=key,
        kind=kind,
        digest=digest,
        recorded_at=now,
        body=body,
        leaf_hash=leaf_hash(body).hex(),
        opening=opening,
    )
    session.add(entry)
    session.flush()
    queue_job(session, "log", key=f"log:{entry.position}", payload={}, now=now)
    return entry


def find_entry(session: Session, digest: str) -> LogEntry | None:
    """The first entry about something with this SHA-256."""
    if not digest:
        return None
    query = select(LogEntry).where(LogEntry.digest == digest).order_by(LogEntry.position).limit(1)
    return session.scalars(query).first()


def find_entry_by_key(session: Session, key: str) -> LogEntry | None:
    return session.scalars(select(LogEntry).where(LogEntry.key == key)).one_or_none()


def list_entries(
    session: Session, *, kind: Kind | None = None, start: int = 0, limit: int | None = None
) -> list[LogEntry]:
    """Entries from position `start`, in the order of the log."""
    query = select(LogEntry).where(LogEntry.position >= start).order_by(LogEntry.position)
    if kind is not None:
        query = query.where(LogEntry.kind == kind)
    return list(session.scalars(query.limit(limit)))


def count_entries(session: Session) -> int:
    """How many there are, which is the position of the next one."""
    return (session.scalar(select(func.max(LogEntry.position))) or 0) + 1 if _has_any(session) else 0


def _has_any(session: Session) -> bool:
    return session.scalar(select(LogEntry.position).limit(1)) is not None


def _lock(session: Session) -> None:
    """One writer at a time until the commit, so that positions have no gap. A SQLite session that writes has its lock.

    A row lock would not do: the first entry has no row before it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _body(kind: Kind, digest: str, facts: Mapping[str, object], now: dt.datetime) -> bytes:
    """The entry as everybody reads it: canonical JSON, the same bytes for the same content."""
    if not _DIGEST.fullmatch(digest):
        raise ValueError("a digest is 64 hexadecimal digits")
    if not all(_FACT.fullmatch(name) and isinstance(value, str | int) for name, value in facts.items()):
        raise ValueError("a fact is a text or a whole number, with a short name in small letters")
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "kind": str(kind),
        "recorded_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "digest": digest,
        "facts": dict(facts),
    }
    body = rfc8785.dumps(content)
    if len(body) > LARGEST_BODY:
        raise ValueError("an entry has 65,535 bytes at most")
    return body
