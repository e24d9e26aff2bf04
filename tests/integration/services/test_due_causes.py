"""What the calendar raises: each once, in time, and once more when nobody decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from pia_engine.errors import NotPossible
from pia_engine.models import AuditEvent, Determination, OutboxJob, Reconsideration
from pia_engine.services import annual_audits, assessments, due_causes, reconsiderations
from pia_engine.services.initiatives import go_live
from tests.factories.governance.looking_again import cleared, determined_as, raised, required
from tests.factories.people import persona
from tests.factories.walks import Walk

DAY = dt.timedelta(days=1)
Part = Callable[..., int]


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), dt.UTC)


def causes(session: Session) -> list[Reconsideration]:
    return list(session.scalars(select(Reconsideration).order_by(Reconsideration.reference)))


def run_out_day(session: Session) -> dt.date:
    day = session.scalars(select(Determination.expires_on)).one()
    assert day is not None
    return day


def test_a_determination_that_soon_runs_out_is_raised_once_in_time(session: Session, walk: Walk) -> None:
    record = cleared(walk)
    day = run_out_day(session)
    assert due_causes.raise_expiries(session, now=at(day - 15 * DAY)) == 0
    assert due_causes.raise_expiries(session, now=at(day - 14 * DAY)) == 1
    assert due_causes.raise_expiries(session, now=at(day)) == 0
    (cause,) = causes(session)
    assert (cause.cause, cause.happened_on, cause.assessment, cause.author_id) == ("expiry", day, record, None)


def test_what_runs_out_undecided_is_told_once_more_on_the_day(session: Session, walk: Walk) -> None:
    cleared(walk)
    day = run_out_day(session)
    due_causes.raise_expiries(session, now=at(day - 14 * DAY))
    assert due_causes.escalate_expiries(session, now=at(day - DAY)) == 0
    assert due_causes.escalate_expiries(session, now=at(day)) == 1
    assert due_causes.escalate_expiries(session, now=at(day + DAY)) == 0
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))
    told = {job.payload["person"] for job in jobs if job.payload["event"] == "reconsideration:escalated"}
    assert told == {str(persona(session, first).id) for first in ("petra", "helen", "amara")}


def test_what_runs_out_is_renewed_and_cannot_be_set_aside(session: Session, walk: Walk) -> None:
    record = cleared(walk)
    go_live(session, record.initiative, actor=walk.who("amara"), now=walk.now)
    day = run_out_day(session)
    walk.now = at(day - 14 * DAY)
    due_causes.raise_expiries(session, now=walk.now)
    (cause,) = causes(session)
    with pytest.raises(NotPossible, match="renewed by a new initial assessment"):
        reconsiderations.set_aside(session, cause, actor=walk.who("petra"), now=walk.now, reason="Fine.")
    reconsiderations.require_assessment(session, cause, actor=walk.who("petra"), now=walk.now, reason="Renew it.")
    assert due_causes.escalate_expiries(session, now=at(day)) == 0
    assert due_causes.raise_expiries(session, now=at(day)) == 0


def test_what_was_replaced_or_refused_does_not_run_out(session: Session, walk: Walk) -> None:
    first = cleared(walk)
    cause = raised(walk, first)
    reconsiderations.require_assessment(session, cause, actor=walk.who("petra"), now=walk.now, reason="Again.")
    assert due_causes.raise_expiries(session, now=at(dt.date(2036, 1, 1))) == 0


def test_an_audit_nobody_begins_in_time_is_raised_once(session: Session, walk: Walk) -> None:
    audit = walk.audit()
    assert due_causes.raise_missed_reviews(session, now=at(audit.due_on + 6 * DAY)) == 0
    assert due_causes.raise_missed_reviews(session, now=at(audit.due_on + 7 * DAY)) == 1
    assert due_causes.raise_missed_reviews(session, now=at(audit.due_on + 8 * DAY)) == 0
    (cause,) = causes(session)
    assert (cause.cause, cause.happened_on, cause.assessment) == ("review_date", audit.due_on, audit.assessment)


def test_an_audit_that_was_begun_is_not_missed(session: Session, walk: Walk) -> None:
    audit = walk.audit("due")
    annual_audits.start_audit(session, audit, actor=walk.who("ingrid"), now=walk.now)
    assert due_causes.raise_missed_reviews(session, now=at(audit.due_on + 90 * DAY)) == 0


def test_a_demanded_version_that_is_withdrawn_is_raised_again_once(session: Session, walk: Walk) -> None:
    cause = raised(walk)
    assert due_causes.raise_dropped_demands(session, now=walk.now) == 0
    begun = reconsiderations.require_new_version(
        session, cause, actor=walk.who("petra"), now=walk.now, reason="The vendor is new."
    )
    assert due_causes.raise_dropped_demands(session, now=walk.now) == 0
    assessments.withdraw_assessment(session, begun, actor=walk.who("amara"), now=walk.now, reason="No time.")
    assert due_causes.raise_dropped_demands(session, now=walk.now) == 1
    assert due_causes.raise_dropped_demands(session, now=walk.now) == 0
    again = causes(session)[-1]
    assert (again.cause, again.text, again.facts, again.status) == (cause.cause, cause.text, cause.facts, "raised")
    assert again.author_id is None


def test_a_demanded_assessment_of_something_live_is_raised_again_when_its_full_one_is_withdrawn(
    session: Session, walk: Walk
) -> None:
    first = cleared(walk)
    go_live(session, first.initiative, actor=walk.who("amara"), now=walk.now)
    begun = required(walk, raised(walk, first))
    determined_as(walk, begun, "full_pia")
    assert due_causes.raise_dropped_demands(session, now=walk.now) == 0
    full = assessments.get_assessment(session, begun.reference, "full")
    assessments.withdraw_assessment(session, full, actor=walk.who("amara"), now=walk.now, reason="No time.")
    assert due_causes.raise_dropped_demands(session, now=walk.now) == 1
    assert due_causes.raise_dropped_demands(session, now=walk.now) == 0


def test_each_part_asks_no_more_of_the_database_when_nothing_is_due(session: Session, walk: Walk) -> None:
    for number in range(3):
        cleared(walk, title=f"Counter {number}")
    parts: tuple[Part, ...] = (
        due_causes.raise_expiries,
        due_causes.escalate_expiries,
        due_causes.raise_missed_reviews,
        due_causes.raise_dropped_demands,
    )
    asked: list[str] = []
    session.expire_all()
    listen = lambda *given: asked.append(given[2])  # noqa: E731
    event.listen(session.get_bind(), "before_cursor_execute", listen)
    try:
        assert [part(session, now=walk.now) for part in parts] == [0, 0, 0, 0]
    finally:
        event.remove(session.get_bind(), "before_cursor_execute", listen)
    assert len([sql for sql in asked if sql.startswith("SELECT")]) <= 12


def test_escalating_is_on_record(session: Session, walk: Walk) -> None:
    cleared(walk)
    day = run_out_day(session)
    due_causes.raise_expiries(session, now=at(day))
    due_causes.escalate_expiries(session, now=at(day))
    (cause,) = causes(session)
    found = session.scalars(select(AuditEvent.event).where(AuditEvent.aggregate_id == cause.id)).all()
    assert found == ["reconsideration:raised", "reconsideration:escalated"]
