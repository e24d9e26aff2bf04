"""Standing in for somebody: who may be named, on which days it holds, how it is signed, and what it never allows."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import Assessment, AuditEvent, OutboxJob
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import reviews, sign_offs
from pia_engine.services.audit import verify_trail
from pia_engine.services.cities import get_city
from pia_engine.services.deputies import Absence, list_stood_in_for, name_deputy, withdraw_deputy
from pia_engine.services.holders import list_holders
from pia_engine.services.people import actor_for, designate, end_designation, set_active
from tests.factories.deputies import MARCH_2, MARCH_9, stand_in
from tests.factories.people import FOUNDED, acting, persona
from tests.factories.walks import Walk

REASON = "The benefit outweighs the risk."


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def last_event(session: Session, record: Assessment) -> AuditEvent:
    query = select(AuditEvent).where(AuditEvent.aggregate_id == record.id).order_by(AuditEvent.sequence.desc())
    event = session.scalars(query.limit(1)).first()
    assert event is not None
    return event


def city_events(session: Session, event: str) -> list[dict[str, Any]]:
    rows = session.scalars(select(AuditEvent).where(AuditEvent.event == event).order_by(AuditEvent.sequence))
    return [json.loads(row.body)["details"] for row in rows]


@pytest.mark.parametrize(
    ("day", "acts"),
    [
        (MARCH_2 - dt.timedelta(days=1), False),
        (MARCH_2, True),
        (MARCH_9, True),
        (MARCH_9 + dt.timedelta(days=1), False),
    ],
)
def test_a_deputy_has_the_role_in_those_days_only(session: Session, walk: Walk, day: dt.date, acts: bool) -> None:
    stand_in(walk, "sofia", "helen")
    sofia = persona(session, "sofia")
    assert (Role.SENIOR_PRIVACY_OFFICIAL in actor_for(session, sofia, now=noon(day)).roles) is acts
    holders = list_holders(session, Role.SENIOR_PRIVACY_OFFICIAL, on=day)
    assert (sofia in holders) is acts
    assert persona(session, "helen") in holders


def test_days_are_those_of_the_city(session: Session, walk: Walk) -> None:
    stand_in(walk, "sofia", "helen")
    past_midnight_there = dt.datetime(2026, 3, 9, 23, 30, tzinfo=dt.UTC)  # 10 March in Berlin
    assert Role.SENIOR_PRIVACY_OFFICIAL not in acting(session, "sofia", past_midnight_there).roles


def test_an_act_of_a_deputy_bears_both_names(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    stand_in(walk, "ingrid", "helen")
    signed = sign_offs.approve(session, record, actor=walk.who("ingrid"), now=walk.now, reason=REASON)
    assert (signed.person.name, signed.represents and signed.represents.name) == ("Ingrid Auditor", "Helen Senior")
    approved = session.scalars(select(AuditEvent).where(AuditEvent.event == "full-assessment:approved")).one()
    assert approved.actor_name == "Ingrid Auditor, for Helen Senior"
    assert (approved.role, approved.represented_id) == (Role.SENIOR_PRIVACY_OFFICIAL, persona(session, "helen").id)
    body = json.loads(approved.body)
    assert (body["actor_name"], body["represents"]) == (approved.actor_name, str(approved.represented_id))
    notices = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice")).all()
    assert "Ingrid Auditor, for Helen Senior" in {job.payload["actor"] for job in notices}
    assert not list(verify_trail(session))


def test_somebody_with_the_role_of_their_own_acts_for_nobody(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    stand_in(walk, "ingrid", "helen")
    designate(
        session, persona(session, "ingrid"), Role.SENIOR_PRIVACY_OFFICIAL, department=None, designated_by="Mayor",
        instrument="2", from_on=MARCH_2, actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    signed = sign_offs.approve(session, record, actor=walk.who("ingrid"), now=walk.now, reason=REASON)
    assert signed.represents_id is None
    assert last_event(session, record).actor_name == "Ingrid Auditor"


def test_advice_a_contributor_writes_as_deputy_is_signed_for_the_officer(session: Session, walk: Walk) -> None:
    record = walk.full("in_review")
    stand_in(walk, "sofia", "petra")
    actor = walk.who("sofia")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=actor)
    saved = last_event(session, record)
    assert (saved.event, saved.actor_name) == ("answers:saved", "Sofia Security, for Petra Privacy")
    names = {answer.answered_by_name for answer in record.sheet.answers}
    assert {"Sofia Security", "Sofia Security, for Petra Privacy"} <= names


@pytest.mark.parametrize("officer", ["petra", "helen", "victor"])
def test_standing_in_for_an_author_is_no_way_round(session: Session, walk: Walk, officer: str) -> None:
    record = walk.full("awaiting_decision", residual="high" if officer == "victor" else "low")
    record.author_id = persona(session, officer).id
    stand_in(walk, "sofia", officer)
    actor = walk.who("sofia")
    judging = (Permission.ASSESSMENT_REVIEW, Permission.ASSESSMENT_DECIDE, Permission.ASSESSMENT_DETERMINE)
    assert not any(may(actor, permission, record) for permission in judging)
    with pytest.raises(NotAllowed, match=r"its author|roles you hold"):
        sign_offs.approve(session, record, actor=actor, now=walk.now, reason=REASON)


def test_a_senior_official_cannot_decide_as_deputy_of_an_executive_who_wrote_it(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision", residual="high")
    record.author_id = persona(session, "victor").id
    stand_in(walk, "helen", "victor")
    with pytest.raises(NotAllowed, match="remaining risk decides"):
        sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason=REASON)


def test_an_author_named_as_deputy_still_cannot_judge_the_own_text(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    stand_in(walk, "amara", "helen")
    with pytest.raises(NotAllowed, match="You wrote this"):
        sign_offs.approve(session, record, actor=walk.who("amara"), now=walk.now, reason=REASON)


def test_a_deputy_of_the_author_does_not_become_the_author(session: Session, walk: Walk) -> None:
    record = walk.full("draft")
    stand_in(walk, "sofia", "amara")
    actor = walk.who("sofia")
    assert not may(actor, Permission.ASSESSMENT_SUBMIT, record)
    assert not may(actor, Permission.ASSESSMENT_SIGN_FOR_AGENCY, record)
    assert may(actor, Permission.INITIATIVE_REGISTER, record.initiative)


def test_one_deputy_of_two_officials_cannot_take_two_steps_on_a_text(session: Session, walk: Walk) -> None:
    record = walk.full("in_review")
    stand_in(walk, "ingrid", "petra")
    stand_in(walk, "ingrid", "helen")
    actor = walk.who("ingrid")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=actor)
    reviews.recommend(session, record, recommendation="approve", actor=actor, now=walk.now, reason="Go ahead.")
    sign_offs.sign_for_agency(session, record, actor=walk.who("daniel"), now=walk.now, reason=REASON)
    with pytest.raises(NotAllowed, match="already"):
        sign_offs.approve(session, record, actor=walk.who("ingrid"), now=walk.now, reason=REASON)


def test_whoever_was_stood_in_for_at_one_step_cannot_take_the_next(session: Session, walk: Walk) -> None:
    """Advice given in Petra's name is Petra's: she cannot decide on it as Helen's deputy."""
    record = walk.full("in_review")
    stand_in(walk, "ingrid", "petra")
    stand_in(walk, "petra", "helen")
    actor = walk.who("ingrid")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=actor)
    reviews.recommend(session, record, recommendation="approve", actor=actor, now=walk.now, reason="Go ahead.")
    sign_offs.sign_for_agency(session, record, actor=walk.who("daniel"), now=walk.now, reason=REASON)
    with pytest.raises(NotAllowed, match="already"):
        sign_offs.approve(session, record, actor=walk.who("petra"), now=walk.now, reason=REASON)


