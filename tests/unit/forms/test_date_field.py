"""A date in three boxes: every way to fill them ends in a date, in nothing, or in a sentence."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.forms.dates import DateField


def boxes(day: object, month: object, year: object) -> list[tuple[str, object]]:
    return [("q-day", day), ("q-month", month), ("q-year", year)]


def test_a_date_is_read_and_kept_as_iso(ask):
    field = ask(DateField("Start"), boxes("27", "3", "2027"))
    assert field.data == datetime.date(2027, 3, 27)
    assert field.answer() == "2027-03-27"


@pytest.mark.parametrize("month", ["March", "mar", "MAR.", "03", "٣"])
def test_a_month_may_be_written_as_people_write_it(ask, month):
    assert ask(DateField("Start"), boxes("27", month, "2027")).answer() == "2027-03-27"


def test_three_empty_boxes_are_no_answer(ask):
    field = ask(DateField("Start"), boxes("", " ", ""), data="2026-01-01")
    assert field.answer() is None
    assert not field.errors


@pytest.mark.parametrize(
    ("posted", "said", "anchor"),
    [
        (boxes("27", "", "2027"), "Fill in the day", "q-month"),
        ([("q-day", "27")], "Fill in the day", "q-month"),
        (boxes("27", "3", "27"), "four digits", "q-year"),
        (boxes("27", "3", "20277"), "in digits", "q-year"),
        (boxes("27", "13", "2027"), "between 1 and 12", "q-month"),
        (boxes("31", "2", "2027"), "does not exist", "q-day"),
        (boxes("0", "2", "2027"), "does not exist", "q-day"),
        (boxes("-1", "2", "2027"), "in digits", "q-day"),
        (boxes("two", "2", "2027"), "in digits", "q-day"),
        (boxes("1.5", "2", "2027"), "in digits", "q-day"),
        (boxes("²", "2", "2027"), "in digits", "q-day"),
        (boxes("9" * 5000, "2", "2027"), "in digits", "q-day"),
        (boxes("1\x00", "2", "2027"), "invisible character", "q-day"),
        ([*boxes("1", "2", "2027"), ("q-day", "2")], "cannot read", "q-day"),
        (boxes(object(), "2", "2027"), "cannot read", "q-day"),
    ],
)
def test_a_date_that_cannot_be_is_a_sentence_pointing_at_the_box(ask, posted, said, anchor):
    field = ask(DateField("Start"), posted)
    assert said in field.errors[0]
    assert field.problems()[0].anchor == anchor
    assert field.answer() is None
    assert f'id="{anchor}"' in field()


def test_what_was_typed_stays_in_the_boxes(ask):
    printed = ask(DateField("Start"), boxes("31", "2", "2027"))()
    assert 'value="31"' in printed
    assert 'value="2027"' in printed


def test_the_group_has_a_legend_and_nothing_is_marked_required(ask):
    printed = ask(DateField("Start"))()
    assert "<legend" in printed
    assert "required" not in printed


@pytest.mark.parametrize("stored", ["2027-02-30", "soon", 7, None, ["2027-01-01"]])
def test_a_stored_date_that_is_none_shows_empty_boxes(ask, stored):
    assert "value=" not in ask(DateField("Start"), data=stored)()


@given(st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2199, 12, 31)))
def test_every_date_survives_the_boxes(ask, day):
    field = ask(DateField("Start"), boxes(str(day.day), str(day.month), str(day.year)))
    assert field.answer() == day.isoformat()


@given(st.text(), st.text(), st.text())
def test_anything_in_the_boxes_is_read_or_refused_but_never_breaks(ask, day, month, year):
    field = ask(DateField("Start"), boxes(day, month, year))
    field().encode()
    assert field.answer() is None or not field.errors
