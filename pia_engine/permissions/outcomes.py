"""Who determines which outcome of an initial assessment, by the policy the assessment was begun under."""

from __future__ import annotations

from typing import cast

from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotAllowed
from pia_engine.models import Assessment, WorkflowRecord
from pia_engine.models.policy_rules import OutcomeRule, read_rules
from pia_engine.permissions.people import roles_for
from pia_engine.permissions.roles import ROLE_NAMES, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.permissions.whereabouts import holders_of
from pia_engine.questionnaires.wording import Sentence
from pia_engine.workflows.outcomes import OUTCOMES


def outcome_rules(assessment: Assessment) -> dict[str, OutcomeRule]:
    """What the assessment's policy says of each outcome, weakest first."""
    rules = read_rules(assessment.policy_version).outcomes
    return {outcome: rules[outcome] for outcome in OUTCOMES}


def may_determine(assessment: Assessment, outcome: str, actor: Actor) -> bool:
    """Whether the actor holds the office that the policy asks for with this outcome."""
    return outcome_rules(assessment)[outcome].decider in roles_for(actor, Permission.ASSESSMENT_DETERMINE, assessment)


def check_may_determine(assessment: Assessment, outcome: str, actor: Actor) -> None:
    """The same with a sentence. Raises NotAllowed naming who may."""
    if not may_determine(assessment, outcome, actor):
        role = ROLE_NAMES[Role(outcome_rules(assessment)[outcome].decider)]
        raise NotAllowed(
            N_("The policy leaves the outcome “%(outcome)s” to somebody else."),
            who_can_help=role,
            place=holders_of([Role(outcome_rules(assessment)[outcome].decider)]),
            outcome=Sentence(OUTCOMES[outcome]),
        )


def determines_an_outcome(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Guard: whoever determines at least one outcome may determine, or send the answers back."""
    deciders = [Role(rule.decider) for rule in outcome_rules(cast(Assessment, record)).values()]
    if roles_for(actor, Permission.ASSESSMENT_DETERMINE, record).isdisjoint(deciders):
        raise NotAllowed(
            N_("The policy leaves this to somebody else."),
            who_can_help=", ".join(ROLE_NAMES[role] for role in dict.fromkeys(deciders)),
            place=holders_of(deciders),
        )
