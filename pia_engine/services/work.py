"""What waits for whom: the open steps of every record, from its status, its owner and what a person may do.

Nothing is stored for this. Each list is made of a handful of queries, whatever the number of records.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.orm.interfaces import ORMOption

from pia_engine import clock
from pia_engine.models import (
    AnnualAudit,
    Assessment,
    AuditEvent,
    Commitment,
    Contribution,
    Initiative,
    SpotCheck,
    VendorResponse,
    Withholding,
    WorkflowRecord,
)
from pia_engine.models.sheets import AnswerSheet
from pia_engine.permissions.people import may, roles_for
from pia_engine.permissions.records import decider_role, missing_for
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.cities import get_city
from pia_engine.services.contribution_states import list_asked_of
from pia_engine.services.findings import list_asking
from pia_engine.services.holders import list_holders
from pia_engine.services.initiatives import observed_initiatives, visible_departments
from pia_engine.services.places import CLASSES, path_of, title_of
from pia_engine.services.work_steps import ASKED, ASKED_AGAIN, CONTRIBUTION, FINDINGS, RESTING, STEPS
from pia_engine.workflows import full_assessment
from pia_engine.workflows.machine import WORKFLOWS

_LISTED = {"initiative", "initial_assessment", "full_assessment", "vendor_response", "annual_audit"}
_MOVES = frozenset(row.event for workflow in WORKFLOWS.values() for row in workflow.transitions)
_OTHERS = tuple(sorted({kind for kind, _status in STEPS} - _LISTED))
_WITH_ANSWERS = joinedload(Assessment.sheet).selectinload(AnswerSheet.answers)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for a person. `kind` is the workflow's name, from which the page to go to follows."""

    kind: str
    reference: str
    stage: str
    status: str
    status_label: str
    title: str
    why: str
    since: dt.datetime
    path: str
    open_questions: int = 0
    request: Contribution | None = None


@dataclass(frozen=True, slots=True)
class Responsible:
    """Whose turn it is: the role, and the people who hold it today. Without a role nobody's."""

    role: Role | None
    people: tuple[str, ...]


def list_waiting(session: Session, *, actor: Actor) -> list[Waiting]:
    """Everything that waits for the actor, longest first."""
    records = [record for record in _list_open(session, actor) if _waits_for(session, record, actor)]
    requests = list_asked_of(session, actor)
    known = {record.id for record in records} | {each.assessment_id for each in requests}
    contributions = [record for record in _list_drafts(session, actor) if record.id not in known]
    audits = list_asking(session, actor)
    since = _since(session, [*records, *contributions, *audits])
    lines = [_waiting(record, STEPS[record.workflow_name, record.status].why, since) for record in records]
    for record in contributions:
        asked = len(missing_for(session, record, frozenset({Role.CONTRIBUTOR})))
        if asked:
            lines.append(_waiting(record, CONTRIBUTION, since, open_questions=asked))
    lines += [_waiting(audit, FINDINGS, since) for audit in audits]
    lines += [_asked_of(each) for each in requests]
    return sorted(lines, key=lambda line: (line.since, line.reference, line.why))


def list_finished(session: Session, *, actor: Actor, limit: int = 8) -> list[Assessment]:
    """Assessments within reach that came to an end or before the public, newest first.

    An initial assessment that led on to a full one is not at its end.
    """
    ended = ("determined", "published", "rejected", "withdrawn")
    full = aliased(Assessment)
    led_on = select(full.id).where(full.reference == Assessment.reference, full.stage == "full").exists()
    query = (
        select(Assessment)
        .options(joinedload(Assessment.initiative))
        .where(Assessment.status.in_(ended), or_(Assessment.stage == "full", ~led_on))
        .order_by(Assessment.updated_at.desc(), Assessment.id)
        .limit(limit)
    )
    departments = visible_departments(actor)
    if departments is not None:
        observed = Assessment.initiative_id.in_(observed_initiatives(actor))
        query = query.where(or_(Assessment.department_id.in_(departments), observed))
    return list(session.scalars(query))


def responsible_for(session: Session, record: WorkflowRecord, *, now: dt.datetime) -> Responsible:
    """Whose turn it is by the record's status, with the names of those who can take it."""
    owner = WORKFLOWS[record.workflow_name].owners[record.status]
    if owner is None or (record.workflow_name, record.status) in RESTING:
        return Responsible(None, ())
    if owner == "decider" and isinstance(record, Assessment):
        role = decider_role(session, record)
        return Responsible(role, _names(session, record, role, now))
    if isinstance(record, Assessment) and owner == Role.AGENCY_OFFICIAL:
        is_signature = record.status == full_assessment.Status.AWAITING_AGENCY_SIGN_OFF
        names = _names(session, record, Role.AGENCY_OFFICIAL, now) if is_signature else (record.author.name,)
        return Responsible(Role.AGENCY_OFFICIAL, names)
    role = Role(owner)
    return Responsible(role, () if role is Role.SYSTEM else _names(session, record, role, now))


