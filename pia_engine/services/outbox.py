"""Queue what must happen after the commit, lease it to a worker, and record how it went.

A job is done at least once: the worker may die after the effect and before the record of it, so every handler is
idempotent. A lease that runs out gives the job to the next worker; `attempts` fences the one that was too slow.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pia_engine.models import OutboxJob
from pia_engine.services.batches import held_back

LEASE = dt.timedelta(minutes=1)
MAX_ATTEMPTS = 6
LETTERS = frozenset(
    {"address-notice", "deputy-notice", "notice", "vendor-clarification", "vendor-invitation", "vendor-receipt"}
)
"""Kinds that no later message makes good: they wait for a mail server for a week before they are laid aside."""
LETTER_ATTEMPTS, LONGEST_WAIT = 64, dt.timedelta(hours=3)
SECRET_FIELDS = frozenset({"token"})


def queue_job(session: Session, kind: str, *, key: str, payload: Mapping[str, Any], now: dt.datetime) -> OutboxJob:
    """Queue once: a job with the same key is returned as it is."""
    job = OutboxJob(kind=kind, key=key, payload=dict(payload), state="waiting", run_at=now, queued_at=now)
    kept = held_back(session, job)
    if kept is not None:
        return kept
    known = session.scalars(select(OutboxJob).where(OutboxJob.key == key)).one_or_none()
    if known is not None:
        return known
    session.add(job)
    session.flush()
    return job


def lease_job(session: Session, *, now: dt.datetime) -> OutboxJob | None:
    """Take the oldest due job for a while. Commit before working on it."""
    job = session.scalars(
        select(OutboxJob)
        .where(
            OutboxJob.state == "waiting",
            OutboxJob.run_at <= now,
            or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until < now),
        )
        .order_by(OutboxJob.run_at, OutboxJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if job is None:
        return None
    if job.attempts >= _most_attempts(job):
        _lay_aside(job, "Its worker ended without a word, each time.", now=now)
        session.flush()
        return lease_job(session, now=now)
    job.lease_until = now + LEASE
    job.attempts += 1
    session.flush()
    return job


def complete_job(session: Session, job_id: uuid.UUID, attempt: int, *, now: dt.datetime) -> bool:
    """Record success; False when another worker has taken the job since. Secrets in the payload are wiped."""
    job = _held(session, job_id, attempt)
    if job is None:
        return False
    job.state, job.finished_at, job.lease_until, job.last_error = "done", now, None, ""
    job.payload = {name: value for name, value in job.payload.items() if name not in SECRET_FIELDS}
    session.flush()
    return True


def fail_job(session: Session, job_id: uuid.UUID, attempt: int, *, error: str, now: dt.datetime) -> bool:
    """Record a failure: try again later, each time after a longer wait, until it is laid aside as dead."""
    job = _held(session, job_id, attempt)
    if job is None:
        return False
    job.last_error, job.lease_until = error[:2000], None
    if job.attempts >= _most_attempts(job):
        _lay_aside(job, error, now=now)
    else:
        job.run_at = now + min(dt.timedelta(seconds=30 * 4 ** min(job.attempts - 1, 6)), LONGEST_WAIT)
    session.flush()
    return True


def retry_job(session: Session, job_id: uuid.UUID, *, now: dt.datetime) -> None:
    """Give a dead job another life."""
    job = session.get_one(OutboxJob, job_id)
    if job.state == "dead":
        job.state, job.attempts, job.run_at, job.finished_at, job.lease_until = "waiting", 0, now, None, None
        session.flush()


def list_jobs(session: Session, *, state: str, limit: int = 100) -> list[OutboxJob]:
    """Jobs in one state, newest first."""
    rows = session.scalars(
        select(OutboxJob).where(OutboxJob.state == state).order_by(OutboxJob.queued_at.desc()).limit(limit)
    )
    return list(rows)


def _most_attempts(job: OutboxJob) -> int:
    return LETTER_ATTEMPTS if job.kind in LETTERS else MAX_ATTEMPTS


def _lay_aside(job: OutboxJob, error: str, *, now: dt.datetime) -> None:
    job.state, job.finished_at, job.lease_until, job.last_error = "dead", now, None, error[:2000]


def _held(session: Session, job_id: uuid.UUID, attempt: int) -> OutboxJob | None:
    job = session.get(OutboxJob, job_id, with_for_update=True)
    return job if job is not None and job.state == "waiting" and job.attempts == attempt else None
