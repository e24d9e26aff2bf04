"""What the two registers of an assessment decide: which risk is left over, and whether every principle is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, WorkflowRecord
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.models.policy_rules import RISK_LEVELS, PolicyRules, RiskMatrix, read_rules
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.whereabouts import question_of
from pia_engine.questionnaires.definition import Answers, QuestionType
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.questionnaires.registers import rating
from pia_engine.questionnaires.values import filled_rows

RISKS, PRINCIPLES, STATED_LEVEL = "risks", "principles", "overall_residual_risk"
HIGHEST = RISK_LEVELS[-1]


def level_before(matrix: RiskMatrix, risk: Mapping[str, object]) -> str:
    """The level of a risk as it would be without measures."""
    return _level(matrix, risk, "likelihood", "severity")


def level_left(matrix: RiskMatrix, risk: Mapping[str, object]) -> str:
    """The level of a risk with its measures. A rating that is missing counts as the worst there is."""
    return _level(matrix, risk, "residual_likelihood", "residual_severity")


def _level(matrix: RiskMatrix, risk: Mapping[str, object], likelihood: str, severity: str) -> str:
    return matrix.level(
        rating(risk, likelihood) or len(matrix.likelihoods), rating(risk, severity) or len(matrix.severities)
    )


def worst_level(*levels: str) -> str:
    """The highest of the levels; one the policy does not know counts as the highest there is."""
    return max((level if level in RISK_LEVELS else HIGHEST for level in levels), key=RISK_LEVELS.index)


def highest_left(answers: Answers, rules: PolicyRules) -> str | None:
    """The highest level left over in the register by the policy's matrix; None while it holds no risk."""
    risks = filled_rows(answers.get(RISKS))
    return worst_level(*(level_left(rules.matrix, risk) for risk in risks)) if risks else None


def residual_level(answers: Answers, rules: PolicyRules) -> str:
    """The residual risk that decides who decides: what is stated, or the register's highest where that is worse.

    Nobody can state it lower to get an easier decider.
    """
    stated = str(answers.get(STATED_LEVEL, HIGHEST))
    return worst_level(stated, highest_left(answers, rules) or stated)


def residual_level_of(assessment: Assessment) -> str:
    """The residual risk of an assessment by the policy it was begun under."""
    return residual_level(answers_of(assessment.sheet), read_rules(assessment.policy_version))


def decider_for(answers: Answers, rules: PolicyRules) -> Role:
    """Who decides about answers like these."""
    return Role(rules.decider_by_residual_risk[residual_level(answers, rules)])


def every_principle_is_answered(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Refuse while a principle of the policy lacks its finding; a questionnaire may leave principles out altogether."""
    assessment = cast(Assessment, record)
    questionnaire = questionnaire_for(session, assessment.sheet)
    asked = [question for question in questionnaire.questions if question.type is QuestionType.PRINCIPLES]
    in_play = answers_in_play(questionnaire, answers_of(assessment.sheet))
    given = [entry for question in asked for entry in filled_rows(in_play.get(question.id)) if entry.get("finding")]
    known = {entry.get("principle") for entry in given}
    missing = [each for each in read_rules(assessment.policy_version).principles if each.id not in known]
    if asked and missing:
        raise NotPossible(
            N_("Principles of the city without a finding: %(count)s. The first is “%(first)s”."),
            place=question_of(questionnaire, asked[0]),
            count=len(missing),
            first=missing[0].name,
        )
