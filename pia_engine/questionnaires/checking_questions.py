"""Does each question by itself make sense: fields of its type, a ground when internal, known controls and terms?"""

from __future__ import annotations

from collections.abc import Iterator

from pia_engine.questionnaires.controls import find_control
from pia_engine.questionnaires.grounds import GROUNDS
from pia_engine.questionnaires.outline import Finding, Outline, Part
from pia_engine.questionnaires.vocabulary import vocabulary_terms

ONLY_FOR = {
    "options": ("one_of", "any_of"),
    "columns": ("rows",),
    "min_rows": ("rows",),
    "max_rows": ("rows",),
    "minimum": ("number",),
    "maximum": ("number",),
    "unit": ("number",),
    "max_length": ("short_text", "long_text"),
}
NEEDED_BY = {"one_of": "options", "any_of": "options", "rows": "columns"}
_ASCENDING = (("minimum", "maximum"), ("min_rows", "max_rows"))
_NAMED_BY_KIND = ("risks", "principles")


def check_questions(found: Outline) -> Iterator[Finding]:
    """Everything wrong with the questions as such; conditions and translations are looked at elsewhere."""
    for question in found.questions:
        yield from _check_fields(question, ONLY_FOR)
        yield from _check_exclusive(question)
        yield from _check_required(question)
        yield from _check_ground(question)
        yield from _check_references(question)
        for low, high in _ASCENDING:
            yield from _check_ascending(question, low, high)
        for column in question.parts("columns"):
            yield from _check_fields(column, {"options": ("one_of", "any_of")})
            yield from _check_exclusive(column)
    yield from _check_registers(found)


def _check_fields(part: Part, only_for: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    kind, name = part.text("type"), part.text("id")
    needed = NEEDED_BY.get(kind)
    if needed and needed not in part.data:
        yield part.path, f"“{name}” is {kind} but has no {needed}; expected “{needed}” with a list"
    for field, kinds in only_for.items():
        if field in part.data and kind and kind not in kinds:
            text = f"“{field}” says nothing for “{name}”, which is {kind}; expected it only with {' or '.join(kinds)}"
            yield part.at(field), text


def _check_exclusive(part: Part) -> Iterator[Finding]:
    for option in part.parts("options"):
        if option.data.get("exclusive") is True and part.text("type") == "one_of":
            text = (
                f"“{option.text('value')}” is exclusive, but “{part.text('id')}” allows one answer anyway; "
                "expected “exclusive” only with any_of"
            )
            yield option.at("exclusive"), text


def _check_required(question: Part) -> Iterator[Finding]:
    if "required" in question.data and "required_when" in question.data:
        text = f"“{question.text('id')}” says both when it is required and whether; expected one of the two"
        yield question.at("required"), text


def _check_ground(question: Part) -> Iterator[Finding]:
    """Withholding is never left to a default: whoever keeps an answer from the public says why."""
    name, is_public = question.text("id"), question.data.get("public")
    if is_public is True and question.data.get("type") == "file":
        text = f"“{name}” is answered by files, which are never published; expected “public: false” and a ground"
        yield question.at("public"), text
    if is_public is True and "ground" in question.data:
        yield question.at("ground"), f"“{name}” is public, so nothing is withheld; expected no “ground”"
    if is_public is False and "ground" not in question.data:
        text = f"“{name}” is not public but has no ground; expected “ground” with one of {', '.join(GROUNDS)}"
        yield question.path, text


def _check_references(question: Part) -> Iterator[Finding]:
    for number, control in enumerate(question.entries("controls")):
        if isinstance(control, str) and _looks_like_control(control) and find_control(control) is None:
            text = f"“{control}” is not in the privacy baseline; expected one of its controls, such as PT-3 or SI-12(1)"
            yield (*question.at("controls"), number), text
    for number, term in enumerate(question.entries("terms")):
        if isinstance(term, str) and ":" in term and term not in vocabulary_terms():
            text = f"there is no term “{term}”; expected one of the Data Privacy Vocabulary, such as dpv:Location"
            yield (*question.at("terms"), number), text


def _looks_like_control(text: str) -> bool:
    return text[:2].isupper() and text[2:3] == "-"


def _check_ascending(question: Part, low: str, high: str) -> Iterator[Finding]:
    least, most = question.data.get(low), question.data.get(high)
    if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
        yield question.at(high), f"“{high}” is below “{low}”; expected {least} or more"


def _check_registers(found: Outline) -> Iterator[Finding]:
    """An assessment has one risk register and one answer to each principle; guards find them by their names."""
    for question in found.questions:
        kind, name = question.text("type"), question.text("id")
        if kind in _NAMED_BY_KIND and name != kind:
            text = f"“{name}” is of type {kind}, and a file has one such question; expected the id {kind}"
            yield question.at("id"), text