def test_a_deputy_cannot_name_a_deputy(session: Session, walk: Walk) -> None:
    stand_in(walk, "sofia", "helen")
    with pytest.raises(NotAllowed, match="designated person"):
        stand_in(walk, "ingrid", "helen", from_on=MARCH_9, until_on=MARCH_9, by="sofia")


def test_what_a_deputy_passes_on_is_only_their_own_role(session: Session, walk: Walk) -> None:
    stand_in(walk, "sofia", "helen")
    stand_in(walk, "ingrid", "sofia")
    assert acting(session, "ingrid", noon(MARCH_2)).roles == {Role.AUDITOR, Role.CONTRIBUTOR}


@pytest.mark.parametrize(
    ("deputy", "first", "last", "sentence"),
    [
        ("helen", MARCH_2, MARCH_9, "Nobody stands in for themselves"),
        ("sofia", MARCH_9, MARCH_2, "last day is before the first"),
        ("sofia", dt.date(2026, 3, 1), MARCH_9, "not for days that are past"),
        ("sofia", MARCH_2, dt.date(2026, 7, 1), "do not hold"),
        ("otto", MARCH_9, dt.date(2026, 3, 12), "Sofia Security stands in on some of these days"),
    ],
)
def test_a_naming_that_would_not_hold_is_refused(
    session: Session, walk: Walk, deputy: str, first: dt.date, last: dt.date, sentence: str
) -> None:
    end_designation(
        session, persona(session, "helen").designations[0].id, until_on=dt.date(2026, 6, 30), actor=SYSTEM, now=FOUNDED
    )
    if deputy == "otto":
        stand_in(walk, "sofia", "helen")
    with pytest.raises(Invalid, match=sentence):
        stand_in(walk, deputy, "helen", from_on=first, until_on=last)


