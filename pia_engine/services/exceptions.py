"""Emergency exceptions: ask for one, grant or refuse it, end it, and let it run out, never in silence.

One exception per initiative is open at a time. A further one is possible, and says how many there were before.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import AuditEvent, Designation, EmergencyException, Initiative, Person
from pia_engine.permissions.gate import OVER, find_exception_in_force, read_grounds
from pia_engine.permissions.people import RULES, check_may
from pia_engine.permissions.roles import SYSTEM, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import list_newest_events
from pia_engine.services.cities import get_city
from pia_engine.services.holders import list_holders
from pia_engine.services.initiatives import Page, visible_departments
from pia_engine.services.notices import tell_people
from pia_engine.services.people import in_force_on
from pia_engine.services.policies import current_rules
from pia_engine.services.reconsiderations import NewCause, find_answer, raise_cause
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows.emergency_exception import Action, Status

__all__ = [
    "NewException", "Terms", "check_can_request", "request_exception", "grant_exception", "refuse_exception",
    "withdraw_exception", "end_exception", "expire_exceptions", "find_exception_in_force", "get_exception",
    "list_exceptions", "list_exceptions_of", "list_earlier", "list_officials", "find_official", "longest_days",
    "days_left",
]  # fmt: skip

OPEN = (str(Status.REQUESTED), str(Status.GRANTED))
LONGEST_TEXT = 4000
_READERS = sorted(RULES[Permission.EMERGENCY_EXCEPTION_VIEW].roles)


@dataclass(frozen=True, slots=True)
class NewException:
    """What is asked for. `responsible` answers by name for what is done meanwhile."""

    emergency: str
    use: str
    days: int
    responsible: Person


@dataclass(frozen=True, slots=True)
class Terms:
    """What an exception is granted under: fewer days than asked for, conditions, or neither."""

    days: int | None = None
    conditions: str = ""


def check_can_request(session: Session, initiative: Initiative, *, actor: Actor, now: dt.datetime) -> None:
    """Raises NotAllowed, or NotPossible when none is needed, one is open already, or the initiative is over."""
    check_may(actor, Permission.EMERGENCY_EXCEPTION_REQUEST, initiative)
    if initiative.status in OVER:
        raise NotPossible(N_("The initiative was refused or retired. An exception cannot overrule that."))
    if read_grounds(session, initiative, on=_today(session, now)).answer is not None:
        raise NotPossible(N_("An assessment allows this initiative to go live already: no exception is needed."))
    is_open = _find_open(session, initiative)
    if is_open is not None and not _is_over(is_open, _today(session, now)):
        raise NotPossible(
            N_("An emergency exception of this initiative is open already: %(reference)s."), reference=is_open.reference
        )


def request_exception(
    session: Session, initiative: Initiative, new: NewException, *, actor: Actor, now: dt.datetime
) -> EmergencyException:
    """Ask the executive for leave to begin before the assessment is done; every executive is told."""
    session.refresh(initiative, with_for_update=True)  # of two who ask at once, the second is told of the first
    check_can_request(session, initiative, actor=actor, now=now)
    _check_new(session, initiative, new, now)
    earlier = _find_open(session, initiative)
    if earlier is not None:  # over, only the sweep has not come by yet
        _let_run_out(session, earlier, now=now)
    asked = EmergencyException(
        reference=next_reference(session, "EXC", now),
        initiative=initiative,
        department_id=initiative.department_id,
        author_id=actor.person_id,
        responsible=new.responsible,
        emergency=new.emergency.strip(),
        use=new.use.strip(),
        days=new.days,
    )
    begin_life(session, asked, "emergency-exception:requested", actor=actor, now=now, reason=asked.emergency)
    _tell_executives(session, asked, actor=actor, now=now)
    return asked


def _check_new(session: Session, initiative: Initiative, new: NewException, now: dt.datetime) -> None:
    if not new.emergency.strip() or not new.use.strip():
        raise Invalid(N_("Say what the emergency is, and what will be used and how."))
    if max(len(new.emergency), len(new.use)) > LONGEST_TEXT:
        raise Invalid(N_("The text is longer than %(most)s characters. Shorten it."), most=LONGEST_TEXT)
    _check_days(new.days, longest_days(session))
    if new.responsible not in list_officials(session, initiative, now=now):
        raise Invalid(N_("Choose the official responsible from the people whose role reaches this initiative."))


def _check_days(days: int, most: int) -> None:
    if not 1 <= days <= most:
        raise Invalid(N_("An exception lasts at least 1 day and here at most %(most)s."), most=most)


def _tell_executives(session: Session, asked: EmergencyException, *, actor: Actor, now: dt.datetime) -> None:
    (event,) = list_newest_events(session, asked, limit=1)
    executives = list_holders(session, Role.EXECUTIVE, on=_today(session, now), but_for=asked.author_id)
    tell_people(session, asked, [each.id for each in executives], event=event, actor=actor, now=now)


def grant_exception(
    session: Session,
    asked: EmergencyException,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str,
    terms: Terms = Terms(),
) -> None:
    """The executive's leave, from now until its last day. The day it is granted on does not count."""
    days = asked.days if terms.days is None else terms.days
    _check_days(days, min(asked.days, longest_days(session)))
    until_on = _today(session, now) + dt.timedelta(days=days)
    details = {"days": days, "until_on": until_on.isoformat(), "conditions": terms.conditions.strip()}
    event = apply_action(session, asked, Action.GRANT, actor=actor, now=now, reason=reason, details=details)
    _tell_responsible(session, asked, event, actor=actor, now=now)
    asked.conditions, asked.granted_by = terms.conditions.strip(), actor.person_id
    asked.granted_at, asked.until_on = now, until_on
    session.flush()


