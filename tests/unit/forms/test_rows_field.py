"""Repeating rows: add, remove, keep what was typed, with nothing but submit buttons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.forms.choices import Choice, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import NumberField, TextField
from pia_engine.forms.rows import RowColumn, RowsField


def elements(**options):
    columns = (
        RowColumn("element", TextField("Element", max_length=20)),
        RowColumn("days", NumberField("Days")),
        RowColumn("source", SelectField("Source", choices=(Choice("sensor", "Sensor"),))),
        RowColumn("since", DateField("Since")),
    )
    return RowsField("Elements", columns=columns, **{"max_rows": 3, **options})


def test_rows_are_read_as_flat_objects_of_text_without_blank_ones(ask):
    posted = [
        ("q-0-element", "Images"),
        ("q-0-days", "7"),
        ("q-0-since-day", "1"),
        ("q-0-since-month", "2"),
        ("q-0-since-year", "2026"),
        ("q-1-element", " "),
        ("q-2-source", "sensor"),
    ]
    field = ask(elements(), posted)
    assert field.answer() == [{"element": "Images", "days": "7", "since": "2026-02-01"}, {"source": "sensor"}]
    assert not field.problems()


def test_stored_rows_are_shown_again(ask):
    stored = [{"element": "Images", "days": "7", "since": "2026-02-01", "source": "sensor"}]
    field = ask(elements(), data=stored)
    assert field.answer() == stored
    assert 'value="Images"' in field()


def test_no_rows_at_all_is_no_answer_but_one_row_to_fill(ask):
    field = ask(elements(), [])
    assert field.answer() is None
    assert len(field.rows) == 1


def test_another_row_is_added_by_a_button_and_nothing_typed_is_lost(ask):
    field = ask(elements(), [("q-0-element", "Images"), ("q-add", "1")])
    assert field.pressed
    assert len(field.rows) == 2
    assert 'value="Images"' in field()


def test_a_row_is_removed_and_the_rest_is_numbered_anew(ask):
    posted = [("q-0-element", "A"), ("q-1-element", "B"), ("q-2-element", "C"), ("q-remove", "1")]
    field = ask(elements(), posted)
    assert field.pressed
    assert [row["element"] for row in field.answer()] == ["A", "C"]
    assert 'name="q-1-element"' in field()
    assert "q-2-element" not in field()


def test_at_most_so_many_rows_as_the_question_takes(ask):
    three = [(f"q-{n}-element", "x") for n in range(3)]
    assert "no more than 3" in ask(elements(), [*three, ("q-add", "1")]).errors[0]
    crafted = ask(elements(), [*three, ("q-3-element", "x")])
    assert "no more than 3" in crafted.errors[0]
    assert len(crafted.rows) == 4, "what was typed is still there"
    assert "Add another row" not in crafted()


def test_an_error_names_row_and_column_and_points_at_the_box(ask):
    field = ask(elements(), [("q-0-element", "A"), ("q-1-days", "many")])
    (problem,) = field.problems()
    assert problem.sentence.startswith("Row 2, Days: ")
    assert problem.anchor == "q-1-days"


@pytest.mark.parametrize("value", ["99", "x", "-1", "1\x00", "9" * 400])
def test_a_crafted_row_to_remove_removes_nothing(ask, value):
    field = ask(elements(), [("q-0-element", "A"), ("q-remove", value)])
    assert field.answer() == [{"element": "A"}]


@pytest.mark.parametrize("name", ["q--1-element", "q-x-element", "q-0-", "q-0-unknown", "q-²-element"])
def test_crafted_names_are_no_rows(ask, name):
    assert ask(elements(), [(name, "A")]).answer() is None


@pytest.mark.parametrize("stored", ["text", 3, [1, "a"], {"a": 1}, [{"element": 3}]])
def test_stored_nonsense_never_breaks_the_page(ask, stored):
    assert ask(elements(), data=stored)()


def test_every_row_has_a_legend_and_its_button_says_which_row(ask):
    printed = ask(elements(), data=[{"element": "A"}, {"element": "B"}])()
    assert "Row 2</legend>" in printed
    assert "Remove row 2</button>" in printed


NAMES = st.one_of(
    st.from_regex(r"q-[0-9]{1,4}-(element|days|source|since|since-day|since-year)", fullmatch=True),
    st.sampled_from(["q-add", "q-remove", "q"]),
    st.text(),
)


@given(st.lists(st.tuples(NAMES, st.text(max_size=30)), max_size=20))
def test_any_posted_names_and_values_are_read_or_refused_but_never_break(ask, posted):
    field = ask(elements(), posted)
    field().encode()
    assert field.problems() or len(field.answer() or []) <= 3


def test_rows_keep_their_order_whatever_their_numbers_are(ask):
    field = ask(elements(), [("q-999999999-element", "Last"), ("q-7-element", "First")])
    assert field.answer() == [{"element": "First"}, {"element": "Last"}]


def test_a_row_number_nobody_could_count_to_is_refused(ask):
    field = ask(elements(), [(f"q-{'9' * 30}-element", "A")])
    assert [problem.sentence for problem in field.problems()] == [
        "This answer arrived in a form we cannot read. Answer it again on this page."
    ]
