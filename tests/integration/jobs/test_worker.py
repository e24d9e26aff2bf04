"""The worker: does what is due, tries again what failed, holds what takes long, stops when told."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, Invalid
from pia_engine.jobs import engine
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.engine import Workplace, workplace_of
from pia_engine.jobs.worker import Leased, drain, extend_lease, run_worker
from pia_engine.models import OutboxJob
from pia_engine.services.outbox import LEASE, MAX_ATTEMPTS, lease_job, list_jobs, queue_job
from tests.fixtures.city import NOW


class Seen:
    """Stands in for a handler and remembers what it was given."""

    def __init__(self) -> None:
        self.contexts: list[JobContext] = []
        self.fails: Exception | None = None

    def __call__(self, context: JobContext) -> None:
        self.contexts.append(context)
        if self.fails is not None:
            raise self.fails


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    handler = Seen()
    monkeypatch.setitem(engine.HANDLERS, "test", handler)
    return handler


@pytest.fixture
def place(app: Flask) -> Workplace:
    return workplace_of(app)


@pytest.fixture
def waiting(place: Workplace) -> Iterator[None]:
    queue(place)
    yield


def queue(place: Workplace, key: str = "one", *, now: dt.datetime = NOW) -> None:
    with place.write() as session:
        queue_job(session, "test", key=key, payload={"token": "secret", "n": 1}, now=now)


def only_job(session: Session) -> OutboxJob:
    jobs = [job for state in ("waiting", "done", "dead") for job in list_jobs(session, state=state)]
    assert len(jobs) == 1
    return jobs[0]


@pytest.mark.usefixtures("waiting")
def test_worker_does_a_job_once_and_forgets_its_secret(app: Flask, place: Workplace, seen: Seen) -> None:
    assert drain(app) == 1
    assert drain(app) == 0
    (context,) = seen.contexts
    assert context.payload == {"token": "secret", "n": 1, "job_key": "one", "job_kind": "test"}
    assert context.now == NOW
    with place.read() as session:
        job = only_job(session)
        assert (job.state, job.payload, job.last_error) == ("done", {"n": 1}, "")


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("problem", [ConnectionRefusedError("no mail server"), Invalid(N_("no mail server"))])
def test_worker_tries_a_failed_job_again_later_and_lays_it_aside_at_last(
    app: Flask, place: Workplace, seen: Seen, problem: Exception
) -> None:
    seen.fails = problem
    assert drain(app) == 0
    with place.read() as session:
        job = only_job(session)
        assert "no mail server" in job.last_error
        assert job.run_at == NOW + dt.timedelta(seconds=30)
    for day in range(1, MAX_ATTEMPTS):
        assert drain(app, NOW + dt.timedelta(days=day)) == 0
    with place.read() as session:
        assert only_job(session).state == "dead"
    assert len(seen.contexts) == MAX_ATTEMPTS


def test_a_failing_job_does_not_keep_others_waiting(app: Flask, place: Workplace, seen: Seen) -> None:
    with place.write() as session:
        queue_job(session, "from the future", key="unknown", payload={}, now=NOW)
        queue_job(session, "test", key="two", payload={}, now=NOW)
    assert drain(app) == 1
    with place.read() as session:
        assert [job.kind for job in list_jobs(session, state="waiting")] == ["from the future"]


@pytest.mark.usefixtures("waiting")
def test_a_job_of_a_dead_worker_comes_back_when_its_lease_runs_out(app: Flask, place: Workplace, seen: Seen) -> None:
    with place.write() as session:
        assert lease_job(session, now=NOW) is not None
    assert drain(app) == 0
    assert drain(app, NOW + LEASE + dt.timedelta(seconds=1)) == 1
    assert len(seen.contexts) == 1


@pytest.mark.usefixtures("waiting")
def test_a_heartbeat_keeps_the_lease_and_a_stale_worker_cannot(place: Workplace) -> None:
    with place.write() as session:
        job = lease_job(session, now=NOW)
        assert job is not None
        held = Leased(job.id, job.kind, job.key, {}, job.attempts)
    later = NOW + dt.timedelta(minutes=4)
    with clock.frozen(later):
        assert extend_lease(place, held)
    with place.read() as session:
        assert only_job(session).lease_until == later + LEASE
    assert not extend_lease(place, Leased(held.id, held.kind, held.key, {}, held.attempt - 1))


def test_worker_finishes_what_it_has_and_stops_when_told(
    app: Flask, place: Workplace, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = UntilIdle()

    def told_to_stop(context: JobContext) -> None:
        seen(context)
        stop.set()

    queue(place)
    queue(place, "two")
    monkeypatch.setitem(engine.HANDLERS, "test", told_to_stop)
    run_worker(app, stop)
    assert len(seen.contexts) == 1
    with place.read() as session:
        assert [job.key for job in list_jobs(session, state="done")] == ["one"]


class UntilIdle(threading.Event):
    """Tells a worker to stop as soon as it has nothing to do."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_worker_sweeps_once_a_day(app: Flask, place: Workplace) -> None:
    swept = []
    for hour in (0, 1, 25):
        with clock.frozen(NOW + dt.timedelta(hours=hour)):
            run_worker(app, UntilIdle())
        with place.read() as session:
            swept.append(len([job for job in list_jobs(session, state="done") if job.kind == "sweep"]))
    assert swept == [1, 1, 2]
