"""One assessment through every hand, and the ways it must not go."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import AnnualAudit, Determination, OutboxJob
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import annual_audits, assessments, determinations, publications, reviews, sign_offs
from pia_engine.services.answers import save_answers
from pia_engine.services.audit import list_events
from pia_engine.services.people import designate
from pia_engine.services.workflow import list_actions
from tests.factories.people import FOUNDED, persona
from tests.factories.walks import Walk


def test_an_assessment_reaches_the_public(session: Session, walk: Walk) -> None:
    full = walk.full("published")
    assert full.status == "published"
    assert full.initiative.status == "cleared"
    assert [signed.position for signed in sign_offs.sign_offs_in_force(session, full)] == [1, 2]
    audit = session.scalars(select(AnnualAudit)).one()
    assert audit.due_on == dt.date(2027, 3, 2)


def test_every_step_leaves_an_event_with_actor_time_and_status(session: Session, walk: Walk) -> None:
    full = walk.full("published")
    moves = [event for event in list_events(session, [full.id]) if not event.event.startswith("answers:")]
    assert [event.event for event in moves] == [
        "full-assessment:begun",
        "full-assessment:submitted",
        "full-assessment:review-started",
        "full-assessment:recommended",
        "full-assessment:agency-signed",
        "full-assessment:approved",
        "publication:ordered",
        "publication:published",
    ]
    assert all(event.actor_name and event.at for event in moves)
    assert [event.sequence for event in list_events(session, [full.id])] == list(range(1, full.trail_length + 1))


def test_an_incomplete_text_cannot_be_submitted(session: Session, walk: Walk) -> None:
    full = walk.full()
    with pytest.raises(NotPossible, match="still need an answer"):
        assessments.submit_assessment(session, full, actor=walk.who("amara"), now=walk.now)


def test_a_decision_skips_no_step(session: Session, walk: Walk) -> None:
    full = walk.full("in_review")
    with pytest.raises(NotPossible):
        sign_offs.approve(session, full, actor=walk.who("helen"), now=walk.now, reason="Fine")
    with pytest.raises(NotPossible):
        sign_offs.sign_for_agency(session, full, actor=walk.who("daniel"), now=walk.now, reason="Fine")


def test_a_high_remaining_risk_is_decided_by_the_executive_alone(session: Session, walk: Walk) -> None:
    full = walk.full("awaiting_decision", residual="high")
    with pytest.raises(NotAllowed) as refusal:
        sign_offs.approve(session, full, actor=walk.who("helen"), now=walk.now, reason="Fine")
    assert "Executive" in refusal.value.who_can_help
    sign_offs.approve(session, full, actor=walk.who("victor"), now=walk.now, reason="I take this risk knowingly.")
    assert full.status == "approved"


def test_a_low_remaining_risk_is_not_the_executive_s_to_decide(session: Session, walk: Walk) -> None:
    full = walk.full("awaiting_decision", residual="low")
    with pytest.raises(NotAllowed):
        sign_offs.approve(session, full, actor=walk.who("victor"), now=walk.now, reason="Fine")


def test_a_decision_needs_a_reason(session: Session, walk: Walk) -> None:
    full = walk.full("awaiting_decision")
    with pytest.raises(Invalid):
        sign_offs.approve(session, full, actor=walk.who("helen"), now=walk.now, reason="   ")


def test_changes_are_asked_for_answered_and_settled(session: Session, walk: Walk) -> None:
    full = walk.full("changes_requested")
    (change,) = reviews.list_requested_changes(session, full)
    with pytest.raises(NotPossible, match="without a reply"):
        assessments.submit_assessment(session, full, actor=walk.who("amara"), now=walk.now)
    save_answers(
        session,
        full,
        {"summary": "On Mill Road."},
        seen_version=full.sheet.version,
        actor=walk.who("amara"),
        now=walk.now,
    )
    reviews.reply_to_change(session, full, change.id, reply="Named.", actor=walk.who("amara"), now=walk.now)
    assessments.submit_assessment(session, full, actor=walk.who("amara"), now=walk.now)
    reviews.start_review(session, full, actor=walk.who("petra"), now=walk.now)
    walk._to_awaiting_agency_sign_off(full, "low")
    assert change.settled_at is not None
    assert [review.round for review in reviews.list_reviews(session, full)] == [1, 2]


def test_a_signature_does_not_outlive_the_text_it_covers(session: Session, walk: Walk) -> None:
    full = walk.full("awaiting_decision")
    assert len(sign_offs.sign_offs_in_force(session, full)) == 1
    sign_offs.send_back(session, full, actor=walk.who("helen"), now=walk.now, reason="Say who pays.")
    save_answers(
        session,
        full,
        {"benefits": "Another text."},
        seen_version=full.sheet.version,
        actor=walk.who("amara"),
        now=walk.now,
    )
    assessments.submit_assessment(session, full, actor=walk.who("amara"), now=walk.now)
    reviews.start_review(session, full, actor=walk.who("petra"), now=walk.now)
    reviews.recommend(
        session, full, recommendation="approve", actor=walk.who("petra"), now=walk.now, reason="Still fine."
    )
    assert sign_offs.sign_offs_in_force(session, full) == []


def test_departing_from_the_rules_needs_a_reason(session: Session, walk: Walk) -> None:
    initial = walk.initial("submitted")
    computed = determinations.compute_outcome(session, initial).outcome
    other = "no_pia" if computed == "full_pia" else "full_pia"
    with pytest.raises(Invalid, match="departs"):
        determinations.determine(session, initial, outcome=other, actor=walk.who("petra"), now=walk.now)
    determinations.determine(session, initial, outcome=other, actor=walk.who("petra"), now=walk.now, reason="Because.")
    assert session.scalars(select(Determination)).one().computed_outcome == computed


def test_no_pia_clears_the_initiative_and_expires(session: Session, walk: Walk) -> None:
    initial = walk.initial("submitted")
    determinations.determine(
        session, initial, outcome="no_pia", actor=walk.who("petra"), now=walk.now, reason="Nothing about people."
    )
    assert initial.initiative.status == "cleared"
    determination = session.scalars(select(Determination)).one()
    assert determination.expires_on == dt.date(2029, 3, 2)


def test_a_rejected_assessment_refuses_the_initiative(session: Session, walk: Walk) -> None:
    full = walk.full("awaiting_decision")
    sign_offs.reject(
        session,
        full,
        actor=walk.who("helen"),
        now=walk.now,
        reason="The harm is too great.",
        overrules="The advice counts on a law that has changed.",
    )
    assert (full.status, full.initiative.status) == ("rejected", "refused")


def test_a_confirmed_audit_schedules_the_next_by_residual_risk(session: Session, walk: Walk) -> None:
    audit = walk.audit("findings_reported", residual="high")
    following = annual_audits.confirm(session, audit, actor=walk.who("helen"), now=walk.now, reason="It still holds.")
    assert audit.conclusion == "confirmed"
    assert following.due_on == dt.date(2028, 3, 2)


def test_an_audit_can_demand_a_new_version_which_replaces_the_old_one(session: Session, walk: Walk) -> None:
    audit = walk.audit("findings_reported")
    second = annual_audits.require_new_version(
        session, audit, actor=walk.who("helen"), now=walk.now, reason="The recipients changed."
    )
    first = audit.assessment
    assert (second.edition, second.status, first.status) == (2, "draft", "published")
    assert all(answer.origin == "previous" and not answer.is_confirmed for answer in second.sheet.answers)
    walk.advance(second, "published")
    assert (first.status, second.status) == ("superseded", "published")
    assert [p.edition for p in publications.list_publications(session, reference=first.reference)] == [2]


def test_only_the_auditor_who_took_it_on_answers(session: Session, walk: Walk) -> None:
    audit = walk.audit("in_progress")
    with pytest.raises(NotAllowed):
        save_answers(session, audit, {"period": "2026"}, seen_version=1, actor=walk.who("helen"), now=walk.now)


def test_the_sweep_calls_an_audit_once(session: Session, walk: Walk) -> None:
    audit = walk.audit("due")
    assert annual_audits.call_due_audits(session, now=walk.now) == 0
    assert audit.status == "due"


def test_people_concerned_are_told_once_and_the_actor_never(session: Session, walk: Walk) -> None:
    full = walk.full("submitted")
    notices = [job.payload for job in session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))]
    told = [notice for notice in notices if notice["event"] == "full-assessment:submitted"]
    assert len(told) == 1
    assert told[0]["record"] == str(full.id)


def test_every_step_is_offered_or_explained(session: Session, walk: Walk) -> None:
    full = walk.full("in_review")
    offers = {offer.action: offer for offer in list_actions(session, full, actor=walk.who("amara"))}
    assert set(offers) == {"request_changes", "recommend"}
    assert all(not offer.is_allowed and offer.is_for_others for offer in offers.values())
    assert "Privacy officer" in offers["recommend"].why_not.who_can_help  # type: ignore[union-attr]


def test_no_one_person_gives_two_of_advice_signature_and_decision(session: Session, walk: Walk) -> None:
    full = walk.full("awaiting_decision", residual="high")
    designate(
        session, persona(session, "daniel"), Role.EXECUTIVE, department=None, designated_by="Mayor", instrument="2",
        from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    designate(
        session, persona(session, "petra"), Role.EXECUTIVE, department=None, designated_by="Mayor", instrument="2",
        from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    for first in ("daniel", "petra"):
        with pytest.raises(NotAllowed, match="already"):
            sign_offs.approve(session, full, actor=walk.who(first), now=walk.now, reason="Fine")
    sign_offs.approve(session, full, actor=walk.who("victor"), now=walk.now, reason="I take this risk knowingly.")


def test_a_new_version_cannot_be_handed_in_unread(session: Session, walk: Walk) -> None:
    audit = walk.audit("findings_reported")
    second = annual_audits.require_new_version(
        session, audit, actor=walk.who("helen"), now=walk.now, reason="The recipients changed."
    )
    carried = answers_of(second.sheet)
    assert "version_changes" not in carried
    assert "privacy_advice" not in carried
    actor = walk.who("amara")
    said = {"version_changes": "The recipients.", "advice_not_followed": "None."}
    save_answers(session, second, said, seen_version=second.sheet.version, actor=actor, now=walk.now)
    with pytest.raises(NotPossible, match="nobody has confirmed"):
        assessments.submit_assessment(session, second, actor=actor, now=walk.now)


def test_an_audit_follows_when_the_new_version_it_demanded_was_withdrawn(session: Session, walk: Walk) -> None:
    audit = walk.audit("findings_reported")
    second = annual_audits.require_new_version(
        session, audit, actor=walk.who("helen"), now=walk.now, reason="The recipients changed."
    )
    assert annual_audits.schedule_missing_audits(session, now=walk.now) == 0
    assessments.withdraw_assessment(session, second, actor=walk.who("amara"), now=walk.now, reason="Not so after all")
    assert annual_audits.schedule_missing_audits(session, now=walk.now) == 1
    assert annual_audits.schedule_missing_audits(session, now=walk.now) == 0
    annual_audits.call_due_audits(session, now=walk.now)
    following = annual_audits.list_audits(session, second.reference)[-1]
    assert (following.status, following.assessment_id) == ("due", audit.assessment_id)
    third = assessments.begin_new_edition(session, audit.assessment, actor=walk.who("helen"), now=walk.now)
    assert third.edition == 3
