"""Which service does which step of an assessment or an initiative, with what a person gave for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pia_engine.extensions import db
from pia_engine.permissions.roles import Actor
from pia_engine.services import assessments, determinations, initiatives, publications, retractions, reviews, sign_offs
from pia_engine.web.access import person


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave for a step."""

    actor: Actor
    now: dt.datetime
    reason: str = ""
    outcome: str = ""
    conditions: str = ""
    updates: str = ""
    recommendation: str = ""
    overrules: str = ""
    days: int | None = None

    @property
    def said(self) -> dict[str, Any]:
        """What every step with a reason takes."""
        return {"actor": self.actor, "now": self.now, "reason": self.reason}


Verb = Callable[[Any, Given], object]

ASSESSMENT_VERBS: dict[tuple[str, str], Verb] = {
    ("initial_assessment", "submit"): lambda record, given: assessments.submit_assessment(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("initial_assessment", "return"): lambda record, given: assessments.return_assessment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("initial_assessment", "determine"): lambda record, given: determinations.determine(
        db.session,
        record,
        outcome=given.outcome,
        actor=given.actor,
        now=given.now,
        reason=given.reason,
        terms=determinations.Terms(given.conditions, given.updates),
    ),
    ("initial_assessment", "withdraw"): lambda record, given: assessments.withdraw_assessment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "submit"): lambda record, given: assessments.submit_assessment(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("full_assessment", "withdraw"): lambda record, given: assessments.withdraw_assessment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "take_back"): lambda record, given: sign_offs.take_back(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "start_review"): lambda record, given: reviews.start_review(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("full_assessment", "request_changes"): lambda record, given: reviews.request_changes(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "recommend"): lambda record, given: reviews.recommend(
        db.session, record, recommendation=given.recommendation, **given.said
    ),
    ("full_assessment", "sign_for_agency"): lambda record, given: sign_offs.sign_for_agency(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "decline_to_sign"): lambda record, given: sign_offs.decline_to_sign(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "approve"): lambda record, given: sign_offs.approve(
        db.session, record, conditions=given.conditions, overrules=given.overrules, **given.said
    ),
    ("full_assessment", "send_back"): lambda record, given: sign_offs.send_back(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "reject"): lambda record, given: sign_offs.reject(
        db.session, record, overrules=given.overrules, **given.said
    ),
    ("full_assessment", "publish"): lambda record, given: publications.order_publication(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("full_assessment", "retract"): lambda record, given: retractions.retract_publication(
        db.session, record, **given.said
    ),
}

INITIATIVE_VERBS: dict[tuple[str, str], Verb] = {
    ("initiative", "begin_assessment"): lambda record, given: assessments.begin_initial_assessment(
        db.session, record, author=person(), actor=given.actor, now=given.now
    ),
    ("initiative", "go_live"): lambda record, given: initiatives.go_live(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("initiative", "reopen"): lambda record, given: initiatives.reopen_initiative(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("initiative", "retire"): lambda record, given: initiatives.retire_initiative(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}
