"""The vendor's part: link, answers, attestation, queries, acceptance, prefilling."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Gone, Invalid, NotAllowed, NotFound, NotPossible
from pia_engine.models import OutboxJob
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.services import assessments, vendor_responses
from pia_engine.services.answers import save_answers
from pia_engine.services.drafts import find_draft, keep_draft
from pia_engine.services.outbox import complete_job, lease_job
from tests.factories.walks import Walk


def _token(session: Session) -> str:
    job = session.scalars(
        select(OutboxJob)
        .where(OutboxJob.kind.like("vendor-%"), OutboxJob.state == "waiting")
        .order_by(OutboxJob.id.desc())
    ).first()
    assert job is not None
    return str(job.payload["token"])


def test_a_link_opens_one_response_and_only_its_hash_is_kept(session: Session, walk: Walk) -> None:
    response = walk.vendor(walk.full())
    token = _token(session)
    assert vendor_responses.find_by_token(session, token, now=walk.now) is response
    assert token not in {response.token_hash, response.reference}
    with pytest.raises(NotFound):
        vendor_responses.find_by_token(session, token[:-1], now=walk.now)


def test_a_sent_invitation_keeps_no_token(session: Session, walk: Walk) -> None:
    walk.vendor(walk.full())
    job = None
    while (job := lease_job(session, now=walk.now)) is not None and job.kind != "vendor-invitation":
        complete_job(session, job.id, job.attempts, now=walk.now)
    assert job is not None
    complete_job(session, job.id, job.attempts, now=walk.now)
    assert "token" not in job.payload


def test_a_link_expires_and_can_be_sent_anew_with_what_was_written(session: Session, walk: Walk) -> None:
    response = walk.vendor(walk.full(), "in_progress")
    actor = vendor_responses.vendor_actor(response)
    save_answers(session, response, {"product_name": "Tally 3"}, seen_version=1, actor=actor, now=walk.now)
    token = _token(session)
    later = response.expires_at + dt.timedelta(seconds=1)
    with pytest.raises(Gone, match="expired"):
        vendor_responses.find_by_token(session, token, now=later)
    assert vendor_responses.expire_overdue(session, now=later) == 1
    vendor_responses.reissue(session, response, actor=walk.who("petra"), now=later)
    with pytest.raises(NotFound):
        vendor_responses.find_by_token(session, token, now=later)
    assert answers_of(vendor_responses.find_by_token(session, _token(session), now=later).sheet) == {
        "product_name": "Tally 3"
    }


def test_a_new_link_does_not_show_what_was_typed_behind_the_old_one(session: Session, walk: Walk) -> None:
    full = walk.full()
    response, other = walk.vendor(full, "in_progress"), walk.vendor(full, "in_progress")
    section = questionnaire_for(session, response.sheet).sections[0].id
    for each in (response, other):
        actor = vendor_responses.vendor_actor(each)
        keep_draft(session, each, section, [("q_x", "Unsaved.")], seen_version=1, actor=actor, now=walk.now)
    later = response.expires_at + dt.timedelta(seconds=1)
    vendor_responses.expire_overdue(session, now=later)
    vendor_responses.reissue(session, response, actor=walk.who("petra"), now=later)
    vendor = vendor_responses.vendor_actor
    assert find_draft(session, response, section, actor=vendor(response)) is None
    assert find_draft(session, other, section, actor=vendor(other)) is not None


def test_a_vendor_cannot_touch_another_response(session: Session, walk: Walk) -> None:
    first, second = walk.vendor(walk.full()), walk.vendor(walk.full(title="Another"))
    with pytest.raises(NotAllowed):
        save_answers(
            session,
            second,
            {"product_name": "X"},
            seen_version=1,
            actor=vendor_responses.vendor_actor(first),
            now=walk.now,
        )


def test_an_attestation_needs_a_person_and_all_answers(session: Session, walk: Walk) -> None:
    response = walk.vendor(walk.full(), "in_progress")
    with pytest.raises(Invalid):
        vendor_responses.attest(session, response, name=" ", title="Boss", now=walk.now)
    with pytest.raises(NotPossible):
        vendor_responses.attest(session, response, name="Lena", title="Boss", now=walk.now)


def test_a_query_goes_back_and_forth(session: Session, walk: Walk) -> None:
    full = walk.full()
    response = walk.vendor(full, "clarification")
    (query,) = response.evaluations
    with pytest.raises(NotPossible, match="without a reply"):
        vendor_responses.attest(session, response, name="Lena", title="Head", now=walk.now)
    vendor_responses.reply_to_query(session, response, query.question, reply="Since 2024.", now=walk.now)
    vendor_responses.attest(session, response, name="Lena", title="Head", now=walk.now)
    actor = walk.who("petra")
    vendor_responses.accept_remaining(session, response, actor=actor, now=walk.now)
    with pytest.raises(NotPossible, match="not accepted yet"):
        vendor_responses.accept_response(session, response, full, actor=actor, now=walk.now)
    vendor_responses.evaluate_answer(
        session, response, query.question, verdict="accepted", note="", actor=actor, now=walk.now
    )
    assert query.reply == "Since 2024."
    vendor_responses.accept_response(session, response, full, actor=actor, now=walk.now)
    assert response.status == "accepted"


def test_accepted_facts_prefill_the_assessment_marked_with_company_and_day(session: Session, walk: Walk) -> None:
    full = walk.full()
    walk.vendor(full, "accepted")
    stated = [answer for answer in assessments.list_sheet_answers(full).values() if answer.origin == "vendor"]
    assert stated
    assert all(answer.origin_note == "Sightline Systems GmbH, 2026-03-02" for answer in stated)
    assert not any(answer.is_confirmed for answer in stated)


def test_an_assessment_waits_for_its_vendor(session: Session, walk: Walk) -> None:
    full = walk.full()
    walk.vendor(full, "issued")
    with pytest.raises(NotPossible, match="Sightline"):
        walk.advance(full, "submitted")


def test_only_the_privacy_officer_asks_and_judges(session: Session, walk: Walk) -> None:
    full = walk.full()
    contact = vendor_responses.VendorContact("A", "B", "c@d.example")
    for name in ("amara", "daniel", "sofia", "helen", "victor", "ingrid", "adam", "otto"):
        with pytest.raises(NotAllowed):
            vendor_responses.issue_vendor_response(session, full, contact, actor=walk.who(name), now=walk.now)


def test_a_withdrawn_assessment_asks_its_vendor_nothing_any_more(session: Session, walk: Walk) -> None:
    full = walk.full()
    answering, accepted = walk.vendor(full, "in_progress"), walk.vendor(full, "accepted")
    assessments.withdraw_assessment(session, full, actor=walk.who("amara"), now=walk.now, reason="No money.")
    assert (answering.status, accepted.status) == ("cancelled", "accepted")
