"""Tables of figures, what is drawn of them, and how they are kept."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pia_engine.documents.figures import FigureTable

TABLE = FigureTable(
    id="backlog",
    title="Unfinished work",
    about="What waits.",
    columns=("Age", "All", "Full"),
    rows=(("Up to 7 days", 4, 1), ("8 to 30 days", 1, 0), ("Older", 0, None)),
    drawn=(1, 2),
)


def test_the_longest_bar_takes_the_whole_room_and_nought_takes_none() -> None:
    whole, full = TABLE.charts
    assert [bar.share for bar in whole.bars] == [100, 25, 0]
    assert [bar.share for bar in full.bars] == [100, 0, 0]
    assert [bar.label for bar in whole.bars] == ["Up to 7 days", "8 to 30 days", "Older"]


def test_charts_are_named_by_their_column_when_there_are_several() -> None:
    assert [(chart.id, chart.title) for chart in TABLE.charts] == [("backlog-1", "All"), ("backlog-2", "Full")]
    single = FigureTable("one", "Outcomes", "", ("Outcome", "Number"), (("Full", 2),), drawn=(1,))
    assert [(chart.title, chart.shows_title) for chart in single.charts] == [("Outcomes", False)]


def test_a_table_of_noughts_is_not_drawn() -> None:
    nothing = FigureTable("none", "None", "", ("What", "Number"), (("A", 0), ("B", None)), drawn=(1,))
    assert nothing.is_empty
    assert nothing.charts == ()


def test_a_table_survives_being_kept_as_json() -> None:
    assert FigureTable.of_document(json.loads(json.dumps(TABLE.as_document()))) == TABLE


@given(st.integers(2, 12))
def test_the_widths_of_columns_add_up(count: int) -> None:
    table = FigureTable("wide", "Wide", "", tuple("x" * count), ())
    assert sum(table.shares) == 100
    assert min(table.shares) >= 6
