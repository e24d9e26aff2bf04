"""The two registers in words: risks rated by the policy's matrix, findings on the policy's principles.

Stored are ids and numbers; here they get the names of the catalogue, the controls and the policy version.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pia_engine.errors import N_
from pia_engine.models.policy_rules import PolicyRules, RiskMatrix
from pia_engine.permissions.registers import level_before, level_left
from pia_engine.questionnaires.controls import find_control
from pia_engine.questionnaires.definition import QuestionType, Value
from pia_engine.questionnaires.registers import (
    FINDINGS,
    PRINCIPLE_FIELDS,
    RESPONSES,
    RISK_FIELDS,
    rating,
    risk_number,
)
from pia_engine.questionnaires.risk_kinds import kind_name
from pia_engine.questionnaires.values import filled_rows
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.marks import is_mark, is_withheld

Say = Callable[[object], str]

LEVEL_FIELDS: Mapping[str, str] = {
    "level": N_("Level without measures"),
    "residual_level": N_("Level with the measures"),
}
UNRATED = N_("Not rated")


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk in words. Ratings count from 1, a missing one as the worst; levels are ids."""

    id: str
    words: Mapping[str, str]
    likelihood: int
    severity: int
    residual_likelihood: int
    residual_severity: int
    level: str
    residual_level: str

    @property
    def reference(self) -> str:
        return self.words["id"]


def risk_words(row: Mapping[str, str], rules: PolicyRules, *, say: Say, day: Callable[[str], str]) -> dict[str, str]:
    """One risk as people read it: the same keys, and the levels of its two ratings."""
    matrix = rules.matrix
    words = {field: row.get(field, "") for field in RISK_FIELDS}
    words["id"] = risk_number(row)
    for field in ("action", "problem", "threat"):
        words[field] = say(kind_name(field, words[field])) if words[field] else ""
    for field, scale in _scales(matrix):
        number = rating(row, field)
        words[field] = say(scale[min(number, len(scale)) - 1]) if number else say(UNRATED)
    words["response"] = _label(RESPONSES, words["response"], say)
    words["controls"] = "; ".join(control_names(row.get("controls", "").split(), rules))
    words["due_on"] = day(words["due_on"])
    words["level"] = say(matrix.levels[level_before(matrix, row)])
    words["residual_level"] = say(matrix.levels[level_left(matrix, row)])
    return words


def control_names(control_ids: Iterable[str], rules: PolicyRules) -> list[str]:
    """Controls with their titles: the city's own first, then those of the baseline; an unknown id stands for itself."""
    own = {control.id: control.name for control in rules.controls}
    return [f"{each} {own.get(each) or _title(each)}".strip() for each in control_ids]


def principle_words(row: Mapping[str, str], rules: PolicyRules, *, say: Say) -> dict[str, str]:
    """One finding as people read it, with the laws it rests on and where they stand written."""
    names = {principle.id: principle.name for principle in rules.principles}
    laws = {each.id: ", ".join(filter(None, (each.name, each.citation))) for each in rules.authorities}
    words = {field: row.get(field, "") for field in PRINCIPLE_FIELDS}
    words["principle"] = names.get(words["principle"], words["principle"])
    words["finding"] = _label(FINDINGS, words["finding"], say)
    words["authorities"] = "; ".join(laws.get(each, each) for each in words["authorities"].split())
    return words


def register_words(
    kind: QuestionType, value: Value, rules: PolicyRules, *, say: Say, day: Callable[[str], str]
) -> list[dict[str, str]]:
    """The answer to a question that is a register, entry by entry."""
    if kind is QuestionType.RISKS:
        return [risk_words(row, rules, say=say, day=day) for row in filled_rows(value)]
    return [principle_words(row, rules, say=say) for row in filled_rows(value)]


def register_columns(kind: QuestionType, say: Say) -> list[dict[str, str]]:
    """What each key of an entry is called."""
    fields = {**RISK_FIELDS, **LEVEL_FIELDS} if kind is QuestionType.RISKS else PRINCIPLE_FIELDS
    return [{"id": field, "label": say(name)} for field, name in fields.items()]


def policy_words(rules: PolicyRules, say: Say) -> dict[str, Any]:
    """What a reader needs of the policy to understand the registers: matrix, principles and authorities."""
    matrix = rules.matrix
    return {
        "matrix": {
            "likelihoods": [say(word) for word in matrix.likelihoods],
            "severities": [say(word) for word in matrix.severities],
            "levels": {level: say(word) for level, word in matrix.levels.items()},
            "cells": [list(row) for row in matrix.cells],
        },
        "principles": [{"id": each.id, "name": each.name, "text": each.text} for each in rules.principles],
        "authorities": [{"id": each.id, "name": each.name, "citation": each.citation} for each in rules.authorities],
    }


def matrix_of(record: Mapping[str, Any]) -> RiskMatrix:
    """The matrix a public record was rated by."""
    stored = record["policy"]["matrix"]
    return RiskMatrix(
        likelihoods=tuple(stored["likelihoods"]),
        severities=tuple(stored["severities"]),
        levels=dict(stored["levels"]),
        cells=tuple(tuple(row) for row in stored["cells"]),
    )


def read_risks(
    rows: Sequence[Mapping[str, str]], words: Sequence[Mapping[str, str]], matrix: RiskMatrix
) -> tuple[Risk, ...]:
    """Risks from their stored rows and the same rows in words."""
    return tuple(_risk(row, said, matrix) for row, said in zip(rows, words, strict=True))


def risks_of_record(record: Mapping[str, Any], answer: Mapping[str, Any] | None) -> tuple[Risk, ...]:
    """The risks of a public record, given its answer to the question about them; those withheld are left out."""
    if answer is None or is_withheld(answer):
        return ()
    rows = zip(filled_rows(answer["value"]), answer["shown"], strict=True)
    told = [(row, words) for row, words in rows if not is_mark(row)]
    return read_risks([row for row, _words in told], [words for _row, words in told], matrix_of(record))


def withheld_risks(answer: Mapping[str, Any] | None) -> list[Mapping[str, str]]:
    """What a public record shows in the place of risks that are withheld one by one."""
    if answer is None or is_withheld(answer):
        return []
    return [said for row, said in zip(filled_rows(answer["value"]), answer["shown"], strict=True) if is_mark(row)]


def _risk(row: Mapping[str, str], words: Mapping[str, str], matrix: RiskMatrix) -> Risk:
    ratings = {field: min(rating(row, field) or len(scale), len(scale)) for field, scale in _scales(matrix)}
    return Risk(
        id=row.get("id", ""),
        words=words,
        level=level_before(matrix, row),
        residual_level=level_left(matrix, row),
        **ratings,
    )


def _scales(matrix: RiskMatrix) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("likelihood", matrix.likelihoods),
        ("severity", matrix.severities),
        ("residual_likelihood", matrix.likelihoods),
        ("residual_severity", matrix.severities),
    )


def _label(options: Iterable[Any], value: str, say: Say) -> str:
    return next((say(Sentence(option.label)) for option in options if option.value == value), value)


def _title(control_id: str) -> str:
    control = find_control(control_id)
    return control.title if control else ""
