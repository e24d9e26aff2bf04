"""What is left to do and how answers read: the check page, and the way from section to section."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from pia_engine.errors import N_
from pia_engine.forms.questions import field_name
from pia_engine.forms.readonly import REGISTERS, lines_of
from pia_engine.models.offers import Offers
from pia_engine.models.policy_rules import PolicyRules
from pia_engine.permissions.roles import AUTHORING_ROLES, ROLE_NAMES, Role
from pia_engine.questionnaires.answers import show_value
from pia_engine.questionnaires.definition import Question, QuestionType, Section, Value
from pia_engine.questionnaires.progress import SectionStatus, is_finished, progress_by_section
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services.answers import ReadSheet
from pia_engine.web.remarks import provenance

KINDS = {
    QuestionType.SHORT_TEXT: N_("Text"),
    QuestionType.LONG_TEXT: N_("Text"),
    QuestionType.YES_NO: N_("Yes or no"),
    QuestionType.YES_NO_UNSURE: N_("Yes, no or not sure"),
    QuestionType.ONE_OF: N_("One choice"),
    QuestionType.ANY_OF: N_("Several choices"),
    QuestionType.NUMBER: N_("Number"),
    QuestionType.DATE: N_("Date"),
    QuestionType.PERSON: N_("A person"),
    QuestionType.DEPARTMENT: N_("A department"),
    QuestionType.FILE: N_("Files"),
    QuestionType.ROWS: N_("Table"),
    QuestionType.RISKS: N_("Register of risks"),
    QuestionType.PRINCIPLES: N_("Findings on principles"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One question with its answer as people read it."""

    id: str
    question: str
    kind: str
    answer: Any
    columns: tuple[Any, ...]
    is_public: bool
    is_missing: bool
    change_url: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedSection:
    id: str
    title: str
    entries: tuple[Entry, ...]


def waiting_for(sheet: ReadSheet, section: Section, roles: frozenset[str]) -> list[Question]:
    """The questions of a section these roles should still look at: unanswered, unfinished or unconfirmed."""
    here = {question.id for question in section.questions}
    return [
        question
        for question in sheet.visible
        if question.id in here
        and question.answered_by in roles
        and (question.id in sheet.unconfirmed or not is_finished(question, sheet.answers))
    ]


def next_section(sheet: ReadSheet, section: Section, roles: frozenset[str]) -> Section | None:
    """The next section with something to do for these roles; None when the check page is next."""
    sections = sheet.questionnaire.sections
    place = next(number for number, each in enumerate(sections) if each.id == section.id)
    for following in sections[place + 1 :]:
        waiting = waiting_for(sheet, following, roles)
        if any(question.id in sheet.required | sheet.unconfirmed for question in waiting):
            return following
        if waiting and not any(question.id in sheet.answers for question in following.questions):
            return following
    return None


def read_aloud(question: Question, value: Value | None) -> Any:
    """The answer in the reader's language, in the shape the templates print."""
    return _translated(show_value(question, value))


def read_on_page(question: Question, value: Value | None, policy: PolicyRules | None) -> Any:
    """The answer as a page of many answers shows it: of a register one line for each entry."""
    if question.type in REGISTERS and value is not None:
        return lines_of(question, value, Offers(policy=policy))
    return read_aloud(question, value)


def _translated(said: Any) -> Any:
    if isinstance(said, Sentence):
        return said.translated(_)
    if isinstance(said, list):
        return [_translated(each) for each in said]
    if isinstance(said, dict):
        return {key: _translated(cell) for key, cell in said.items()}
    return said


def checked_sections(
    sheet: ReadSheet,
    *,
    roles: frozenset[str],
    section_url: Callable[[str], str],
    notes: Mapping[str, Sequence[str]],
    policy: PolicyRules | None = None,
) -> list[CheckedSection]:
    """Every question that applies with its answer, by section; a link where `roles` may change it.

    `policy` names the principles that findings are about.
    """
    checked = []
    for section in sheet.questionnaire.sections:
        url = section_url(section.id)
        here = {question.id for question in section.questions}
        entries = tuple(
            _entry(question, sheet, roles, url=url, notes=notes.get(question.id, ()), policy=policy)
            for question in sheet.visible
            if question.id in here
        )
        if entries:
            checked.append(CheckedSection(section.id, section.title, entries))
    return checked


def _entry(
    question: Question,
    sheet: ReadSheet,
    roles: frozenset[str],
    *,
    url: str,
    notes: Sequence[str],
    policy: PolicyRules | None,
) -> Entry:
    is_needed = question.id in sheet.required or question.id in sheet.answers
    mine = question.answered_by in roles
    holds_up = mine or question.answered_by in AUTHORING_ROLES
    is_missing = is_needed and holds_up and not is_finished(question, sheet.answers)
    said = list(notes)
    if question.id in sheet.unconfirmed:
        answer = sheet.stored[question.id]
        said.append(provenance(answer.origin, answer.origin_note))
    if not mine and is_missing:
        said.append(_("Waits for: %(role)s", role=_(ROLE_NAMES[Role(question.answered_by)])))
    return Entry(
        id=question.id,
        question=question.text,
        kind=_(KINDS[question.type]),
        answer=read_on_page(question, sheet.answers.get(question.id), policy),
        columns=question.columns,
        is_public=question.public,
        is_missing=is_missing,
        change_url=f"{url}#{field_name(question.id)}" if mine else "",
        notes=tuple(said),
    )


def section_tasks(
    sheet: ReadSheet, *, roles: frozenset[str], section_url: Callable[[str], str]
) -> list[dict[str, str]]:
    """The sections as a list of tasks, each with how far it is."""
    words = {
        SectionStatus.NOT_STARTED: _("Not started"),
        SectionStatus.IN_PROGRESS: _("In progress"),
        SectionStatus.COMPLETE: _("Complete"),
    }
    tasks = []
    for section in sheet.questionnaire.sections:
        progress = progress_by_section(sheet.questionnaire, sheet.answers)[section.id]
        if progress.status is SectionStatus.NOT_APPLICABLE:
            continue
        unconfirmed = any(question.id in sheet.unconfirmed for question in waiting_for(sheet, section, roles))
        status = SectionStatus.IN_PROGRESS if unconfirmed else progress.status
        tasks.append(
            {
                "text": section.title,
                "href": section_url(section.id),
                "hint": _("Answers taken over wait to be checked.") if unconfirmed else "",
                "status_text": words[status],
                "status": str(status),
            }
        )
    return tasks
