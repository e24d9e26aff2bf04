"""Emergency exceptions: asked for, granted for a few days, ended or run out, and never renewed in silence."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import AuditEvent, EmergencyException, OutboxJob, Reconsideration
from pia_engine.permissions.records import check_guards
from pia_engine.services import exceptions
from pia_engine.services.initiatives import retire_initiative
from pia_engine.services.policies import current_policy
from tests.factories.governance.exceptions import EMERGENCY, exception, grant, request
from tests.factories.people import persona
from tests.factories.walks import Walk


def told(session: Session, event: str) -> set[str]:
    """Who gets a message about an event, by id."""
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))
    return {job.payload["person"] for job in jobs if job.payload["event"] == event}


def ids(session: Session, *names: str) -> set[str]:
    return {str(persona(session, name).id) for name in names}


def today(walk: Walk) -> dt.date:
    return walk.now.date()


def test_executives_are_told_that_somebody_asks(session: Session, walk: Walk) -> None:
    asked = exception(walk)
    assert asked.reference == "EXC-2026-0001"
    assert told(session, "emergency-exception:requested") == ids(session, "victor")
    assert exceptions.find_exception_in_force(session, asked.initiative, on=today(walk)) is None


def test_the_executive_grants_fewer_days_under_conditions(session: Session, walk: Walk) -> None:
    asked = exception(walk)
    grant(walk, asked, days=3, conditions="Only at night.")
    assert (asked.status, asked.until_on, asked.conditions) == ("granted", dt.date(2026, 3, 5), "Only at night.")
    assert asked.granter == persona(session, "victor")
    first, last, after = dt.date(2026, 3, 2), dt.date(2026, 3, 5), dt.date(2026, 3, 6)
    in_force = [exceptions.find_exception_in_force(session, asked.initiative, on=day) for day in (first, last, after)]
    assert in_force == [asked, asked, None]
    assert [exceptions.days_left(asked, on=day) for day in (first, last, after)] == [4, 1, 0]
    assert told(session, "emergency-exception:granted") == ids(session, "amara", "daniel", "petra", "helen")


@pytest.mark.parametrize("days", [0, -1, 8, 31])
def test_more_days_than_were_asked_for_are_not_granted(session: Session, walk: Walk, days: int) -> None:
    asked = exception(walk)
    with pytest.raises(Invalid, match="at most 7"):
        grant(walk, asked, days=days)
    assert asked.status == "requested"


@pytest.mark.parametrize("days", [0, 31])
def test_nobody_asks_for_more_days_than_the_policy_allows(walk: Walk, days: int) -> None:
    with pytest.raises(Invalid, match="at most 30"):
        request(walk, walk.initiative(), days=days)


def test_a_policy_made_stricter_meanwhile_holds_when_it_is_granted(session: Session, walk: Walk) -> None:
    asked = exception(walk)
    policy = current_policy(session)
    policy.rules = {**policy.rules, "emergency_days": 2}
    session.flush()
    with pytest.raises(Invalid, match="at most 2"):
        grant(walk, asked)


@pytest.mark.parametrize("first", ["adam", "otto", "daniel"])
def test_whoever_is_responsible_holds_a_role_that_reaches_the_initiative(
    session: Session, walk: Walk, first: str
) -> None:
    initiative, named = walk.initiative(), persona(session, first)
    named.active = first != "daniel"  # his account is closed
    session.flush()
    new = exceptions.NewException(EMERGENCY, "Cameras.", 3, named)
    with pytest.raises(Invalid, match="Choose the official"):
        exceptions.request_exception(session, initiative, new, actor=walk.who("amara"), now=walk.now)


@pytest.mark.parametrize(("emergency", "use"), [(" ", "Cameras."), ("A flood.", ""), ("x" * 4001, "Cameras.")])
def test_what_happens_and_what_is_used_is_said(session: Session, walk: Walk, emergency: str, use: str) -> None:
    initiative = walk.initiative()
    new = exceptions.NewException(emergency, use, 3, persona(session, "daniel"))
    with pytest.raises(Invalid):
        exceptions.request_exception(session, initiative, new, actor=walk.who("amara"), now=walk.now)


@pytest.mark.parametrize("first", ["otto", "sofia", "petra", "helen", "victor", "ingrid", "adam"])
def test_only_an_official_of_the_department_asks(session: Session, walk: Walk, first: str) -> None:
    initiative = walk.initiative()
    with pytest.raises(NotAllowed):
        exceptions.check_can_request(session, initiative, actor=walk.who(first), now=walk.now)


@pytest.mark.parametrize("status", ["requested", "granted"])
def test_one_exception_is_open_at_a_time(session: Session, walk: Walk, status: str) -> None:
    asked = exception(walk, status)
    with pytest.raises(NotPossible, match="EXC-2026-0001"):
        request(walk, asked.initiative)


def test_the_database_knows_of_one_open_exception_too(session: Session, walk: Walk) -> None:
    asked = exception(walk)
    copied = {c.name: getattr(asked, c.name) for c in EmergencyException.__table__.columns if c.name != "id"}
    session.add(EmergencyException(**{**copied, "reference": "EXC-2026-0099"}))
    with pytest.raises(IntegrityError):
        session.flush()


def test_none_is_needed_where_an_assessment_allows_it(session: Session, walk: Walk) -> None:
    initiative = walk.full("approved").initiative
    with pytest.raises(NotPossible, match="no exception is needed"):
        request(walk, initiative)


def test_none_overrules_that_an_initiative_is_over(session: Session, walk: Walk) -> None:
    initiative = walk.initiative()
    asked = request(walk, initiative)
    retire_initiative(session, initiative, actor=walk.who("amara"), now=walk.now, reason="Cancelled.")
    with pytest.raises(NotPossible, match="refused or retired meanwhile"):
        grant(walk, asked)
    exceptions.refuse_exception(session, asked, actor=walk.who("victor"), now=walk.now, reason="It is cancelled.")
    with pytest.raises(NotPossible, match="cannot overrule"):
        request(walk, initiative)


def test_it_runs_out_once_and_loudly(session: Session, walk: Walk) -> None:
    asked = exception(walk, "granted")
    last = asked.until_on
    assert last is not None
    walk.now = dt.datetime.combine(last, dt.time(12), dt.UTC)
    assert exceptions.expire_exceptions(session, now=walk.now) == 0
    walk.now += dt.timedelta(days=1)
    assert exceptions.expire_exceptions(session, now=walk.now) == 1
    assert exceptions.expire_exceptions(session, now=walk.now) == 0
    assert asked.status == "expired"
    assert told(session, "emergency-exception:expired") == ids(session, "amara", "daniel", "petra", "helen", "victor")
    (cause,) = session.scalars(select(Reconsideration))
    assert (cause.cause, cause.key, cause.happened_on) == ("exception", f"exception:{asked.reference}", last)


def test_nobody_is_asked_to_look_again_once_an_assessment_allows_it(session: Session, walk: Walk) -> None:
    record = walk.full("draft")
    grant(walk, request(walk, record.initiative))
    walk.advance(record, "approved")
    walk.now += dt.timedelta(days=9)
    assert exceptions.expire_exceptions(session, now=walk.now) == 1
    assert list(session.scalars(select(Reconsideration))) == []


def test_it_runs_out_without_an_assessment_to_look_at(session: Session, walk: Walk) -> None:
    grant(walk, request(walk, walk.initiative()))
    walk.now += dt.timedelta(days=9)
    assert exceptions.expire_exceptions(session, now=walk.now) == 1
    assert list(session.scalars(select(Reconsideration))) == []
    assert told(session, "emergency-exception:expired")


def test_a_further_one_says_how_many_there_were(session: Session, walk: Walk) -> None:
    first = exception(walk, "expired")
    exceptions.refuse_exception(
        session, request(walk, first.initiative), actor=walk.who("victor"), now=walk.now, reason="It can wait."
    )
    third = request(walk, first.initiative)
    assert exceptions.list_earlier(session, third) == [first]
    assert exceptions.list_earlier(session, first) == []


def test_a_request_need_not_wait_for_the_sweep(session: Session, walk: Walk) -> None:
    first = exception(walk, "granted")
    walk.now += dt.timedelta(days=20)
    second = request(walk, first.initiative)
    assert (first.status, second.status) == ("expired", "requested")
    assert len(list(session.scalars(select(Reconsideration)))) == 1


def test_while_it_is_in_force_the_guard_lets_a_cleared_initiative_go_live(session: Session, walk: Walk) -> None:
    asked = exception(walk)
    guard = ("assessment_allows_go_live",)
    with pytest.raises(NotPossible, match="No assessment"):
        check_guards(session, asked.initiative, walk.who("amara"), guard)
    grant(walk, asked)
    check_guards(session, asked.initiative, walk.who("amara"), guard)


def test_the_trail_says_for_how_long_and_why(session: Session, walk: Walk) -> None:
    asked = exception(walk, "ended")
    rows = list(session.scalars(select(AuditEvent).where(AuditEvent.aggregate_id == asked.id)))
    assert [row.event.partition(":")[2] for row in rows] == ["requested", "granted", "ended"]
    assert [row.reason for row in rows] == [EMERGENCY, "It cannot wait.", "The water fell."]
    assert b'"until_on":"2026-03-09"' in rows[1].body
    assert rows[1].role == "executive"


def test_the_list_shows_what_is_within_reach(session: Session, walk: Walk) -> None:
    for number in range(3):
        exception(walk, "granted" if number else "refused", title=f"Bridge {number}")
    listed = exceptions.list_exceptions
    assert listed(session, actor=walk.who("ingrid")).total == 3
    assert listed(session, actor=walk.who("otto")).total == 0
    assert [each.initiative.title for each in listed(session, actor=walk.who("amara"), status="refused").rows] == [
        "Bridge 0"
    ]
    assert listed(session, actor=walk.who("amara"), search="bridge 1").total == 1
    assert listed(session, actor=walk.who("amara"), search="100%").total == 0
    assert [e.initiative.title for e in listed(session, actor=walk.who("petra"), page=2, size=2).rows] == ["Bridge 0"]
    with pytest.raises(NotAllowed):
        listed(session, actor=walk.who("adam"))
