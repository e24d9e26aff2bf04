"""What a person is reminded of and when: the contents of a digest, putting things off, and how often one wants it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import Person, Snooze
from pia_engine.permissions.roles import Actor
from pia_engine.services.cities import get_city
from pia_engine.services.due import list_dated, list_due
from pia_engine.services.due_dates import Due
from pia_engine.services.policies import current_rules

DAILY, WEEKLY, ONLY_OVERDUE = "daily", "weekly", "overdue"
CHOICES = (DAILY, WEEKLY, ONLY_OVERDUE)

LONGEST_SNOOZE = dt.timedelta(days=30)
LONG_WAIT = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Digest:
    """What one message reminds of. `this_week` ends on Sunday; `later` is within the policy's days of notice."""

    overdue: tuple[Due, ...]
    this_week: tuple[Due, ...]
    later: tuple[Due, ...]
    waiting: tuple[Due, ...]

    @property
    def count(self) -> int:
        return len(self.overdue) + len(self.this_week) + len(self.later) + len(self.waiting)


def read_digest(session: Session, person: Person, *, now: dt.datetime) -> Digest:
    """What a person is to be reminded of now, by what they chose. What they put off is not in it."""
    today = clock.day_of(now, get_city(session).time_zone)
    soon = today + dt.timedelta(days=current_rules(session).reminder_days)
    found = [each for each in list_due(session, person, now=now) if each.snoozed_until is None]
    dated = [(each, each.due_on) for each in found if each.due_on is not None]
    sunday = end_of_week(today)
    only_overdue = person.reminders == ONLY_OVERDUE
    return Digest(
        overdue=tuple(each for each, _day in dated if each.is_overdue),
        this_week=tuple(each for each, day in dated if today <= day <= sunday and not only_overdue),
        later=tuple(each for each, day in dated if sunday < day <= soon and not only_overdue),
        waiting=tuple(each for each in found if _waits_long(each, now) and not only_overdue),
    )


def end_of_week(today: dt.date) -> dt.date:
    """The Sunday of a day's week."""
    return today + dt.timedelta(days=6 - today.weekday())


def _waits_long(due: Due, now: dt.datetime) -> bool:
    return due.due_on is None and due.since is not None and due.since < now - LONG_WAIT


def choose_reminders(session: Session, person: Person, choice: str) -> None:
    """Set how often somebody is reminded. Reminders of what is overdue cannot be switched off."""
    if choice not in CHOICES:
        raise Invalid(N_("Choose how often you want to be reminded."))
    person.reminders = choice
    session.flush()


def find_dated(session: Session, person: Person, kind: str, record: str, *, actor: Actor, now: dt.datetime) -> Due:
    """One dated thing of a person's own. Raises NotFound: what is due for others is not theirs to put off."""
    for each in list_dated(session, person, actor=actor, now=now):
        if (each.kind, each.reference) == (kind, record):
            return each
    raise NotFound(N_("Nothing of this kind is due for you. It may be done already."))


def last_day_to_put_off(due: Due, today: dt.date) -> dt.date:
    """How long a thing can be put off: thirty days, and not beyond the day it is due. Raises NotPossible."""
    if due.due_on is None or not due.can_snooze:
        raise NotPossible(N_("This is due today or overdue. It cannot be put off any more."))
    return min(due.due_on, today + LONGEST_SNOOZE)


def put_off(session: Session, person: Person, due: Due, until_on: dt.date, *, now: dt.datetime) -> None:
    """Remind the person of this again from a day on. It stays due on its day all the same."""
    today = clock.day_of(now, get_city(session).time_zone)
    last = last_day_to_put_off(due, today)
    if not today < until_on <= last:
        raise Invalid(N_("Choose a day from tomorrow to %(last)s."), last=last.isoformat())
    remind_again(session, person, due.kind, due.reference)
    session.add(Snooze(person_id=person.id, kind=due.kind, record=due.reference, until_on=until_on))
    session.flush()


def remind_again(session: Session, person: Person, kind: str, record: str) -> None:
    """Take back that something was put off. Doing it twice is the same as once."""
    session.execute(delete(Snooze).where(Snooze.person_id == person.id, Snooze.kind == kind, Snooze.record == record))
    session.flush()


def dated_soon(dated: Iterable[Due], today: dt.date, reminder_days: int) -> list[Due]:
    """What is overdue or due within the policy's days of notice, and not put off."""
    soon = today + dt.timedelta(days=reminder_days)
    return [each for each in dated if each.snoozed_until is None and each.due_on and each.due_on <= soon]
