"""A year of a city with a frozen clock: what the calendar asks for comes on its day, to whom it is declared, once."""

from __future__ import annotations

import copy
import datetime as dt
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.jobs.engine import workplace_of
from pia_engine.jobs.sweep import PARTS, queue_daily_sweep, run_sweep
from pia_engine.jobs.worker import drain
from pia_engine.models import AuditEvent, OutboxJob, Person
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.determinations import determine
from pia_engine.services.policies import adopt_policy, begin_draft, policy_digest, save_section
from pia_engine.services.policy_sections import section_content, section_digest
from tests.factories import governance
from tests.factories.people import email_of, persona
from tests.factories.policies import make_sound
from tests.factories.walks import START, Walk

DAYS = 400

ON_THEIR_DAY = {
    # What the calendar alone brings about, by its event. Everything was begun on 2 and 3 March 2026.
    "emergency-exception:expired": ["2026-03-11"],  # granted for seven days
    "vendor-response:expired": ["2026-03-24"],  # 21 days after the link was sent
    "commitment:escalated": ["2026-07-07", "2026-07-30"],  # due on 30 June: after 7 days, and after 30
    "reconsideration:raised": [
        "2026-03-11",  # an exception ran out before anything was assessed
        "2026-08-20",  # 14 days before a determination runs out
        "2027-03-10",  # 7 days after an audit nobody began
    ],
    "reconsideration:escalated": ["2026-09-03"],  # 6 months after the determination
    "programme-audit:planned": ["2026-12-06"],  # 30 days before 12 months after the city began
    "annual-audit:called": ["2027-02-01"],  # 30 days before 12 months after the approval
    "publication:copy-made": ["2027-02-05"],  # 60 days before the revocation lists in the file run out
    "policy:review-called": ["2027-03-02"],  # 12 months after its adoption
}

TOLD = {
    # Who gets one message each time.
    "vendor-response:expired": {"petra": 1},
    "emergency-exception:expired": {"amara": 1, "daniel": 1, "petra": 1, "helen": 1, "victor": 1},
    "commitment:escalated": {"amara": 2, "helen": 2, "victor": 1},
    "reconsideration:raised": {"amara": 3, "petra": 3},
    "reconsideration:escalated": {"amara": 1, "petra": 1, "helen": 1},
    "annual-audit:called": {"amara": 1, "ingrid": 1},
    "policy:review-called": {"petra": 1, "helen": 1},
    "programme-audit:planned": {"ingrid": 1},
}


@pytest.fixture
def founded(app: Flask, session: Session, walk: Walk) -> dt.datetime:
    """A policy with a short expiry, and one thing of each kind that has a day. Returns when all that was done."""
    _adopt_short_expiry(walk)
    walk.full("publishing", title="Cameras at the depot")
    walk.vendor(walk.full(title="Sensors in the park"))
    governance.makers()["emergency_exception"](walk, "granted")
    record = walk.initial("submitted", title="Bus stop displays")
    determine(session, record, outcome="no_pia", reason="Nobody is seen.", actor=walk.who("petra"), now=walk.now)
    persona(session, "ingrid").reminders = "weekly"
    session.commit()
    drain(app, walk.now)
    return walk.now


def _days(first: dt.date) -> list[dt.date]:
    """Each day of two weeks and around each declared day; in between the worker is off for a week at a time."""
    declared = [dt.date.fromisoformat(day) for days in ON_THEIR_DAY.values() for day in days]
    found = [first + dt.timedelta(days=number) for number in range(1, DAYS + 1)]
    return [
        day
        for day in found
        if (day - first).days < 15
        or (day - first).days % 7 == 0
        or any(abs((day - each).days) < 2 for each in declared)
    ]


def _adopt_short_expiry(walk: Walk) -> None:
    draft = begin_draft(walk.session, actor=walk.who("petra"), now=walk.now)
    make_sound(walk.session, draft, actor=walk.who("petra"), now=walk.now)
    outcomes = copy.deepcopy(section_content(draft, "outcomes"))
    outcomes["outcomes"]["no_pia"]["expires_months"] = 6
    seen = section_digest(draft, "outcomes")
    save_section(walk.session, draft, "outcomes", outcomes, seen=seen, actor=walk.who("petra"), now=walk.now)
    adopt_policy(
        walk.session,
        draft,
        adopted_by="City Council",
        instrument="Resolution 31",
        adopted_on=START.date(),
        changes="Determinations run out sooner.",
        seen=policy_digest(draft),
        actor=walk.who("helen"),
        now=walk.now,
    )


def _live_through(app: Flask, days: list[dt.date]) -> None:
    """The worker of each morning, and now and then once more in the afternoon, when it finds nothing new to do."""
    work = workplace_of(app)
    for day in days:
        morning = dt.datetime.combine(day, dt.time(8), dt.UTC)
        with clock.frozen(morning):
            with work.write() as session:
                queue_daily_sweep(session, now=morning)
            drain(app, morning)
        if day.day == 1:
            with clock.frozen(morning + dt.timedelta(hours=6)):
                assert run_sweep(work.write, now=clock.now()) == dict.fromkeys(PARTS, 0)


@pytest.mark.timeout(900)
def test_everything_comes_on_its_day_to_whom_it_is_declared_once(
    app: Flask, session: Session, founded: dt.datetime
) -> None:
    before = set(session.scalars(select(OutboxJob.key)))
    session.commit()
    _live_through(app, _days(founded.date()))
    session.rollback()
    events = list(session.scalars(select(AuditEvent).where(AuditEvent.at > founded)))
    assert {event.actor_name for event in events} == {SYSTEM.name}
    came: dict[str, list[str]] = {}
    for event in sorted(events, key=lambda each: each.at):
        came.setdefault(event.event, []).append(event.at.date().isoformat())
    assert came == ON_THEIR_DAY
    assert _notices(session, before) == {
        (event, email_of(first)): times for event, people in TOLD.items() for first, times in people.items()
    }
    assert session.scalars(select(OutboxJob).where(OutboxJob.state != "done")).all() == []
    _check_digests(session)


def _notices(session: Session, before: set[str]) -> Counter[tuple[str, str]]:
    """How often each person was told of each event."""
    people = {str(person.id): person.email for person in session.scalars(select(Person))}
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice", OutboxJob.key.not_in(before)))
    return Counter((job.payload["event"], people[job.payload["person"]]) for job in jobs)


def _check_digests(session: Session) -> None:
    """One digest a day at most, and for whoever wants them by the week one a week at most."""
    ingrid = str(persona(session, "ingrid").id)
    sent = [
        (job.payload["person"], dt.date.fromisoformat(job.payload["day"]))
        for job in session.scalars(select(OutboxJob).where(OutboxJob.kind == "digest"))
    ]
    assert sent
    assert max(Counter(sent).values()) == 1
    weeks = Counter(day.isocalendar()[:2] for person, day in sent if person == ingrid)
    assert set(weeks.values()) == {1}
    assert {day.weekday() for person, day in sent if person != ingrid} == set(range(7))
