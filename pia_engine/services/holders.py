"""Who holds a role on a day: the people designated to it, and who stands in for them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from pia_engine.models import Deputy, Designation, Person
from pia_engine.permissions.roles import DEPARTMENT_ROLES, Role
from pia_engine.services.batches import remembered
from pia_engine.services.people import in_force_on, stands_in


@dataclass(frozen=True, slots=True)
class Held:
    """A role in somebody's hands: their own, or that of the person they stand in for."""

    person: Person
    represents: Person | None = None


def list_holders(
    session: Session,
    role: Role,
    *,
    on: dt.date,
    department_id: uuid.UUID | None = None,
    but_for: uuid.UUID | None = None,
) -> list[Person]:
    """Active people who hold a role on a day, for the city or one department, and who stand in for them, by name.

    `but_for` leaves out an author, and whoever could only act for the author.
    """
    held = remembered(
        session,
        ("holders", role, on, department_id, but_for),
        lambda: held_by_role(session, (role,), on=on, department_id=department_id, but_for=but_for)[role],
    )
    return list(dict.fromkeys(each.person for each in held))


def held_by_role(
    session: Session,
    roles: Iterable[Role],
    *,
    on: dt.date,
    department_id: uuid.UUID | None = None,
    but_for: uuid.UUID | None = None,
) -> dict[Role, list[Held]]:
    """The same for several roles at once, saying of each whom they stand in for."""
    found: dict[Role, list[Held]] = {role: [] for role in roles}
    query = (
        select(Designation)
        .join(Designation.person)
        .where(Person.active, Designation.role.in_(found), in_force_on(on), Designation.person_id != but_for)
        .options(contains_eager(Designation.person), joinedload(Designation.deputies).joinedload(Deputy.person))
    )
    if department_id is not None:
        is_of_city = Designation.role.not_in(DEPARTMENT_ROLES)
        query = query.where(or_(is_of_city, Designation.department_id == department_id))
    for held in session.scalars(query).unique():
        acting = [each.person for each in held.deputies if stands_in(each, on) and each.person.active]
        found[Role(held.role)] += [Held(held.person), *(Held(p, held.person) for p in acting if p.id != but_for)]
    for each in found.values():
        each.sort(key=lambda one: (one.person.name, one.person.id))
    return found
