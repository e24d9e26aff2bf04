"""A threshold rule as a form shows it: groups of demands, one level deep, with every value still a text.

A condition that goes deeper, or says “not”, is kept as it is: its words can be read, and the rest of its rule changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pia_engine.questionnaires.answers import choices
from pia_engine.questionnaires.definition import Operator, Questionnaire, QuestionType

LEADS, ADDS, COUNTS = "leads", "adds", "counts"
ALL, ANY = "all", "any"

# What can be asked of an answer. Not answered is `answered: false` in a document.
UNANSWERED = "unanswered"
_ANSWERED = (str(Operator.ANSWERED), UNANSWERED)
_AMOUNTS = (str(Operator.AT_LEAST), str(Operator.LESS_THAN))
_SINGLE = (str(Operator.EQUALS), str(Operator.NOT_EQUALS))
_TEXTS = (*_SINGLE, *_ANSWERED)
_CHOICE = (str(Operator.INCLUDES_ANY), str(Operator.NOT_EQUALS), *_ANSWERED)
_COUNTED = (*_AMOUNTS, *_ANSWERED)
WAYS: Mapping[QuestionType, tuple[str, ...]] = {
    QuestionType.SHORT_TEXT: _TEXTS,
    QuestionType.LONG_TEXT: _TEXTS,
    QuestionType.YES_NO: _CHOICE,
    QuestionType.YES_NO_UNSURE: _CHOICE,
    QuestionType.ONE_OF: _CHOICE,
    QuestionType.ANY_OF: (str(Operator.INCLUDES_ANY), str(Operator.INCLUDES_ALL), *_COUNTED),
    QuestionType.NUMBER: (*_AMOUNTS, *_SINGLE, *_ANSWERED),
    QuestionType.DATE: _TEXTS,
    QuestionType.PERSON: _TEXTS,
    QuestionType.DEPARTMENT: _TEXTS,
    QuestionType.FILE: _COUNTED,
    QuestionType.ROWS: _COUNTED,
    QuestionType.RISKS: _COUNTED,
    QuestionType.PRINCIPLES: _ANSWERED,
}


_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Demand:
    """One question, what is asked of its answer, and the values as texts. New ones have no way yet."""

    question: str = ""
    way: str = ""
    options: tuple[str, ...] = ()
    value: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Demands of which all or any have to be met."""

    match: str = ALL
    demands: tuple[Demand, ...] = (Demand(),)


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule being written. `kept` is a condition that the form can only show."""

    because: str = ""
    source: str = ""
    effect: str = ""
    outcome: str = ""
    points: str = ""
    needed: str = ""
    match: str = ALL
    groups: tuple[Group, ...] = (Group(),)
    kept: Mapping[str, Any] | None = field(default=None, hash=False)


def draft_of(rule: Mapping[str, Any], questionnaire: Questionnaire) -> RuleDraft:
    """The rule of a document as a form shows it."""
    points, condition = rule.get("points"), rule.get("when")
    counts = isinstance(points, Mapping)
    match, groups = _groups(condition, questionnaire) if condition else (ALL, (Group(),))
    return RuleDraft(
        because=rule["because"],
        source=rule.get("source", ""),
        effect=COUNTS if counts else ADDS if points else LEADS,
        outcome=rule.get("outcome") or "",
        points=str(points) if points and not counts else "",
        needed=str(points["at_least"]) if isinstance(points, Mapping) else "",
        match=match,
        groups=groups or (Group(),),
        kept=condition if condition and not groups else None,
    )


def document_of(draft: RuleDraft, rule_id: str, questionnaire: Questionnaire) -> dict[str, Any]:
    """The rule as a document holds it. Whether it makes sense is judged there."""
    written: dict[str, Any] = {"id": rule_id, "because": draft.because}
    if draft.source:
        written["source"] = draft.source
    if draft.effect != ADDS:
        written["outcome"] = draft.outcome
    if draft.effect == COUNTS:
        return {**written, "points": {"at_least": _number(draft.needed)}}
    if draft.effect == ADDS:
        written["points"] = _number(draft.points)
    return {**written, "when": dict(draft.kept) if draft.kept else _condition(draft, questionnaire)}


def filled_groups(draft: RuleDraft) -> tuple[Group, ...]:
    """The groups without the places nobody filled in."""
    kept = (Group(group.match, tuple(demand for demand in group.demands if demand.question)) for group in draft.groups)
    return tuple(group for group in kept if group.demands)


def _condition(draft: RuleDraft, questionnaire: Questionnaire) -> dict[str, Any]:
    parts = [
        _joined(group.match, [_comparison(demand, questionnaire) for demand in group.demands])
        for group in filled_groups(draft)
    ]
    return _joined(draft.match, parts)


def _joined(match: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return parts[0] if len(parts) == 1 else {match: parts}


def _comparison(demand: Demand, questionnaire: Questionnaire) -> dict[str, Any]:
    question = questionnaire.find_question(demand.question)
    told = {"question": demand.question}
    if demand.way in _ANSWERED:
        return {**told, str(Operator.ANSWERED): demand.way != UNANSWERED}
    if demand.way in _AMOUNTS or (question is not None and question.type is QuestionType.NUMBER):
        return {**told, demand.way: _number(demand.value)}
    if question is None or not choices(question):
        return {**told, demand.way: demand.value}
    if demand.way == Operator.NOT_EQUALS:
        return {**told, demand.way: demand.options[0] if demand.options else ""}
    if question.type is not QuestionType.ANY_OF and len(demand.options) == 1:
        return {**told, str(Operator.EQUALS): demand.options[0]}
    return {**told, demand.way: list(demand.options)}


def _number(text: str) -> int | float | str:
    """The number a text says, or the text itself, which the check of the document then refuses."""
    plain = "".join(text.split()).replace(",", "")
    if not _NUMBER.fullmatch(plain):
        return text
    return float(plain) if "." in plain else int(plain)


def _groups(condition: Mapping[str, Any], questionnaire: Questionnaire) -> tuple[str, tuple[Group, ...]]:
    """How the parts are joined, and the parts; no parts when the condition goes deeper than the form."""
    match, parts = _parts(condition)
    if all("question" in part for part in parts):
        flat = _group(match, parts, questionnaire)
        return ALL, (flat,) if flat else ()
    groups = [_group(*_parts(part), questionnaire) for part in parts]
    return match, tuple(group for group in groups if group) if all(groups) else ()


def _parts(condition: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    for match in (ALL, ANY):
        if match in condition:
            return match, list(condition[match])
    return ALL, [condition]


def _group(match: str, parts: list[Mapping[str, Any]], questionnaire: Questionnaire) -> Group | None:
    demands = [_demand(part, questionnaire) for part in parts]
    found = tuple(demand for demand in demands if demand)
    return Group(match, found) if len(found) == len(parts) else None


def _demand(part: Mapping[str, Any], questionnaire: Questionnaire) -> Demand | None:
    question = questionnaire.find_question(part.get("question", ""))
    operator = next((each for each in Operator if each.value in part), None)
    if question is None or operator is None:
        return None
    value = part[operator.value]
    if operator is Operator.ANSWERED:
        return Demand(question.id, str(operator) if value else UNANSWERED)
    if operator in (Operator.AT_LEAST, Operator.LESS_THAN) or not choices(question):
        return Demand(question.id, str(operator), value=str(value))
    wanted = tuple(value) if isinstance(value, list | tuple) else (str(value),)
    # One value asked for is a list of one, so that the form has one way to say it.
    way = Operator.INCLUDES_ANY if operator is Operator.EQUALS else operator
    return Demand(question.id, str(way), wanted)
