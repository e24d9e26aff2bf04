"""Sound plain data into the dataclasses of `definition`; what is unsound has been refused before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Data
from dataclasses import replace
from typing import Any

from pia_engine.questionnaires.definition import (
    AllOf,
    AnyOf,
    Column,
    Comparison,
    Condition,
    MappedAnswer,
    Mapping,
    Not,
    Operator,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    Rule,
    Section,
    Thresholds,
)
from pia_engine.questionnaires.translating import in_other_words

_TEXT_FIELDS = ("hint", "guidance", "example", "unit")
_PLAIN_FIELDS = ("max_length", "minimum", "maximum", "min_rows", "max_rows")


def parse_questionnaire(data: Data[str, Any]) -> Questionnaire:
    """The questionnaire with all its translations, which differ from it in their texts only."""
    digest = digest_of(data)
    translated = {
        code: _in_one_language(in_other_words(data, code), code, digest) for code in data.get("translations", ())
    }
    return replace(_in_one_language(data, data.get("language", "en"), digest), translations=translated)


def _in_one_language(data: Data[str, Any], language: str, digest: str) -> Questionnaire:
    thresholds = data.get("thresholds")
    return Questionnaire(
        id=data["id"],
        language=language,
        version=int(data["version"]),
        title=data["title"].strip(),
        purpose=data["purpose"].strip(),
        sections=tuple(_section(section) for section in data["sections"]),
        thresholds=parse_thresholds(thresholds) if thresholds else None,
        mappings=tuple(_mapping(mapping) for mapping in data.get("mappings", ())),
        digest=digest,
    )


def parse_thresholds(data: Data[str, Any]) -> Thresholds:
    """Also for thresholds kept elsewhere than in a file, which have been checked against their questionnaire."""
    return Thresholds(
        outcomes=tuple(data["outcomes"]),
        default=data["default"],
        rules=tuple(_rule(rule) for rule in data["rules"]),
    )


def parse_condition(data: Data[str, Any]) -> Condition:
    match data:
        case {"all": parts}:
            return AllOf(tuple(parse_condition(part) for part in parts))
        case {"any": parts}:
            return AnyOf(tuple(parse_condition(part) for part in parts))
        case {"not": part}:
            return Not(parse_condition(part))
    operator = next(operator for operator in Operator if operator.value in data)
    value = data[operator.value]
    return Comparison(data["question"], operator, tuple(value) if isinstance(value, list) else value)


def digest_of(data: Data[str, Any]) -> str:
    """The same for the same content, whatever the comments, quotes and line breaks of the file."""
    canonical = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _section(data: Data[str, Any]) -> Section:
    return Section(
        id=data["id"],
        title=data["title"].strip(),
        intro=data.get("intro", "").strip(),
        foundation=data["foundation"],
        questions=tuple(_question(question, data["foundation"]) for question in data["questions"]),
    )


def _question(data: Data[str, Any], foundation: int) -> Question:
    return Question(
        id=data["id"],
        type=QuestionType(data["type"]),
        text=data["text"].strip(),
        answered_by=data["answered_by"],
        public=data["public"],
        required=data.get("required", "required_when" not in data),
        foundation=data.get("foundation", foundation),
        options=_options(data),
        columns=tuple(_column(column) for column in data.get("columns", ())),
        controls=tuple(data.get("controls", ())),
        terms=tuple(data.get("terms", ())),
        ground=data.get("ground", ""),
        shown_when=_condition(data, "shown_when"),
        required_when=_condition(data, "required_when"),
        **{name: data[name].strip() for name in _TEXT_FIELDS if name in data},
        **{name: data[name] for name in _PLAIN_FIELDS if name in data},
    )


def _condition(data: Data[str, Any], name: str) -> Condition | None:
    return parse_condition(data[name]) if name in data else None


def _options(data: Data[str, Any]) -> tuple[Option, ...]:
    return tuple(
        Option(
            entry["value"],
            entry["label"].strip(),
            entry.get("hint", "").strip(),
            entry.get("exclusive", False),
        )
        for entry in data.get("options", ())
    )


def _column(data: Data[str, Any]) -> Column:
    return Column(
        id=data["id"],
        label=data["label"].strip(),
        type=QuestionType(data["type"]),
        required=data.get("required", True),
        options=_options(data),
        hint=data.get("hint", "").strip(),
    )


def _rule(data: Data[str, Any]) -> Rule:
    points, condition = data.get("points", 0), data.get("when")
    counts = isinstance(points, dict)
    return Rule(
        id=data["id"],
        because=data["because"].strip(),
        when=parse_condition(condition) if condition else None,
        outcome=data.get("outcome"),
        points=0 if counts else points,
        points_needed=points["at_least"] if counts else None,
        source=data.get("source", "").strip(),
    )


def _mapping(data: Data[str, Any]) -> Mapping:
    return Mapping(
        from_questionnaire=data["from"],
        answers=tuple(
            MappedAnswer(entry["question"], entry["source"], entry.get("values")) for entry in data["answers"]
        ),
    )
