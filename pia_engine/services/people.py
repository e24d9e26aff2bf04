"""People's accounts and their designations, and the actor a person is today. Who holds a role is in `holders`.

Whatever changes here leaves an event in the city's own audit chain, with ids, roles and dates and no addresses.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

import uuid6
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import AuditEvent, Department, Deputy, Designation, Person
from pia_engine.permissions.people import check_may, grants_for
from pia_engine.permissions.roles import DEPARTMENT_ROLES, Actor, Grant, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.addresses import tell_old_address
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.observers import observer_grants

ACCOUNT = ("name", "email", "job_title")


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
    session: Session,
    *,
    name: str,
    email: str,
    job_title: str,
    password_hash: str | None,
    actor: Actor,
    now: dt.datetime,
) -> Person:
    """Give somebody an account. Raises Invalid when the address is taken."""
    check_may(actor, Permission.CITY_ADMINISTER)
    _refuse_taken(session, email)
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
    _note(session, "person:added", {"person": str(person.id)}, actor=actor, now=now)
    return person


def change_person(
    session: Session, person: Person, changes: Mapping[str, str], *, actor: Actor, now: dt.datetime
) -> list[str]:
    """Correct somebody's name, address or job title. Returns the names of what really changed.

    What was done under the old name stays on record under it. An old address always gets a letter.
    """
    check_may(actor, Permission.CITY_ADMINISTER)
    check_not_own(actor, person, N_("You cannot change an account of your own."))
    given = {name: value.strip() for name, value in changes.items()}
    changed = [name for name in ACCOUNT if name in given and getattr(person, name) != given[name]]
    if "email" in changed and given["email"].lower() != person.email.lower():
        _refuse_taken(session, given["email"])
    old = person.email
    for name in changed:
        setattr(person, name, given[name])
    if changed:
        details = {"person": str(person.id), "changed": changed}
        event = _note(session, "person:changed", details, actor=actor, now=now)
        if "email" in changed:
            tell_old_address(session, person, old, event=event, now=now)
    return changed


def _refuse_taken(session: Session, email: str) -> None:
    if find_person_by_email(session, email):
        raise Invalid(N_("Somebody already has the address %(email)s."), email=email)


def set_active(session: Session, person: Person, *, active: bool, actor: Actor, now: dt.datetime) -> None:
    """Close or reopen an account; a closed one cannot sign in, its record stays. Its calendar link ends for good."""
    check_may(actor, Permission.CITY_ADMINISTER)
    check_not_own(actor, person, N_("You cannot close or open an account of your own."))
    person.active = active
    person.calendar_token_hash = None
    person.fs_uniquifier = uuid6.uuid7().hex
    event = "person:reopened" if active else "person:closed"
    _note(session, event, {"person": str(person.id)}, actor=actor, now=now)
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
    actor: Actor,
    now: dt.datetime,
) -> Designation:
    """Give a role of foundation 4. Raises Invalid when the role needs a department and none is named."""
    check_may(actor, Permission.CITY_ADMINISTER)
    check_not_own(actor, person, N_("You cannot record a designation of your own."))
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
    details = {**terms_of(designation), "instrument": instrument}
    _note(session, "designation:begun", details, actor=actor, now=now)
    return designation


def end_designation(
    session: Session, designation_id: uuid.UUID, *, until_on: dt.date, actor: Actor, now: dt.datetime
) -> Designation:
    """End a role on a day; what was done under it stays on record. An end once set can only come nearer."""
    check_may(actor, Permission.CITY_ADMINISTER)
    designation = get_designation(session, designation_id)
    check_not_own(actor, designation.person, N_("You cannot end a designation of your own."))
    _check_end(designation, until_on, today=clock.day_of(now, get_city(session).time_zone))
    designation.until_on = max(until_on, designation.from_on)
    _note(session, "designation:ended", terms_of(designation), actor=actor, now=now)
    session.flush()
    return designation


def _check_end(designation: Designation, until_on: dt.date, *, today: dt.date) -> None:
    present = designation.until_on
    if present is None:
        return
    if present < today:
        raise NotPossible(N_("This designation is over already. Record a new one if the person has the role again."))
    if until_on > present:
        raise Invalid(
            N_("This designation ends before that day already. To have the role for longer, record a new designation.")
        )


def get_designation(session: Session, designation_id: uuid.UUID) -> Designation:
    designation = session.get(Designation, designation_id)
    if designation is None:
        raise NotFound(N_("There is no such designation."))
    return designation


def check_not_own(actor: Actor, person: Person, sentence: str) -> None:
    """Nobody gives, takes or closes what is their own, nor what is that of whom they stand in for."""
    if person.id in own_of(actor):
        raise NotPossible(sentence, who_can_help=N_("Another administrator"))


def own_of(actor: Actor) -> frozenset[uuid.UUID]:
    """An administrator and, for somebody who is one as deputy only, everybody they stand in for as such."""
    stood_in_for = [grant.represents for grant in grants_for(actor, Permission.CITY_ADMINISTER)]
    people = {actor.id, actor.represents, *(() if None in stood_in_for else stood_in_for)}
    return frozenset(each for each in people if each is not None)


def terms_of(designation: Designation) -> dict[str, Any]:
    """What the trail keeps of a designation."""
    return {
        "designation": str(designation.id),
        "person": str(designation.person_id),
        "role": designation.role,
        "department": str(designation.department_id) if designation.department_id else None,
        "from": designation.from_on.isoformat(),
        "until": designation.until_on.isoformat() if designation.until_on else None,
    }


def _note(session: Session, event: str, details: Mapping[str, Any], *, actor: Actor, now: dt.datetime) -> AuditEvent:
    written = append_event(session, get_city(session), event, actor=actor, now=now, details=details)
    session.flush()
    return written


def is_in_force(designation: Designation, on: dt.date) -> bool:
    return designation.from_on <= on and (designation.until_on is None or on <= designation.until_on)


def stands_in(deputy: Deputy, on: dt.date) -> bool:
    """Whether a deputy acts on a day. Without the designation there is nothing to stand in for."""
    is_named = deputy.from_on <= on <= deputy.until_on and (deputy.withdrawn_on is None or on < deputy.withdrawn_on)
    return is_named and is_in_force(deputy.designation, on)


def actor_for(session: Session, person: Person, *, now: dt.datetime) -> Actor:
    """The person with the roles held today, in the city's time zone: their own, those they stand in for, and what
    they observe."""
    today = clock.day_of(now, get_city(session).time_zone)
    if not person.active:
        return Actor(person.id, person.name, ())
    rows = session.execute(
        select(Designation, Deputy.id)
        .join(Designation.person)
        .outerjoin(
            Deputy, and_(Deputy.designation_id == Designation.id, Deputy.person_id == person.id, named_on(today))
        )
        .where(in_force_on(today), Person.active, or_(Designation.person_id == person.id, Deputy.id.is_not(None)))
        .options(contains_eager(Designation.person))
        .order_by(Designation.from_on, Designation.id)
    )
    held_today = [_grant(held, deputy_id) for held, deputy_id in rows]
    return Actor(person.id, person.name, (*held_today, *observer_grants(session, person, on=today)))


def _grant(held: Designation, deputy_id: uuid.UUID | None) -> Grant:
    if deputy_id is None:
        return Grant(Role(held.role), held.department_id)
    return Grant(Role(held.role), held.department_id, held.person_id, held.person.name)


def in_force_on(day: dt.date) -> ColumnElement[bool]:
    """The same as `is_in_force`, for a query."""
    return and_(Designation.from_on <= day, or_(Designation.until_on.is_(None), Designation.until_on >= day))


def named_on(day: dt.date) -> ColumnElement[bool]:
    """A deputy's own part of `stands_in`, for a query."""
    return and_(
        Deputy.from_on <= day,
        Deputy.until_on >= day,
        or_(Deputy.withdrawn_on.is_(None), Deputy.withdrawn_on > day),
    )