def _names(session: Session, record: WorkflowRecord, role: Role, now: dt.datetime) -> tuple[str, ...]:
    """Who holds a role for this record's department today, its author left out."""
    today = clock.day_of(now, get_city(session).time_zone)
    department_id: uuid.UUID = record.department_id
    holders = list_holders(session, role, on=today, department_id=department_id, but_for=record.author_id)
    return tuple(person.name for person in holders)


def _list_open(session: Session, actor: Actor) -> Iterator[WorkflowRecord]:
    """Every record that waits for somebody, with what its line and its rules need; of open promises the actor's own."""
    yield from session.scalars(select(Initiative).where(Initiative.status.in_(_statuses("initiative"))))
    in_stages = [*_statuses("initial_assessment"), *_statuses("full_assessment")]
    to_decide = str(full_assessment.Status.AWAITING_DECISION)
    assessments = select(Assessment).options(joinedload(Assessment.initiative), joinedload(Assessment.policy_version))
    yield from session.scalars(assessments.where(Assessment.status.in_(in_stages), Assessment.status != to_decide))
    yield from session.scalars(assessments.options(_WITH_ANSWERS).where(Assessment.status == to_decide))
    yield from session.scalars(
        select(VendorResponse)
        .options(joinedload(VendorResponse.initiative))
        .where(VendorResponse.status.in_(_statuses("vendor_response")))
    )
    yield from session.scalars(
        select(AnnualAudit)
        .options(joinedload(AnnualAudit.assessment).joinedload(Assessment.initiative))
        .where(AnnualAudit.status.in_(_statuses("annual_audit")))
    )
    for kind in _OTHERS:
        mapped = CLASSES[kind]
        query = select(mapped).options(*_with_title(mapped)).where(mapped.status.in_(_statuses(kind)))
        if mapped is Commitment:
            query = query.where(or_(Commitment.status != "open", Commitment.author_id == actor.id))
        yield from session.scalars(query)


def _with_title(mapped: Any) -> list[ORMOption]:
    """What a record's line is called comes with it, not with a question for each."""
    if hasattr(mapped, "initiative"):
        return [joinedload(mapped.initiative)]
    if mapped is SpotCheck:
        return [joinedload(mapped.assessment).joinedload(Assessment.initiative), joinedload(mapped.determination)]
    if mapped is Withholding:
        return [joinedload(mapped.assessment).joinedload(Assessment.initiative)]
    return []


def _statuses(workflow: str) -> list[str]:
    return [status for name, status in STEPS if name == workflow]


def _waits_for(session: Session, record: WorkflowRecord, actor: Actor) -> bool:
    step = STEPS.get((record.workflow_name, record.status))
    if step is None or not may(actor, step.permission, record):
        return False
    if isinstance(record, Initiative):
        return record.author_id == actor.id
    if isinstance(record, AnnualAudit):
        return record.auditor_id in (None, actor.id) or step.permission != Permission.ANNUAL_AUDIT_CONDUCT
    if isinstance(record, SpotCheck):
        return actor.id not in (record.determination.determined_by, record.determination.represents_id)
    if step.permission is Permission.ASSESSMENT_DECIDE and isinstance(record, Assessment):
        return decider_role(session, record) in roles_for(actor, step.permission, record)
    return True


def _list_drafts(session: Session, actor: Actor) -> list[Assessment]:
    """Full assessments being written, for somebody who contributes expert answers to them."""
    if Role.CONTRIBUTOR not in actor.roles:
        return []
    query = (
        select(Assessment)
        .options(joinedload(Assessment.initiative), _WITH_ANSWERS)
        .where(Assessment.stage == "full", Assessment.status.in_([str(s) for s in full_assessment.EDITABLE]))
    )
    return [each for each in session.scalars(query) if may(actor, Permission.ASSESSMENT_ANSWER, each)]


def _since(session: Session, records: Sequence[WorkflowRecord]) -> dict[uuid.UUID, dt.datetime]:
    """When each record last moved; saving answers and talking about them is no move."""
    if not records:
        return {}
    rows = session.execute(
        select(AuditEvent.aggregate_id, func.max(AuditEvent.at))
        .where(
            AuditEvent.aggregate_id.in_([record.id for record in records]),
            AuditEvent.event.in_(_MOVES),
        )
        .group_by(AuditEvent.aggregate_id)
    )
    return {record_id: at for record_id, at in rows}


def _waiting(
    record: WorkflowRecord, why: str, since: dict[uuid.UUID, dt.datetime], *, open_questions: int = 0
) -> Waiting:
    return Waiting(
        kind=record.workflow_name,
        reference=record.reference,
        stage=record.stage if isinstance(record, Assessment) else "",
        status=record.status,
        status_label=WORKFLOWS[record.workflow_name].label(record.status),
        title=title_of(record),
        why=why,
        since=since.get(record.id, record.created_at),
        path=path_of(record),
        open_questions=open_questions,
    )


def _asked_of(request: Contribution) -> Waiting:
    why = ASKED_AGAIN if request.follows_id else ASKED
    line = _waiting(request.assessment, why, {request.assessment.id: request.asked_at})
    return dataclasses.replace(line, request=request)
