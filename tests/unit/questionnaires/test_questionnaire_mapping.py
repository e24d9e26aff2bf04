"""Carrying answers forward: as declared, with their origin, and nothing made up."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pia_engine.questionnaires.definition import Answers, Questionnaire, Value
from pia_engine.questionnaires.mapping import CarriedAnswer, carry_forward

Tiny = Callable[[str], Questionnaire]


def carried(tiny: Tiny, **sources: Answers) -> dict[str, Value]:
    return {found.question: found.value for found in carry_forward(tiny("mapping"), sources)}


def test_an_answer_is_carried_with_its_origin(tiny: Tiny) -> None:
    found = carry_forward(tiny("mapping"), {"texts": {"name": "Cameras"}})
    assert found == [CarriedAnswer("title", "Cameras", "texts", "name")]


@pytest.mark.parametrize(("stage", "phase"), [("idea", "planned"), ("in_use", "running")])
def test_a_value_is_translated_as_declared(tiny: Tiny, stage: str, phase: str) -> None:
    assert carried(tiny, choices={"stage": stage}) == {"phase": phase}


def test_a_value_without_a_declared_translation_is_not_carried(tiny: Tiny) -> None:
    assert carried(tiny, choices={"stage": "ended"}) == {}


def test_ticks_that_exist_on_both_sides_are_carried(tiny: Tiny) -> None:
    assert carried(tiny, choices={"kinds": ["image", "voice"]}) == {"media": ["image", "voice"]}


def test_an_answer_that_would_not_fit_is_not_carried(tiny: Tiny) -> None:
    assert carried(tiny, choices={"kinds": ["none"]}, texts={"name": "much too long a name"}) == {}


@pytest.mark.parametrize("empty", ["", "  "])
def test_no_answer_is_carried_as_none(tiny: Tiny, empty: str) -> None:
    assert carried(tiny, texts={"name": empty}) == {}
    assert carried(tiny) == {}


def test_rows_carry_the_columns_both_tables_have(tiny: Tiny) -> None:
    rows: Value = [{"element": "Face", "source": "sensor"}, {"source": "person"}]
    assert carried(tiny, rows={"elements": rows}) == {"inventory": [{"element": "Face"}]}


def test_sources_that_were_not_declared_are_not_looked_at(tiny: Tiny) -> None:
    assert carried(tiny, roles={"title": "Cameras", "name": "Cameras"}) == {}


def test_names_and_tables_are_carried_as_they_are(tiny: Tiny) -> None:
    rows: Value = [{"what": "Pictures of bays", "abroad": "no", "kinds": "image", "owner": "Amara Osei", "times": "4"}]
    found = carry_forward(tiny("carried"), {"people": {"owner": "Amara Osei"}, "columns": {"flows": rows}})
    assert {each.question: each.value for each in found} == {
        "keeper": "Amara Osei",
        "signed_by": "Amara Osei",
        "flows": [{"what": "Pictures of bays", "abroad": "no", "kinds": "image", "owner": "Amara Osei"}],
    }


def test_a_table_with_a_tick_that_is_not_offered_here_is_not_carried(tiny: Tiny) -> None:
    rows: Value = [{"what": "Calls", "kinds": "image voice"}]
    assert carry_forward(tiny("carried"), {"columns": {"flows": rows}}) == []


def test_a_name_too_long_for_the_place_is_not_cut(tiny: Tiny) -> None:
    found = carry_forward(tiny("carried"), {"people": {"owner": "Amara Osei, Data analyst"}})
    assert [each.question for each in found] == ["keeper"]
