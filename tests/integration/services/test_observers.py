"""Independent observers: who can be one, what they reach, and a statement that is filed once and never changed."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible, Stale
from pia_engine.models import Assessment, AuditEvent, OutboxJob
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.hearing import statement_digest
from pia_engine.services import observations
from pia_engine.services.audit import verify_trail
from pia_engine.services.initiatives import list_initiatives
from pia_engine.services.observers import list_observed_by, list_observers, list_statements, observer_grants
from pia_engine.services.people import actor_for, designate, set_active
from pia_engine.services.work import list_finished
from tests.factories.deputies import stand_in
from tests.factories.hearing import observe, on, state, wanda
from tests.factories.people import FOUNDED, persona
from tests.factories.walks import Walk

SEEN = (Permission.INITIATIVE_VIEW, Permission.ASSESSMENT_VIEW)


def test_an_observer_reaches_one_initiative_and_what_belongs_to_it(session: Session, walk: Walk) -> None:
    record, other = walk.full(), walk.full(title="Another one")
    observe(walk, record.initiative, wanda(session))
    actor = walk.who("wanda")
    assert may(actor, Permission.INITIATIVE_VIEW, record.initiative)
    assert may(actor, Permission.ASSESSMENT_VIEW, record)
    assert not any(may(actor, permission, other) for permission in SEEN)
    assert not may(actor, Permission.INITIATIVE_VIEW, other.initiative)
    allowed = {each for each in Permission if may(actor, each, record)}
    assert allowed == {*SEEN, Permission.OBSERVATION_FILE}


def test_lists_show_an_observer_the_one_initiative_only(session: Session, walk: Walk) -> None:
    record = walk.full("published")
    walk.full("approved", title="Another one")
    observe(walk, record.initiative, wanda(session))
    actor = walk.who("wanda")
    assert [each.id for each in list_initiatives(session, actor=actor).rows] == [record.initiative_id]
    assert list_initiatives(session, actor=actor, search="Another").rows == []
    assert [each.id for each in list_finished(session, actor=actor)] == [record.id]


def test_an_official_of_another_department_keeps_their_own_and_sees_the_observed_one(
    session: Session, walk: Walk
) -> None:
    initiative = walk.initiative()
    walk.initiative("Another one")
    observe(walk, initiative, persona(session, "otto"))
    assert [each.id for each in list_initiatives(session, actor=walk.who("otto")).rows] == [initiative.id]


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (10, True), (11, False)])
def test_an_appointment_holds_from_its_first_to_its_last_day(
    session: Session, walk: Walk, days: int, holds: bool
) -> None:
    person, initiative = wanda(session), walk.initiative()
    observer = observe(walk, initiative, person, days=10)
    on = observer.from_on + dt.timedelta(days=days)
    assert bool(observer_grants(session, person, on=on)) is holds
    assert bool(list_observed_by(session, person, on=on)) is holds
    then = dt.datetime.combine(on, dt.time(9), dt.UTC)
    assert may(actor_for(session, person, now=then), Permission.INITIATIVE_VIEW, initiative) is holds


def test_a_closed_account_observes_nothing(session: Session, walk: Walk) -> None:
    person, initiative = wanda(session), walk.initiative()
    observe(walk, initiative, person)
    set_active(session, person, active=False, actor=SYSTEM, now=walk.now)
    assert not may(walk.who("wanda"), Permission.INITIATIVE_VIEW, initiative)


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid", "adam"])
def test_nobody_of_the_line_observes(session: Session, walk: Walk, first: str) -> None:
    initiative = walk.initiative()
    with pytest.raises(Invalid, match="stands outside the line") as refused:
        observe(walk, initiative, persona(session, first))
    assert refused.value.field == "person"
    possible = observations.list_possible_observers(session, initiative, on=walk.now.date())
    assert persona(session, first) not in possible


def test_a_deputy_of_somebody_in_the_line_does_not_observe(session: Session, walk: Walk) -> None:
    person, initiative = wanda(session), walk.initiative()
    stand_in(walk, "wanda", "victor")
    with pytest.raises(Invalid, match="stands outside the line"):
        observe(walk, initiative, person)
    after_it = observations.NewObserver(person, on(10), on(20))
    assert observations.appoint_observer(session, initiative, after_it, actor=walk.who("helen"), now=walk.now)


@pytest.mark.parametrize("by", ["amara", "petra", "victor", "ingrid", "adam", "otto"])
def test_only_the_senior_privacy_official_appoints_and_ends(session: Session, walk: Walk, by: str) -> None:
    person, initiative = wanda(session), walk.initiative()
    with pytest.raises(NotAllowed):
        observe(walk, initiative, person, by=by)
    observer = observe(walk, initiative, person)
    with pytest.raises(NotAllowed):
        observations.withdraw_observer(session, observer, reason="Enough", actor=walk.who(by), now=walk.now)


def test_days_that_are_past_or_the_wrong_way_round_are_refused(session: Session, walk: Walk) -> None:
    person, initiative, actor = wanda(session), walk.initiative(), walk.who("helen")
    today = walk.now.date()
    for first, last in ((today, today - dt.timedelta(days=1)), (today - dt.timedelta(days=9), today - dt.timedelta(1))):
        with pytest.raises(Invalid) as refused:
            new = observations.NewObserver(person, first, last)
            observations.appoint_observer(session, initiative, new, actor=actor, now=walk.now)
        assert refused.value.field == "until_on"


def test_nobody_is_appointed_twice_for_the_same_days(session: Session, walk: Walk) -> None:
    person, initiative = wanda(session), walk.initiative()
    first = observe(walk, initiative, person)
    with pytest.raises(Invalid, match="observes this initiative already"):
        observe(walk, initiative, person)
    observations.withdraw_observer(session, first, reason="Ill", actor=walk.who("helen"), now=walk.now)
    assert observe(walk, initiative, person)


def test_an_appointment_is_ended_with_a_reason_and_holds_no_more(session: Session, walk: Walk) -> None:
    person, initiative = wanda(session), walk.initiative()
    observer = observe(walk, initiative, person)
    helen = walk.who("helen")
    with pytest.raises(Invalid, match="Say why"):
        observations.withdraw_observer(session, observer, reason=" ", actor=helen, now=walk.now)
    observations.withdraw_observer(session, observer, reason="Moved away", actor=helen, now=walk.now)
    assert not may(walk.who("wanda"), Permission.INITIATIVE_VIEW, initiative)
    with pytest.raises(NotPossible, match="over already"):
        observations.withdraw_observer(session, observer, reason="Again", actor=helen, now=walk.now)
    with pytest.raises(NotAllowed):
        state(walk, observer)
    assert [each.statement for each in list_observers(session, initiative)] == [""]


def test_a_statement_is_filed_once_and_its_hash_stands_in_the_trail(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    observer = observe(walk, record.initiative, wanda(session))
    digest = state(walk, observer, "I read everything. Nothing surprised me.")
    (event,) = session.scalars(select(AuditEvent).where(AuditEvent.event == "observation:filed"))
    assert json.loads(event.body)["details"]["sha256"] == digest == statement_digest(observer.statement)
    assert (event.role, event.actor_name) == (Role.OBSERVER, "Wanda Witness")
    assert list(verify_trail(session)) == []
    with pytest.raises(NotPossible, match="never changed"):
        state(walk, observer, "I changed my mind.")
    assert [each.statement for each in list_statements(session, record.initiative)] == [observer.statement]


def test_only_what_was_looked_at_is_filed(session: Session, walk: Walk) -> None:
    observer = observe(walk, walk.initiative(), wanda(session))
    seen = statement_digest("Another text")
    with pytest.raises(Stale):
        observations.file_statement(
            session, observer, text="This text", seen=seen, actor=walk.who("wanda"), now=walk.now
        )
    assert observer.filed_at is None


@pytest.mark.parametrize(
    ("text", "sentence"), [(" ", "Write your"), ("x" * 8001, "at most 8000"), ("\u0e44", "cannot print")]
)
def test_a_statement_that_could_not_be_published_is_refused(
    session: Session, walk: Walk, text: str, sentence: str
) -> None:
    observer = observe(walk, walk.initiative(), wanda(session))
    with pytest.raises(Invalid, match=sentence):
        state(walk, observer, text)


def test_nobody_files_for_somebody_else(session: Session, walk: Walk) -> None:
    initiative = walk.initiative()
    observer = observe(walk, initiative, wanda(session))
    observe(walk, initiative, persona(session, "otto"))
    for first in ("otto", "helen"):
        with pytest.raises(NotAllowed):
            text = "Mine"
            observations.file_statement(
                session, observer, text=text, seen=statement_digest(text), actor=walk.who(first), now=walk.now
            )


def test_an_observer_who_has_come_into_the_line_files_nothing(session: Session, walk: Walk) -> None:
    person = wanda(session)
    observer = observe(walk, walk.initiative(), person)
    designate(
        session, person, Role.PRIVACY_OFFICER, department=None, designated_by="Mayor", instrument="9",
        from_on=FOUNDED.date(), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    with pytest.raises(NotPossible, match="a role in the line"):
        state(walk, observer)


def test_those_concerned_are_told_and_public_pages_follow(session: Session, walk: Walk) -> None:
    record: Assessment = walk.full("published")
    person = wanda(session)
    observer = observe(walk, record.initiative, person)
    state(walk, observer)
    jobs = session.scalars(select(OutboxJob)).all()
    told = {(job.payload["event"], job.payload["person"]) for job in jobs if job.kind == "notice"}
    assert ("observer:appointed", str(person.id)) in told
    for first in ("amara", "petra", "helen"):
        assert ("observation:filed", str(persona(session, first).id)) in told
    key = f"pages:observation:{observer.id}:{record.reference}"
    assert [job.payload for job in jobs if job.key == key] == [{"reference": record.reference}]
