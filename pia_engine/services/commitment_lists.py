"""Commitments found and counted: one's own or all within reach, by status, department, keeper and words."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from pia_engine.models import Assessment, Commitment, Department, Initiative, Person
from pia_engine.permissions.roles import Actor
from pia_engine.services.initiatives import Page, visible_departments
from pia_engine.workflows.commitment import Status

SORTS = ("due", "-due", "age", "-age")
"""By the day it is due or by when it was made; with a minus sign the latest first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shall hold. Empty values ask for nothing."""

    only_mine: bool = False
    status: str = ""
    only_overdue: bool = False
    department_id: uuid.UUID | None = None
    keeper_id: uuid.UUID | None = None
    search: str = ""
    sort: str = SORTS[0]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many commitments there are. Those overdue are among the open ones."""

    open: int = 0
    overdue: int = 0
    reported: int = 0
    kept: int = 0
    dropped: int = 0

    @property
    def total(self) -> int:
        return self.open + self.reported + self.kept + self.dropped


def list_commitments(
    session: Session, wanted: Wanted, *, actor: Actor, today: dt.date, page: int = 1, size: int = 25
) -> Page[Commitment]:
    """One page of the commitments an actor may see."""
    query = (
        select(Commitment)
        .outerjoin(Commitment.initiative)
        .where(_within_reach(actor, wanted), *_filters(wanted, today))
    )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    column = Commitment.due_on if wanted.sort.endswith("due") else Commitment.created_at
    order = [column.desc(), Commitment.reference.desc()] if wanted.sort[0] == "-" else [column, Commitment.reference]
    loaded = query.options(
        joinedload(Commitment.initiative).joinedload(Initiative.department), joinedload(Commitment.keeper)
    )
    rows = session.scalars(loaded.order_by(*order).offset((page - 1) * size).limit(size))
    return Page(list(rows), page, size, total)


def count_commitments(session: Session, wanted: Wanted, *, actor: Actor, today: dt.date) -> Tally:
    """How the commitments stand that an actor may see, or keeps; of `wanted` nothing else is looked at."""
    overdue = case((and_(Commitment.status == str(Status.OPEN), Commitment.due_on < today), 1), else_=0)
    rows = session.execute(
        select(Commitment.status, func.count(Commitment.id), func.sum(overdue))
        .where(_within_reach(actor, wanted))
        .group_by(Commitment.status)
    ).all()
    numbers = {status: count for status, count, _overdue in rows}
    return Tally(**numbers, overdue=sum(int(late or 0) for _status, _count, late in rows))


def tally_of(commitments: Iterable[Commitment], today: dt.date) -> Tally:
    """How some commitments stand together."""
    found = list(commitments)
    numbers = {str(status): sum(each.status == status for each in found) for status in Status}
    return Tally(**numbers, overdue=sum(each.is_overdue_on(today) for each in found))


def list_keepers(session: Session, *, actor: Actor) -> list[Person]:
    """Everybody who keeps, or kept, something the actor may see; by name."""
    kept = select(Commitment.author_id).where(_within_reach(actor, Wanted()))
    return list(session.scalars(select(Person).where(Person.id.in_(kept)).order_by(Person.name, Person.id)))


def list_departments_seen(session: Session, *, actor: Actor) -> list[Department]:
    """The departments whose commitments the actor may see; by name."""
    query = select(Department).order_by(Department.name)
    seen = visible_departments(actor)
    return list(session.scalars(query if seen is None else query.where(Department.id.in_(seen))))


def _within_reach(actor: Actor, wanted: Wanted) -> ColumnElement[bool]:
    own = Commitment.author_id == actor.id
    if wanted.only_mine:
        return own
    departments = visible_departments(actor)
    return true() if departments is None else or_(own, Commitment.department_id.in_(departments))


def _filters(wanted: Wanted, today: dt.date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status:
        found.append(Commitment.status == wanted.status)
    if wanted.only_overdue:
        found += [Commitment.status == str(Status.OPEN), Commitment.due_on < today]
    if wanted.department_id:
        found.append(Commitment.department_id == wanted.department_id)
    if wanted.keeper_id:
        found.append(Commitment.author_id == wanted.keeper_id)
    if wanted.search:
        found.append(_words(wanted.search))
    return found


def _words(search: str) -> ColumnElement[bool]:
    pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (Commitment.text, Commitment.reference, Initiative.title, Initiative.reference)
    of_assessment = select(Assessment.id).where(Assessment.reference.ilike(pattern, escape="\\"))
    matching = [column.ilike(pattern, escape="\\") for column in columns]
    return or_(*matching, Commitment.assessment_id.in_(of_assessment))
