"""Determinations with four outcomes: who may, what each begins, and by whose rules it is computed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotPossible
from pia_engine.models import Assessment, PolicyVersion
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.permissions.records import check_guards
from pia_engine.questionnaires.threshold_documents import thresholds_document
from pia_engine.services.assessments import get_assessment
from pia_engine.services.determinations import (
    Terms,
    compute_outcome,
    compute_turning_points,
    determine,
    list_outcome_offers,
    thresholds_for,
)
from pia_engine.services.initiatives import go_live
from tests.factories.walks import Walk


@pytest.fixture
def initial(walk: Walk) -> Assessment:
    return walk.initial("submitted")


def in_force(session: Session) -> PolicyVersion:
    return session.scalars(select(PolicyVersion).where(PolicyVersion.status == "adopted")).one()


def rule_with(session: Session, outcome: str, **changes: object) -> None:
    policy = in_force(session)
    changed: dict[str, Any] = {**DEFAULT_RULES["outcomes"][outcome], **changes}
    policy.rules = {**policy.rules, "outcomes": {**DEFAULT_RULES["outcomes"], outcome: changed}}


def test_a_delegated_review_clears_the_initiative_under_its_conditions(
    session: Session, walk: Walk, initial: Assessment
) -> None:
    found = determine(
        session, initial, outcome="delegated_review", actor=walk.who("petra"), now=walk.now, reason="Small.",
        terms=Terms(conditions=" Delete after a week. ", updates="ignored"),
    )  # fmt: skip
    assert (found.conditions, found.updates) == ("Delete after a week.", "")
    assert found.expires_on == dt.date(2028, 3, 2)
    assert found.required == DEFAULT_RULES["outcomes"]["delegated_review"]["required"]
    assert initial.initiative.status == "cleared"
    go_live(session, initial.initiative, actor=walk.who("amara"), now=walk.now)
    assert initial.initiative.status == "live"


def test_a_delegated_review_without_conditions_is_refused(session: Session, walk: Walk, initial: Assessment) -> None:
    with pytest.raises(Invalid, match="Write the conditions"):
        determine(session, initial, outcome="delegated_review", actor=walk.who("petra"), now=walk.now, reason="Small.")
    assert initial.status == "submitted"


def test_a_full_pia_alone_does_not_let_the_initiative_go_live(session: Session, walk: Walk) -> None:
    initial = walk.initial("determined")
    with pytest.raises(NotPossible):
        check_guards(session, initial.initiative, walk.who("amara"), ("assessment_allows_go_live",))


def test_an_update_begins_from_the_published_text_with_everything_to_confirm(session: Session, walk: Walk) -> None:
    published = walk.full("published", title="Cameras on Mill Road")
    initial = walk.initial("submitted", "More cameras on Mill Road")
    determine(
        session, initial, outcome="update", actor=walk.who("petra"), now=walk.now, reason="Only the number changes.",
        terms=Terms(updates=published.reference),
    )  # fmt: skip
    full = get_assessment(session, initial.reference, "full")
    texts = {answer.question: answer for answer in full.sheet.answers}
    before = {answer.question: answer.value for answer in published.sheet.answers}
    assert texts["benefits"].value == before["benefits"]
    assert (texts["benefits"].origin, texts["benefits"].origin_note) == ("previous", f"{published.reference}, v1")
    assert not any(answer.is_confirmed for answer in full.sheet.answers)
    asked = questionnaire_for(session, full.sheet)
    assert not [name for name in texts if asked.question(name).answered_by == "privacy_officer"]
    assert published.status == "published"
    assert full.status == "draft"


@pytest.mark.parametrize("updates", ["", "PIA-1999-0001", "' OR 1=1"])
def test_an_update_of_nothing_published_is_refused(
    updates: str, session: Session, walk: Walk, initial: Assessment
) -> None:
    with pytest.raises(Invalid, match="no published assessment"):
        determine(
            session, initial, outcome="update", actor=walk.who("petra"), now=walk.now, reason="A change.",
            terms=Terms(updates=updates),
        )  # fmt: skip
    assert initial.status == "submitted"


def test_only_the_office_the_policy_names_determines(session: Session, walk: Walk, initial: Assessment) -> None:
    rule_with(session, "no_pia", decider="senior_privacy_official")
    with pytest.raises(NotAllowed, match="somebody else") as refusal:
        determine(session, initial, outcome="no_pia", actor=walk.who("petra"), now=walk.now, reason="No people.")
    assert refusal.value.who_can_help == "Senior privacy official"
    with pytest.raises(NotAllowed):
        determine(session, initial, outcome="full_pia", actor=walk.who("helen"), now=walk.now, reason="Careful.")
    mine = {offer.outcome: offer.is_mine for offer in list_outcome_offers(
        session, initial, actor=walk.who("helen"), now=walk.now)}  # fmt: skip
    assert mine == {"no_pia": True, "delegated_review": False, "update": False, "full_pia": False}
    determine(session, initial, outcome="no_pia", actor=walk.who("helen"), now=walk.now, reason="No people.")
    assert initial.initiative.status == "cleared"


def test_an_outcome_that_never_runs_out_has_no_day(session: Session, walk: Walk, initial: Assessment) -> None:
    rule_with(session, "no_pia", expires_months=None, required=["A note"])
    found = determine(session, initial, outcome="no_pia", actor=walk.who("petra"), now=walk.now, reason="No people.")
    assert (found.expires_on, found.required) == (None, ["A note"])


def test_the_rules_of_the_policy_it_began_under_count(session: Session, walk: Walk, initial: Assessment) -> None:
    shipped, questionnaire = thresholds_for(session, initial)
    assert compute_outcome(session, initial).outcome == "full_pia"
    document = thresholds_document(shipped)
    milder = [{**rule, "outcome": "delegated_review"} if "outcome" in rule else rule for rule in document["rules"]]
    policy = in_force(session)
    policy.rules = {**policy.rules, "thresholds": {questionnaire.id: {**document, "rules": milder}}}
    assert compute_outcome(session, initial).outcome == "delegated_review"


def test_other_answers_are_judged_without_being_kept(session: Session, initial: Assessment) -> None:
    found = compute_outcome(session, initial, answers={"personal_data": "no", "technologies": ["none"]})
    assert found.outcome == "no_pia"
    assert compute_outcome(session, initial).outcome == "full_pia"
    assert compute_turning_points(session, initial).is_complete
