"""What changed between two answers, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.models import Assessment
from pia_engine.questionnaires.answers import choices
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.differences import Line, compare_lines
from pia_engine.questionnaires.registers import PRINCIPLE_FIELDS, RISK_FIELDS
from pia_engine.questionnaires.values import is_answered
from pia_engine.services.offers import offers_for
from pia_engine.web.checking import read_aloud

_NUMBERED = frozenset({QuestionType.NUMBER, QuestionType.DATE, QuestionType.FILE})


Names = Mapping[str, str]


def names_in_policy(assessment: Assessment) -> dict[str, str]:
    """What the principles and laws of the assessment's policy are called, by their id."""
    policy = offers_for(db.session, assessment, now=clock.now()).policy
    if policy is None:
        return {}
    principles = {each.id: each.name for each in policy.principles}
    return {**principles, **{each.id: each.name for each in policy.authorities}}


def differences(question: Question, before: Value | None, after: Value | None, names: Names) -> tuple[Line, ...]:
    """Texts and rows word by word; choices, numbers, days and files each as a whole. `names` as in the policy."""
    within = not choices(question) and question.type not in _NUMBERED
    return compare_lines(_lines(question, before, names), _lines(question, after, names), within=within)


def _lines(question: Question, value: Value | None, names: Names) -> list[str]:
    """An answer as texts: one for a text, one for each tick, row or entry of a list."""
    if not is_answered(value):
        return []
    said = read_aloud(question, value)
    entries = said if isinstance(said, list) else [said]
    parts = _names_of_parts(question)
    return [_entry(each, parts, names if question.type is QuestionType.PRINCIPLES else {}) for each in entries]


def _entry(said: Any, parts: Names, names: Names) -> str:
    if not isinstance(said, dict):
        return str(said)
    shown = {part: _named(part, cell, names) for part, cell in said.items() if cell}
    return "\n".join(f"{parts.get(part, part)}: {cell}" for part, cell in shown.items())


def _named(part: str, cell: str, names: Names) -> str:
    if part not in ("principle", "authorities"):
        return cell
    return "; ".join(names.get(name, name) for name in cell.split())


def _names_of_parts(question: Question) -> dict[str, str]:
    if question.type is QuestionType.RISKS:
        return {name: _(label) for name, label in RISK_FIELDS.items()}
    if question.type is QuestionType.PRINCIPLES:
        return {name: _(label) for name, label in PRINCIPLE_FIELDS.items()}
    return {column.id: column.label for column in question.columns}
