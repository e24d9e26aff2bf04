"""The roles of foundation 4 with who holds them on a day, what changes soon, and which of them nobody holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from pia_engine.models import Department, Deputy, Designation
from pia_engine.permissions.roles import DEPARTMENT_ROLES, DESIGNATED_ROLES, REQUIRED_ROLES, Role
from pia_engine.services.cities import list_departments
from pia_engine.services.people import is_in_force, stands_in

SOON = dt.timedelta(days=90)
OFFICIALS_NEEDED = 2


@dataclass(frozen=True, slots=True)
class Post:
    """One designation in force or to come, with the deputies of now and later."""

    designation: Designation
    deputies: tuple[Deputy, ...]


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A required role that too few people hold: nobody, or in a department only one where two are needed."""

    role: Role
    department: Department | None
    holders: int


@dataclass(frozen=True, slots=True)
class Office:
    """A role, for the city or one department: who holds it, who will, and what is missing."""

    role: Role
    department: Department | None
    held: tuple[Post, ...]
    to_come: tuple[Post, ...]
    vacancy: Vacancy | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that begins or ends soon. `deputy` is set when it is a deputy's days, not the designation itself."""

    on: dt.date
    begins: bool
    designation: Designation
    deputy: Deputy | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole of foundation 4 on a day."""

    on: dt.date
    of_city: tuple[Office, ...]
    of_departments: tuple[tuple[Department, tuple[Office, ...]], ...]
    changes: tuple[Change, ...]

    @property
    def vacancies(self) -> tuple[Vacancy, ...]:
        offices = [*self.of_city, *(each for _department, found in self.of_departments for each in found)]
        return tuple(office.vacancy for office in offices if office.vacancy)


def read_chart(session: Session, *, on: dt.date) -> Chart:
    """Who answers for what on a day, for the city and for each department."""
    known = _designations(session, on)
    departments = list_departments(session)
    city_roles = [role for role in DESIGNATED_ROLES if role not in DEPARTMENT_ROLES]
    return Chart(
        on=on,
        of_city=tuple(_office(known, role, None, on) for role in city_roles),
        of_departments=tuple(
            (each, tuple(_office(known, role, each, on) for role in sorted(DEPARTMENT_ROLES))) for each in departments
        ),
        changes=tuple(sorted(_changes(known, on), key=lambda change: (change.on, change.begins))),
    )


def list_vacancies(session: Session, *, on: dt.date, department: Department | None = None) -> tuple[Vacancy, ...]:
    """Required roles that are not filled on a day: all of them, or those that one department's work depends on."""
    found = read_chart(session, on=on).vacancies
    return tuple(each for each in found if department is None or each.department in (None, department))


def _designations(session: Session, on: dt.date) -> list[Designation]:
    """Every designation of somebody with an open account that is in force or will be."""
    query = (
        select(Designation)
        .options(
            joinedload(Designation.person),
            joinedload(Designation.department),
            joinedload(Designation.deputies).joinedload(Deputy.person),
        )
        .where(or_(Designation.until_on.is_(None), Designation.until_on >= on))
        .order_by(Designation.from_on, Designation.id)
    )
    return [each for each in session.scalars(query).unique() if each.person.active]


def _office(known: Iterable[Designation], role: Role, department: Department | None, on: dt.date) -> Office:
    department_id = department.id if department else None
    mine = [each for each in known if each.role == role and each.department_id == department_id]
    present = [each for each in mine if is_in_force(each, on)]
    return Office(
        role=role,
        department=department,
        held=tuple(_post(each, on) for each in present),
        to_come=tuple(_post(each, on) for each in mine if each not in present),
        vacancy=_vacancy(role, department, len({each.person_id for each in present})),
    )


def _vacancy(role: Role, department: Department | None, holders: int) -> Vacancy | None:
    needed = OFFICIALS_NEEDED if role in DEPARTMENT_ROLES else int(role in REQUIRED_ROLES)
    return Vacancy(role, department, holders) if holders < needed else None


def _post(designation: Designation, on: dt.date) -> Post:
    return Post(designation, tuple(each for each in designation.deputies if _matters(each, on)))


def _matters(deputy: Deputy, on: dt.date) -> bool:
    """A deputy acts now, or is named for later; a closed account does neither."""
    is_later = deputy.from_on > on and deputy.withdrawn_on is None
    return deputy.person.active and (is_later or stands_in(deputy, on))


def _changes(known: Iterable[Designation], on: dt.date) -> Iterable[Change]:
    last = on + SOON
    for each in known:
        if on < each.from_on <= last:
            yield Change(each.from_on, True, each)
        if each.until_on is not None and each.until_on <= last:
            yield Change(each.until_on, False, each)
        for deputy in each.deputies:
            if not _matters(deputy, on):
                continue
            if on < deputy.from_on <= last:
                yield Change(deputy.from_on, True, each, deputy)
            if deputy.until_on <= last:
                yield Change(deputy.until_on, False, each, deputy)
