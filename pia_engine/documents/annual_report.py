"""The annual report of the programme as a document: what it says as plain values, and its typesetting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pia_engine.documents.figures import Chart, FigureTable, Headline
from pia_engine.documents.glyphs import require_printable
from pia_engine.documents.rendering import LIMITS, Limits, fill_page, press_page
from pia_engine.documents.report import Table
from pia_engine.errors import N_

FOREWORD, LEARNED, COVER = N_("Foreword"), N_("What was learned"), N_("Cover")
LONGEST, ROW, TALLEST = 420, 34, 90
"""Units of the drawing: the longest bar, the height of a row of bars, the tallest column."""


@dataclass(frozen=True, slots=True)
class AnnualReportDocument:
    """Everything the published document says. Every text is in the city's language; `tables` hold plain numbers."""

    reference: str
    year: int
    title: str
    city_name: str
    period: str
    language: str
    direction: str
    created_at: datetime
    verification_address: str
    foreword: str
    learned: str
    headlines: tuple[Headline, ...]
    tables: tuple[FigureTable, ...]
    shown: tuple[tuple[tuple[str, ...], ...], ...]
    facts: tuple[tuple[str, str], ...] = ()
    notice: str = ""

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text that is printed, with the place where a person finds it."""
        yield COVER, "\n".join((self.title, self.city_name, self.period, self.notice, *map("".join, self.facts)))
        yield FOREWORD, self.foreword
        yield LEARNED, self.learned
        for table, rows in zip(self.tables, self.shown, strict=True):
            yield table.title, "\n".join((table.title, table.about, *table.columns, *map("".join, rows)))


def render_annual_report(report: AnnualReportDocument, *, record: bytes, limits: Limits = LIMITS) -> bytes:
    """Typeset the report as PDF/A-3a and PDF/UA-1 with its public record inside; same input, same bytes."""
    require_printable(report.texts())
    page = annual_report_page(report, record=record)
    return press_page(page, reference=report.reference, created_at=report.created_at, record=record, limits=limits)


def annual_report_page(report: AnnualReportDocument, *, record: bytes) -> str:
    """Fill the document template; the result is one self-contained HTML page."""
    tables = [_printed(table, rows) for table, rows in zip(report.tables, report.shown, strict=True)]
    return fill_page("documents/annual_report.html", report, record=record, tables=tables)


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar in units of the drawing, with its words and its number as it is printed."""

    label: str
    number: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class DrawnChart:
    """One chart with everything placed."""

    title: str
    shows_title: bool
    kind: str
    width: int
    height: int
    bars: tuple[DrawnBar, ...]


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """One table with its charts, every cell a text."""

    id: str
    about: str
    data: Table
    shares: tuple[int, ...]
    charts: tuple[DrawnChart, ...]


def _printed(table: FigureTable, rows: tuple[tuple[str, ...], ...]) -> PrintedTable:
    charts = tuple(
        _drawn(chart, [row[column] for row in rows]) for chart, column in zip(table.charts, table.drawn, strict=False)
    )
    return PrintedTable(table.id, table.about, Table(table.title, table.columns, rows), table.shares, charts)


def _drawn(chart: Chart, numbers: list[str]) -> DrawnChart:
    if chart.kind == "columns":
        return _drawn_columns(chart, numbers)
    bars = tuple(
        DrawnBar(bar.label, number, 0, place * ROW + 14, LONGEST * bar.share / 100, 12)
        for place, (bar, number) in enumerate(zip(chart.bars, numbers, strict=True))
    )
    return DrawnChart(chart.title, chart.shows_title, chart.kind, 480, ROW * len(bars), bars)


def _drawn_columns(chart: Chart, numbers: list[str]) -> DrawnChart:
    slot = 480 / len(chart.bars)
    bars = []
    for place, (bar, number) in enumerate(zip(chart.bars, numbers, strict=True)):
        height = TALLEST * bar.share / 100
        bars.append(DrawnBar(bar.label, number, place * slot + slot * 0.16, 106 - height, slot * 0.68, height))
    return DrawnChart(chart.title, chart.shows_title, chart.kind, 480, 134, tuple(bars))
