"""The published JSON Schema, and its findings said as “what is wrong; what was expected”."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

from pia_engine.questionnaires.outline import Finding
from pia_engine.questionnaires.source import DataPath, Problem, Source

_Error = Any
"""The library's error: most of its fields have no useful type."""

_KINDS = {
    dict: "a group of “name: value” lines",
    list: "a list",
    bool: "true or false",
    str: "a text",
    int: "a number",
    float: "a number",
    type(None): "empty",
}


def schema_text() -> str:
    """The schema as published for editors and other programs."""
    return resources.files(__package__).joinpath("questionnaire.schema.json").read_text("utf-8")


def schema_problems(source: Source) -> list[Problem]:
    """Everything in the file that does not have the published shape."""
    return sorted({source.problem(path, text) for path, text in shape_findings(source.data)})


def shape_findings(data: object, shape: str = "") -> list[Finding]:
    """What does not have the published shape, and where; `shape` names a part of the schema instead of the whole."""
    errors = list(_validator(shape).iter_errors(data))
    unknown_names = {_path(error) for error in errors if error.validator in ("additionalProperties", "type")}
    return [
        finding
        for error in errors
        # A misspelt operator is one mistake, not also an incomplete condition.
        if not (error.validator == "oneOf" and _path(error) in unknown_names)
        for finding in _findings(error)
    ]


@functools.cache
def _validator(shape: str) -> Draft202012Validator:
    schema = _schema()
    return Draft202012Validator({"$ref": f"#/$defs/{shape}", "$defs": schema["$defs"]} if shape else schema)


@functools.cache
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(schema_text())
    return loaded


def _path(error: _Error) -> DataPath:
    return tuple(error.absolute_path)


def _findings(error: _Error) -> Iterator[Finding]:
    path = _path(error)
    finder = _FINDERS.get(str(error.validator))
    if finder is not None:
        yield from finder(error, path)
        return
    wrong = _WRONG.get(str(error.validator), lambda _: "does not fit")(error)
    yield path, f"{_name(path)} {wrong}; expected {_expected(error)}"


def _missing(error: _Error, path: DataPath) -> Iterator[Finding]:
    schema = _schema_of(error)
    for name in error.validator_value:
        if name not in error.instance:
            expected = _described(schema.get("properties", {}).get(name, {})) or "it to be given"
            yield path, f"“{name}” is missing; expected {expected}"


def _unknown(error: _Error, path: DataPath) -> Iterator[Finding]:
    known = _schema_of(error).get("properties", {})
    for name in error.instance:
        if name not in known:
            yield (*path, name), f"“{name}” is not known here; expected one of {', '.join(known)}"


def _bad_name(error: _Error, path: DataPath) -> Iterator[Finding]:
    yield (
        (*path, str(error.instance)),
        f"“{_short(error.instance)}” does not fit; expected {_expected(error)}",
    )


def _schema_of(error: _Error) -> Mapping[str, Any]:
    return error.schema if isinstance(error.schema, Mapping) else {}


def _expected(error: _Error) -> str:
    return _described(_schema_of(error)) or "what the schema describes"


def _described(schema: Mapping[str, Any]) -> str:
    """The description nearest to the place, else the one of the shape it refers to."""
    if "description" in schema:
        return str(schema["description"])
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    shape = _schema()["$defs"].get(reference, {}) if reference else {}
    return str(shape.get("description", ""))


def _name(path: DataPath) -> str:
    """What people call the place: the nearest name, and the number of the entry when it is in a list."""
    if not path:
        return "the file"
    last = path[-1]
    if isinstance(last, str):
        return f"“{last}”"
    around = next((str(part) for part in reversed(path) if isinstance(part, str)), "the list")
    return f"entry {last + 1} of “{around}”"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(error: _Error) -> str:
    return f"is {_KINDS.get(type(error.instance), 'something else')}"


def _given(error: _Error) -> str:
    return f"is “{_short(error.instance)}”"


_FINDERS: Mapping[str, Callable[[_Error, DataPath], Iterator[Finding]]] = {
    "required": _missing,
    "additionalProperties": _unknown,
    "pattern": lambda error, path: (
        _bad_name(error, path) if _is_a_key(error) else iter([(path, _pattern_text(error, path))])
    ),
}


def _is_a_key(error: _Error) -> bool:
    return "propertyNames" in error.absolute_schema_path


def _pattern_text(error: _Error, path: DataPath) -> str:
    wrong = _given(error) if error.instance.strip() else "is empty"
    return f"{_name(path)} {wrong}; expected {_expected(error)}"


_WRONG: Mapping[str, Callable[[_Error], str]] = {
    "type": _kind,
    "enum": _given,
    "minimum": _given,
    "maximum": _given,
    "maxLength": lambda error: f"has {len(error.instance)} characters",
    "minItems": lambda error: f"has {len(error.instance)} entries",
    "maxItems": lambda error: f"has {len(error.instance)} entries",
    "minProperties": lambda _: "is empty",
    "uniqueItems": lambda _: "names the same thing twice",
    "oneOf": lambda _: "is not complete or mixes two forms",
}
