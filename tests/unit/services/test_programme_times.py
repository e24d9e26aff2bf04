"""How steps are timed and sorted into stretches of time."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from pia_engine.services.programme_figures import Duration
from pia_engine.services.programme_records import Moment, Scope
from pia_engine.services.programme_times import (
    Finished,
    durations_of,
    first_of,
    list_finished,
    over_time,
    stretch_for,
)

START = dt.datetime(2026, 1, 1, 9, 0, tzinfo=dt.UTC)
DEPARTMENT, INITIATIVE = uuid.uuid4(), uuid.uuid4()


def after(days: float) -> dt.datetime:
    return START + dt.timedelta(days=days)


def moment(name: str, days: float, edition: int = 1) -> Moment:
    return Moment(name, after(days), DEPARTMENT, INITIATIVE, "PIA-2026-0001", edition)


def test_each_step_is_timed_from_the_one_before() -> None:
    path = [moment("determined", 3), moment("decided", 13), moment("published", 14.5)]
    found = list_finished(path, {INITIATIVE: START})
    assert [(each.step, each.days) for each in found] == [("determined", 3.0), ("decided", 10.0), ("published", 1.5)]


def test_a_later_edition_begins_on_its_own() -> None:
    path = [moment("determined", 3), moment("decided", 13), moment("begun", 100, 2), moment("decided", 104, 2)]
    assert list_finished(path, {INITIATIVE: START})[-1] == Finished("decided", after(104), 4.0)


def test_a_step_without_a_beginning_is_not_timed() -> None:
    assert list_finished([moment("decided", 13), moment("determined", 3)], {}) == []


def test_nine_in_ten_stay_within_the_ninetieth_percentile() -> None:
    found = [Finished("decided", START, days) for days in (*range(1, 10), 400)]
    assert durations_of(found)[1] == Duration("decided", 10, 5.5, 9.0)
    assert durations_of([])[0] == Duration("determined", 0, None, None)


@pytest.mark.parametrize(
    ("first", "last", "stretch", "begins"),
    [
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31), "month", dt.date(2026, 5, 1)),
        (dt.date(2025, 1, 1), dt.date(2026, 12, 31), "quarter", dt.date(2026, 4, 1)),
        (dt.date(2020, 1, 1), dt.date(2026, 12, 31), "year", dt.date(2026, 1, 1)),
    ],
)
def test_a_longer_time_is_cut_into_longer_stretches(
    first: dt.date, last: dt.date, stretch: str, begins: dt.date
) -> None:
    assert stretch_for(first, last) == stretch
    assert first_of(dt.date(2026, 5, 17), stretch) == begins


def test_every_month_of_the_time_is_there_and_an_instant_belongs_to_the_citys_day() -> None:
    scope = Scope(dt.date(2026, 1, 1), dt.date(2026, 3, 15), "Europe/Berlin")
    last_hour = dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC)  # 1 February in Berlin
    found = over_time(scope, [last_hour], [], [])
    assert [(each.first.month, each.registered) for each in found] == [(1, 0), (2, 1), (3, 0)]
