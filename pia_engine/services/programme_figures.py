"""What the programme's figures are made of: plain values, counted in `programme`, worded in `programme_tables`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

WAITING_DAYS = (7, 30, 90)
"""Where one age of waiting work ends and the next begins, in days; the last age is open."""
COMMITMENT_DAYS = (30, 90, 180, 365)
STEPS = ("determined", "decided", "published")
"""The three steps that are timed: registered to determined, determined to decided, decided to published."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of one kind. `name` is a stored word: a status, an outcome, an event, a level."""

    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Duration:
    """How long one step took, in days, for those that ended it within the time looked at."""

    step: str
    number: int
    median: float | None
    ninetieth: float | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Unfinished work in one status at the end of the period, by how long it has waited."""

    workflow: str
    status: str
    by_age: tuple[int, ...]
    longest: int

    @property
    def number(self) -> int:
        return sum(self.by_age)


@dataclass(frozen=True, slots=True)
class Overdue:
    """One review whose day has passed. `kind` is a workflow; the review of the policy has no department."""

    kind: str
    reference: str
    title: str
    department: str
    due_on: dt.date
    days: int


@dataclass(frozen=True, slots=True)
class Open:
    """Promises of one age that are not kept yet at the end of the period, and those of them past their day."""

    number: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Promises:
    """Commitments: those open at the end, by age; and those whose day lay in the period, by what became of them.

    `in_its_day` of those not kept yet had the last day of the period still to be kept on.
    """

    by_age: tuple[Open, ...]
    kept_in_time: int
    kept_late: int
    not_kept: int
    dropped: int
    in_its_day: int = 0

    @property
    def number_open(self) -> int:
        return sum(each.number for each in self.by_age)

    @property
    def overdue(self) -> int:
        return sum(each.overdue for each in self.by_age)

    @property
    def share_kept(self) -> int | None:
        """Of those whose day is over and that were not dropped, how many in a hundred were kept in time."""
        due = self.kept_in_time + self.kept_late + self.not_kept - self.in_its_day
        return round(100 * self.kept_in_time / due) if due else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One month, quarter or year of the period, from its first day, with what happened in it and how long it took."""

    first: dt.date
    registered: int
    determined: int
    decided: int
    published: int
    durations: tuple[Duration, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of cause to look again: how many were raised, and what was decided."""

    name: str
    raised: int
    renewed: int
    set_aside: int
    waiting: int


@dataclass(frozen=True, slots=True)
class FindingCount:
    """Findings of one severity in audits reported within the period."""

    severity: str
    number: int
    accepted: int
    disputed: int


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """The same for each department, side by side."""

    name: str
    registered: int
    published: int
    waiting: int
    audits_overdue: int
    commitments_open: int
    commitments_overdue: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A required role that too few people hold; `department` is empty for one of the city."""

    role: str
    department: str
    holders: int


@dataclass(frozen=True, slots=True)
class ProgrammeFigures:
    """The programme from one day to another, both included. What stands somewhere, stands there on the last day."""

    from_on: dt.date
    until_on: dt.date
    stretch: str
    registered: int
    published: int
    outcomes: tuple[Count, ...]
    statuses: tuple[Count, ...]
    durations: tuple[Duration, ...]
    over_time: tuple[Stretch, ...]
    backlog: tuple[Waiting, ...]
    audits_open: int
    overdue: tuple[Overdue, ...]
    promises: Promises
    residual_risk: tuple[Count, ...]
    events: dict[str, int]
    causes: tuple[Cause, ...]
    findings: tuple[FindingCount, ...]
    departments: tuple[DepartmentLine, ...]
    vacancies: tuple[Gap, ...]

    @property
    def waiting(self) -> int:
        return sum(each.number for each in self.backlog)

    @property
    def determined(self) -> int:
        return sum(each.number for each in self.outcomes)

    @property
    def audits_overdue(self) -> int:
        return sum(each.kind == "annual_audit" for each in self.overdue)

    @property
    def share_overdue(self) -> int | None:
        """Of the annual audits that are still to be done, how many in a hundred are past their day."""
        return round(100 * self.audits_overdue / self.audits_open) if self.audits_open else None


def age_of(days: int, bounds: tuple[int, ...]) -> int:
    """In which of the ages a number of days lies, counted from 0."""
    return next((place for place, last in enumerate(bounds) if days <= last), len(bounds))
