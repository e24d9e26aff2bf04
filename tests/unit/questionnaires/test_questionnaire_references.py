"""What questions refer to: grounds, controls and terms; and that the schema, the code and the policy list the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.permissions.roles import Role
from pia_engine.questionnaires.checking import threshold_problems
from pia_engine.questionnaires.controls import find_control, privacy_baseline
from pia_engine.questionnaires.definition import OUTCOMES, Operator, Questionnaire, QuestionType
from pia_engine.questionnaires.grounds import GROUNDS
from pia_engine.questionnaires.loading import shipped_catalogue
from pia_engine.questionnaires.parsing import parse_thresholds
from pia_engine.questionnaires.schema import schema_text
from pia_engine.questionnaires.vocabulary import vocabulary_terms

Tiny = Callable[[str], Questionnaire]

SHAPES = json.loads(schema_text())["$defs"]
SHIPPED = [shipped_catalogue().newest(found) for found in shipped_catalogue().ids()]


def test_controls_have_the_ids_people_write() -> None:
    assert len(privacy_baseline()) == 102
    control = find_control("SI-12(1)")
    assert control is not None
    assert control.title == "Limit Personally Identifiable Information Elements"
    assert find_control("SI-12(01)") is None
    assert find_control("AC-2") is None


def test_terms_have_labels() -> None:
    assert vocabulary_terms()["dpv:Location"] == "Location"
    assert all(name.partition(":")[0] in ("dpv", "pd", "risk") for name in vocabulary_terms())


def test_a_city_starts_with_every_ground_a_questionnaire_can_name() -> None:
    assert {ground["id"] for ground in DEFAULT_RULES["withholding_grounds"]} == set(GROUNDS)


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        (SHAPES["question"]["properties"]["type"], [kind.value for kind in QuestionType]),
        (SHAPES["question"]["properties"]["ground"], list(GROUNDS)),
        (SHAPES["outcome"], list(OUTCOMES)),
    ],
)
def test_the_schema_lists_what_the_program_knows(listed: dict[str, Any], known: list[str]) -> None:
    assert listed["enum"] == known
    assert listed["description"].startswith(f"one of {', '.join(known)}")


def test_the_schema_lists_real_roles_and_every_operator() -> None:
    assert set(SHAPES["question"]["properties"]["answered_by"]["enum"]) <= {role.value for role in Role}
    assert {operator.value for operator in Operator} <= set(SHAPES["condition"]["properties"])


@pytest.mark.parametrize("questionnaire", SHIPPED, ids=lambda found: found.id)
def test_every_internal_question_we_ship_has_its_ground(questionnaire: Questionnaire) -> None:
    for question in questionnaire.questions:
        assert bool(question.ground) is not question.public, question.id


def test_what_a_question_rests_on_is_kept(tiny: Tiny) -> None:
    marks = tiny("marks")
    assert marks.question("open").controls == ("PT-5", "SI-12(1)")
    assert marks.question("open").terms == ("dpv:Location",)
    assert (marks.question("open").ground, marks.question("hidden").ground) == ("", "security")


def stored(**changes: Any) -> dict[str, Any]:
    """Thresholds as a policy keeps them, for the tiny questionnaire of that name."""
    rule = {"id": "linked", "outcome": "full_pia", "because": "So.", "when": {"question": "linked", "equals": "yes"}}
    return {"outcomes": ["no_pia", "full_pia"], "default": "no_pia", "rules": [rule | changes]}


def test_sound_thresholds_kept_elsewhere_are_read_as_those_in_a_file(tiny: Tiny) -> None:
    assert threshold_problems(stored(), tiny("thresholds")) == []
    assert parse_thresholds(stored()).rules[0].outcome == "full_pia"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (stored(outcome="update"), "Rule “linked”: “update” is not among the outcomes of these rules; expected"),
        (stored(outcome="nothing"), "Rule “linked”: “outcome” is “nothing”; expected one of no_pia, delegated_review,"),
        (stored(when={"question": "gone", "answered": True}), "Rule “linked”: There is no question “gone”; expected"),
        (stored(when={"question": "kinds", "includes_any": ["smell"]}), "Rule “linked”: “smell” is no option of"),
        (stored() | {"default": "update"}, "“update” is not among the outcomes of these rules; expected one of"),
        (stored() | {"outcomes": ["full_pia", "no_pia"]}, "The outcomes are out of order; expected no_pia, full_pia."),
        (stored() | {"rules": [7]}, "Entry 1 of “rules” is a number; expected a rule"),
        ([], "These are no thresholds; expected outcomes, default and rules."),
    ],
)
def test_unsound_thresholds_kept_elsewhere_are_told_rule_by_rule(tiny: Tiny, document: object, said: str) -> None:
    problems = threshold_problems(document, tiny("thresholds"))
    assert any(problem.startswith(said) for problem in problems), problems


def test_thresholds_nested_beyond_reason_are_refused(tiny: Tiny) -> None:
    when: dict[str, Any] = {"question": "linked", "answered": True}
    for _level in range(40_000):
        when = {"not": when}
    assert threshold_problems(stored(when=when), tiny("thresholds")) == [
        "This is nested too deeply; expected at most 24 levels."
    ]
