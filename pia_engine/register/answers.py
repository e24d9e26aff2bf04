"""Which answers the public may read, and how they read. What stays internal leaves only its number and its ground."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pia_engine.errors import N_
from pia_engine.models import Answer
from pia_engine.models.policy_rules import PolicyRules
from pia_engine.questionnaires.answers import show_value
from pia_engine.questionnaires.definition import Question, Questionnaire, QuestionType, Section, Value
from pia_engine.questionnaires.progress import visible_questions
from pia_engine.questionnaires.values import is_answered, same_value
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.language import Language
from pia_engine.register.risks import register_columns, register_words

GROUNDS = {
    "security": N_("security detail that could help an attacker"),
    "advice": N_("confidential advice"),
    "publication": N_("working note on what to withhold"),
}
REGISTERS = frozenset({QuestionType.RISKS, QuestionType.PRINCIPLES})
OTHER_GROUND = N_("internal working note")
STATED_BY_VENDOR = N_("Stated by %(company)s on %(day)s, accepted by the city")
CARRIED_FROM_EDITION = N_("Unchanged since %(edition)s")


def public_sections(
    questionnaire: Questionnaire,
    answers: Mapping[str, Value],
    stored: Mapping[str, Answer],
    language: Language,
    *,
    rules: PolicyRules,
) -> list[dict[str, Any]]:
    """Every section that was asked: its public answers, and the count and ground of what stays internal.

    Registers are put into the words of the policy's `rules`.
    """
    asked = visible_questions(questionnaire, answers)
    sections = []
    for number, section in enumerate(questionnaire.sections, start=1):
        here = [question for question in asked if question in section.questions]
        given = [question for question in here if is_answered(answers.get(question.id))]
        if not given:
            continue
        public = [each for each in given if each.public and each.type is not QuestionType.FILE]
        sections.append(
            {
                "id": section.id,
                "number": number,
                "title": section.title,
                "intro": section.intro,
                "foundation": section.foundation,
                "answers": [
                    _answer(each, answers[each.id], stored.get(each.id), language, rules=rules) for each in public
                ],
                "kept_internal": _kept_internal(section, len(given) - len(public), language),
            }
        )
    return sections


def _kept_internal(section: Section, count: int, language: Language) -> dict[str, Any] | None:
    if not count:
        return None
    return {"count": count, "ground": language.say(GROUNDS.get(section.id, OTHER_GROUND))}


def _answer(
    question: Question, value: Value, stored: Answer | None, language: Language, *, rules: PolicyRules
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "question": question.id,
        "text": question.text,
        "type": str(question.type),
        "value": value,
        "shown": _shown(question, value, language),
        "provenance": _provenance(stored, value, language),
    }
    if question.type in REGISTERS:
        entry["shown"] = register_words(question.type, value, rules, say=language.say, day=language.day)
        entry["columns"] = register_columns(question.type, language.say)
    if question.columns:
        entry["columns"] = [{"id": column.id, "label": column.label} for column in question.columns]
    return entry


def _shown(question: Question, value: Value, language: Language) -> str | list[str] | list[dict[str, str]]:
    shown = show_value(question, value)
    if isinstance(shown, str):
        return _said(shown, language)
    rows = [entry for entry in shown if isinstance(entry, dict)]
    if rows:
        return [{column: _said(cell, language) for column, cell in row.items()} for row in rows]
    return [_said(entry, language) for entry in shown if isinstance(entry, str)]


def _said(text: str, language: Language) -> str:
    return language.say(text) if isinstance(text, Sentence) else text


def _provenance(stored: Answer | None, value: Value, language: Language) -> str | None:
    """Where an answer came from when it is not the author's own; a text changed since is the author's."""
    if stored is None or not same_value(stored.value, value):
        return None
    if stored.origin == "vendor":
        company, _comma, day = stored.origin_note.rpartition(", ")
        return language.say(Sentence(STATED_BY_VENDOR, company=company, day=language.day(day)))
    if stored.origin == "previous":
        return language.say(Sentence(CARRIED_FROM_EDITION, edition=stored.origin_note))
    return None
