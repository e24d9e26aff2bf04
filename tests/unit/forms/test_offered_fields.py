"""People and departments: chosen from the city's lists in a question, suggested from them in a table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.forms.cells import CheckboxesCell
from pia_engine.forms.choices import Choice
from pia_engine.forms.offers import OfferedField, SuggestedField
from pia_engine.forms.rows import RowColumn, RowsField

PEOPLE = ("Amara Osei, Data analyst", "Kim Lee, Clerk", "Kim Park, Engineer")


def somebody() -> OfferedField:
    return OfferedField("Who?", offered=PEOPLE)


def table() -> RowsField:
    owner = SuggestedField("Owner", offered=PEOPLE, list_id="flows-owner-offered")
    kinds = CheckboxesCell("Kinds", choices=[Choice("image", "Pictures"), Choice("voice", "Voices")])
    return RowsField("Flows", columns=[RowColumn("owner", owner), RowColumn("kinds", kinds)])


def test_author_chooses_somebody_who_is_offered(ask):
    assert ask(somebody(), [("q", "Kim Lee, Clerk")]).answer() == "Kim Lee, Clerk"


@pytest.mark.parametrize("posted", ["Mallory, Stranger", "Kim", "kim lee, clerk"])
def test_nobody_else_can_be_chosen(ask, posted):
    assert [problem.sentence for problem in ask(somebody(), [("q", posted)]).problems()] == [
        "Choose from the options shown here."
    ]


def test_somebody_who_left_stays_in_the_answer_until_another_is_chosen(ask):
    field = ask(somebody(), [("q", "Otto Gone, Planner")], data="Otto Gone, Planner")
    assert field.answer() == "Otto Gone, Planner"
    assert field.problems() == []
    assert "Otto Gone, Planner (no longer listed)" in field()
    assert "(no longer listed)" not in ask(somebody(), data="Kim Lee, Clerk")()


@pytest.mark.parametrize(
    ("typed", "taken"),
    [("Kim Lee, Clerk", "Kim Lee, Clerk"), ("amara", "Amara Osei, Data analyst"), ("kim  park", "Kim Park, Engineer")],
)
def test_a_part_that_fits_one_person_is_taken_for_that_person(ask, typed, taken):
    assert ask(table(), [("q-0-owner", typed)]).answer() == [{"owner": taken}]


@pytest.mark.parametrize("typed", ["Kim", "Mallory", ","])
def test_a_part_that_fits_nobody_or_several_is_asked_again(ask, typed):
    field = ask(table(), [("q-0-owner", typed)])
    (problem,) = field.problems()
    assert problem.sentence.startswith("Row 1, Owner: Choose from the list")
    assert f'value="{typed}"' in field()


def test_a_cell_keeps_somebody_who_left(ask):
    stored = [{"owner": "Otto Gone, Planner"}]
    assert ask(table(), [("q-0-owner", "Otto Gone, Planner")], data=stored).answer() == stored


def test_the_suggestions_are_printed_once_for_all_rows(ask):
    printed = ask(table(), data=[{"owner": "Kim Lee, Clerk"}, {"owner": "Kim Park, Engineer"}])()
    assert printed.count("<datalist") == 1
    assert printed.count('list="flows-owner-offered"') == 2


def test_several_ticks_in_a_cell_are_kept_as_one_text(ask):
    field = ask(table(), [("q-0-kinds", "voice"), ("q-0-kinds", "image")])
    assert field.answer() == [{"kinds": "image voice"}]
    assert ask(table(), data=field.answer())().count("checked") == 2


@given(st.text(max_size=40))
def test_whatever_is_typed_is_an_offer_or_a_problem(ask, typed):
    field = ask(table(), [("q-0-owner", typed)])
    answer = field.answer()
    assert field.problems() or answer is None or answer[0]["owner"] in PEOPLE
