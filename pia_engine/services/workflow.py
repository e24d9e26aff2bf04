"""The one door: `apply_action` is the only writer of any status.

Person, record, next status; then the move, the audit event and the notices, all in the caller's transaction.
`list_actions` asks the same questions without moving, so a page can say why something is not possible.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotAllowed, NotPossible, PiaError
from pia_engine.models import AuditEvent, WorkflowRecord
from pia_engine.permissions.capacity import in_capacity, offices_asked
from pia_engine.permissions.people import RULES, check_may
from pia_engine.permissions.records import check_guards
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.notices import queue_notices
from pia_engine.workflows.machine import WORKFLOWS, Transition, next_status


@dataclass(frozen=True, slots=True)
class ActionOffer:
    """What a page may say of one step: it is open to you, or why not and who can help."""

    action: str
    label: str
    is_allowed: bool
    why_not: PiaError | None
    reason: str

    @property
    def is_for_others(self) -> bool:
        """True when it is a matter of the person, not of the record."""
        return isinstance(self.why_not, NotAllowed)


def begin_life(
    session: Session,
    record: WorkflowRecord,
    event: str,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Give a new record its first status and its first audit event."""
    record.status = WORKFLOWS[record.workflow_name].initial
    record.created_at = record.updated_at = now
    record.trail_length, record.trail_head = 0, ""
    session.add(record)
    session.flush()
    written = append_event(session, record, event, actor=actor, now=now, reason=reason, details=details)
    session.flush()
    return written


def apply_action(
    session: Session,
    record: WorkflowRecord,
    action: str,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Make one move. Raises NotAllowed, NotPossible or Invalid (a reason is missing) and then changes nothing."""
    row = check_action(session, record, action, actor=actor)
    _check_reason(row, reason)
    before, record.status = record.status, row.dest
    event = append_event(
        session,
        record,
        row.event,
        actor=actor,
        now=now,
        reason=reason.strip(),
        details={"from": before, "to": row.dest, **(details or {})},
    )
    queue_notices(session, record, row.notice, event=event, actor=actor, now=now)
    return event


def check_action(session: Session, record: WorkflowRecord, action: str, *, actor: Actor) -> Transition:
    """Everything `apply_action` would refuse but the reason, asked beforehand."""
    workflow = WORKFLOWS[record.workflow_name]
    row = workflow.transition(action)
    permission = Permission(row.permission)
    check_may(actor, permission, record)
    next_status(workflow, record.status, action)
    offices = offices_asked(session, permission, record)
    check_guards(session, record, in_capacity(actor, permission, record, offices=offices), row.guards)
    return row


def list_actions(session: Session, record: WorkflowRecord, *, actor: Actor) -> list[ActionOffer]:
    """Every step from the present status that a person can take, each open or explained. System steps are left out."""
    offers = []
    for row in WORKFLOWS[record.workflow_name].actions_from(record.status):
        if _is_for_the_system(row):
            continue
        why_not: PiaError | None = None
        try:
            check_action(session, record, row.action, actor=actor)
        except (NotAllowed, NotPossible) as refusal:
            why_not = refusal
        offers.append(ActionOffer(row.action, row.label, why_not is None, why_not, row.reason))
    return offers


def find_last_step(session: Session, record: WorkflowRecord) -> AuditEvent | None:
    """The step that led to the present status, with who took it and why; None for a record still where it began."""
    leading_here = [row.event for row in WORKFLOWS[record.workflow_name].transitions if row.dest == record.status]
    return session.scalars(
        select(AuditEvent)
        .where(AuditEvent.aggregate_id == record.id, AuditEvent.event.in_(leading_here))
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    ).first()


def status_label(record: WorkflowRecord) -> str:
    return WORKFLOWS[record.workflow_name].label(record.status)


def _is_for_the_system(row: Transition) -> bool:
    return RULES[Permission(row.permission)].roles == frozenset({Role.SYSTEM})


def _check_reason(row: Transition, reason: str) -> None:
    if row.reason == "required" and not reason.strip():
        raise Invalid(N_("Give a reason: it is kept with the decision, and others will read it."))
