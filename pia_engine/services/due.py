"""What is due for a person: everything with a day, from one table of sources, and what waits without one."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import Person, Snooze
from pia_engine.permissions.roles import Actor
from pia_engine.services.cities import get_city
from pia_engine.services.due_dates import CONTRIBUTION, Due, Reader
from pia_engine.services.due_sources import SOURCES
from pia_engine.services.people import actor_for
from pia_engine.services.work import Waiting, list_waiting

__all__ = ["Due", "list_dated", "list_due", "waiting_without_a_day"]


def list_due(session: Session, person: Person, *, now: dt.datetime) -> list[Due]:
    """What is due for somebody by day, then what waits for them without one, longest first."""
    actor = actor_for(session, person, now=now)
    dated = list_dated(session, person, actor=actor, now=now)
    waiting = waiting_without_a_day(list_waiting(session, actor=actor), dated)
    return [*dated, *(_undated(each) for each in waiting)]


def list_dated(session: Session, person: Person, *, actor: Actor, now: dt.datetime) -> list[Due]:
    """Everything with a day that is due for a person, the nearest first, with what they put off."""
    city = get_city(session)
    reader = Reader(person, actor, clock.day_of(now, city.time_zone), city.time_zone)
    found = [each for source in SOURCES.values() for each in source(session, reader)]
    put_off = _put_off(session, person)
    known = [_with_snooze(each, put_off.get((each.kind, each.reference)), reader.day) for each in found]
    return sorted(known, key=lambda each: (each.due_on or dt.date.max, each.kind, each.reference))


def waiting_without_a_day(waiting: Iterable[Waiting], dated: Iterable[Due]) -> list[Waiting]:
    """The lines of “My work” that are not among the dated things already."""
    known = {(each.kind, each.reference, each.what) for each in dated}
    requests = {each.reference for each in dated if each.kind == CONTRIBUTION}
    return [
        line
        for line in waiting
        if (str(line.request.id) not in requests if line.request else (*_key(line), line.why) not in known)
    ]


def _key(line: Waiting) -> tuple[str, str]:
    return (CONTRIBUTION, str(line.request.id)) if line.request else (line.kind, line.reference)


def _undated(line: Waiting) -> Due:
    kind, reference = _key(line)
    return Due(
        kind=kind,
        reference=reference,
        title=line.title,
        what=line.why,
        due_on=None,
        path=f"{line.path}/full/contributions/{line.request.id}" if line.request else line.path,
        is_overdue=False,
        can_snooze=False,
        since=line.since,
    )


def _put_off(session: Session, person: Person) -> dict[tuple[str, str], dt.date]:
    rows = session.scalars(select(Snooze).where(Snooze.person_id == person.id))
    return {(each.kind, each.record): each.until_on for each in rows}


def _with_snooze(due: Due, until_on: dt.date | None, today: dt.date) -> Due:
    """What was put off comes back on its day, and at the latest on the day it is due."""
    if until_on is None or due.due_on is None or min(until_on, due.due_on) <= today:
        return due
    return dataclasses.replace(due, snoozed_until=min(until_on, due.due_on))
