"""The only place that asks the time. Instants are aware and in UTC; days belong to the city's time zone."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

_frozen: dt.datetime | None = None


def now() -> dt.datetime:
    """The present instant, or the one a test or a replay has frozen."""
    return _frozen or dt.datetime.now(dt.UTC)


def day_of(instant: dt.datetime, time_zone: str) -> dt.date:
    """The calendar day of an instant where the city is: due dates are days, not instants."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


@contextlib.contextmanager
def frozen(instant: dt.datetime) -> Iterator[dt.datetime]:
    """Hold the clock still, for every thread, while the block runs."""
    global _frozen  # noqa: PLW0603 - one process, one clock
    before, _frozen = _frozen, instant.astimezone(dt.UTC)
    try:
        yield _frozen
    finally:
        _frozen = before