def test_somebody_who_has_the_role_needs_no_naming(session: Session, walk: Walk) -> None:
    with pytest.raises(Invalid, match="has this role already"):
        stand_in(walk, "daniel", "amara")


def test_an_administrator_names_a_deputy_but_not_themselves(session: Session, walk: Walk) -> None:
    with pytest.raises(Invalid, match="cannot name yourself"):
        stand_in(walk, "adam", "helen", by="adam")
    stand_in(walk, "sofia", "helen", by="adam")
    (details,) = city_events(session, "deputy:named")
    assert details["deputy"] == str(persona(session, "sofia").id)
    assert details["role"] == "senior_privacy_official"
    assert (details["from"], details["until"]) == ("2026-03-02", "2026-03-09")
    assert "@" not in json.dumps(details)
    told = session.scalars(select(OutboxJob).where(OutboxJob.kind == "deputy-notice")).all()
    assert {job.payload["person"] for job in told} == {str(persona(session, first).id) for first in ("sofia", "helen")}


def test_an_administrator_s_deputy_gives_neither_of_the_two_a_role(session: Session, walk: Walk) -> None:
    stand_in(walk, "sofia", "adam")
    for first in ("sofia", "adam"):
        with pytest.raises(NotPossible, match="of your own"):
            designate(
                session, persona(session, first), Role.EXECUTIVE, department=None, designated_by="Mayor",
                instrument="2", from_on=MARCH_2, actor=walk.who("sofia"), now=walk.now,
            )  # fmt: skip


def test_a_withdrawn_deputy_acts_no_more_from_that_moment(session: Session, walk: Walk) -> None:
    deputy = stand_in(walk, "sofia", "helen")
    assert list_stood_in_for(session, persona(session, "sofia"), on=MARCH_2) == [deputy]
    with pytest.raises(NotAllowed):
        withdraw_deputy(session, deputy.id, actor=walk.who("sofia"), now=walk.now)
    withdraw_deputy(session, deputy.id, actor=walk.who("helen"), now=walk.now)
    assert acting(session, "sofia", walk.now).roles == {Role.CONTRIBUTOR}
    assert list_stood_in_for(session, persona(session, "sofia"), on=MARCH_2) == []
    with pytest.raises(NotPossible):
        withdraw_deputy(session, deputy.id, actor=walk.who("helen"), now=walk.now)
    assert stand_in(walk, "ingrid", "helen").person_id == persona(session, "ingrid").id


@pytest.mark.parametrize("ended", ["designation", "account of the designated person", "account of the deputy"])
def test_with_what_it_rests_on_the_standing_in_ends(session: Session, walk: Walk, ended: str) -> None:
    stand_in(walk, "sofia", "helen")
    if ended == "designation":
        held = persona(session, "helen").designations[0]
        end_designation(session, held.id, until_on=dt.date(2026, 3, 1), actor=SYSTEM, now=FOUNDED)
    else:
        closed = persona(session, "helen" if "designated" in ended else "sofia")
        set_active(session, closed, active=False, actor=SYSTEM, now=FOUNDED)
    assert Role.SENIOR_PRIVACY_OFFICIAL not in acting(session, "sofia", noon(MARCH_2)).roles
    assert persona(session, "sofia") not in list_holders(session, Role.SENIOR_PRIVACY_OFFICIAL, on=MARCH_2)


def test_a_stranger_names_nobody(session: Session, walk: Walk) -> None:
    held = persona(session, "helen").designations[0]
    for first in ("petra", "victor", "amara"):
        with pytest.raises(NotAllowed):
            name_deputy(
                session, held, persona(session, "sofia"), Absence(MARCH_2, MARCH_9), actor=walk.who(first), now=walk.now
            )
    assert get_city(session).trail_length > 0
