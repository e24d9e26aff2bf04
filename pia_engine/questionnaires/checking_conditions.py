"""Do the conditions of a questionnaire make sense: known and earlier questions, fitting operators, no circles?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from pia_engine.questionnaires.definition import Operator
from pia_engine.questionnaires.outline import Finding, Outline, Part, option_values

_CHOICE = frozenset({"yes_no", "yes_no_unsure", "one_of"})
_SINGLE = _CHOICE | {"short_text", "long_text", "number", "date", "person", "department"}
_LISTS = frozenset({"any_of", "rows", "file", "risks"})
_COUNTED = _LISTS | {"number"}
FITTING: Mapping[Operator, frozenset[str]] = {
    Operator.EQUALS: _SINGLE,
    Operator.NOT_EQUALS: _SINGLE,
    Operator.INCLUDES_ANY: _CHOICE | {"any_of"},
    Operator.INCLUDES_ALL: frozenset({"any_of"}),
    Operator.ANSWERED: _SINGLE | _LISTS | {"principles"},
    Operator.AT_LEAST: _COUNTED,
    Operator.LESS_THAN: _COUNTED,
}

_NAMING_VALUES = (Operator.EQUALS, Operator.NOT_EQUALS, Operator.INCLUDES_ANY, Operator.INCLUDES_ALL)


def check_conditions(found: Outline) -> Iterator[Finding]:
    """Everything wrong with when questions are shown and when they are required."""
    for place, question in enumerate(found.questions):
        for condition in filter(None, (question.part("shown_when"), question.part("required_when"))):
            for comparison in comparisons(condition):
                yield from check_comparison(comparison, found)
                yield from _check_order(comparison, found, place)
    yield from _check_circles(found)


def comparisons(condition: Part) -> Iterator[Part]:
    """Every comparison inside a condition."""
    if condition.text("question"):
        yield condition
    for name in ("all", "any"):
        for part in condition.parts(name):
            yield from comparisons(part)
    inner = condition.part("not")
    if inner is not None:
        yield from comparisons(inner)


def check_comparison(comparison: Part, found: Outline) -> Iterator[Finding]:
    """A comparison must name a question of this file, with an operator and a value that fit its type."""
    question_id = comparison.text("question")
    question = found.find(question_id)
    if question is None:
        text = f"there is no question “{question_id}”; expected the id of a question in this file"
        yield comparison.at("question"), text
        return
    for operator in Operator:
        if operator.value in comparison.data:
            yield from _check_operator(comparison, operator, question)


def _check_operator(comparison: Part, operator: Operator, question: Part) -> Iterator[Finding]:
    kind = question.text("type")
    if kind not in FITTING[Operator.ANSWERED]:
        return  # not a type at all, which the schema reports
    if kind not in FITTING[operator]:
        fitting = ", ".join(other.value for other in Operator if kind in FITTING[other])
        text = (
            f"“{operator.value}” does not work with “{question.text('id')}”, which is {kind}; expected one of {fitting}"
        )
        yield comparison.at(operator.value), text
        return
    yield from _check_values(comparison, operator, question)
    yield from _check_amount(comparison, operator, question)


def _check_values(comparison: Part, operator: Operator, question: Part) -> Iterator[Finding]:
    given = comparison.data[operator.value]
    offered, name = option_values(question), question.text("id")
    if offered and operator in _NAMING_VALUES:
        for value in given if isinstance(given, list) else [given]:
            if value not in offered and isinstance(value, str | int | float):
                text = f"“{value}” is no option of “{name}”; expected one of {', '.join(offered)}, as text"
                yield comparison.at(operator.value), text
    elif operator in (Operator.EQUALS, Operator.NOT_EQUALS):
        wants_number = question.text("type") == "number"
        if isinstance(given, str | int | float) and wants_number is isinstance(given, str):
            expected = "a number without quotes" if wants_number else "a text, in quotes"
            yield comparison.at(operator.value), f"“{given}” cannot equal “{name}”; expected {expected}"


def _check_amount(comparison: Part, operator: Operator, question: Part) -> Iterator[Finding]:
    """One tick may be "none of these", so a count of ticks starts to mean something at two."""
    amount = comparison.data[operator.value]
    if operator not in (Operator.AT_LEAST, Operator.LESS_THAN) or question.text("type") != "any_of":
        return
    if isinstance(amount, int | float) and amount < 2:
        text = (
            f"counting fewer than two choices of “{question.text('id')}” says nothing; expected 2 or more, "
            "or includes_any"
        )
        yield comparison.at(operator.value), text


def _check_order(comparison: Part, found: Outline, place: int) -> Iterator[Finding]:
    question_id = comparison.text("question")
    asked_at = found.order.get(question_id)
    if asked_at is not None and asked_at >= place:
        where = "itself" if asked_at == place else f"“{question_id}”, which is asked later"
        yield comparison.at("question"), f"the condition depends on {where}; expected an earlier question"


def _check_circles(found: Outline) -> Iterator[Finding]:
    needs = {
        question_id: {
            comparison.text("question")
            for condition in [found.questions[place].part("shown_when")]
            if condition is not None
            for comparison in comparisons(condition)
        }
        - {question_id}
        for question_id, place in found.order.items()
    }
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        question = found.find(circle[0])
        if question is not None:
            shown = " → ".join(circle)
            yield question.at("shown_when"), f"conditions go in a circle ({shown}); expected an end to it"
