"""Figures as people read them: tables of words and numbers, and the bars drawn from them. Nothing here draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Cell = str | int | float | None
BARS, COLUMNS = "bars", "columns"
"""How a table is drawn: one bar under the other, or one column beside the other, for what follows in time."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its number, and its length in percent of the longest."""

    label: str
    number: Cell
    share: int


@dataclass(frozen=True, slots=True)
class Chart:
    """One column of a table, drawn. It shows its own title where that says more than the table's."""

    id: str
    title: str
    kind: str
    shows_title: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class FigureTable:
    """One table: every row begins with words and goes on with numbers, or words where numbers say too little.

    `drawn` are the columns that are drawn, counted from 0; `links` lead from its rows to what they are about.
    """

    id: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: tuple[int, ...] = ()
    kind: str = BARS
    links: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """True when there is nothing but noughts in it."""
        return not any(cell for row in self.rows for cell in row[1:])

    @property
    def charts(self) -> tuple[Chart, ...]:
        """What is drawn of it; nothing of a table without any number."""
        return () if self.is_empty else tuple(self._chart(column) for column in self.drawn)

    def _chart(self, column: int) -> Chart:
        numbers = [_number(row[column]) for row in self.rows]
        most = max(numbers, default=0)
        bars = tuple(
            Bar(str(row[0]), row[column], round(100 * number / most) if most else 0)
            for row, number in zip(self.rows, numbers, strict=True)
        )
        is_whole = self.drawn == (1,)
        title = self.title if is_whole else self.columns[column]
        return Chart(f"{self.id}-{column}", title, self.kind, not is_whole, bars)

    @property
    def shares(self) -> tuple[int, ...]:
        """The width of each column in percent: as much as numbers need, and the rest for the words."""
        others = len(self.columns) - 1
        number = min(25, 72 // max(others, 1))
        return (100 - number * others, *[number] * others)

    def as_document(self) -> dict[str, Any]:
        """The table as plain JSON."""
        document = asdict(self)
        del document["links"]
        return document

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> FigureTable:
        """The table a JSON document holds."""
        return cls(
            id=document["id"],
            title=document["title"],
            about=document["about"],
            columns=tuple(document["columns"]),
            rows=tuple(tuple(row) for row in document["rows"]),
            drawn=tuple(document["drawn"]),
            kind=document["kind"],
        )


@dataclass(frozen=True, slots=True)
class Headline:
    """One number to begin with, what it counts, and a remark."""

    name: str
    number: str
    remark: str = ""


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
