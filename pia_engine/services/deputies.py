"""Deputies: who stands in for a designated person, in which role and on which days.

A deputy is named for one designation, never for a role held as a deputy: nobody passes on what they do not hold.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotAllowed, NotFound, NotPossible
from pia_engine.models import Deputy, Designation, Person
from pia_engine.permissions.capacity import in_capacity
from pia_engine.permissions.people import check_may, may
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.holders import list_holders
from pia_engine.services.outbox import queue_job
from pia_engine.services.people import check_not_own, own_of, stands_in, terms_of


@dataclass(frozen=True, slots=True)
class Absence:
    """From when until when, and why: both days included."""

    from_on: dt.date
    until_on: dt.date
    reason: str = ""


def check_may_name(actor: Actor, designation: Designation) -> None:
    """The designated person names a deputy, or an administrator does. Raises NotAllowed."""
    check_may(actor, Permission.DEPUTY_NAME)
    if actor.id == designation.person_id or may(actor, Permission.CITY_ADMINISTER):
        return
    raise NotAllowed(
        N_("Only the designated person, or an administrator, names a deputy."),
        who_can_help=N_("The designated person, or an administrator"),
    )


def may_name(actor: Actor, designation: Designation) -> bool:
    """The same rule as a boolean, for choosing what to show."""
    own = actor.id == designation.person_id and may(actor, Permission.DEPUTY_NAME)
    return own or may(actor, Permission.CITY_ADMINISTER)


def name_deputy(
    session: Session, designation: Designation, person: Person, absence: Absence, *, actor: Actor, now: dt.datetime
) -> Deputy:
    """Let somebody stand in. Raises Invalid for days or a person that do not fit, saying which."""
    check_may_name(actor, designation)
    today = clock.day_of(now, get_city(session).time_zone)
    _check_days(designation, absence, today)
    _check_person(session, designation, person, absence, actor)
    deputy = Deputy(
        person=person,
        from_on=absence.from_on,
        until_on=absence.until_on,
        reason=absence.reason.strip(),
        named_by=actor.id,
        named_at=now,
    )
    designation.deputies.append(deputy)
    session.flush()
    _note(session, "deputy:named", deputy, actor=actor, now=now)
    _tell(session, deputy, now=now)
    return deputy


def withdraw_deputy(session: Session, deputy_id: uuid.UUID, *, actor: Actor, now: dt.datetime) -> Deputy:
    """Take a naming back at once; what the deputy did stays on record."""
    deputy = get_deputy(session, deputy_id)
    check_may_name(actor, deputy.designation)
    today = clock.day_of(now, get_city(session).time_zone)
    if deputy.withdrawn_on is not None or deputy.until_on < today:
        raise NotPossible(N_("This is over already: there is nothing to withdraw."))
    deputy.withdrawn_on = today
    _note(session, "deputy:withdrawn", deputy, actor=actor, now=now)
    return deputy


def get_deputy(session: Session, deputy_id: uuid.UUID) -> Deputy:
    deputy = session.get(Deputy, deputy_id)
    if deputy is None:
        raise NotFound(N_("There is no such deputy."))
    return deputy


def list_stood_in_for(session: Session, person: Person, *, on: dt.date) -> list[Deputy]:
    """What somebody stands in for today or will, the next first."""
    query = (
        select(Deputy)
        .options(joinedload(Deputy.designation).joinedload(Designation.person))
        .where(Deputy.person_id == person.id, Deputy.until_on >= on, Deputy.withdrawn_on.is_(None))
        .order_by(Deputy.from_on, Deputy.id)
    )
    return [each for each in session.scalars(query) if each.from_on > on or stands_in(each, on)]


def list_possible_deputies(session: Session, designation: Designation, *, actor: Actor) -> list[Person]:
    """Who can be named: everybody with an open account but the designated person and, naming another's, one's own."""
    left_out = {designation.person_id}
    if actor.id != designation.person_id:
        left_out |= own_of(actor)
    people = session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id))
    return [person for person in people if person.id not in left_out]


def _check_days(designation: Designation, absence: Absence, today: dt.date) -> None:
    if absence.until_on < absence.from_on:
        raise Invalid(N_("The last day is before the first. Check both dates."))
    if absence.from_on < today:
        raise Invalid(N_("A deputy is named from today on, not for days that are past."))
    ends = designation.until_on
    if absence.from_on < designation.from_on or (ends is not None and absence.until_on > ends):
        raise Invalid(N_("These days are not all within the designation. Nobody passes on a role they do not hold."))


def _check_person(session: Session, designation: Designation, person: Person, absence: Absence, actor: Actor) -> None:
    if not person.active or not designation.person.active:
        raise Invalid(N_("The account of one of the two is closed."))
    if person.id == designation.person_id:
        raise Invalid(N_("Nobody stands in for themselves. Choose somebody else."))
    if actor.id != designation.person_id:
        _check_gives_nothing_away(person, actor)
    role, department_id = Role(designation.role), designation.department_id
    for day in (absence.from_on, absence.until_on):
        holders = list_holders(session, role, on=day, department_id=department_id)
        if person.id in {each.id for each in holders}:
            raise Invalid(N_("%(name)s has this role already on some of these days."), name=person.name)
    for other in designation.deputies:
        if other.withdrawn_on is None and other.from_on <= absence.until_on and absence.from_on <= other.until_on:
            raise Invalid(
                N_("%(name)s stands in on some of these days already. Withdraw that first."), name=other.person.name
            )


def _check_gives_nothing_away(person: Person, actor: Actor) -> None:
    """An administrator gives a role of somebody else's neither to themselves nor to whom they stand in for."""
    if person.id == actor.id:
        raise Invalid(N_("You cannot name yourself. Another administrator, or the designated person, can."))
    check_not_own(actor, person, N_("You stand in for this person, so you cannot name them as a deputy."))


def _note(session: Session, event: str, deputy: Deputy, *, actor: Actor, now: dt.datetime) -> None:
    """An administrator acts as one; a designated person as that person."""
    if actor.id != deputy.designation.person_id:
        actor = in_capacity(actor, Permission.CITY_ADMINISTER, None)
    details = {
        **terms_of(deputy.designation),
        "deputy": str(deputy.person_id),
        "from": deputy.from_on.isoformat(),
        "until": deputy.until_on.isoformat(),
        "withdrawn": deputy.withdrawn_on.isoformat() if deputy.withdrawn_on else None,
    }
    append_event(session, get_city(session), event, actor=actor, now=now, details=details)
    session.flush()


def _tell(session: Session, deputy: Deputy, *, now: dt.datetime) -> None:
    """Whoever stands in gets a message, and so does the designated person when somebody else named the deputy."""
    people = {deputy.person_id, deputy.designation.person_id} - {deputy.named_by}
    for person_id in sorted(people):
        payload = {"deputy": str(deputy.id), "person": str(person_id)}
        queue_job(session, "deputy-notice", key=f"deputy:{deputy.id}:{person_id}", payload=payload, now=now)
