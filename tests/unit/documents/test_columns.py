"""How tables share the page among their columns, and which answers are short enough for the compact layout."""

import pytest

from pia_engine.documents.columns import column_shares, is_brief, is_short_list, is_wide
from pia_engine.documents.report import Answer, Table


def table(*rows: tuple[str, ...]) -> Table:
    return Table("Caption", tuple(f"Column {n}" for n in range(len(rows[0]))), rows)


def test_shares_fill_the_width_of_the_page() -> None:
    for columns in range(1, 13):
        assert sum(column_shares(table(("word " * columns,) * columns))) == 100


def test_long_texts_get_more_room_than_short_ones() -> None:
    short, long, middle = column_shares(table(("Yes", "word " * 60, "word " * 12), ("No", "word " * 40, "word")))
    assert short < middle < long


def test_date_stays_on_one_line() -> None:
    (_, date, _) = column_shares(table(("Parents", "22 May 2025", "word " * 90)))
    assert date >= 13


def test_table_without_rows_still_has_columns() -> None:
    assert sum(column_shares(Table("Caption", ("One", "Two"), ()))) == 100


@pytest.mark.parametrize(
    ("answer", "brief"),
    [("Yes", True), ("", False), ("One\nTwo", False), ("word " * 20, False), (("One", "Two"), False)],
)
def test_one_line_answers_stand_beside_their_question(answer: Answer, brief: bool) -> None:
    assert is_brief(answer) is brief


def test_only_many_short_lines_stand_in_two_columns() -> None:
    assert is_short_list(("One", "Two", "Three", "Four"))
    assert not is_short_list(("One", "Two"))
    assert not is_short_list(("One", "Two", "Three", "word " * 12))


def test_table_of_seven_columns_turns_the_page() -> None:
    assert is_wide(table(("x",) * 7))
    assert not is_wide(table(("x",) * 6))
    assert not is_wide("text")
