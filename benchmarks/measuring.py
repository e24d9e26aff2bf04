"""Time one thing against its limit: turn about, by processor time, and the median of what came out.

A shared machine makes the clock on the wall useless and a single figure worthless; the ratio of two things done in
turns, in one process, holds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report. `figure` and `limit` are milliseconds, or counts when `unit` says so."""

    workload: str
    what: str
    figure: float
    limit: float
    to_reach: float
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        return self.figure / self.limit

    @property
    def is_reached(self) -> bool:
        return self.ratio <= self.to_reach

    def __str__(self) -> str:
        verdict = "reached" if self.is_reached else "missed"
        return (
            f"{self.workload:4} {self.what:46} {self.figure:10.3f} {self.unit:8} limit {self.limit:10.3f}  "
            f"ratio {self.ratio:6.2f}  to reach {self.to_reach:6.2f}  {verdict}"
        )


def compare(work: Act, limit: Act, *, rounds: int, times: int) -> tuple[float, float]:
    """Median milliseconds of processor time of one call of each. `times` calls make one round, rounds alternate."""
    work(), limit()
    measured = [(_per_call(work, times), _per_call(limit, times)) for _ in range(rounds)]
    return statistics.median(one for one, _ in measured), statistics.median(other for _, other in measured)


def _per_call(act: Act, times: int) -> float:
    before = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - before) * 1000 / times
