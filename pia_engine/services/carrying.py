"""Answers carried over from elsewhere: each says where it comes from and waits until somebody confirms it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from pia_engine.models import Assessment
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.models.policy_rules import RiskMatrix, read_rules
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.mapping import carry_forward
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.questionnaires.registers import RATED
from pia_engine.questionnaires.values import filled_rows
from pia_engine.services.answers import check_answerable
from pia_engine.services.history import Given, SheetOwner, write_answers


def carry_answers(
    session: Session,
    target: SheetOwner,
    source: SheetOwner,
    *,
    origin: str,
    note: str,
    actor: Actor,
    now: dt.datetime,
) -> list[str]:
    """Prefill open questions of `target` by the declared mappings; each is marked and waits to be confirmed."""
    in_play = answers_in_play(questionnaire_for(session, source.sheet), answers_of(source.sheet))
    carried = carry_forward(questionnaire_for(session, target.sheet), {source.sheet.questionnaire: in_play})
    settled = {answer.question for answer in target.sheet.answers if answer.is_confirmed and answer.value is not None}
    return write_answers(
        session,
        target,
        [
            Given(item.question, item.value, origin, note, is_confirmed=False)
            for item in carried
            if item.question not in settled
        ],
        event="answers:carried",
        details={"origin": origin, "from": source.reference},
        actor=actor,
        now=now,
    )


def confirm_carried(
    session: Session, record: SheetOwner, shown: Collection[str], *, seen_version: int, actor: Actor, now: dt.datetime
) -> list[str]:
    """Confirm carried answers as they were shown at `seen_version`, without changing any. Returns which.

    Raises NotAllowed for an answer that is not this actor's to give; one changed since it was shown stays open.
    """
    questionnaire = questionnaire_for(session, record.sheet)
    carried = [
        answer
        for answer in record.sheet.answers
        if answer.question in shown and not answer.is_confirmed and answer.saved_in <= seen_version
    ]
    for answer in carried:
        check_answerable(record, questionnaire.question(answer.question), actor)
    given = [Given(answer.question, answer.value) for answer in carried]
    return write_answers(session, record, given, event="answers:confirmed", actor=actor, now=now)


def under_policy(question: Question, value: Value | None, source: Assessment, target: Assessment) -> Value | None:
    """An answer of `source` as it may stand under the policy version `target` follows; None when nothing is left.

    Ratings mean something in their own matrix only: under another one the risks come without them and wait to be rated
    again. Of the findings on principles come those the policy still asks for.
    """
    if source.policy_version is target.policy_version:
        return value
    if question.type is QuestionType.RISKS:
        return value if _same_matrix(source, target) else _unrated(value)
    if question.type is QuestionType.PRINCIPLES:
        asked = {principle.id for principle in read_rules(target.policy_version).principles}
        return [row for row in filled_rows(value) if row.get("principle") in asked] or None
    return value


def policy_leaves_out(session: Session, source: Assessment, target: Assessment) -> bool:
    """Whether anything of `source` cannot be carried because `target` follows another version of the policy."""
    questionnaire = questionnaire_for(session, source.sheet)
    given = answers_in_play(questionnaire, answers_of(source.sheet))
    return any(
        under_policy(questionnaire.question(name), value, source, target) != value for name, value in given.items()
    )


def _same_matrix(one: Assessment, other: Assessment) -> bool:
    """Whether a rating means the same, and leads to the same level, for both."""
    return _scale(read_rules(one.policy_version).matrix) == _scale(read_rules(other.policy_version).matrix)


def _scale(matrix: RiskMatrix) -> tuple[object, ...]:
    return matrix.likelihoods, matrix.severities, matrix.cells


def _unrated(value: Value | None) -> Value | None:
    rows = filled_rows(value)
    return [{field: text for field, text in row.items() if field not in RATED} for row in rows] or None
