"""Causes to look again: who reports, who decides, and what a decision begins."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import Assessment, AuditEvent, OutboxJob
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import assessments, reconsiderations, sign_offs
from pia_engine.services.audit import verify_trail
from pia_engine.services.initiatives import go_live, list_assessments_of, reopen_initiative, retire_initiative
from pia_engine.services.people import designate
from pia_engine.services.reconsiderations import NewCause, find_answer, list_open_causes, raise_cause
from tests.factories.governance.looking_again import CHANGE, cleared, determined_as, raised, required
from tests.factories.people import persona
from tests.factories.walks import Walk


def events_of(session: Session, record: object) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.aggregate_id == record.id)  # type: ignore[attr-defined]
    return list(session.scalars(query.order_by(AuditEvent.sequence)))


def told_of(session: Session, event: str) -> set[str]:
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))
    return {job.payload["person"] for job in jobs if job.payload["event"] == event}


def test_a_reported_change_is_on_record_and_told_without_its_text(session: Session, walk: Walk) -> None:
    cause = raised(walk)
    assert (cause.status, cause.text, cause.facts) == ("raised", CHANGE, ["vendor", "location"])
    assert cause.assessment.stage == "full"
    (event,) = events_of(session, cause)
    assert (event.event, event.actor_name, event.role) == ("reconsideration:raised", "Sofia Security", "contributor")
    people = {str(persona(session, first).id) for first in ("petra", "amara")}
    assert told_of(session, "reconsideration:raised") == people
    assert not any(CHANGE in str(job.payload) for job in session.scalars(select(OutboxJob)))


def test_the_same_report_sent_twice_is_one(session: Session, walk: Walk) -> None:
    first = raised(walk)
    again = raised(walk, first.assessment)
    assert again is first
    assert list_open_causes(session, first.initiative) == [first]
    assert raised(walk, first.assessment, text="Something else.") is not first


def test_a_key_makes_a_cause_come_once(session: Session, walk: Walk) -> None:
    record = walk.full("published")
    new = NewCause(record.initiative, record, "exception", "It ran out.", key="exception:EXC-2026-0001")
    first = raise_cause(session, new, actor=SYSTEM, now=walk.now)
    assert raise_cause(session, new, actor=SYSTEM, now=walk.now) is first
    assert first.author_id is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": "  "}, "Say what happened"),
        ({"facts": ()}, "at least one thing"),
        ({"facts": ("weather",)}, "Choose from what is offered"),
        ({"cause": "gossip"}, "Choose from what is offered"),
        ({"text": "x" * 4001}, "longer than 4000"),
        ({"cause": "incident", "happened_on": None}, "Give the day"),
        ({"cause": "complaint", "happened_on": dt.date(2199, 1, 1)}, "cannot lie ahead"),
    ],
)
def test_a_report_that_says_too_little_or_too_much_is_refused(
    walk: Walk, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        raised(walk, **given)


def test_a_change_may_lie_ahead(walk: Walk) -> None:
    assert raised(walk, happened_on=dt.date(2027, 1, 1)).happened_on == dt.date(2027, 1, 1)


def test_what_was_never_assessed_cannot_be_looked_at_again(session: Session, walk: Walk) -> None:
    initiative = walk.initiative()
    new = NewCause(initiative, None, "change", CHANGE, ("vendor",))
    with pytest.raises(NotPossible, match="Nothing has been assessed"):
        raise_cause(session, new, actor=walk.who("amara"), now=walk.now)


def test_other_departments_and_the_administrator_cannot_report(session: Session, walk: Walk) -> None:
    record = walk.full("published")
    for first in ("otto", "adam"):
        with pytest.raises(NotAllowed):
            raise_cause(
                session,
                NewCause(record.initiative, None, "change", CHANGE, ("vendor",)),
                actor=walk.who(first),
                now=walk.now,
            )


def test_a_new_version_is_begun_in_the_capacity_of_whoever_decided(session: Session, walk: Walk) -> None:
    cause = raised(walk)
    begun = reconsiderations.require_new_version(
        session, cause, actor=walk.who("petra"), now=walk.now, reason="The vendor is new."
    )
    assert (begun.reference, begun.edition, begun.status) == (cause.assessment.reference, 2, "draft")
    assert (cause.begun, cause.decider, cause.status) == (begun, persona(session, "petra"), "new_version_required")
    assert {event.role for event in events_of(session, begun)} == {Role.PRIVACY_OFFICER}
    assert begun.sheet.answers and not any(answer.is_confirmed for answer in begun.sheet.answers)
    second = raised(walk, cause.assessment, text="And another thing.")
    with pytest.raises(NotPossible, match="newer version"):
        reconsiderations.require_new_version(session, second, actor=walk.who("petra"), now=walk.now, reason="More.")
    with pytest.raises(NotPossible, match="being written already"):
        required(walk, second)


def test_a_clearance_is_taken_back_and_given_again(session: Session, walk: Walk) -> None:
    first = cleared(walk)
    cause = raised(walk, first)
    assert cause.assessment is first
    begun = required(walk, cause)
    initiative = first.initiative
    assert initiative.status == "in_assessment"
    assert begun.reference != first.reference
    assert (begun.stage, begun.author_id, begun.status) == ("initial", initiative.author_id, "draft")
    assert answers_of(begun.sheet) == answers_of(first.sheet)
    assert {answer.origin_note for answer in begun.sheet.answers} == {first.reference}
    assert not any(answer.is_confirmed for answer in begun.sheet.answers)
    assert events_of(session, begun)[0].role == Role.PRIVACY_OFFICER
    with pytest.raises(NotPossible):
        go_live(session, initiative, actor=walk.who("amara"), now=walk.now)
    with pytest.raises(NotPossible, match="Answers carried over"):
        assessments.submit_assessment(session, begun, actor=walk.who("amara"), now=walk.now)
    determined_as(walk, begun, "no_pia")
    assert initiative.status == "cleared"
    assert find_answer(session, initiative) is begun
    assert list(verify_trail(session)) == []


def test_what_is_live_stays_live_until_a_rejection(session: Session, walk: Walk) -> None:
    first = cleared(walk)
    initiative = first.initiative
    go_live(session, initiative, actor=walk.who("amara"), now=walk.now)
    begun = required(walk, raised(walk, first))
    assert initiative.status == "live"
    event = events_of(session, initiative)[-1]
    assert (event.event, event.role) == ("initiative:reassessment-begun", Role.PRIVACY_OFFICER)
    determined_as(walk, begun, "full_pia")
    assert initiative.status == "live"
    full = assessments.get_assessment(session, begun.reference, "full")
    walk.advance(full, "awaiting_decision")
    sign_offs.reject(
        session, full, actor=walk.who("helen"), now=walk.now, reason="Too much.", overrules="Nobody needs it."
    )
    assert initiative.status == "refused"
    reopen_initiative(session, initiative, actor=walk.who("amara"), now=walk.now, reason="A smaller one.")
    anew = assessments.begin_initial_assessment(
        session, initiative, author=persona(session, "amara"), actor=walk.who("amara"), now=walk.now
    )
    determined_as(walk, anew, "no_pia")
    assert initiative.status == "cleared"


def test_a_reassessment_that_its_author_withdraws_can_be_begun_again(session: Session, walk: Walk) -> None:
    first = cleared(walk)
    begun = required(walk, raised(walk, first))
    assessments.withdraw_assessment(session, begun, actor=walk.who("amara"), now=walk.now, reason="Not yet.")
    initiative = first.initiative
    assert initiative.status == "in_assessment"
    anew = assessments.begin_initial_assessment(
        session, initiative, author=persona(session, "amara"), actor=walk.who("amara"), now=walk.now
    )
    assert [each.reference for each in list_assessments_of(session, initiative)] == [
        first.reference, begun.reference, anew.reference,
    ]  # fmt: skip
    with pytest.raises(NotPossible, match="already has"):
        assessments.begin_initial_assessment(
            session, initiative, author=persona(session, "amara"), actor=walk.who("amara"), now=walk.now
        )


def test_the_author_of_the_text_does_not_decide_about_it(session: Session, walk: Walk) -> None:
    cause = raised(walk)
    designate(
        session, persona(session, "amara"), Role.PRIVACY_OFFICER, department=None, designated_by="Mayor",
        instrument="1", from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=walk.now,
    )  # fmt: skip
    with pytest.raises(NotAllowed, match="judges their own work"):
        reconsiderations.set_aside(session, cause, actor=walk.who("amara"), now=walk.now, reason="All is well.")


def test_only_whoever_reported_withdraws_and_nobody_what_came_by_itself(session: Session, walk: Walk) -> None:
    cause = raised(walk)
    with pytest.raises(NotAllowed, match="Only whoever reported"):
        reconsiderations.withdraw_cause(session, cause, actor=walk.who("petra"), now=walk.now, reason="No.")
    reconsiderations.withdraw_cause(session, cause, actor=walk.who("sofia"), now=walk.now, reason="My error.")
    assert cause.status == "withdrawn"
    own = NewCause(cause.initiative, cause.assessment, "exception", "It ran out.", key="x")
    by_itself = raise_cause(session, own, actor=SYSTEM, now=walk.now)
    with pytest.raises(NotAllowed):
        reconsiderations.withdraw_cause(session, by_itself, actor=walk.who("sofia"), now=walk.now, reason="No.")


def test_nothing_is_required_of_a_retired_initiative(session: Session, walk: Walk) -> None:
    cause = raised(walk)
    retire_initiative(session, cause.initiative, actor=walk.who("amara"), now=walk.now, reason="Over.")
    for step in (reconsiderations.require_assessment, reconsiderations.require_new_version):
        with pytest.raises(NotPossible, match="retired"):
            step(session, cause, actor=walk.who("petra"), now=walk.now, reason="Look.")
    reconsiderations.set_aside(session, cause, actor=walk.who("petra"), now=walk.now, reason="It is switched off.")
    assert session.scalar(select(func.count(Assessment.id)).where(Assessment.edition > 1)) == 0
