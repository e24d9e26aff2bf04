"""The audit trail cannot be rewritten unnoticed; the outbox loses and repeats nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from pia_engine.models import AuditEvent, OutboxJob
from pia_engine.services.audit import verify_trail
from pia_engine.services.outbox import MAX_ATTEMPTS, complete_job, fail_job, lease_job, queue_job, retry_job
from tests.factories.walks import START, Walk


def test_a_walked_trail_verifies(session: Session, walk: Walk) -> None:
    walk.full("published")
    assert list(verify_trail(session)) == []


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_the_trail(session: Session, walk: Walk, statement: str) -> None:
    walk.initial()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))


def test_an_event_altered_behind_the_program_s_back_is_named(session: Session, walk: Walk) -> None:
    initial = walk.initial("submitted")
    session.execute(text("DROP TRIGGER audit_event_no_update"))
    event = session.scalars(
        select(AuditEvent).where(AuditEvent.aggregate_id == initial.id, AuditEvent.sequence == 2)
    ).one()
    event.body = event.body.replace(b"Amara", b"Otto!")
    session.flush()
    (broken,) = verify_trail(session)
    assert (broken.aggregate_id, broken.sequence) == (initial.id, 2)
    assert "altered" in broken.why


def test_a_removed_event_is_missed(session: Session, walk: Walk) -> None:
    initial = walk.initial("submitted")
    session.execute(text("DROP TRIGGER audit_event_no_delete"))
    session.execute(text("DELETE FROM audit_event WHERE aggregate_id = :id AND sequence = 2"), {"id": initial.id.hex})
    assert [(broken.sequence, broken.why) for broken in verify_trail(session)] == [(3, "event 2 is missing")]


def _queue(session: Session) -> OutboxJob:
    return queue_job(session, "pages", key="one", payload={"a": 1}, now=START)


def test_queueing_twice_is_queueing_once(session: Session) -> None:
    assert _queue(session) is _queue(session)


def test_a_job_whose_worker_died_goes_to_the_next_and_the_late_one_is_fenced(session: Session) -> None:
    _queue(session)
    first = lease_job(session, now=START)
    assert first is not None
    attempt = first.attempts
    assert lease_job(session, now=START) is None
    second = lease_job(session, now=START + dt.timedelta(minutes=6))
    assert second is first
    assert not complete_job(session, first.id, attempt, now=START)
    assert complete_job(session, first.id, second.attempts, now=START)


def test_a_failing_job_waits_longer_each_time_and_is_laid_aside(session: Session) -> None:
    job, now, waits = _queue(session), START, []
    for _attempt in range(MAX_ATTEMPTS):
        leased = lease_job(session, now=now)
        assert leased is job
        fail_job(session, job.id, job.attempts, error="mail server away", now=now)
        waits.append(job.run_at - now)
        now = max(job.run_at, now)
    assert job.state == "dead"
    assert waits[:-1] == sorted(waits[:-1])
    retry_job(session, job.id, now=now)
    assert lease_job(session, now=now) is job
