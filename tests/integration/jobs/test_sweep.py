"""The daily sweep: what the calendar asks for happens, once."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.jobs.engine import workplace_of
from pia_engine.jobs.sweep import PARTS, WORDS, queue_daily_sweep, run_sweep
from pia_engine.models import BrowserSession
from tests.factories.walks import Walk

NOTHING = dict.fromkeys(PARTS, 0)


def test_each_part_of_the_sweep_has_its_words() -> None:
    assert WORDS.keys() == PARTS.keys()


def test_sweep_calls_what_is_due_and_a_second_one_finds_nothing(app: Flask, session: Session, walk: Walk) -> None:
    audit = walk.audit()
    response = walk.vendor(walk.full(title="Parking sensors"))
    session.add(BrowserSession(token_hash="0" * 64, content={}, expires_at=walk.now))
    session.commit()
    write = workplace_of(app).write
    assert run_sweep(write, now=walk.now - dt.timedelta(minutes=1)) == {**NOTHING, "audit_heads_logged": 1}
    much_later = dt.datetime.combine(audit.due_on, dt.time(9), dt.UTC)
    assert run_sweep(write, now=much_later) == {
        **NOTHING,
        "audits_called": 1,
        "programme_audits_planned": 1,
        "links_expired": 1,
        "commitments_shown_overdue": 1,
        "commitments_escalated": 1,
        "sessions_forgotten": 1,
        "policy_reviews_called": 1,
        "audit_heads_logged": 1,
        "renewals_queued": 1,
    }
    assert run_sweep(write, now=much_later) == NOTHING
    session.rollback()
    session.refresh(audit)
    session.refresh(response)
    assert (audit.status, response.status) == ("due", "expired")


def test_sweep_is_queued_once_for_each_day_of_the_city(session: Session) -> None:
    evening = dt.datetime(2026, 3, 2, 22, 30, tzinfo=dt.UTC)
    first = queue_daily_sweep(session, now=evening)
    assert first is not None
    assert first.key == "sweep:2026-03-02"
    assert queue_daily_sweep(session, now=evening + dt.timedelta(minutes=20)) is first
    after_midnight_in_berlin = queue_daily_sweep(session, now=evening + dt.timedelta(minutes=40))
    assert after_midnight_in_berlin is not None
    assert after_midnight_in_berlin.key == "sweep:2026-03-03"
