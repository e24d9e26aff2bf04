"""Doing what is due: lease a job, run its handler, record how it went; until stopped, or until nothing is due.

A worker may be killed at any moment. The job it held comes back when its lease runs out, so a handler may be run
twice; a long one keeps its lease by a heartbeat.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import PiaError
from pia_engine.jobs.engine import Workplace, handler_for, workplace_of
from pia_engine.jobs.sweep import queue_daily_sweep
from pia_engine.models import OutboxJob
from pia_engine.services.outbox import LEASE, complete_job, fail_job, lease_job

POLL_SECONDS = 1.0
HEARTBEAT_SECONDS = LEASE.total_seconds() / 5
PAUSE_AFTER_TROUBLE = 10.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leased:
    """A job in hand, apart from any session."""

    id: uuid.UUID
    kind: str
    key: str
    payload: dict[str, Any]
    attempt: int


def drain(app: Flask, now: dt.datetime | None = None, *, limit: int = 10_000) -> int:
    """Do everything that is due, with what it leads to, and return how many jobs went well. Failed ones wait."""
    workplace = workplace_of(app)
    done = 0
    for _ in range(limit):
        outcome = do_next(workplace, now=now)
        if outcome is None:
            break
        done += outcome
    return done


def run_worker(app: Flask, stop: threading.Event, *, poll_seconds: float = POLL_SECONDS) -> None:
    """Work until `stop` is set. The job in hand is finished first."""
    workplace = workplace_of(app)
    swept: dt.datetime | None = None
    while not stop.is_set():
        try:
            swept = _queue_sweep_of_today(workplace, swept)
            if do_next(workplace) is None:
                stop.wait(poll_seconds)
        except OperationalError:
            log.exception("the database does not answer; trying again in %s seconds", PAUSE_AFTER_TROUBLE)
            stop.wait(PAUSE_AFTER_TROUBLE)


def do_next(workplace: Workplace, *, now: dt.datetime | None = None) -> bool | None:
    """Do the oldest due job: True when it went well, False when it failed and waits, None when nothing is due."""
    leased = _lease(workplace, now or clock.now())
    if leased is None:
        return None
    error = _run(workplace, leased, now or clock.now())
    with workplace.write() as session:
        if error is None:
            complete_job(session, leased.id, leased.attempt, now=now or clock.now())
        else:
            fail_job(session, leased.id, leased.attempt, error=error, now=now or clock.now())
    return error is None


def _lease(workplace: Workplace, now: dt.datetime) -> Leased | None:
    with workplace.read() as session:
        if not _something_is_due(session, now):
            return None
    with workplace.write() as session:
        job = lease_job(session, now=now)
        return None if job is None else Leased(job.id, job.kind, job.key, dict(job.payload), job.attempts)


def _something_is_due(session: Session, now: dt.datetime) -> bool:
    """Asked with a reading session, so that an idle worker never takes the write lock."""
    due = select(OutboxJob.id).where(
        OutboxJob.state == "waiting",
        OutboxJob.run_at <= now,
        or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until < now),
    )
    return session.scalars(due.limit(1)).first() is not None


def _run(workplace: Workplace, leased: Leased, now: dt.datetime) -> str | None:
    """What went wrong, in one line, or None. A defect in one handler must not keep the others from their work."""
    context = workplace.context(leased.kind, leased.key, leased.payload, now=now)
    try:
        with _heartbeat(workplace, leased):
            handler_for(leased.kind)(context)
    except PiaError as problem:
        log.warning("job %s (%s), attempt %s: %s", leased.id, leased.kind, leased.attempt, problem)
        return str(problem)
    except Exception as problem:  # noqa: BLE001 - the one place: a defect is recorded, and the job tried again
        what = type(problem).__name__  # its text may name people, and a log must not
        log.warning("job %s (%s), attempt %s failed: %s", leased.id, leased.kind, leased.attempt, what)
        return f"{type(problem).__name__}: {problem}"
    return None


@contextlib.contextmanager
def _heartbeat(workplace: Workplace, leased: Leased) -> Iterator[None]:
    """Lengthen the lease while the block runs, so that no other worker takes a long job for an abandoned one."""
    done = threading.Event()
    beating = threading.Thread(target=_beat, args=(workplace, leased, done.wait), daemon=True)
    beating.start()
    try:
        yield
    finally:
        done.set()
        beating.join()


def _beat(workplace: Workplace, leased: Leased, wait: Callable[[float], bool]) -> None:
    while not wait(HEARTBEAT_SECONDS):
        with contextlib.suppress(OperationalError):
            extend_lease(workplace, leased)


def extend_lease(workplace: Workplace, leased: Leased) -> bool:
    """Hold a job for another while; False when another worker has it by now."""
    with workplace.write() as session:
        job = session.get(OutboxJob, leased.id, with_for_update=True)
        if job is None or job.state != "waiting" or job.attempts != leased.attempt:
            return False
        job.lease_until = clock.now() + LEASE
        return True


def _queue_sweep_of_today(workplace: Workplace, swept: dt.datetime | None) -> dt.datetime | None:
    """Ask for the day's sweep once an hour at most; the job's key makes it one a day."""
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    if swept == hour:
        return swept
    with workplace.write() as session:
        queue_daily_sweep(session, now=clock.now())
    return hour
