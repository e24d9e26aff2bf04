"""What the rules make of an initial assessment, and what an officer determines: two different records.

The rules are those of the policy the assessment was begun under, or the questionnaire's own where it has none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotPossible
from pia_engine.models import Assessment, Determination
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.outcomes import check_may_determine, may_determine, outcome_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Answers, Questionnaire, Thresholds
from pia_engine.questionnaires.parsing import parse_thresholds
from pia_engine.questionnaires.thresholds import ThresholdResult, evaluate
from pia_engine.questionnaires.turning_points import TurningPoints, find_turning_points
from pia_engine.services.assessments import begin_full_assessment, begin_update, find_published
from pia_engine.services.cities import get_city
from pia_engine.services.commitments import make_commitments_of
from pia_engine.services.initiatives import clear_initiative
from pia_engine.services.log_calls import log_determination
from pia_engine.services.periods import months_after
from pia_engine.services.spot_checks import draw_lot
from pia_engine.services.workflow import apply_action
from pia_engine.workflows import initial_assessment
from pia_engine.workflows.outcomes import CLEARING, DELEGATED_REVIEW, OUTCOMES, UPDATE

Judged = tuple[Thresholds, Questionnaire]


class UnknownPublication(Invalid):
    """The assessment to be continued is not a published one."""

    field = "updates"


@dataclass(frozen=True, slots=True)
class OutcomeOffer:
    """One outcome with what the policy attaches to it. `expires_on` is the day when determined today."""

    outcome: str
    required: tuple[str, ...]
    decider: Role
    expires_months: int | None
    expires_on: dt.date | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What comes with some outcomes only: the conditions of a delegated review, the assessment an update continues."""

    conditions: str = ""
    updates: str = ""


def thresholds_for(session: Session, assessment: Assessment, *, said: Questionnaire | None = None) -> Judged:
    """The rules an assessment is judged by, and the questionnaire they look at. Raises NotPossible without any.

    `said` is the questionnaire in the reader's language.
    """
    questionnaire = said or questionnaire_for(session, assessment.sheet)
    document = read_rules(assessment.policy_version).thresholds.get(questionnaire.id)
    thresholds = parse_thresholds(document) if document else questionnaire.thresholds
    if thresholds is None:
        raise NotPossible(N_("This questionnaire has no threshold rules."))
    return thresholds, questionnaire


def compute_outcome(
    session: Session, assessment: Assessment, *, answers: Answers | None = None, said: Questionnaire | None = None
) -> ThresholdResult:
    """What the threshold rules make of the answers, or of others in their place: which fired, and why."""
    thresholds, questionnaire = thresholds_for(session, assessment, said=said)
    given = answers_of(assessment.sheet) if answers is None else answers
    return evaluate(thresholds, given, questionnaire=questionnaire)


def compute_turning_points(
    session: Session, assessment: Assessment, *, said: Questionnaire | None = None
) -> TurningPoints:
    """Which single answer, had it been another, would lead to another outcome."""
    thresholds, questionnaire = thresholds_for(session, assessment, said=said)
    return find_turning_points(thresholds, answers_of(assessment.sheet), questionnaire=questionnaire)


def list_outcome_offers(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime
) -> list[OutcomeOffer]:
    """Every outcome with what the policy demands, weakest first, and whether it is this actor's to determine."""
    reaches = may(actor, Permission.ASSESSMENT_DETERMINE, assessment)
    return [
        OutcomeOffer(
            outcome=outcome,
            required=rule.required,
            decider=Role(rule.decider),
            expires_months=rule.expires_months,
            expires_on=_expiry(session, assessment, outcome, now),
            is_mine=reaches and may_determine(assessment, outcome, actor),
        )
        for outcome, rule in outcome_rules(assessment).items()
    ]


