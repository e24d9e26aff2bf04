"""Is a questionnaire sound beyond its shape? Every check runs, so that one reading shows all there is to mend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pia_engine.questionnaires.checking_conditions import check_comparison, check_conditions, comparisons
from pia_engine.questionnaires.outline import Finding, Outline, Part, option_values, outline
from pia_engine.questionnaires.schema import schema_problems
from pia_engine.questionnaires.source import Problem, Source

_ONLY_FOR = {
    "options": ("one_of", "any_of"),
    "columns": ("rows",),
    "min_rows": ("rows",),
    "max_rows": ("rows",),
    "minimum": ("number",),
    "maximum": ("number",),
    "unit": ("number",),
    "max_length": ("short_text", "long_text"),
}
_NEEDED_BY = {"one_of": "options", "any_of": "options", "rows": "columns"}
_ASCENDING = (("minimum", "maximum"), ("min_rows", "max_rows"))


def find_problems(source: Source) -> list[Problem]:
    """All problems of a file that can be seen without looking at other files, by line."""
    if source.problems and source.data is None:
        return sorted(source.problems)
    found = outline(source)
    findings = [*_check_ids(found), *_check_questions(found), *check_conditions(found)]
    findings += [*_check_thresholds(found), *_check_mappings(found)]
    problems = {source.problem(path, text) for path, text in findings}
    return sorted({*source.problems, *schema_problems(source), *problems})


def _check_ids(found: Outline) -> Iterator[Finding]:
    yield from _repeated(found.root.parts("sections"), "id", "a section")
    yield from _repeated(found.questions, "id", "a question")
    for question in found.questions:
        yield from _repeated(question.parts("columns"), "id", "a column")
        yield from _repeated(question.parts("options"), "value", "an option")
        for column in question.parts("columns"):
            yield from _repeated(column.parts("options"), "value", "an option")


def _repeated(parts: Iterable[Part], name: str, kind: str) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for part in parts:
        value = part.text(name)
        seen[value] += 1
        if value and seen[value] == 2:
            yield part.at(name), f"there is already {kind} “{value}”; expected a different {name}"


def _check_questions(found: Outline) -> Iterator[Finding]:
    for question in found.questions:
        yield from _check_fields(question, _ONLY_FOR)
        yield from _check_exclusive(question)
        for low, high in _ASCENDING:
            yield from _check_ascending(question, low, high)
        for column in question.parts("columns"):
            yield from _check_fields(column, {"options": ("one_of",)})
            yield from _check_exclusive(column)


def _check_fields(part: Part, only_for: dict[str, tuple[str, ...]]) -> Iterator[Finding]:
    kind, name = part.text("type"), part.text("id")
    needed = _NEEDED_BY.get(kind)
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


def _check_ascending(question: Part, low: str, high: str) -> Iterator[Finding]:
    least, most = question.data.get(low), question.data.get(high)
    if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
        yield question.at(high), f"“{high}” is below “{low}”; expected {least} or more"


def _check_thresholds(found: Outline) -> Iterator[Finding]:
    thresholds = found.root.part("thresholds")
    if thresholds is None:
        return
    outcomes = thresholds.texts("outcomes")
    yield from _check_outcome(thresholds, "default", outcomes)
    yield from _repeated(thresholds.parts("rules"), "id", "a rule")
    for rule in thresholds.parts("rules"):
        yield from _check_outcome(rule, "outcome", outcomes)
        condition = rule.part("when")
        for comparison in comparisons(condition) if condition else ():
            yield from check_comparison(comparison, found)
    yield from _check_points(thresholds)


def _check_outcome(part: Part, name: str, outcomes: tuple[str, ...]) -> Iterator[Finding]:
    outcome = part.text(name)
    if outcome and outcomes and outcome not in outcomes:
        yield part.at(name), f"“{outcome}” is no outcome; expected one of {', '.join(outcomes)}"


def _check_points(thresholds: Part) -> Iterator[Finding]:
    """Points nobody counts, and a sum nobody can reach, would be rules that never do anything."""
    single = [rule for rule in thresholds.parts("rules") if isinstance(rule.data.get("points"), int)]
    counting = [part for rule in thresholds.parts("rules") if (part := rule.part("points"))]
    total = sum(int(rule.data["points"]) for rule in single)
    for points in counting:
        needed = points.data.get("at_least")
        if isinstance(needed, int) and needed > total:
            text = f"the rules give {total} points at most, so {needed} are never reached; expected {total} or fewer"
            yield points.at("at_least"), text
    if single and not counting:
        text = "no rule counts these points; expected a rule with “points: {at_least: …}”"
        yield single[0].at("points"), text


def _check_mappings(found: Outline) -> Iterator[Finding]:
    for mapping in found.root.parts("mappings"):
        yield from _repeated(mapping.parts("answers"), "question", "a mapped answer for")
        for mapped in mapping.parts("answers"):
            question_id = mapped.text("question")
            question = found.find(question_id)
            if question_id and question is None:
                text = f"there is no question “{question_id}”; expected the id of a question in this file"
                yield mapped.at("question"), text
            if question is not None:
                yield from _check_translation(mapped, question)


def _check_translation(mapped: Part, question: Part) -> Iterator[Finding]:
    offered = option_values(question)
    values = mapped.part("values")
    for there, here in values.data.items() if values else ():
        if values and isinstance(here, str) and here not in offered:
            expected = f"one of {', '.join(offered)}" if offered else "“values” only for a choice"
            text = f"“{here}” is no option of “{question.text('id')}”; expected {expected}"
            yield values.at(str(there)), text
