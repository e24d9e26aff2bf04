"""Threshold rules as the plain document that files and policies hold: written out, and changed rule by rule.

A document is never changed in place: each function returns the next one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from pia_engine.errors import N_, NotFound
from pia_engine.questionnaires.definition import AllOf, AnyOf, Comparison, Condition, Not, Rule, Thresholds

Document = Mapping[str, Any]

_ID_WORDS = 4


def thresholds_document(thresholds: Thresholds) -> dict[str, Any]:
    """The document these thresholds are read from."""
    return {
        "outcomes": list(thresholds.outcomes),
        "default": thresholds.default,
        "rules": [rule_document(rule) for rule in thresholds.rules],
    }


def rule_document(rule: Rule) -> dict[str, Any]:
    written: dict[str, Any] = {"id": rule.id, "because": rule.because}
    if rule.source:
        written["source"] = rule.source
    if rule.outcome:
        written["outcome"] = rule.outcome
    if rule.points_needed is not None:
        written["points"] = {"at_least": rule.points_needed}
    elif rule.points:
        written["points"] = rule.points
    if rule.when is not None:
        written["when"] = condition_document(rule.when)
    return written


def condition_document(condition: Condition) -> dict[str, Any]:
    match condition:
        case AllOf(parts):
            return {"all": [condition_document(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [condition_document(part) for part in parts]}
        case Not(part):
            return {"not": condition_document(part)}
        case Comparison(question, operator, value):
            return {"question": question, str(operator): list(value) if isinstance(value, tuple) else value}


def find_rule(document: Document, rule_id: str) -> dict[str, Any]:
    """The rule of this id. Raises NotFound."""
    return dict(document["rules"][_place_of(document, rule_id)])


def with_rule(document: Document, rule: Mapping[str, Any]) -> dict[str, Any]:
    """The document with this rule in the place of the one of the same id, or at the end."""
    rules = list(document["rules"])
    place = next((place for place, known in enumerate(rules) if known["id"] == rule["id"]), len(rules))
    return {**document, "rules": [*rules[:place], dict(rule), *rules[place + 1 :]]}


def without_rule(document: Document, rule_id: str) -> dict[str, Any]:
    place = _place_of(document, rule_id)
    return {**document, "rules": [*document["rules"][:place], *document["rules"][place + 1 :]]}


def with_rule_moved(document: Document, rule_id: str, *, by: int) -> dict[str, Any]:
    """The document with the rule further up (-1) or down (1), staying inside the list."""
    place = _place_of(document, rule_id)
    rules = list(document["rules"])
    rule = rules.pop(place)
    rules.insert(max(0, min(place + by, len(rules))), rule)
    return {**document, "rules": rules}


def with_default(document: Document, outcome: str) -> dict[str, Any]:
    return {**document, "default": outcome}


def with_outcomes(document: Document, outcomes: tuple[str, ...]) -> dict[str, Any]:
    """The document with these outcomes to choose from, weakest first."""
    return {**document, "outcomes": list(outcomes)}


def new_rule_id(document: Document, because: str) -> str:
    """An id made of the first words of the reason, different from every other."""
    plain = unicodedata.normalize("NFKD", because).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain)[:_ID_WORDS]
    base = "-".join(["rule", *words] if not words or not words[0][0].isalpha() else words)[:60]
    taken = {rule["id"] for rule in document["rules"]}
    names = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _place_of(document: Document, rule_id: str) -> int:
    for place, rule in enumerate(document["rules"]):
        if rule["id"] == rule_id:
            return place
    raise NotFound(N_("There is no such rule. Somebody may have removed it in the meantime."))
