"""Initiatives: register one, list them, and move them along as their assessments are decided."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.models import Assessment, Department, Initiative, Person
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import SYSTEM, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows.initiative import Action, Status

T = TypeVar("T")

CHANGE_KINDS = {
    "new": N_("Something new for the city"),
    "pilot": N_("A trial or pilot"),
    "change": N_("A change to something we already use"),
    "renewal": N_("A contract renewal or replacement with no change in use"),
    "existing": N_("Already in use but never assessed"),
    "gift": N_("A gift, loan or free service"),
}


@dataclass(frozen=True, slots=True)
class NewInitiative:
    """What is asked when an initiative is registered."""

    title: str
    summary: str
    department: Department
    change_kind: str
    procurement: str = ""
    target_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. `number` counts from 1."""

    rows: list[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def register_initiative(
    session: Session, new: NewInitiative, *, author: Person, actor: Actor, now: dt.datetime
) -> Initiative:
    """Put an initiative on the city's list; its author answers for it."""
    check_may(actor, Permission.INITIATIVE_REGISTER)
    if new.department.id not in actor.departments(Role.AGENCY_OFFICIAL):
        raise Invalid(N_("You can register initiatives only for a department you act for."))
    if new.change_kind not in CHANGE_KINDS:
        raise Invalid(N_("Choose what kind of change this is."))
    initiative = Initiative(
        reference=next_reference(session, "INI", now),
        title=new.title.strip(),
        summary=new.summary.strip(),
        department_id=new.department.id,
        author_id=author.id,
        change_kind=new.change_kind,
        procurement=new.procurement.strip(),
        target_on=new.target_on,
    )
    begin_life(session, initiative, "initiative:registered", actor=actor, now=now)
    return initiative


def get_initiative(session: Session, reference: str) -> Initiative:
    initiative = session.scalars(select(Initiative).where(Initiative.reference == reference)).one_or_none()
    if initiative is None:
        raise NotFound(N_("There is no initiative with this reference."))
    return initiative


def list_initiatives(
    session: Session, *, actor: Actor, search: str = "", status: str = "", page: int = 1, size: int = 25
) -> Page[Initiative]:
    """The initiatives the actor may see, newest first."""
    query = select(Initiative).options(selectinload(Initiative.department), selectinload(Initiative.author))
    departments = visible_departments(actor)
    if departments is not None:
        observed = Initiative.id.in_(observed_initiatives(actor))
        query = query.where(or_(Initiative.department_id.in_(departments), observed))
    if status:
        query = query.where(Initiative.status == status)
    if search:
        pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(
            or_(Initiative.title.ilike(pattern, escape="\\"), Initiative.reference.ilike(pattern, escape="\\"))
        )
    order = (Initiative.created_at.desc(), Initiative.id.desc())
    return page_of(session, query, order, page=page, size=size)


def page_of(session: Session, query: Select[T], order: tuple[Any, ...], *, page: int, size: int) -> Page[T]:
    """One page of what a query finds, in this order."""
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(*order).offset((page - 1) * size).limit(size))
    return Page(list(rows), page, size, total)


def visible_departments(actor: Actor) -> frozenset[uuid.UUID] | None:
    """None when the actor's roles reach the whole city."""
    citywide = actor.roles - {Role.AGENCY_OFFICIAL, Role.ADMINISTRATOR, Role.OBSERVER}
    if citywide:
        return None
    return frozenset(scope for scope in actor.departments(Role.AGENCY_OFFICIAL) if scope is not None)


def observed_initiatives(actor: Actor) -> frozenset[uuid.UUID]:
    """The initiatives an actor sees as an independent observer, whatever else they see."""
    return frozenset(scope for scope in actor.departments(Role.OBSERVER) if scope is not None)


def list_assessments_of(session: Session, initiative: Initiative) -> list[Assessment]:
    """Its assessments, reference by reference as they were begun: the initial one, then full ones by edition."""
    found = session.scalars(select(Assessment).where(Assessment.initiative_id == initiative.id))
    rows = sorted(found, key=lambda each: (each.stage != "initial", each.edition))
    begun = {each.reference: each.created_at for each in reversed(rows)}
    return sorted(rows, key=lambda each: (begun[each.reference], each.reference))


def go_live(session: Session, initiative: Initiative, *, actor: Actor, now: dt.datetime) -> None:
    """Record that it is in use, once an assessment allows it."""
    apply_action(session, initiative, Action.GO_LIVE, actor=actor, now=now)


def reopen_initiative(session: Session, initiative: Initiative, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Open a refused initiative again, so that it can be assessed anew."""
    apply_action(session, initiative, Action.REOPEN, actor=actor, now=now, reason=reason)


def retire_initiative(session: Session, initiative: Initiative, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Close an initiative for good; its record stays."""
    apply_action(session, initiative, Action.RETIRE, actor=actor, now=now, reason=reason)


def clear_initiative(session: Session, initiative: Initiative, *, now: dt.datetime, reason: str) -> None:
    """The product's own move once an assessment allows it; nothing to do when it is cleared or live already."""
    if initiative.status == Status.IN_ASSESSMENT:
        apply_action(session, initiative, Action.CLEAR, actor=SYSTEM, now=now, reason=reason)


def refuse_initiative(session: Session, initiative: Initiative, *, now: dt.datetime, reason: str) -> None:
    """The product's own move when an assessment is rejected: what was cleared, or is live, is so no longer."""
    if initiative.status in (Status.IN_ASSESSMENT, Status.CLEARED, Status.LIVE):
        apply_action(session, initiative, Action.REFUSE, actor=SYSTEM, now=now, reason=reason)


def take_clearance_back(session: Session, initiative: Initiative, *, now: dt.datetime, reason: str) -> bool:
    """The product's own move when what cleared it is asked again; False when there is no clearance to take back."""
    if initiative.status != Status.CLEARED:
        return False
    apply_action(session, initiative, Action.REASSESS, actor=SYSTEM, now=now, reason=reason)
    return True
