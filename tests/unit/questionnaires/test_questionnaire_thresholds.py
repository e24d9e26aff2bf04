"""Thresholds: the outcome, the rules behind it, and what the other rules would need."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pia_engine.questionnaires.definition import Answers, Questionnaire
from pia_engine.questionnaires.thresholds import DecidingAnswer, ThresholdResult, evaluate

Tiny = Callable[[str], Questionnaire]


@pytest.fixture
def judge(tiny: Tiny) -> Callable[[Answers], ThresholdResult]:
    questionnaire = tiny("thresholds")
    assert questionnaire.thresholds is not None
    thresholds = questionnaire.thresholds
    return lambda answers: evaluate(thresholds, answers, questionnaire=questionnaire)


Judge = Callable[[Answers], ThresholdResult]


@pytest.mark.parametrize(
    ("answers", "outcome", "fired"),
    [
        ({}, "no_pia", []),
        ({"kinds": ["none"], "linked": "no", "abroad": "no"}, "no_pia", []),
        ({"kinds": ["health"]}, "full_pia", ["sensitive"]),
        ({"abroad": "yes", "where": "no"}, "delegated_review", ["unsafe-country"]),
        ({"abroad": "yes", "where": "no", "kinds": ["face"]}, "full_pia", ["sensitive", "unsafe-country"]),
        ({"linked": "yes"}, "no_pia", ["linked"]),
        ({"linked": "yes", "kinds": ["plate"]}, "full_pia", ["linked", "plates", "together"]),
    ],
)
def test_the_strongest_rule_decides(judge: Judge, answers: Answers, outcome: str, fired: list[str]) -> None:
    result = judge(answers)
    assert (result.outcome, [rule.id for rule in result.fired]) == (outcome, fired)


def test_a_fired_rule_names_the_answers_that_made_it_fire_and_no_others(judge: Judge) -> None:
    (rule,) = judge({"kinds": ["plate", "face"], "linked": "no"}).decisive
    assert rule.because == "Such information can hurt people badly when it is misused."
    assert rule.source == "Common practice"
    assert rule.answers == (DecidingAnswer("kinds", "Which kinds of information?", "Faces"),)


def test_a_rule_with_two_demands_names_both_answers(judge: Judge) -> None:
    (rule,) = judge({"abroad": "yes", "where": "no"}).decisive
    assert [(shown.text, shown.answer) for shown in rule.answers] == [
        ("Is it kept abroad?", "Yes"),
        ("Is it in a safe country?", "No"),
    ]


def test_points_are_counted_and_the_sum_is_told(judge: Judge) -> None:
    result = judge({"linked": "yes", "kinds": ["plate"]})
    assert result.points == 3
    assert {rule.id: rule.points for rule in result.fired} == {"linked": 1, "plates": 2, "together": 0}


def test_a_quiet_rule_says_what_it_would_need(judge: Judge) -> None:
    needs = {rule.id: rule.needs for rule in judge({"kinds": ["none"]}).quiet}
    assert needs["sensitive"] == "when “Which kinds of information?” includes Health or Faces"
    assert needs["together"] == "when the points reach 3; there are 0 now"


def test_a_rule_that_nearly_fired_says_the_one_thing_it_lacks(judge: Judge) -> None:
    nearly = {rule.id: rule.needs for rule in judge({"abroad": "yes", "where": "yes", "kinds": ["plate"]}).nearly}
    assert nearly == {
        "unsafe-country": "it only lacks this: “Is it in a safe country?” is No",
        "together": "when the points reach 3; there are 2 now",
    }


def test_questions_still_open_that_may_change_the_outcome_are_named(judge: Judge) -> None:
    assert judge({"kinds": ["none"]}).open_questions == ("linked", "abroad")
    assert judge({"kinds": ["none"], "linked": "no", "abroad": "yes"}).open_questions == ("where",)


def test_an_answer_to_a_question_hidden_since_fires_nothing(judge: Judge) -> None:
    assert judge({"abroad": "no", "where": "no"}).outcome == "no_pia"


def test_every_rule_is_either_fired_or_quiet(judge: Judge) -> None:
    result = judge({"linked": "yes"})
    named = [rule.id for rule in result.fired] + [rule.id for rule in result.quiet]
    assert sorted(named) == ["linked", "plates", "sensitive", "together", "unsafe-country"]
