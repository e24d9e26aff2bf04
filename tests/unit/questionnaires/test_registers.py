"""The two registers as answers: what can be kept, what is still missing, how they read."""

from __future__ import annotations

import pytest

from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.questionnaires.answers import check_complete, check_value, show_value
from pia_engine.questionnaires.controls import privacy_baseline
from pia_engine.questionnaires.definition import Question, QuestionType
from pia_engine.questionnaires.registers import (
    PRINCIPLE_LIMIT,
    RISK_FIELDS,
    RISK_LIMIT,
    TEXT_LIMIT,
    missing_in_risk,
    next_risk_id,
)
from pia_engine.questionnaires.risk_kinds import ACTIONS, KINDS, PROBLEMS, THREATS, find_kind, kind_name
from tests.factories.answers import sample_risk, sample_value


def asked(kind: QuestionType) -> Question:
    return Question("q", kind, "What can go wrong?", "agency_official", public=True, foundation=1)


RISKS, PRINCIPLES = asked(QuestionType.RISKS), asked(QuestionType.PRINCIPLES)
FINDING = {"principle": "open", "finding": "kept", "text": "A sign says it.", "authorities": "charter records"}


def test_finished_registers_fit_and_lack_nothing() -> None:
    for question, value in ((RISKS, [sample_risk()]), (PRINCIPLES, [FINDING])):
        assert check_value(question, value) is None
        assert check_complete(question, value) is None


def test_a_half_written_risk_can_be_kept_and_says_what_it_lacks() -> None:
    draft = [{"id": "r1", "risk": "It leaks."}]
    assert check_value(RISKS, draft) is None
    assert check_complete(RISKS, draft) == "Risk R1: fill in “What happens to people”."
    assert check_complete(RISKS, []) == "Add at least one risk."


@pytest.mark.parametrize("field", sorted(set(RISK_FIELDS) - {"id", "action", "problem", "threat", "controls"}))
def test_each_part_of_a_risk_is_needed_unless_another_says_as_much(field: str) -> None:
    risk = sample_risk()
    del risk[field]
    either = {"measures", "rationale"}
    assert missing_in_risk(risk) == (() if field in either else (field,))


def test_a_day_is_needed_only_to_reduce_a_risk_and_a_measure_or_a_reason_always() -> None:
    accepted = sample_risk(response="accept", due_on="", measures="")
    assert missing_in_risk(accepted) == ()
    assert missing_in_risk({**accepted, "rationale": " "}) == ("measures",)
    assert missing_in_risk({**accepted, "response": "mitigate"}) == ("due_on",)


@pytest.mark.parametrize(
    "wrong",
    [
        "text",
        [1],
        [{"risk": "without an id"}],
        [sample_risk(), sample_risk()],
        [sample_risk(likelihood="6")],
        [sample_risk(severity="0")],
        [sample_risk(likelihood=3)],  # type: ignore[arg-type]
        [sample_risk(response="ignore")],
        [sample_risk(due_on="2026-02-31")],
        [sample_risk(controls="AC-3 <b>")],
        [sample_risk(owner="two\nlines")],
        [sample_risk(risk="x" * (TEXT_LIMIT + 1))],
        [sample_risk(harm="\x00")],
        [sample_risk(id="../r1")],
        [{**sample_risk(), "extra": "x"}],
        [sample_risk(id=f"r{number}") for number in range(RISK_LIMIT + 1)],
    ],
)
def test_what_is_no_register_of_risks_is_refused_in_a_sentence(wrong: object) -> None:
    assert str(check_value(RISKS, wrong)).endswith(".")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        [{"finding": "kept"}],
        [FINDING, FINDING],
        [{**FINDING, "finding": "perhaps"}],
        [{**FINDING, "authorities": "a;b"}],
        [{**FINDING, "principle": ["open"]}],
        [{**FINDING, "principle": f"p{number}"} for number in range(PRINCIPLE_LIMIT + 1)],
    ],
)
def test_what_is_no_finding_on_principles_is_refused_in_a_sentence(wrong: object) -> None:
    assert str(check_value(PRINCIPLES, wrong)).endswith(".")


def test_a_finding_needs_its_reasons() -> None:
    said = check_complete(PRINCIPLES, [FINDING, {"principle": "safe", "finding": "kept"}])
    assert said == "Principle 2: fill in “What is done for it”."


def test_registers_read_in_words_where_words_are_known() -> None:
    (risk,) = show_value(RISKS, [sample_risk()])
    assert isinstance(risk, dict)
    assert (risk["id"], risk["response"], risk["due_on"]) == ("R1", "Reduce it", "30 June 2026")
    (finding,) = show_value(PRINCIPLES, [{**FINDING, "finding": "not_affected"}])
    assert isinstance(finding, dict)
    assert finding["finding"] == "Not touched by this project"
    assert show_value(RISKS, None) == []


def test_a_new_risk_never_takes_the_number_of_one_that_is_there() -> None:
    assert next_risk_id([]) == "r1"
    assert next_risk_id([{"id": "r2"}, {"id": "r11"}, {"id": "odd"}]) == "r12"


def test_samples_answer_the_principles_a_new_city_has() -> None:
    value = sample_value(PRINCIPLES)
    assert check_complete(PRINCIPLES, value) is None
    assert len(value) == len(DEFAULT_RULES["principles"])  # type: ignore[arg-type]


def test_the_catalogue_holds_what_its_sources_name() -> None:
    assert (len(ACTIONS), len(PROBLEMS), len(THREATS)) == (9, 7, 7)
    kinds = [kind for entries in KINDS.values() for kind in entries]
    assert len({(kind.field, kind.id) for kind in kinds}) == 23
    for kind in kinds:
        assert kind.text.count(".") == 1 and kind.text.endswith(".")
        assert kind.example.endswith(".")
        assert check_value(RISKS, [{"id": "r1", kind.field: kind.id}]) is None
    assert find_kind("action", "linking") is None
    assert kind_name("threat", "linking") == "Linking"
    assert kind_name("threat", "gone") == "gone"


def test_every_control_of_the_baseline_can_be_picked() -> None:
    ids = " ".join(control.id for control in privacy_baseline())
    assert check_value(RISKS, [sample_risk(controls=ids)]) is None
