"""What the programme's figures are counted from: each kind of record read with one query, however many there are.

How a record stood on a past day is read from the audit trail: the last step before the end of that day.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select, union_all
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import (
    AnnualAudit,
    Answer,
    Assessment,
    AuditEvent,
    Commitment,
    Determination,
    EmergencyException,
    Finding,
    Initiative,
    Reconsideration,
    SpotCheck,
    VendorResponse,
)
from pia_engine.permissions.registers import STATED_LEVEL
from pia_engine.workflows.machine import WORKFLOWS

REPORTED = ("annual-audit:findings-reported", "programme-audit:findings-reported")
COUNTED = (
    "emergency-exception:requested",
    "emergency-exception:granted",
    "emergency-exception:refused",
    "emergency-exception:ended",
    "emergency-exception:expired",
    "spot-check:drawn",
    "spot-check:agreed",
    "spot-check:overturned",
    "vendor-response:issued",
    "vendor-response:attested",
    "vendor-response:accepted",
    "vendor-response:expired",
    "annual-audit:started",
    "annual-audit:confirmed",
    "annual-audit:new-version-required",
    "programme-audit:started",
    "programme-audit:closed",
    *REPORTED,
)
TIMED = {
    "full-assessment:new-edition-begun": "begun",
    "initial-assessment:determined": "determined",
    "full-assessment:approved": "decided",
    "full-assessment:rejected": "decided",
    "publication:published": "published",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The time looked at, in the city's days, and the department it is narrowed to."""

    from_on: dt.date
    until_on: dt.date
    time_zone: str
    department_id: uuid.UUID | None = None

    @property
    def start(self) -> dt.datetime:
        return self._midnight(self.from_on)

    @property
    def end(self) -> dt.datetime:
        """The first instant after the last day."""
        return self._midnight(self.until_on + dt.timedelta(days=1))

    def day_of(self, instant: dt.datetime) -> dt.date:
        return clock.day_of(instant, self.time_zone)

    def holds(self, instant: dt.datetime) -> bool:
        return self.start <= instant < self.end

    def narrowed(self, query: Any, department: Any) -> Any:
        """The query for the department looked at, or for all of them."""
        return query if self.department_id is None else query.where(department == self.department_id)

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), ZoneInfo(self.time_zone)).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Registered:
    """One initiative, and when it was registered."""

    id: uuid.UUID
    department_id: uuid.UUID
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One record as it stood at the end: the status it had, since when, and what the query asked besides."""

    workflow: str
    status: str
    since: dt.datetime
    department_id: uuid.UUID
    details: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """One timed event of one edition of an assessment."""

    name: str
    at: dt.datetime
    department_id: uuid.UUID
    initiative_id: uuid.UUID
    reference: str
    edition: int


_DEST = {row.event: row.dest for workflow in WORKFLOWS.values() for row in workflow.transitions}


def find_first_year(session: Session) -> int | None:
    """The year the first initiative was registered in; None before there is one."""
    first = session.scalar(select(func.min(Initiative.created_at)))
    return first.year if first else None


def list_initiatives(session: Session, scope: Scope) -> list[Registered]:
    """Every initiative registered by the end."""
    query = select(Initiative.id, Initiative.department_id, Initiative.created_at)
    query = query.where(Initiative.created_at < scope.end)
    return [Registered(*row) for row in session.execute(_of(scope, query, Initiative))]


def list_assessments(session: Session, scope: Scope) -> list[Standing]:
    """Every assessment begun by the end, as it stood then; details: stage, residual risk."""
    level = (
        select(Answer.value)
        .where(Answer.sheet_id == Assessment.sheet_id, Answer.question == STATED_LEVEL)
        .scalar_subquery()
    )
    return _standings(session, scope, Assessment, Assessment.stage, level)


def list_audits(session: Session, scope: Scope) -> list[Standing]:
    """Every annual audit scheduled by the end, as it stood then; details: reference, title, day."""
    title = (
        select(Initiative.title)
        .join(Assessment, Assessment.initiative_id == Initiative.id)
        .where(Assessment.id == AnnualAudit.assessment_id)
        .scalar_subquery()
    )
    return _standings(session, scope, AnnualAudit, AnnualAudit.reference, title, AnnualAudit.due_on)


def _standings(session: Session, scope: Scope, record: type[Any], *details: Any) -> list[Standing]:
    """The records of one class with the last step of each before the end."""
    steps = (
        select(AuditEvent.aggregate_id, func.max(AuditEvent.sequence).label("sequence"))
        .where(AuditEvent.event.in_(_events_of(record)), AuditEvent.at < scope.end)
        .group_by(AuditEvent.aggregate_id)
        .subquery()
    )
    last = and_(AuditEvent.aggregate_id == steps.c.aggregate_id, AuditEvent.sequence == steps.c.sequence)
    query = (
        select(record.department_id, record.created_at, AuditEvent.event, AuditEvent.at, *details)
        .outerjoin(steps, steps.c.aggregate_id == record.id)
        .outerjoin(AuditEvent, last)
        .where(record.created_at < scope.end)
    )
    return [_standing(record, row) for row in session.execute(_of(scope, query, record))]


def _standing(record: type[Any], row: Any) -> Standing:
    department_id, created_at, event, at, *details = row
    name = f"{details[0]}_assessment" if record is Assessment else str(record.WORKFLOW)
    status = _DEST[event] if event else WORKFLOWS[name].initial
    return Standing(name, status, at or created_at, department_id, details)


def _events_of(record: type[Any]) -> list[str]:
    names = ("initial_assessment", "full_assessment") if record is Assessment else (record.WORKFLOW,)
    return sorted({row.event for name in names for row in WORKFLOWS[name].transitions})


def _of(scope: Scope, query: Any, record: Any) -> Any:
    return scope.narrowed(query, record.department_id)


def list_outcomes(session: Session, scope: Scope) -> Sequence[str]:
    """The outcome of each determination made within the period."""
    query = select(Determination.outcome).join(Assessment, Determination.assessment_id == Assessment.id)
    query = query.where(_within(scope, Determination.determined_at))
    outcomes: Sequence[str] = session.scalars(_of(scope, query, Assessment)).all()
    return outcomes


def list_moments(session: Session, scope: Scope) -> list[Moment]:
    """When each assessment took the steps that are timed, up to the end."""
    assessment = (Assessment.department_id, Assessment.initiative_id, Assessment.reference, Assessment.edition)
    query = (
        select(AuditEvent.event, AuditEvent.at, *assessment)
        .join(Assessment, Assessment.id == AuditEvent.aggregate_id)
        .where(AuditEvent.event.in_(sorted(TIMED)), AuditEvent.at < scope.end)
        .order_by(AuditEvent.at)
    )
    return [Moment(TIMED[event], *others) for event, *others in session.execute(_of(scope, query, Assessment))]


def list_commitments(session: Session, scope: Scope) -> Sequence[Any]:
    """Department, beginning, day, end and status of every commitment made by the end."""
    query = select(
        Commitment.department_id, Commitment.created_at, Commitment.due_on, Commitment.closed_at, Commitment.status
    ).where(Commitment.created_at < scope.end)
    rows: Sequence[Any] = session.execute(_of(scope, query, Commitment)).all()
    return rows


def count_events(session: Session, scope: Scope) -> dict[str, int]:
    """How often each counted step was taken within the period."""
    query = select(AuditEvent.event, func.count()).where(AuditEvent.event.in_(COUNTED), _within(scope, AuditEvent.at))
    if scope.department_id is not None:
        kinds = (EmergencyException, SpotCheck, VendorResponse, AnnualAudit)
        own = union_all(*(select(kind.id).where(kind.department_id == scope.department_id) for kind in kinds))
        query = query.where(AuditEvent.aggregate_id.in_(own))
    found = {event: number for event, number in session.execute(query.group_by(AuditEvent.event))}
    return {event: found.get(event, 0) for event in COUNTED}


def count_causes(session: Session, scope: Scope) -> Sequence[Any]:
    """Causes to look again that were raised within the period: cause, status now, number."""
    query = select(Reconsideration.cause, Reconsideration.status, func.count())
    query = query.where(_within(scope, Reconsideration.created_at))
    query = query.group_by(Reconsideration.cause, Reconsideration.status)
    rows: Sequence[Any] = session.execute(_of(scope, query, Reconsideration)).all()
    return rows


def count_findings(session: Session, scope: Scope) -> Sequence[Any]:
    """Findings of the audits reported within the period: severity, response, number."""
    audit = func.coalesce(Finding.annual_audit_id, Finding.programme_audit_id)
    query = (
        select(Finding.severity, Finding.response, func.count())
        .join(AuditEvent, AuditEvent.aggregate_id == audit)
        .outerjoin(AnnualAudit, AnnualAudit.id == Finding.annual_audit_id)
        .where(AuditEvent.event.in_(REPORTED), _within(scope, AuditEvent.at))
        .group_by(Finding.severity, Finding.response)
    )
    rows: Sequence[Any] = session.execute(_of(scope, query, AnnualAudit)).all()
    return rows


def _within(scope: Scope, column: Any) -> ColumnElement[bool]:
    return and_(column >= scope.start, column < scope.end)


def only(standings: Iterable[Standing], workflow: str) -> list[Standing]:
    return [each for each in standings if each.workflow == workflow]