def _tell_responsible(
    session: Session, found: EmergencyException, event: AuditEvent, *, actor: Actor, now: dt.datetime
) -> None:
    """Whoever answers for it by name is told besides those the workflow's table names; nobody is told twice."""
    tell_people(session, found, [found.responsible_id], event=event, actor=actor, now=now)


def refuse_exception(
    session: Session, asked: EmergencyException, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """The executive's no: nothing begins before the assessment allows it."""
    apply_action(session, asked, Action.REFUSE, actor=actor, now=now, reason=reason)


def withdraw_exception(
    session: Session, asked: EmergencyException, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Whoever asked takes the request back."""
    apply_action(session, asked, Action.WITHDRAW, actor=actor, now=now, reason=reason)


def end_exception(
    session: Session, granted: EmergencyException, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """End it before its last day: the emergency is over, or a condition was not kept."""
    event = apply_action(session, granted, Action.END, actor=actor, now=now, reason=reason)
    _tell_responsible(session, granted, event, actor=actor, now=now)


def expire_exceptions(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: exceptions that have passed their last day. Returns how many."""
    over = session.scalars(
        select(EmergencyException)
        .options(joinedload(EmergencyException.initiative))
        .where(
            EmergencyException.status == str(Status.GRANTED),
            EmergencyException.until_on < _today(session, now),
        )
        .order_by(EmergencyException.until_on, EmergencyException.reference)
        .limit(limit)
    ).all()
    for each in over:
        _let_run_out(session, each, now=now)
    return len(over)


def _let_run_out(session: Session, granted: EmergencyException, *, now: dt.datetime) -> None:
    """Say so to everybody concerned, and have somebody decide when no assessment has taken its place."""
    event = apply_action(session, granted, Action.EXPIRE, actor=SYSTEM, now=now)
    _tell_responsible(session, granted, event, actor=SYSTEM, now=now)
    initiative = granted.initiative
    if read_grounds(session, initiative, on=_today(session, now)).answer is not None:
        return
    assessment = find_answer(session, initiative)
    if assessment is None:  # nothing was begun, so there is nothing to look at again: the gate and the notices say so
        return
    cause = NewCause(
        initiative=initiative,
        assessment=assessment,
        cause="exception",
        text=f"{granted.reference} ran out on {granted.until_on}, and no assessment allows what it allowed.",
        happened_on=granted.until_on,
        key=f"exception:{granted.reference}",
    )
    raise_cause(session, cause, actor=SYSTEM, now=now)


def get_exception(session: Session, reference: str) -> EmergencyException:
    found = session.scalars(select(EmergencyException).where(EmergencyException.reference == reference)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no emergency exception with this reference."))
    return found


def list_exceptions(
    session: Session, *, actor: Actor, search: str = "", status: str = "", page: int = 1, size: int = 25
) -> Page[EmergencyException]:
    """The exceptions the actor may see, newest first."""
    check_may(actor, Permission.EMERGENCY_EXCEPTION_VIEW)
    query = select(EmergencyException).join(EmergencyException.initiative)
    departments = visible_departments(actor)
    if departments is not None:
        query = query.where(EmergencyException.department_id.in_(departments))
    if status:
        query = query.where(EmergencyException.status == status)
    if search:
        names = (Initiative.title, Initiative.reference, EmergencyException.reference)
        query = query.where(or_(*(name.icontains(search, autoescape=True) for name in names)))
    total = session.scalar(select(func.count()).select_from(query.with_only_columns(EmergencyException.id).subquery()))
    rows = session.scalars(
        query.options(joinedload(EmergencyException.initiative), joinedload(EmergencyException.responsible))
        .order_by(EmergencyException.created_at.desc(), EmergencyException.id.desc())
        .offset((page - 1) * size)
        .limit(size)
    )
    return Page(list(rows), page, size, total or 0)


def list_exceptions_of(session: Session, initiative: Initiative) -> list[EmergencyException]:
    """Every exception of one initiative, newest first."""
    rows = session.scalars(
        select(EmergencyException)
        .where(EmergencyException.initiative_id == initiative.id)
        .order_by(EmergencyException.created_at.desc(), EmergencyException.id.desc())
    )
    return list(rows)


def list_earlier(session: Session, asked: EmergencyException) -> list[EmergencyException]:
    """Those granted to the same initiative before this one, newest first."""
    others = list_exceptions_of(session, asked.initiative)
    return [each for each in others[others.index(asked) + 1 :] if each.granted_at is not None]


def list_officials(session: Session, initiative: Initiative, *, now: dt.datetime) -> list[Person]:
    """Who can answer for an exception by name: everybody whose role of today lets them read it."""
    reaches = or_(Designation.department_id.is_(None), Designation.department_id == initiative.department_id)
    query = (
        select(Person)
        .join(Designation, Designation.person_id == Person.id)
        .where(Person.active, in_force_on(_today(session, now)), Designation.role.in_(_READERS), reaches)
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return list(session.scalars(query))


def find_official(session: Session, initiative: Initiative, person_id: str, *, now: dt.datetime) -> Person | None:
    """One of them by id."""
    return next((each for each in list_officials(session, initiative, now=now) if str(each.id) == person_id), None)


def longest_days(session: Session) -> int:
    """The most days the policy in force allows."""
    return current_rules(session).emergency_days


def days_left(granted: EmergencyException, *, on: dt.date) -> int:
    """Days from `on` to the last one, that one included; 0 when it is over."""
    return max(0, (granted.until_on - on).days + 1) if granted.until_on else 0


def _find_open(session: Session, initiative: Initiative) -> EmergencyException | None:
    return session.scalars(
        select(EmergencyException).where(
            EmergencyException.initiative_id == initiative.id, EmergencyException.status.in_(OPEN)
        )
    ).one_or_none()


def _is_over(found: EmergencyException, today: dt.date) -> bool:
    return found.until_on is not None and found.until_on < today


def _today(session: Session, now: dt.datetime) -> dt.date:
    return clock.day_of(now, get_city(session).time_zone)
