"""How each step of each workflow is taken through its service, with what it needs besides a reason made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Department, Person
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.advice import RECOMMENDATIONS, advice_on, approval, departs
from pia_engine.permissions.roles import Actor
from pia_engine.services import (
    annual_audits,
    assessments,
    determinations,
    initiatives,
    policies,
    publications,
    retractions,
    reviews,
    sign_offs,
    vendor_responses,
)
from tests.factories.policies import make_sound
from tests.factories.walks import made_up

REASON = "A reason that others can read."


@dataclass(frozen=True)
class Try:
    """One attempt: who, when, and a number to choose by where there is a choice."""

    session: Session
    actor: Actor
    now: dt.datetime
    choice: int

    def pick(self, things: tuple[str, ...]) -> str:
        return things[self.choice % len(things)]

    @property
    def person(self) -> Person:
        return self.session.get_one(Person, self.actor.person_id)

    @property
    def said(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now, "reason": REASON}

    @property
    def done(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}


Verb = Callable[[Any, Try], object]


def register(attempt: Try) -> object:
    """The one step without a record to begin from."""
    department = attempt.session.scalars(select(Department).order_by(Department.slug)).all()[attempt.choice % 2]
    new = initiatives.NewInitiative("Counters", "They count what passes.", department, "new")
    return initiatives.register_initiative(attempt.session, new, author=attempt.person, **attempt.done)


def _determine(record: Assessment, attempt: Try) -> object:
    outcome = attempt.pick(("full_pia", "no_pia", "delegated_review", "update"))
    published = attempt.session.scalars(select(Assessment.reference).where(Assessment.status == "published")).first()
    terms = determinations.Terms("Tell people with a sign.", published or "PIA-1999-0001")
    return determinations.determine(attempt.session, record, outcome=outcome, terms=terms, **attempt.said)


def _request_changes(record: Assessment, attempt: Try) -> object:
    question = attempt.pick(tuple(sorted(answers_of(record.sheet))) or ("summary",))
    reviews.note_change(attempt.session, record, question=question, text="Say where.", **attempt.done)
    return reviews.request_changes(attempt.session, record, **attempt.done)


def _recommend(record: Assessment, attempt: Try) -> object:
    recommendation = attempt.pick(tuple(RECOMMENDATIONS))
    return reviews.recommend(attempt.session, record, recommendation=recommendation, **attempt.said)


def _approve(record: Assessment, attempt: Try) -> object:
    conditions = attempt.pick(("Put up a sign.", ""))
    why = _why(record, attempt, approval(conditions))
    return sign_offs.approve(attempt.session, record, conditions=conditions, overrules=why, **attempt.said)


def _why(record: Assessment, attempt: Try, decision: str) -> str:
    """Reasons for departing from the advice, where a decision does."""
    advice = advice_on(attempt.session, record)
    return "The benefit is greater." if advice and departs(advice.recommendation, decision) else ""


def _query(record: Any, attempt: Try) -> object:
    question = attempt.pick(tuple(sorted(answers_of(record.sheet))) or ("company",))
    vendor_responses.evaluate_answer(
        attempt.session, record, question, verdict="queried", note="Since when?", **attempt.done
    )
    return vendor_responses.ask_to_clarify(attempt.session, record, **attempt.done)


def _accept_answers(record: Any, attempt: Try) -> object:
    vendor_responses.accept_remaining(attempt.session, record, **attempt.done)
    about = assessments.get_assessment(attempt.session, record.assessment_reference, "full")
    return vendor_responses.accept_response(attempt.session, record, about, **attempt.done)


def draft_policy(attempt: Try) -> object:
    """A draft with nothing missing."""
    draft = policies.begin_draft(attempt.session, **attempt.done)
    make_sound(attempt.session, draft, **attempt.done)
    return draft


def _adopt(record: Any, attempt: Try) -> object:
    return policies.adopt_policy(
        attempt.session,
        record,
        adopted_by="City Council",
        instrument="Resolution 31",
        adopted_on=attempt.now.date(),
        changes="We name our laws.",
        seen=policies.policy_digest(record),
        **attempt.done,
    )


def ask_vendor(record: Assessment, attempt: Try) -> object:
    contact = vendor_responses.VendorContact("Sightline Systems GmbH", "Lena Hoffmann", "lena@sightline.example")
    return vendor_responses.issue_vendor_response(attempt.session, record, contact, **attempt.done)


def _published(record: Assessment, attempt: Try) -> object:
    files = made_up(record, attempt.now.date())
    return publications.record_publication(attempt.session, record, files, now=attempt.now)


VERBS: dict[tuple[str, str], Verb] = {
    ("initiative", "begin_assessment"): lambda r, t: assessments.begin_initial_assessment(
        t.session, r, author=t.person, **t.done
    ),
    ("initiative", "go_live"): lambda r, t: initiatives.go_live(t.session, r, **t.done),
    ("initiative", "reopen"): lambda r, t: initiatives.reopen_initiative(t.session, r, **t.said),
    ("initiative", "retire"): lambda r, t: initiatives.retire_initiative(t.session, r, **t.said),
    ("initial_assessment", "submit"): lambda r, t: assessments.submit_assessment(t.session, r, **t.done),
    ("initial_assessment", "return"): lambda r, t: assessments.return_assessment(t.session, r, **t.said),
    ("initial_assessment", "determine"): _determine,
    ("initial_assessment", "withdraw"): lambda r, t: assessments.withdraw_assessment(t.session, r, **t.said),
    ("full_assessment", "submit"): lambda r, t: assessments.submit_assessment(t.session, r, **t.done),
    ("full_assessment", "withdraw"): lambda r, t: assessments.withdraw_assessment(t.session, r, **t.said),
    ("full_assessment", "take_back"): lambda r, t: sign_offs.take_back(t.session, r, **t.said),
    ("full_assessment", "start_review"): lambda r, t: reviews.start_review(t.session, r, **t.done),
    ("full_assessment", "request_changes"): _request_changes,
    ("full_assessment", "recommend"): _recommend,
    ("full_assessment", "sign_for_agency"): lambda r, t: sign_offs.sign_for_agency(t.session, r, **t.said),
    ("full_assessment", "decline_to_sign"): lambda r, t: sign_offs.decline_to_sign(t.session, r, **t.said),
    ("full_assessment", "approve"): _approve,
    ("full_assessment", "send_back"): lambda r, t: sign_offs.send_back(t.session, r, **t.said),
    ("full_assessment", "reject"): lambda r, t: sign_offs.reject(
        t.session, r, overrules=_why(r, t, "reject"), **t.said
    ),
    ("full_assessment", "publish"): lambda r, t: publications.order_publication(t.session, r, **t.done),
    ("full_assessment", "complete_publication"): _published,
    ("full_assessment", "retract"): lambda r, t: retractions.retract_publication(t.session, r, **t.said),
    ("vendor_response", "begin"): lambda r, t: vendor_responses.begin_answering(t.session, r, now=t.now),
    ("vendor_response", "attest"): lambda r, t: vendor_responses.attest(
        t.session, r, name="Lena Hoffmann", title="Head of product", now=t.now
    ),
    ("vendor_response", "query"): _query,
    ("vendor_response", "accept"): _accept_answers,
    ("vendor_response", "reissue"): lambda r, t: vendor_responses.reissue(t.session, r, **t.done),
    ("vendor_response", "cancel"): lambda r, t: vendor_responses.cancel(t.session, r, **t.said),
    ("policy", "adopt"): _adopt,
    ("policy", "withdraw"): lambda r, t: policies.withdraw_draft(t.session, r, **t.said),
    ("annual_audit", "start"): lambda r, t: annual_audits.start_audit(t.session, r, **t.done),
    ("annual_audit", "report_findings"): lambda r, t: annual_audits.report_findings(t.session, r, **t.done),
    ("annual_audit", "confirm"): lambda r, t: annual_audits.confirm(t.session, r, **t.said),
    ("annual_audit", "require_new_version"): lambda r, t: annual_audits.require_new_version(t.session, r, **t.said),
}