def determine(
    session: Session,
    assessment: Assessment,
    *,
    outcome: str,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
    terms: Terms = Terms(),
) -> Determination:
    """Record the officer's determination and begin what follows: a full assessment, an update, or clearance."""
    computed = _check_outcome(session, assessment, outcome, reason, actor=actor)
    continued = _check_terms(session, outcome, terms)
    action, details = initial_assessment.Action.DETERMINE, _details(outcome, computed, continued)
    event = apply_action(session, assessment, action, actor=actor, now=now, reason=reason, details=details)
    determination = Determination(
        assessment_id=assessment.id,
        outcome=outcome,
        **_found(computed),
        **_demanded(session, assessment, outcome, now),
        reason=reason.strip(),
        conditions=terms.conditions.strip() if outcome == DELEGATED_REVIEW else "",
        updates=continued.reference if continued else "",
        determined_by=actor.person_id,
        represents_id=event.represented_id,
        determined_at=now,
    )
    session.add(determination)
    session.flush()
    log_determination(session, determination, assessment, now=now)
    if outcome == DELEGATED_REVIEW:
        draw_lot(session, determination, event, now=now)
        make_commitments_of(session, assessment, actor=actor, now=now)
    _begin_what_follows(session, assessment, outcome, continued, actor=actor, now=now)
    return determination


def _check_outcome(
    session: Session, assessment: Assessment, outcome: str, reason: str, *, actor: Actor
) -> ThresholdResult:
    """May this actor determine this outcome, and does the reason carry a departure? Returns what the rules say."""
    if outcome not in OUTCOMES:
        raise Invalid(N_("Choose an outcome."))
    check_may_determine(assessment, outcome, actor)
    computed = compute_outcome(session, assessment)
    if outcome != computed.outcome and not reason.strip():
        raise Invalid(N_("Your determination departs from what the rules say. Give the reason."))
    return computed


def _check_terms(session: Session, outcome: str, terms: Terms) -> Assessment | None:
    """What the outcome needs besides a reason: for an update, the published assessment it continues."""
    if outcome == DELEGATED_REVIEW and not terms.conditions.strip():
        raise Invalid(N_("Write the conditions: they are what the department has to keep."))
    if outcome != UPDATE:
        return None
    published = find_published(session, terms.updates.strip())
    if published is None:
        raise UnknownPublication(
            N_("There is no published assessment “%(reference)s”. Give the reference of one that is in the register."),
            reference=terms.updates.strip(),
        )
    return published


def _found(computed: ThresholdResult) -> dict[str, Any]:
    """What the rules said, kept beside what is determined."""
    fired = [{"rule": rule.id, "because": rule.because} for rule in computed.fired]
    return {"computed_outcome": computed.outcome, "fired": fired}


def _demanded(session: Session, assessment: Assessment, outcome: str, now: dt.datetime) -> dict[str, Any]:
    """What the policy attaches to the outcome, as it stands on this day."""
    required = list(outcome_rules(assessment)[outcome].required)
    return {"required": required, "expires_on": _expiry(session, assessment, outcome, now)}


def _details(outcome: str, computed: ThresholdResult, continued: Assessment | None) -> Mapping[str, object]:
    return {
        "outcome": outcome,
        "computed": computed.outcome,
        "rules": [rule.id for rule in computed.fired],
        **({"updates": continued.reference} if continued else {}),
    }


def _begin_what_follows(
    session: Session,
    assessment: Assessment,
    outcome: str,
    continued: Assessment | None,
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    if outcome in CLEARING:
        reason = f"{assessment.reference}: {OUTCOMES[outcome]}"
        clear_initiative(session, assessment.initiative, now=now, reason=reason)
    elif continued is not None:
        begin_update(session, assessment, continued, actor=actor, now=now)
    else:
        begin_full_assessment(session, assessment, actor=actor, now=now)


def _expiry(session: Session, assessment: Assessment, outcome: str, now: dt.datetime) -> dt.date | None:
    months = outcome_rules(assessment)[outcome].expires_months
    if months is None:
        return None
    return months_after(clock.day_of(now, get_city(session).time_zone), months)


def find_determination(session: Session, assessment: Assessment) -> Determination | None:
    return session.scalars(select(Determination).where(Determination.assessment_id == assessment.id)).one_or_none()
