"""Sensible answers for any questionnaire, so that a test can fill one without knowing its questions."""

from __future__ import annotations

from pia_engine.questionnaires.definition import Column, Question, Questionnaire, QuestionType, Value
from pia_engine.questionnaires.progress import missing_questions


def sample_value(question: Question | Column) -> Value:
    """A value that fits the question."""
    match question.type:
        case QuestionType.YES_NO | QuestionType.YES_NO_UNSURE:
            return "no"
        case QuestionType.ONE_OF:
            return question.options[0].value
        case QuestionType.ANY_OF:
            return [question.options[0].value]
        case QuestionType.NUMBER:
            minimum = getattr(question, "minimum", None)
            return minimum if minimum is not None else 1
        case QuestionType.DATE:
            return "2026-03-02"
        case QuestionType.ROWS:
            assert isinstance(question, Question)
            row = {column.id: str(sample_value(column)) for column in question.columns}
            return [row] * (question.min_rows or 1)
    return f"A considered answer to “{getattr(question, 'text', None) or getattr(question, 'label', '')[:40]}”"[:200]


def filled(questionnaire: Questionnaire, roles: frozenset[str], given: dict[str, Value]) -> dict[str, Value]:
    """`given` completed with samples until nothing that people of `roles` answer is missing."""
    answers = dict(given)
    for _round in range(20):
        missing = [question for question in missing_questions(questionnaire, answers) if question.answered_by in roles]
        if not missing:
            return answers
        answers.update({question.id: sample_value(question) for question in missing})
    raise AssertionError(f"never complete: {[question.id for question in missing]}")
