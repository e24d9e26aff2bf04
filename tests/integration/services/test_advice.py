"""Advice and decision as two records: what is recommended stands, and whoever departs from it says why."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid
from pia_engine.models import Assessment, AuditEvent
from pia_engine.permissions.advice import WrongDeparture
from pia_engine.services import reviews, sign_offs
from tests.factories.hearing import advised
from tests.factories.together import advise_again
from tests.factories.walks import Walk

WHY = "The advice weighs the benefit too low."


def details_of(session: Session, record: Assessment, event: str) -> dict[str, object]:
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.aggregate_id == record.id, AuditEvent.event == event)
    ).all()
    found: dict[str, object] = json.loads(rows[-1].body)["details"]
    return found


@pytest.mark.parametrize("recommendation", ["", "perhaps", "signed"])
def test_advice_without_a_known_recommendation_is_refused(session: Session, walk: Walk, recommendation: str) -> None:
    record = walk.full("in_review")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=walk.who("petra"))
    actor = walk.who("petra")
    with pytest.raises(Invalid, match="Say what you recommend") as refused:
        reviews.recommend(session, record, recommendation=recommendation, actor=actor, now=walk.now, reason="Go ahead.")
    assert refused.value.field == "recommendation"
    assert record.status == "in_review"


def test_the_recommendation_is_kept_in_the_review_and_in_the_trail(session: Session, walk: Walk) -> None:
    record = advised(walk, "reject")
    assert reviews.list_reviews(session, record)[-1].recommendation == "reject"
    assert details_of(session, record, "full-assessment:recommended")["recommendation"] == "reject"


def test_the_recommendation_of_an_earlier_text_stands_when_the_next_says_something_else(
    session: Session, walk: Walk
) -> None:
    record = advised(walk, "reject")
    sign_offs.send_back(session, record, actor=walk.who("helen"), now=walk.now, reason="Mend the summary.")
    walk.answer(record, {}, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    advise_again(walk, record)
    assert [each.recommendation for each in reviews.list_reviews(session, record)] == ["reject", "approve"]
    signed = sign_offs.approve(session, record, actor=walk.who("helen"), now=walk.now, reason="Now it is sound.")
    assert signed.overrules == ""


@pytest.mark.parametrize(
    ("recommendation", "conditions"), [("reject", ""), ("reject", "A sign."), ("approve_with_conditions", "")]
)
def test_an_approval_against_the_advice_needs_an_explanation_of_its_own(
    session: Session, walk: Walk, recommendation: str, conditions: str
) -> None:
    record = advised(walk, recommendation)
    said = {"actor": walk.who("helen"), "now": walk.now, "reason": "It is worth it.", "conditions": conditions}
    with pytest.raises(WrongDeparture, match="recommended otherwise"):
        sign_offs.approve(session, record, **said)  # type: ignore[arg-type]
    assert record.status == "awaiting_decision"
    signed = sign_offs.approve(session, record, **said, overrules=f" {WHY}\n")  # type: ignore[arg-type]
    assert signed.overrules == WHY
    details = details_of(session, record, "full-assessment:approved")
    assert (details["overrules"], details["recommendation"], details["why"]) == (True, recommendation, WHY)


@pytest.mark.parametrize(
    ("recommendation", "conditions"),
    [("approve", ""), ("approve", "A sign."), ("approve_with_conditions", "A sign.")],
)
def test_an_approval_that_follows_the_advice_explains_no_departure(
    session: Session, walk: Walk, recommendation: str, conditions: str
) -> None:
    record = advised(walk, recommendation)
    said = {"actor": walk.who("helen"), "now": walk.now, "reason": "It is worth it.", "conditions": conditions}
    with pytest.raises(WrongDeparture, match="follows the advice"):
        sign_offs.approve(session, record, **said, overrules=WHY)  # type: ignore[arg-type]
    assert sign_offs.approve(session, record, **said).overrules == ""  # type: ignore[arg-type]
    assert details_of(session, record, "full-assessment:approved")["overrules"] is False


@pytest.mark.parametrize("recommendation", ["approve", "approve_with_conditions"])
def test_a_rejection_against_the_advice_needs_an_explanation(session: Session, walk: Walk, recommendation: str) -> None:
    record = advised(walk, recommendation)
    said = {"actor": walk.who("helen"), "now": walk.now, "reason": "The harm is too great."}
    with pytest.raises(WrongDeparture, match="recommended otherwise"):
        sign_offs.reject(session, record, **said)  # type: ignore[arg-type]
    assert sign_offs.reject(session, record, **said, overrules=WHY).overrules == WHY  # type: ignore[arg-type]
    assert details_of(session, record, "full-assessment:rejected")["overrules"] is True


def test_advice_from_before_recommendations_were_stated_can_be_decided_on_either_way(
    session: Session, walk: Walk
) -> None:
    record = advised(walk, "approve")
    reviews.list_reviews(session, record)[-1].recommendation = ""
    session.flush()
    signed = sign_offs.reject(session, record, actor=walk.who("helen"), now=walk.now, reason="The harm is too great.")
    assert signed.overrules == ""
