"""Sensible answers for any questionnaire, so that a test can fill one without knowing its questions."""

from __future__ import annotations

from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.questionnaires.definition import Column, Question, Questionnaire, QuestionType, Value
from pia_engine.questionnaires.progress import missing_questions


def sample_risk(**given: str) -> dict[str, str]:
    """A finished risk of which little is left over."""
    risk = {
        "id": "r1",
        "risk": "A clerk looks up a neighbour out of curiosity.",
        "harm": "Loss of privacy and fear.",
        "people": "Anybody who passes",
        "action": "surveillance",
        "likelihood": "3",
        "severity": "3",
        "inherent_reasons": "Twelve clerks have access, and nobody reads the log.",
        "response": "mitigate",
        "rationale": "The service needs the pictures; it does not need everybody to see them.",
        "measures": "Two people unlock each search.",
        "controls": "AC-3",
        "owner": "Head of the office",
        "due_on": "2026-06-30",
        "residual_likelihood": "1",
        "residual_severity": "3",
        "residual_reasons": "Two people would have to agree to do wrong.",
    }
    return risk | given


REGISTERS = {
    QuestionType.RISKS: [sample_risk()],
    QuestionType.PRINCIPLES: [
        {"principle": principle["id"], "finding": "kept", "text": "Kept, as the summary says."}
        for principle in DEFAULT_RULES["principles"]
    ],
}


def sample_value(question: Question | Column) -> Value:
    """A value that fits the question."""
    if question.type in REGISTERS:
        return [dict(entry) for entry in REGISTERS[question.type]]
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


def found(count: int) -> dict[str, Value]:
    """What an auditor writes about so many findings; nothing about none."""
    rows: Value = [
        {
            "finding": f"Recording number {number} was kept too long.",
            "severity": "medium",
            "recommendation": "Check the clocks every month.",
            "response_owner": "Head of the office",
        }
        for number in range(1, count + 1)
    ]
    return {"findings": rows} if rows else {}
