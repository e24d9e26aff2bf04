"""Sign-offs by section: what each covers, what a change voids, and whose signature still stands after a review."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.models import Assessment, AuditEvent, Contribution, OutboxJob, SignOff
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.permissions.signatures import signatures_in_force
from pia_engine.services import contributions, reviews, sign_offs
from pia_engine.services.coverage import void_changed, who_would_be_voided
from pia_engine.services.people import designate
from pia_engine.services.reports import build_record
from tests.factories.people import FOUNDED, persona
from tests.factories.together import advise_again, ask, change, ready, sign_off, take_back
from tests.factories.walks import Walk


def voided_events(session: Session, record: Assessment) -> list[AuditEvent]:
    query = select(AuditEvent).where(AuditEvent.aggregate_id == record.id, AuditEvent.event == "sign-offs:voided")
    return list(session.scalars(query.order_by(AuditEvent.sequence)))


def told_of(session: Session, event: AuditEvent) -> set[str]:
    jobs = session.scalars(select(OutboxJob).where(OutboxJob.key.startswith(f"notice:{event.hash}:")))
    return {job.payload["person"] for job in jobs}


def signature(session: Session, record: Assessment) -> SignOff:
    return sign_offs.list_sign_offs(session, record)[0]


def test_a_change_voids_exactly_the_sign_offs_that_cover_its_section(session: Session, walk: Walk) -> None:
    record = ready(walk)
    covered = sign_off(walk, ask(walk, record, "purpose", "scope", topic="legal"))
    other = sign_off(walk, ask(walk, record, "retention", topic="records"))
    change(walk, record, "purpose", "Counting cyclists as well.")
    assert covered.voided_at == walk.now
    assert covered.voided_by == persona(session, "amara").id
    assert covered.voided_sections == ["purpose"]
    assert other.voided_at is None
    assert covered.statement, "what was signed stays in the record"


def test_the_trail_names_who_lost_a_sign_off_and_they_are_told(session: Session, walk: Walk) -> None:
    record = ready(walk)
    covered = sign_off(walk, ask(walk, record, "purpose", by="petra"))
    change(walk, record, "purpose", "Another purpose.")
    (event,) = voided_events(session, record)
    assert event.reason.startswith("Sofia Security: ")
    assert json.loads(event.body)["details"]["voided"] == [
        {
            "kind": "contribution",
            "id": str(covered.id),
            "person": str(covered.person_id),
            "sections": ["purpose"],
        }
    ]
    assert told_of(session, event) == {str(persona(session, first).id) for first in ("sofia", "petra")}


def test_going_back_to_the_signed_text_revives_no_sign_off(session: Session, walk: Walk) -> None:
    record = ready(walk)
    before = answers_of(record.sheet)["purpose"]
    covered = sign_off(walk, ask(walk, record, "purpose"))
    change(walk, record, "purpose", "Another purpose.")
    since = covered.voided_at
    change(walk, record, "purpose", before)
    assert covered.voided_at == since
    assert len(voided_events(session, record)) == 1


def test_saving_the_same_answer_again_voids_nothing(session: Session, walk: Walk) -> None:
    record = ready(walk)
    covered = sign_off(walk, ask(walk, record, "purpose"))
    change(walk, record, "purpose", answers_of(record.sheet)["purpose"])
    assert covered.voided_at is None
    assert void_changed(session, record, actor=walk.who("amara"), now=walk.now) == []


def test_the_officer_s_own_answers_void_no_sign_off(session: Session, walk: Walk) -> None:
    record = ready(walk)
    sections = [section.id for section in questionnaire_for(session, record.sheet).sections]
    covered = sign_off(walk, ask(walk, record, *sections))
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=walk.who("petra"))
    assert covered.voided_at is None


def test_an_expert_whose_sign_off_is_void_is_asked_again(session: Session, walk: Walk) -> None:
    record = ready(walk)
    covered = sign_off(walk, ask(walk, record, "purpose", due_on=dt.date(2026, 3, 2)))
    walk.now = dt.datetime(2026, 3, 9, 9, tzinfo=dt.UTC)
    change(walk, record, "purpose", "Another purpose.")
    again = session.scalars(select(Contribution).where(Contribution.follows_id == covered.id)).one()
    assert (again.person_id, again.topic, again.sections) == (covered.person_id, covered.topic, covered.sections)
    assert again.due_on is None, "a day that has passed is not held against anybody"
    sign_off(walk, again)
    assert again.covers != covered.covers
    assert covered.voided_at is not None


def test_who_would_be_voided_is_known_before_saving(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    take_back(walk, record)
    sign_off(walk, ask(walk, record, "purpose", topic="legal"))
    assert who_would_be_voided(session, record, "purpose") == [
        ("Sofia Security", "Law"),
        ("Daniel Director", "Signature for the agency"),
    ]
    assert who_would_be_voided(session, record, "retention") == [("Daniel Director", "Signature for the agency")]


def test_taking_back_leaves_the_signature_standing(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    take_back(walk, record)
    assert record.status == "draft"
    assert [signed.position for signed in signatures_in_force(session, record)] == [1]


def test_an_unchanged_text_goes_on_to_the_decision_with_the_standing_signature(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    first = signature(session, record)
    take_back(walk, record)
    advise_again(walk, record)
    assert record.status == "awaiting_decision"
    last = session.scalars(
        select(AuditEvent).where(AuditEvent.aggregate_id == record.id).order_by(AuditEvent.sequence.desc())
    ).first()
    assert last is not None
    assert (last.event, last.actor_name) == ("full-assessment:signature-carried", "PIA Engine")
    assert last.reason.startswith("Daniel Director, ")
    sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason="The benefit outweighs it.")
    in_force = signatures_in_force(session, record)
    assert [signed.position for signed in in_force] == [1, 2]
    assert in_force[0] is first


def test_a_signature_carried_through_another_round_is_published(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    take_back(walk, record)
    advise_again(walk, record)
    sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason="The benefit outweighs it.")
    published = build_record(session, record, now=walk.now, public_url="https://city.example")
    assert [line["name"] for line in published["sign_offs"]] == ["Daniel Director", "Helen Senior"]


def test_signatories_are_not_asked_for_a_signature_that_stands(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    take_back(walk, record)
    advise_again(walk, record)
    query = select(AuditEvent).where(
        AuditEvent.aggregate_id == record.id, AuditEvent.event == "full-assessment:recommended"
    )
    first, second = session.scalars(query.order_by(AuditEvent.sequence))
    assert told_of(session, first) == {str(persona(session, "daniel").id)}
    assert told_of(session, second) == set()


def test_a_changed_text_is_signed_by_the_agency_again(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    first = signature(session, record)
    take_back(walk, record)
    change(walk, record, "purpose", "Another purpose.")
    assert first.voided_sections == ["purpose"]
    advise_again(walk, record)
    assert record.status == "awaiting_agency_sign_off"
    sign_offs.sign_for_agency(session, record, actor=walk.who("daniel"), now=walk.now, reason="Signed anew.")
    sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason="The benefit outweighs it.")
    assert first not in signatures_in_force(session, record)


def test_going_back_to_the_signed_text_still_needs_the_agency_again(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    before = answers_of(record.sheet)["purpose"]
    take_back(walk, record)
    change(walk, record, "purpose", "Another purpose.")
    change(walk, record, "purpose", before)
    advise_again(walk, record)
    assert record.status == "awaiting_agency_sign_off"


def test_who_gives_the_advice_cannot_have_signed_the_same_text_before(session: Session, walk: Walk) -> None:
    """Daniel signed for the agency; made a privacy officer since, he reviews the very text."""
    record = walk.full("awaiting_decision")
    designate(
        session, persona(session, "daniel"), Role.PRIVACY_OFFICER, department=None, designated_by="Mayor",
        instrument="2", from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    take_back(walk, record)
    advise_again(walk, record, reviewer="daniel")
    assert record.status == "awaiting_agency_sign_off"
    with pytest.raises(NotAllowed, match="already"):
        sign_offs.sign_for_agency(session, record, actor=walk.who("daniel"), now=walk.now, reason="Mine.")


def test_who_signed_for_the_agency_in_an_earlier_round_cannot_decide(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    designate(
        session, persona(session, "daniel"), Role.SENIOR_PRIVACY_OFFICIAL, department=None, designated_by="Mayor",
        instrument="2", from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    take_back(walk, record)
    advise_again(walk, record)
    assert record.status == "awaiting_decision"
    with pytest.raises(NotAllowed, match="already"):
        sign_offs.approve(session, record, actor=walk.who("daniel"), now=walk.now, reason="Fine.")


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("submitted", {"petra"}),
        ("awaiting_agency_sign_off", {"petra", "daniel"}),
        ("awaiting_decision", {"petra", "daniel", "helen"}),
    ],
)
def test_those_who_were_asked_are_told_that_it_was_taken_back(
    status: str, told: set[str], session: Session, walk: Walk
) -> None:
    record = walk.full(status)
    take_back(walk, record)
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "full-assessment:taken-back")).one()
    assert told_of(session, event) == {str(persona(session, first).id) for first in told}


@pytest.mark.parametrize("status", ["draft", "in_review", "changes_requested", "approved"])
def test_nobody_takes_back_what_is_read_or_decided(status: str, walk: Walk) -> None:
    with pytest.raises(NotPossible):
        take_back(walk, walk.full(status))


def test_a_text_sent_back_and_left_as_it_is_keeps_its_signature(session: Session, walk: Walk) -> None:
    record = walk.full("awaiting_decision")
    sign_offs.send_back(session, record, actor=walk.who("helen"), now=walk.now, reason="Think again.")
    advise_again(walk, record)
    assert record.status == "awaiting_decision"
    assert len(reviews.list_reviews(session, record)) == 2


def test_a_signed_contribution_covers_only_what_was_asked_for(session: Session, walk: Walk) -> None:
    record = ready(walk)
    covered = sign_off(walk, ask(walk, record, "purpose", "scope"))
    assert set(covered.covers) == {"purpose", "scope"}
    assert set(signature_covers(session, walk)) == {s.id for s in questionnaire_for(session, record.sheet).sections}
    assert contributions.can_ask(record, actor=walk.who("petra"))


def signature_covers(session: Session, walk: Walk) -> dict[str, object]:
    return signature(session, walk.full("awaiting_decision", title="Another")).covers
