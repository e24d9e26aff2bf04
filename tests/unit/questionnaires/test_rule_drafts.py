"""Threshold rules as documents and as forms show them: what goes out comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pia_engine.errors import NotFound
from pia_engine.questionnaires.checking import threshold_problems
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.loading import load_catalogue
from pia_engine.questionnaires.parsing import parse_thresholds
from pia_engine.questionnaires.rule_drafts import COUNTS, Demand, Group, RuleDraft, document_of, draft_of
from pia_engine.questionnaires.threshold_documents import (
    find_rule,
    new_rule_id,
    thresholds_document,
    with_rule,
    with_rule_moved,
    without_rule,
)

Tiny = Callable[[str], Questionnaire]


@pytest.fixture(scope="module")
def shipped() -> Questionnaire:
    return load_catalogue().newest("initial-assessment")


def rule(when: dict[str, Any]) -> dict[str, Any]:
    return {"id": "r", "because": "So it is.", "outcome": "full_pia", "when": when}


def test_shipped_rules_are_the_same_after_a_way_through_the_document(shipped: Questionnaire) -> None:
    assert shipped.thresholds is not None
    document = thresholds_document(shipped.thresholds)
    assert parse_thresholds(document) == shipped.thresholds
    assert threshold_problems(document, shipped) == []


def test_every_shipped_rule_can_be_edited_whole_and_comes_back_the_same(shipped: Questionnaire) -> None:
    assert shipped.thresholds is not None
    for each in thresholds_document(shipped.thresholds)["rules"]:
        draft = draft_of(each, shipped)
        assert draft.kept is None, each["id"]
        assert document_of(draft, each["id"], shipped) == each


def test_the_shipped_rules_use_all_four_outcomes(shipped: Questionnaire) -> None:
    assert shipped.thresholds is not None
    assert {each.outcome for each in shipped.thresholds.rules} == {None, "delegated_review", "update", "full_pia"}


@pytest.mark.parametrize(
    "when",
    [
        {"question": "kinds", "includes_any": ["health"]},
        {"question": "kinds", "includes_all": ["health", "face"]},
        {"question": "kinds", "at_least": 2},
        {"question": "linked", "equals": "yes"},
        {"question": "abroad", "includes_any": ["yes", "unsure"]},
        {"question": "abroad", "not_equals": "no"},
        {"question": "linked", "answered": True},
        {"question": "linked", "answered": False},
        {"any": [{"question": "linked", "equals": "yes"}, {"question": "abroad", "equals": "yes"}]},
        {
            "all": [
                {"question": "linked", "equals": "yes"},
                {"any": [{"question": "abroad", "equals": "yes"}, {"question": "where", "equals": "no"}]},
            ]
        },
    ],
)
def test_a_condition_comes_back_as_it_was(when: dict[str, Any], tiny: Tiny) -> None:
    questionnaire = tiny("thresholds")
    draft = draft_of(rule(when), questionnaire)
    assert draft.kept is None
    assert document_of(draft, "r", questionnaire) == rule(when)


@pytest.mark.parametrize(
    "when",
    [
        {"not": {"question": "linked", "equals": "yes"}},
        {
            "all": [
                {"any": [{"all": [{"question": "linked", "equals": "yes"}]}]},
                {"question": "abroad", "equals": "no"},
            ]
        },
        {"question": "gone", "equals": "yes"},
    ],
)
def test_a_condition_the_form_cannot_show_is_kept_as_it_is(when: dict[str, Any], tiny: Tiny) -> None:
    questionnaire = tiny("thresholds")
    draft = draft_of(rule(when), questionnaire)
    assert draft.kept == when
    assert document_of(draft, "r", questionnaire) == rule(when)


def test_points_and_their_counting_come_back(tiny: Tiny) -> None:
    questionnaire = tiny("thresholds")
    adds: dict[str, Any] = {"id": "a", "because": "One.", "points": 2, "when": {"question": "linked", "equals": "yes"}}
    counts: dict[str, Any] = {"id": "c", "because": "All.", "outcome": "full_pia", "points": {"at_least": 3}}
    for each in (adds, counts):
        assert document_of(draft_of(each, questionnaire), each["id"], questionnaire) == each
    assert draft_of(counts, questionnaire).effect == COUNTS


def test_places_nobody_filled_in_leave_no_trace(tiny: Tiny) -> None:
    demand = Demand("linked", "includes_any", ("yes",))
    draft = RuleDraft("Why.", effect="leads", outcome="full_pia", groups=(Group(demands=(demand, Demand())), Group()))
    assert document_of(draft, "r", tiny("thresholds"))["when"] == {"question": "linked", "equals": "yes"}


@pytest.mark.parametrize("text", ["nan", "1e9", "inf", "x", ""])
def test_what_is_no_number_stays_a_text_for_the_check_to_refuse(text: str, tiny: Tiny) -> None:
    questionnaire = tiny("thresholds")
    draft = RuleDraft("Why.", effect=COUNTS, outcome="full_pia", needed=text)
    document = with_rule({"outcomes": ["no_pia", "full_pia"], "default": "no_pia", "rules": []},
                         document_of(draft, "r", questionnaire))  # fmt: skip
    assert threshold_problems(document, questionnaire)


DOCUMENT = {
    "outcomes": ["no_pia", "full_pia"], "default": "no_pia",
    "rules": [{"id": name, "because": name} for name in ("one", "two", "three")],
}  # fmt: skip


def ids(document: dict[str, Any]) -> list[str]:
    return [each["id"] for each in document["rules"]]


def test_rules_are_replaced_added_moved_and_removed_without_touching_the_document() -> None:
    assert ids(with_rule(DOCUMENT, {"id": "two", "because": "Other."})) == ["one", "two", "three"]
    assert find_rule(with_rule(DOCUMENT, {"id": "two", "because": "Other."}), "two")["because"] == "Other."
    assert ids(with_rule(DOCUMENT, {"id": "four", "because": "New."})) == ["one", "two", "three", "four"]
    assert ids(with_rule_moved(DOCUMENT, "three", by=-1)) == ["one", "three", "two"]
    assert ids(with_rule_moved(DOCUMENT, "one", by=-1)) == ["one", "two", "three"]
    assert ids(with_rule_moved(DOCUMENT, "one", by=1)) == ["two", "one", "three"]
    assert ids(without_rule(DOCUMENT, "two")) == ["one", "three"]
    assert ids(DOCUMENT) == ["one", "two", "three"]
    with pytest.raises(NotFound):
        without_rule(DOCUMENT, "gone")


@pytest.mark.parametrize(
    ("because", "named"),
    [
        ("Cameras see everybody who passes by.", "cameras-see-everybody-who"),
        ("One", "one-2"),
        ("Überwachung im Park", "uberwachung-im-park"),
        ("照相机", "rule"),
        ("90 days are long", "rule-90-days-are-long"),
    ],
)
def test_a_new_rule_is_named_after_its_reason(because: str, named: str) -> None:
    assert new_rule_id(DOCUMENT, because) == named
