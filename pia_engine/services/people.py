"""People and their designations; the actor a person is today."""

from __future__ import annotations

import datetime as dt
import uuid

import uuid6
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.models import Department, Designation, Person
from pia_engine.permissions.roles import DEPARTMENT_ROLES, Actor, Grant, Role
from pia_engine.services.cities import get_city


def find_person_by_email(session: Session, email: str) -> Person | None:
    return session.scalars(select(Person).where(func.lower(Person.email) == email.strip().lower())).one_or_none()


def get_person(session: Session, person_id: uuid.UUID) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(N_("There is no such person."))
    return person


def list_people(session: Session) -> list[Person]:
    """Everybody with an account, by name, with designations loaded."""
    rows = session.scalars(
        select(Person)
        .options(selectinload(Person.designations).joinedload(Designation.department))
        .order_by(Person.name)
    )
    return list(rows)


def add_person(
    session: Session, *, name: str, email: str, job_title: str, password_hash: str | None, now: dt.datetime
) -> Person:
    """Give somebody an account. Raises Invalid when the address is taken."""
    if find_person_by_email(session, email):
        raise Invalid(N_("Somebody already has the address %(email)s."), email=email)
    person = Person(
        name=name.strip(),
        email=email.strip(),
        job_title=job_title.strip(),
        password=password_hash,
        fs_uniquifier=uuid6.uuid7().hex,
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def set_active(session: Session, person: Person, *, active: bool) -> None:
    """Close or reopen an account; a closed one cannot sign in, its record stays."""
    person.active = active
    person.fs_uniquifier = uuid6.uuid7().hex
    session.flush()


def designate(
    session: Session,
    person: Person,
    role: Role,
    *,
    department: Department | None,
    designated_by: str,
    instrument: str,
    from_on: dt.date,
    until_on: dt.date | None = None,
) -> Designation:
    """Give a role of foundation 4. Raises Invalid when the role needs a department and none is named."""
    if role in DEPARTMENT_ROLES and department is None:
        raise Invalid(N_("An agency official acts for a department: choose which."))
    if until_on is not None and until_on < from_on:
        raise Invalid(N_("The designation ends before it begins."))
    designation = Designation(
        person_id=person.id,
        role=str(role),
        department_id=department.id if department and role in DEPARTMENT_ROLES else None,
        designated_by=designated_by,
        instrument=instrument,
        from_on=from_on,
        until_on=until_on,
    )
    session.add(designation)
    session.flush()
    session.refresh(person, ["designations"])
    return designation


def end_designation(session: Session, designation_id: uuid.UUID, *, until_on: dt.date) -> Designation:
    """End a role on a day; what was done under it stays on record."""
    designation = session.get(Designation, designation_id)
    if designation is None:
        raise NotFound(N_("There is no such designation."))
    designation.until_on = max(until_on, designation.from_on)
    session.flush()
    return designation


def is_in_force(designation: Designation, on: dt.date) -> bool:
    return designation.from_on <= on and (designation.until_on is None or on <= designation.until_on)


def actor_for(session: Session, person: Person, *, now: dt.datetime) -> Actor:
    """The person with the roles designated for today, in the city's time zone."""
    today = clock.day_of(now, get_city(session).time_zone)
    grants = tuple(
        Grant(Role(designation.role), designation.department_id)
        for designation in person.designations
        if is_in_force(designation, today)
    )
    return Actor(person.id, person.name, grants if person.active else ())


def list_holders(session: Session, role: Role, *, on: dt.date, department_id: uuid.UUID | None = None) -> list[Person]:
    """Active people holding a role on a day, for the city or for one department, by name."""
    query = (
        select(Person)
        .join(Designation, Designation.person_id == Person.id)
        .where(
            Person.active,
            Designation.role == str(role),
            Designation.from_on <= on,
            or_(Designation.until_on.is_(None), Designation.until_on >= on),
        )
        .order_by(Person.name)
    )
    if role in DEPARTMENT_ROLES and department_id is not None:
        query = query.where(Designation.department_id == department_id)
    return list(session.scalars(query).unique())
