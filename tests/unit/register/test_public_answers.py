"""What of an answered questionnaire the public may read: nothing that is not marked public, whatever was answered."""

from __future__ import annotations

import json
import secrets
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.policy_rules import rules_of
from pia_engine.questionnaires.answers import choices
from pia_engine.questionnaires.definition import Question, Questionnaire, QuestionType, Value
from pia_engine.questionnaires.loading import shipped_catalogue
from pia_engine.questionnaires.progress import visible_questions
from pia_engine.register.answers import public_sections
from pia_engine.register.language import language_of

LANGUAGE = language_of("en", "Europe/Berlin")
REGISTER_KEYS = {QuestionType.RISKS: "id", QuestionType.PRINCIPLES: "principle"}
RULES = rules_of(DEFAULT_RULES)


@cache
def questionnaire() -> Questionnaire:
    return shipped_catalogue().newest("full-assessment")


def answer_to(question: Question, choice: int) -> Value:
    """A fitting answer that can be recognised in the outcome."""
    mark = f"{question.id} {secrets.token_hex(8)}"
    match question.type:
        case QuestionType.YES_NO | QuestionType.YES_NO_UNSURE | QuestionType.ONE_OF:
            offered = choices(question)
            return offered[choice % len(offered)].value
        case QuestionType.ANY_OF:
            return [question.options[choice % len(question.options)].value]
        case QuestionType.NUMBER:
            return 424242
        case QuestionType.DATE:
            return "2031-07-19"
        case QuestionType.ROWS:
            return [{column.id: mark for column in question.columns}]
        case QuestionType.RISKS | QuestionType.PRINCIPLES:
            return [{REGISTER_KEYS[question.type]: "one", "text": mark}]
    return mark


@st.composite
def answered(draw: st.DrawFn) -> dict[str, Value]:
    questions = questionnaire().questions
    chosen = draw(st.lists(st.sampled_from(questions), unique_by=lambda question: question.id))
    return {question.id: answer_to(question, draw(st.integers(0, 9))) for question in chosen}


@given(answered())
def test_reader_never_gets_an_internal_or_hidden_answer(answers: dict[str, Value]) -> None:
    sections = public_sections(questionnaire(), answers, {}, LANGUAGE, rules=RULES)
    text = json.dumps(sections)
    asked = {question.id for question in visible_questions(questionnaire(), answers)}
    shown = {answer["question"] for section in sections for answer in section["answers"]}
    for question in questionnaire().questions:
        may_be_read = question.public and question.id in asked and question.id in answers
        assert (question.id in shown) is may_be_read
        value = answers.get(question.id)
        if not may_be_read and isinstance(value, str) and value.startswith(f"{question.id} "):
            assert value not in text
    kept = sum(section["kept_internal"]["count"] for section in sections if section["kept_internal"])
    assert kept == sum(not questionnaire().question(name).public for name in answers if name in asked)


def test_reader_sees_words_for_codes() -> None:
    answers: dict[str, Value] = {"overall_residual_risk": "medium", "next_review": "2027-01-05"}
    shown = {
        answer["question"]: answer["shown"]
        for section in public_sections(questionnaire(), answers, {}, LANGUAGE, rules=RULES)
        for answer in section["answers"]
    }
    assert shown == {"overall_residual_risk": "Medium", "next_review": "5 January 2027"}


@pytest.mark.parametrize("section", ["security", "advice"])
def test_ground_is_named_for_sections_with_internal_questions(section: str) -> None:
    question = next(each for each in questionnaire().section(section).questions if not each.public)
    (found,) = public_sections(questionnaire(), {question.id: answer_to(question, 0)}, {}, LANGUAGE, rules=RULES)
    assert found["answers"] == []
    assert found["kept_internal"]["count"] == 1
    assert found["kept_internal"]["ground"]
