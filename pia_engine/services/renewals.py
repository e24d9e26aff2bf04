"""Keep the proofs in published files fresh: lists of what was revoked run out, so a file is renewed before they do.

A renewed file is the one before with fresh lists and another time stamp at its end. Nothing in it is altered, and the
one before stays genuine; only the proofs reach further.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from pia_engine import clock
from pia_engine.models import OutboxJob, PublishedCopy
from pia_engine.services.cities import get_city
from pia_engine.services.copies import Document, document_of, find_newest_copy, record_of
from pia_engine.services.outbox import queue_job

KEY = "renewal:"


@dataclass(frozen=True, slots=True)
class RenewalDue:
    """One file to renew: the newest of its document."""

    digest: str
    number: int


def queue_renewals(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: each file whose day has come is renewed by a job of its own. Returns how many were queued.

    One at a time: a job that was laid aside is followed by another on the next day, until the file is renewed.
    """
    today = clock.day_of(now, get_city(session).time_zone)
    due = session.scalars(
        select(PublishedCopy)
        .where(PublishedCopy.renew_on <= today, ~_has_newer(), ~_is_queued(today))
        .order_by(PublishedCopy.renew_on, PublishedCopy.id)
        .limit(limit)
    ).all()
    for copy in due:
        record = record_of(document_of(copy))
        payload = {"copy": str(copy.id), "record": str(record.id)}
        queue_job(session, "renewal", key=f"{KEY}{copy.id.hex}:{today}", payload=payload, now=now)
    return len(due)


def hasten_renewals(session: Session, *, now: dt.datetime) -> int:
    """Let every document's newest file be renewed today, as after a leak; it is queued by `queue_renewals`."""
    today = clock.day_of(now, get_city(session).time_zone)
    newest = session.scalars(select(PublishedCopy).where(PublishedCopy.renew_on > today, ~_has_newer())).all()
    for copy in newest:
        copy.renew_on = today
    session.flush()
    return len(newest)


def find_renewal_due(session: Session, copy_id: uuid.UUID) -> RenewalDue | None:
    """The file to renew; None when it is not the newest any more, or its document is no more."""
    copy = session.get(PublishedCopy, copy_id)
    if copy is None or find_newest_copy(session, document_of(copy)) is not copy:
        return None
    return RenewalDue(copy.digest, copy.number)


def get_document(session: Session, copy_id: uuid.UUID) -> Document | None:
    """The document a copy is of; None when it was disposed of."""
    copy = session.get(PublishedCopy, copy_id)
    return None if copy is None else document_of(copy)


def _has_newer() -> ColumnElement[bool]:
    newer = aliased(PublishedCopy)
    owners = ("publication_id", "annual_report_id", "annual_audit_id", "programme_audit_id")
    same = or_(*(getattr(newer, owner) == getattr(PublishedCopy, owner) for owner in owners))
    return exists().where(and_(same, newer.number > PublishedCopy.number))


def _is_queued(today: dt.date) -> ColumnElement[bool]:
    """By the job's key: one of today, or one that waits still.

    A UUID is stored with hyphens on one database and without on the other.
    """
    key = literal(KEY) + func.replace(cast(PublishedCopy.id, String), "-", "") + ":"
    waits = and_(OutboxJob.kind == "renewal", OutboxJob.state == "waiting", OutboxJob.key.startswith(key))
    return exists().where(or_(OutboxJob.key == key + today.isoformat(), waits))
