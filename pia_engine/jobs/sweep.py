"""What the calendar asks for, once a day: audits that fall due, links that run out, sessions that are over.

Each part works in batches of its own transaction, so a sweep that was cut short simply goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.jobs.context import JobContext
from pia_engine.models import OutboxJob
from pia_engine.services.annual_audits import call_due_audits, schedule_missing_audits
from pia_engine.services.cities import find_city
from pia_engine.services.drafts import purge_drafts
from pia_engine.services.outbox import queue_job
from pia_engine.services.sessions import purge_expired
from pia_engine.services.vendor_responses import expire_overdue

Write = Callable[[], AbstractContextManager[Session]]
Batch = Callable[[Session, dt.datetime], int]


@dataclass(frozen=True, slots=True)
class SweepCounts:
    """What one sweep found to do."""

    audits_scheduled: int
    audits_called: int
    links_expired: int
    sessions_forgotten: int
    drafts_forgotten: int


def run_sweep(write: Write, *, now: dt.datetime) -> SweepCounts:
    """Do all that is due. Doing it twice is the same as once."""
    return SweepCounts(
        audits_scheduled=_in_batches(write, _schedule_audits, now),
        audits_called=_in_batches(write, _call_audits, now),
        links_expired=_in_batches(write, _expire_links, now),
        sessions_forgotten=_in_batches(write, _forget_sessions, now),
        drafts_forgotten=_in_batches(write, _forget_drafts, now),
    )


def sweep(context: JobContext) -> None:
    """The handler of the daily job."""
    run_sweep(context.write, now=context.now)


def queue_daily_sweep(session: Session, *, now: dt.datetime) -> OutboxJob | None:
    """Queue the sweep of the city's present day, once however often it is asked for. None before there is a city."""
    city = find_city(session)
    if city is None:
        return None
    day = clock.day_of(now, city.time_zone)
    return queue_job(session, "sweep", key=f"sweep:{day.isoformat()}", payload={}, now=now)


def _in_batches(write: Write, batch: Batch, now: dt.datetime) -> int:
    total = 0
    while True:
        with write() as session:
            found = batch(session, now)
        total += found
        if not found:
            return total


def _schedule_audits(session: Session, now: dt.datetime) -> int:
    return schedule_missing_audits(session, now=now)


def _call_audits(session: Session, now: dt.datetime) -> int:
    return call_due_audits(session, now=now)


def _expire_links(session: Session, now: dt.datetime) -> int:
    return expire_overdue(session, now=now)


def _forget_sessions(session: Session, now: dt.datetime) -> int:
    return purge_expired(session, now=now)


def _forget_drafts(session: Session, now: dt.datetime) -> int:
    return purge_drafts(session, now=now)
