"""Conditions: when they hold, and how they read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pia_engine.questionnaires.conditions import deciding, describe, holds
from pia_engine.questionnaires.definition import Answers, Questionnaire
from pia_engine.questionnaires.parsing import parse_condition

Tiny = Callable[[str], Questionnaire]
CHILDREN = {"question": "groups", "includes_any": ["children"]}
BOTH = {"question": "groups", "includes_all": ["children", "employees"]}


@pytest.mark.parametrize(
    ("condition", "answers", "expected"),
    [
        ({"question": "personal", "equals": "yes"}, {"personal": "yes"}, True),
        ({"question": "personal", "equals": "yes"}, {"personal": "no"}, False),
        ({"question": "personal", "equals": "yes"}, {}, False),
        ({"question": "personal", "not_equals": "no"}, {"personal": "unsure"}, True),
        ({"question": "personal", "not_equals": "no"}, {"personal": "no"}, False),
        ({"question": "personal", "not_equals": "no"}, {}, False),
        ({"not": {"question": "personal", "equals": "no"}}, {}, True),
        ({"question": "count", "equals": 4}, {"count": 4.0}, True),
        ({"question": "count", "equals": 4}, {"count": "4"}, False),
        (CHILDREN, {"groups": ["employees", "children"]}, True),
        (CHILDREN, {"groups": ["employees"]}, False),
        (CHILDREN, {"groups": []}, False),
        ({"question": "personal", "includes_any": ["yes", "unsure"]}, {"personal": "unsure"}, True),
        (BOTH, {"groups": ["children"]}, False),
        (BOTH, {"groups": ["residents", "employees", "children"]}, True),
        ({"question": "count", "answered": True}, {"count": 0}, True),
        ({"question": "count", "answered": True}, {}, False),
        ({"question": "how", "answered": False}, {"how": "  "}, True),
        ({"question": "count", "at_least": 10}, {"count": 10}, True),
        ({"question": "count", "at_least": 10}, {"count": 9.5}, False),
        ({"question": "count", "at_least": 10}, {"count": "11"}, False),
        ({"question": "count", "less_than": 10}, {"count": 9}, True),
        ({"question": "count", "less_than": 10}, {}, False),
        ({"question": "groups", "at_least": 2}, {"groups": ["children", "employees"]}, True),
        ({"question": "rows", "at_least": 2}, {"rows": [{"a": "x"}, {"a": " "}]}, False),
        ({"all": [CHILDREN, {"question": "count", "answered": True}]}, {"groups": ["children"]}, False),
        ({"any": [CHILDREN, {"question": "count", "answered": True}]}, {"groups": ["children"]}, True),
    ],
)
def test_a_condition_holds_when_it_should(condition: dict[str, object], answers: Answers, expected: bool) -> None:
    assert holds(parse_condition(condition), answers) is expected


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (CHILDREN, "when “Whose data?” includes Children"),
        (BOTH, "when “Whose data?” includes Children and Employees"),
        ({"not": BOTH}, "when “Whose data?” does not include all of Children and Employees"),
        (
            {"question": "groups", "includes_any": ["children", "employees", "residents"]},
            "when “Whose data?” includes Children, Employees or Residents",
        ),
        ({"question": "personal", "equals": "unsure"}, "when “Is it about people?” is Not sure"),
        ({"not": {"question": "personal", "equals": "no"}}, "when “Is it about people?” is not No"),
        (
            {"question": "personal", "includes_any": ["yes", "unsure"]},
            "when “Is it about people?” is Yes or Not sure",
        ),
        (
            {"question": "personal", "not_equals": "no"},
            "when “Is it about people?” is something other than No",
        ),
        ({"question": "count", "answered": True}, "when “How many?” is answered"),
        ({"not": {"question": "count", "answered": True}}, "when “How many?” is not answered"),
        ({"question": "count", "at_least": 1000}, "when “How many?” is 1000 or more"),
        ({"question": "count", "less_than": 10}, "when “How many?” is less than 10"),
        ({"question": "groups", "at_least": 3}, "when “Whose data?” has 3 or more entries"),
        (
            {
                "all": [
                    {"question": "count", "answered": True},
                    {"any": [CHILDREN, {"question": "count", "equals": 1}]},
                ]
            },
            "when “How many?” is answered and (“Whose data?” includes Children or “How many?” is 1)",
        ),
        (
            {"not": {"all": [CHILDREN, {"question": "count", "answered": True}]}},
            "when “Whose data?” does not include Children or “How many?” is not answered",
        ),
        ({"not": {"not": CHILDREN}}, "when “Whose data?” includes Children"),
        ({"question": "vanished", "equals": "yes"}, "when “vanished” is yes"),
    ],
)
def test_a_condition_reads_as_a_plain_sentence(tiny: Tiny, condition: dict[str, object], words: str) -> None:
    assert describe(parse_condition(condition), tiny("conditions")) == words


def test_a_condition_can_be_said_in_another_language(tiny: Tiny) -> None:
    words = describe(parse_condition({"question": "personal", "equals": "unsure"}), tiny("conditions"))
    french = {
        "when %(clause)s": "quand %(clause)s",
        "“%(question)s” is %(value)s": "« %(question)s » est %(value)s",
        "Not sure": "incertain",
    }
    assert words.translated(lambda text: french.get(text, text)) == "quand « Is it about people? » est incertain"


def test_only_the_comparisons_that_decide_are_named() -> None:
    condition = parse_condition({"any": [CHILDREN, {"question": "count", "at_least": 10}]})
    assert [c.question for c in deciding(condition, {"groups": ["children"], "count": 3})] == ["groups"]
    assert [c.question for c in deciding(condition, {"groups": ["employees"], "count": 3})] == [
        "groups",
        "count",
    ]
