"""Carrying answers from other questionnaires into one, as its mappings declare; nothing is ever made up.

What is carried is a suggestion with its origin. Whether somebody confirmed it is recorded elsewhere.
"""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass

from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import (
    Answers,
    MappedAnswer,
    Question,
    Questionnaire,
    QuestionType,
    Value,
)
from pia_engine.questionnaires.values import is_answered


@dataclass(frozen=True, slots=True)
class CarriedAnswer:
    """A value for `question`, and where it comes from."""

    question: str
    value: Value
    from_questionnaire: str
    from_question: str


def carry_forward(target: Questionnaire, sources: abc.Mapping[str, Answers]) -> list[CarriedAnswer]:
    """What the target can start from, in the order of its mappings; the first source that has an answer wins.

    `sources` holds answers by questionnaire id. Give only those that count (`progress.answers_in_play`).
    """
    carried: dict[str, CarriedAnswer] = {}
    for mapping in target.mappings:
        answers = sources.get(mapping.from_questionnaire, {})
        for mapped in mapping.answers:
            question = target.find_question(mapped.question)
            value = _carried_value(question, mapped, answers) if question else None
            if value is not None and mapped.question not in carried:
                origin = (mapping.from_questionnaire, mapped.source)
                carried[mapped.question] = CarriedAnswer(mapped.question, value, *origin)
    return list(carried.values())


def _carried_value(question: Question, mapped: MappedAnswer, answers: Answers) -> Value | None:
    value = answers.get(mapped.source)
    if value is None or not is_answered(value):
        return None
    fitted = _fitted(question, _translated(value, mapped.values))
    if fitted is None or not is_answered(fitted) or check_value(question, fitted):
        return None
    return fitted


def _translated(value: Value, values: abc.Mapping[str, str] | None) -> Value | None:
    """Without a declared translation the value itself; with one, only what it lists."""
    if values is None:
        return value
    if isinstance(value, list):
        listed = [values[entry] for entry in value if isinstance(entry, str) and entry in values]
        return list(dict.fromkeys(listed))
    return values.get(str(value))


def _fitted(question: Question, value: Value | None) -> Value | None:
    """The two shapes that differ without changing what was said: one tick out of one choice, and fewer columns."""
    if question.type is QuestionType.ANY_OF and isinstance(value, str):
        return [value]
    if question.type is QuestionType.ROWS and isinstance(value, list):
        return _shared_columns(question, value)
    return value


def _shared_columns(question: Question, rows: list[str] | list[dict[str, str]]) -> Value | None:
    """Columns of the same id are carried, row by row; the others are left for the person to fill in."""
    shared = {column.id for column in question.columns}
    kept = [{key: cell for key, cell in row.items() if key in shared} for row in rows if isinstance(row, dict)]
    return [row for row in kept if is_answered([row])]
