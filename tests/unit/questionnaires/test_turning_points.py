"""What would change the outcome: single answers, tried one at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pia_engine.questionnaires.definition import Answers, Questionnaire, Thresholds, Value
from pia_engine.questionnaires.parsing import parse_thresholds
from pia_engine.questionnaires.turning_points import TurningPoints, find_turning_points

Tiny = Callable[[str], Questionnaire]
Find = Callable[[Answers], TurningPoints]


@pytest.fixture
def find(tiny: Tiny) -> Find:
    questionnaire = tiny("thresholds")
    assert questionnaire.thresholds is not None
    thresholds = questionnaire.thresholds
    return lambda answers: find_turning_points(thresholds, answers, questionnaire=questionnaire)


def found_in(points: TurningPoints) -> list[tuple[str, Value | None, str]]:
    return [(point.other.question.id, point.other.value, point.outcome) for point in points.found]


def test_each_single_answer_that_leads_elsewhere_is_found(find: Find) -> None:
    points = find({"kinds": ["plate"], "linked": "no", "abroad": "no"})
    assert found_in(points) == [
        ("kinds", ["plate", "health"], "full_pia"),
        ("kinds", ["plate", "face"], "full_pia"),
        ("linked", "yes", "full_pia"),
    ]
    assert points.is_complete


def test_it_says_the_other_answer_in_words(find: Find) -> None:
    points = find({"kinds": ["plate"], "linked": "no", "abroad": "no"}).found
    assert [str(point.other.words) for point in points] == ["also “Health”", "also “Faces”", "Yes"]
    (only,) = find({"kinds": ["health"], "linked": "no", "abroad": "no"}).found[-1:]
    assert str(only.other.words) == "only “None of these”"


def test_a_tick_taken_away_counts_too(find: Find) -> None:
    points = find({"kinds": ["plate", "health"], "linked": "no", "abroad": "no"})
    assert found_in(points) == [("kinds", ["plate"], "no_pia"), ("kinds", ["none"], "no_pia")]
    assert str(points.found[0].other.words) == "without “Health”"


def test_an_exclusive_choice_gives_way_to_the_one_tried(find: Find) -> None:
    assert ("kinds", ["health"], "full_pia") in found_in(find({"kinds": ["none"], "linked": "no", "abroad": "no"}))


def test_questions_hidden_now_are_not_tried(find: Find) -> None:
    assert "where" not in {name for name, _value, _outcome in found_in(find({"abroad": "no", "where": "yes"}))}
    assert ("where", "no", "delegated_review") in found_in(find({"abroad": "yes", "where": "yes"}))


def test_a_question_that_opens_another_is_tried_though_no_rule_looks_at_it(tiny: Tiny) -> None:
    unsafe = limit("where", "equals", "no")
    points = find_turning_points(unsafe, {"abroad": "yes", "where": "no"}, questionnaire=tiny("thresholds"))
    assert ("abroad", "no", "no_pia") in found_in(points)
    assert ("abroad", "unsure", "no_pia") in found_in(points)


def test_nothing_is_found_where_several_rules_lead_to_the_same(find: Find) -> None:
    assert found_in(find({"kinds": ["health", "face"], "linked": "yes", "abroad": "no"})) == [
        ("kinds", ["none"], "no_pia"),
    ]


def test_it_names_the_rules_that_then_decide(find: Find) -> None:
    (last,) = find({"kinds": ["plate"], "linked": "no", "abroad": "no"}).found[-1:]
    assert last.rules == ("together",)


def test_trying_ends_in_time_and_says_so(tiny: Tiny) -> None:
    questionnaire = tiny("thresholds")
    assert isinstance(questionnaire.thresholds, Thresholds)
    points = find_turning_points(questionnaire.thresholds, {}, questionnaire=questionnaire, most=2)
    assert not points.is_complete
    assert len(points.found) <= 2


def limit(name: str, operator: str, value: object) -> Thresholds:
    when = {"question": name, operator: value}
    rule = {"id": "r", "because": "So it is.", "outcome": "full_pia", "when": when}
    return parse_thresholds({"outcomes": ["no_pia", "full_pia"], "default": "no_pia", "rules": [rule]})


def test_numbers_are_tried_at_the_boundary(tiny: Tiny) -> None:
    questionnaire = tiny("numbers-and-dates")
    number = next(question for question in questionnaire.questions if question.type == "number")
    bound = int(number.maximum or 50)
    points = find_turning_points(
        limit(number.id, "at_least", bound), {number.id: bound - 1}, questionnaire=questionnaire
    )
    assert (number.id, bound, "full_pia") in found_in(points)
    assert all(value is None or value >= bound for _name, value, _outcome in found_in(points))  # type: ignore[operator]


def test_rows_are_tried_by_their_number(tiny: Tiny) -> None:
    questionnaire = tiny("rows")
    table = next(question for question in questionnaire.questions if question.type == "rows" and question.required)
    points = find_turning_points(limit(table.id, "at_least", 1), {}, questionnaire=questionnaire)
    assert [len(point.other.value) for point in points.found if isinstance(point.other.value, list)] == [1]


def test_any_text_will_do_where_answering_is_enough(tiny: Tiny) -> None:
    questionnaire = tiny("texts")
    text = next(question for question in questionnaire.questions if question.type == "short_text")
    points = find_turning_points(limit(text.id, "answered", True), {}, questionnaire=questionnaire)
    assert [str(point.other.words) for point in points.found] == ["any answer"]
