"""Answers as people read them: sections of questions with labels for codes, and where each answer comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from pia_engine.errors import N_
from pia_engine.models import Answer
from pia_engine.models.policy_rules import PolicyRules
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.definition import Answers, Question, Questionnaire, Section
from pia_engine.questionnaires.progress import visible_questions
from pia_engine.web.checking import read_on_page
from pia_engine.web.chronicle import day_in_words

ORIGINS = {
    "initial": N_("Carried over from the initial assessment (%(note)s)"),
    "vendor": N_("Stated by the vendor (%(note)s)"),
    "previous": N_("Taken over from the version before (%(note)s)"),
    "template": N_("Taken over from another assessment (%(note)s)"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its answer, in the shape the summary macro prints."""

    id: str
    question: str
    answer: Any
    columns: tuple[Any, ...]
    note: str
    who_answers: str
    answered_by: str
    is_public: bool
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section with the questions asked of this assessment."""

    id: str
    title: str
    entries: tuple[Entry, ...]


Wanted = Callable[[Question], bool]


def read_sections(
    questionnaire: Questionnaire,
    answers: Answers,
    *,
    stored: Mapping[str, Answer] | None = None,
    wanted: Wanted = lambda question: True,
    policy: PolicyRules | None = None,
) -> list[ReadSection]:
    """Every section that asks something, with its visible questions. `stored` adds who answered and from where.

    `policy` names the principles that findings are about.
    """
    visible = {question.id for question in visible_questions(questionnaire, answers) if wanted(question)}
    known = stored or {}
    sections = [
        ReadSection(section.id, section.title, _entries(section, visible, answers, stored=known, policy=policy))
        for section in questionnaire.sections
    ]
    return [section for section in sections if section.entries]


def _entries(
    section: Section,
    visible: set[str],
    answers: Answers,
    *,
    stored: Mapping[str, Answer],
    policy: PolicyRules | None,
) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            id=question.id,
            question=question.text,
            answer=shown(question, answers, policy),
            columns=question.columns,
            note=provenance(stored.get(question.id)),
            who_answers=_(ROLE_NAMES[Role(question.answered_by)]),
            answered_by=question.answered_by,
            is_public=question.public,
        )
        for question in section.questions
        if question.id in visible
    )


def shown(question: Question, answers: Answers, policy: PolicyRules | None = None) -> Any:
    """The answer in words of the reader's language."""
    return read_on_page(question, answers.get(question.id), policy)


def provenance(answer: Answer | None) -> str:
    """Where an answer comes from, when nobody here typed it; empty otherwise."""
    if answer is None or answer.origin not in ORIGINS:
        return ""
    said: str = _(ORIGINS[answer.origin], note=with_day(answer.origin_note))
    return said if answer.is_confirmed else _("%(origin)s. Not confirmed yet.", origin=said)


def with_day(note: str) -> str:
    """The note with the day at its end in words, when there is one."""
    source, comma, stated = note.rpartition(", ")
    try:
        return f"{source}{comma}{day_in_words(dt.date.fromisoformat(stated))}"
    except ValueError:
        return note
