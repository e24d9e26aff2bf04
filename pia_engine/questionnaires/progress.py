"""Which questions are asked given the answers so far, and how far along a person is; both from one calculation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pia_engine.questionnaires.answers import check_complete, check_value
from pia_engine.questionnaires.conditions import holds
from pia_engine.questionnaires.definition import Answers, Question, Questionnaire, Section, Value
from pia_engine.questionnaires.values import is_answered


class SectionStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """`answered` counts visible questions with a finished answer, `missing` names what holds up handing in.

    A section of optional questions stays "not started" while nothing is said, yet holds nobody up: nothing is missing.
    """

    status: SectionStatus
    answered: int
    required: int
    missing: tuple[str, ...]


def visible_questions(
    questionnaire: Questionnaire, answers: Answers, *, role: str | None = None
) -> tuple[Question, ...]:
    """The questions asked, in order; with a role, only those which that role answers."""
    return _asked(_walk(questionnaire, answers), role)


def required_questions(questionnaire: Questionnaire, answers: Answers) -> frozenset[str]:
    """The ids of the questions that are asked and have to be answered, given the answers so far."""
    return _walk(questionnaire, answers).required


def answers_in_play(questionnaire: Questionnaire, answers: Answers) -> dict[str, Value]:
    """The answers that count. One to a question hidden since is kept where it is stored, but decides nothing."""
    return _walk(questionnaire, answers).in_play


def is_finished(question: Question, answers: Answers) -> bool:
    """Whether the question has an answer that fits and lacks nothing."""
    value = answers.get(question.id)
    if value is None or not is_answered(value) or check_value(question, value):
        return False
    return check_complete(question, value) is None


def missing_questions(
    questionnaire: Questionnaire, answers: Answers, *, role: str | None = None
) -> tuple[Question, ...]:
    """The questions still to be finished, in order. Handing in is possible when there are none."""
    walk = _walk(questionnaire, answers)
    return tuple(question for question in _asked(walk, role) if _is_missing(question, answers, walk.required))


def section_progress(
    section: Section, questionnaire: Questionnaire, *, answers: Answers, role: str | None = None
) -> SectionProgress:
    """How far one section is. For a whole task list, `progress_by_section` does the work once."""
    return _of_section(section, _walk(questionnaire, answers), answers, role=role)


def progress_by_section(
    questionnaire: Questionnaire, answers: Answers, *, role: str | None = None
) -> dict[str, SectionProgress]:
    """The progress of every section by its id, in order."""
    walk = _walk(questionnaire, answers)
    return {section.id: _of_section(section, walk, answers, role=role) for section in questionnaire.sections}


@dataclass(frozen=True, slots=True)
class _Walk:
    """What going through the questions once in their order finds out."""

    visible: tuple[Question, ...]
    required: frozenset[str]
    in_play: dict[str, Value]


def _walk(questionnaire: Questionnaire, answers: Answers) -> _Walk:
    """Conditions look back only, so one pass suffices; an answer counts only when its question is visible."""
    visible: list[Question] = []
    required: set[str] = set()
    in_play: dict[str, Value] = {}
    for question in questionnaire.questions:
        if question.shown_when is not None and not holds(question.shown_when, in_play):
            continue
        visible.append(question)
        if question.required or (question.required_when is not None and holds(question.required_when, in_play)):
            required.add(question.id)
        value = answers.get(question.id)
        if value is not None and is_answered(value):
            in_play[question.id] = value
    return _Walk(tuple(visible), frozenset(required), in_play)


def _asked(walk: _Walk, role: str | None) -> tuple[Question, ...]:
    return tuple(question for question in walk.visible if role in (None, question.answered_by))


def _of_section(section: Section, walk: _Walk, answers: Answers, *, role: str | None) -> SectionProgress:
    here = {question.id for question in section.questions}
    asked = [question for question in _asked(walk, role) if question.id in here]
    begun = any(is_answered(answers.get(question.id)) for question in asked)
    missing = tuple(question.id for question in asked if _is_missing(question, answers, walk.required))
    return SectionProgress(
        status=_status(asked=bool(asked), begun=begun, missing=bool(missing)),
        answered=sum(1 for question in asked if is_finished(question, answers)),
        required=sum(1 for question in asked if question.id in walk.required),
        missing=missing,
    )


def _is_missing(question: Question, answers: Answers, required: frozenset[str]) -> bool:
    """An optional answer may be left out, but once begun it has to fit."""
    needed = question.id in required or is_answered(answers.get(question.id))
    return needed and not is_finished(question, answers)


def _status(*, asked: bool, begun: bool, missing: bool) -> SectionStatus:
    if not asked:
        return SectionStatus.NOT_APPLICABLE
    if not begun:
        return SectionStatus.NOT_STARTED
    return SectionStatus.IN_PROGRESS if missing else SectionStatus.COMPLETE
