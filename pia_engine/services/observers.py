"""Who observes which initiative, on which days, and what they stated. Appointing and filing are in `observations`.

An observer stands outside the city's line: they read one initiative with everything that belongs to it, and change
nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from pia_engine.errors import N_, NotFound
from pia_engine.models import Initiative, Observer, Person
from pia_engine.permissions.roles import Grant, Role


def observer_grants(session: Session, person: Person, *, on: dt.date) -> tuple[Grant, ...]:
    """What somebody may observe on a day, each an initiative."""
    observed = session.scalars(
        select(Observer.initiative_id)
        .where(Observer.person_id == person.id, in_force_on(on))
        .distinct()
        .order_by(Observer.initiative_id)
    )
    return tuple(Grant(Role.OBSERVER, initiative_id) for initiative_id in observed)


def in_force_on(day: dt.date) -> ColumnElement[bool]:
    """Appointments that hold on a day, for a query: one that was withdrawn holds no more on the day it was."""
    return and_(
        Observer.from_on <= day,
        Observer.until_on >= day,
        or_(Observer.withdrawn_on.is_(None), Observer.withdrawn_on > day),
    )


def is_in_force(observer: Observer, on: dt.date) -> bool:
    """The same for one appointment."""
    return observer.from_on <= on <= observer.until_on and (observer.withdrawn_on is None or on < observer.withdrawn_on)


def list_observers(session: Session, initiative: Initiative) -> list[Observer]:
    """Everybody ever appointed for an initiative, the earliest first."""
    rows = session.scalars(
        select(Observer)
        .options(joinedload(Observer.person))
        .where(Observer.initiative_id == initiative.id)
        .order_by(Observer.from_on, Observer.id)
    )
    return list(rows)


def list_statements(session: Session, initiative: Initiative) -> list[Observer]:
    """The appointments under which a statement was filed, oldest statement first."""
    rows = session.scalars(
        select(Observer)
        .options(joinedload(Observer.person))
        .where(Observer.initiative_id == initiative.id, Observer.filed_at.is_not(None))
        .order_by(Observer.filed_at, Observer.id)
    )
    return list(rows)


def list_observed_by(session: Session, person: Person, *, on: dt.date) -> list[Observer]:
    """What somebody observes on a day, the appointment that ends first before the others."""
    rows = session.scalars(
        select(Observer)
        .options(joinedload(Observer.initiative))
        .where(Observer.person_id == person.id, in_force_on(on))
        .order_by(Observer.until_on, Observer.id)
    )
    return list(rows)


def get_observer(session: Session, initiative: Initiative, observer_id: uuid.UUID) -> Observer:
    observer = session.get(Observer, observer_id)
    if observer is None or observer.initiative_id != initiative.id:
        raise NotFound(N_("There is no such observer of this initiative."))
    return observer
