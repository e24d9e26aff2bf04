"""How long the steps took: in days, median and ninetieth percentile, for the whole period and stretch by stretch."""

from __future__ import annotations

import datetime as dt
import math
import statistics
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pia_engine.services.periods import months_after
from pia_engine.services.programme_figures import STEPS, Duration, Stretch
from pia_engine.services.programme_records import Moment, Scope

MONTH, QUARTER, YEAR = "month", "quarter", "year"
MONTHS_IN = {MONTH: 1, QUARTER: 3, YEAR: 12}
MOST_MONTHS, MOST_QUARTERS = 14, 48
DAY = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Finished:
    """One step that ended, and how many days it took."""

    step: str
    at: dt.datetime
    days: float


def list_finished(moments: Iterable[Moment], registered: dict[uuid.UUID, dt.datetime]) -> list[Finished]:
    """Each step that ended, with the time since the step before it. An edition after the first begins on its own."""
    return list(_finished(moments, registered))


def _finished(moments: Iterable[Moment], registered: dict[uuid.UUID, dt.datetime]) -> Iterator[Finished]:
    begun: dict[tuple[str, int], dt.datetime] = {}
    decided: dict[tuple[str, int], dt.datetime] = {}
    for each in moments:
        edition = (each.reference, each.edition)
        since: dt.datetime | None = None
        match each.name:
            case "begun":
                begun[edition] = each.at
                continue
            case "determined":
                begun[each.reference, 1] = each.at
                since = registered.get(each.initiative_id)
            case "decided":
                since = begun.get(edition)
                decided[edition] = each.at
            case "published":
                since = decided.get(edition)
        if since is not None:
            yield Finished(each.name, each.at, (each.at - since).total_seconds() / DAY)


def durations_of(finished: Iterable[Finished]) -> tuple[Duration, ...]:
    """Median and ninetieth percentile of each step; None where nothing ended."""
    days: dict[str, list[float]] = defaultdict(list)
    for each in finished:
        days[each.step].append(each.days)
    return tuple(_duration(step, sorted(days[step])) for step in STEPS)


def _duration(step: str, days: Sequence[float]) -> Duration:
    if not days:
        return Duration(step, 0, None, None)
    ninetieth = days[math.ceil(0.9 * len(days)) - 1]
    return Duration(step, len(days), round(statistics.median(days), 1), round(ninetieth, 1))


def stretch_for(from_on: dt.date, until_on: dt.date) -> str:
    """Months for about a year, quarters for a few, else years: a chart people can take in."""
    months = (until_on.year - from_on.year) * 12 + until_on.month - from_on.month + 1
    if months <= MOST_MONTHS:
        return MONTH
    return QUARTER if months <= MOST_QUARTERS else YEAR


def first_of(day: dt.date, stretch: str) -> dt.date:
    """The first day of the month, quarter or year a day lies in."""
    length = MONTHS_IN[stretch]
    return dt.date(day.year, (day.month - 1) // length * length + 1, 1)


def over_time(
    scope: Scope, registered: Iterable[dt.datetime], finished: Sequence[Finished], published: Iterable[dt.datetime]
) -> tuple[Stretch, ...]:
    """What happened in each stretch of the period, those in which nothing did included."""
    stretch = stretch_for(scope.from_on, scope.until_on)

    def sorted_in(instants: Iterable[dt.datetime]) -> dict[dt.date, int]:
        counted: dict[dt.date, int] = defaultdict(int)
        for instant in instants:
            counted[first_of(scope.day_of(instant), stretch)] += 1
        return counted

    ended: dict[dt.date, list[Finished]] = defaultdict(list)
    for each in finished:
        ended[first_of(scope.day_of(each.at), stretch)].append(each)
    begun, shown = sorted_in(registered), sorted_in(published)
    return tuple(
        Stretch(
            first=first,
            registered=begun[first],
            determined=sum(each.step == "determined" for each in ended[first]),
            decided=sum(each.step == "decided" for each in ended[first]),
            published=shown[first],
            durations=durations_of(ended[first]),
        )
        for first in _firsts(scope, stretch)
    )


def _firsts(scope: Scope, stretch: str) -> Iterator[dt.date]:
    first = first_of(scope.from_on, stretch)
    while first <= scope.until_on:
        yield first
        first = months_after(first, MONTHS_IN[stretch])
