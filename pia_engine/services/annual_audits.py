"""Annual audits: schedule, call what is due, conduct, conclude with a confirmation or a new version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from pia_engine import clock
from pia_engine.errors import N_, NotFound, NotPossible
from pia_engine.models import AnnualAudit, Assessment, PolicyVersion
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.registers import residual_level_of
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.answers import begin_sheet
from pia_engine.services.assessments import begin_new_edition
from pia_engine.services.audit_reports import order_report
from pia_engine.services.batches import remembered
from pia_engine.services.cities import get_city
from pia_engine.services.findings import record_findings
from pia_engine.services.outbox import queue_job
from pia_engine.services.periods import months_after
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows import full_assessment
from pia_engine.workflows.annual_audit import Action, Status

QUESTIONNAIRE = "annual-audit"


def schedule_first_audit(session: Session, assessment: Assessment, *, now: dt.datetime) -> AnnualAudit:
    """Approving an assessment schedules its first audit."""
    return _schedule(session, assessment, read_rules(assessment.policy_version).first_audit_months, now=now)


def _schedule(session: Session, assessment: Assessment, months: int, *, now: dt.datetime) -> AnnualAudit:
    today = clock.day_of(now, get_city(session).time_zone)
    audit = AnnualAudit(
        reference=next_reference(session, "AUD", now),
        assessment_id=assessment.id,
        department_id=assessment.department_id,
        author_id=assessment.author_id,
        due_on=months_after(today, months),
        sheet=begin_sheet(session, QUESTIONNAIRE, now=now),
    )
    begin_life(session, audit, "annual-audit:scheduled", actor=SYSTEM, now=now)
    _refresh_entry(session, audit, "scheduled", now=now)
    return audit


def _refresh_entry(session: Session, audit: AnnualAudit, what: str, *, now: dt.datetime) -> None:
    """The public page of a published text says by which day it is looked at again."""
    if audit.assessment.status == full_assessment.Status.PUBLISHED:
        payload = {"reference": audit.assessment.reference}
        queue_job(session, "pages", key=f"pages:{audit.id}:{what}", payload=payload, now=now)


def call_due_audits(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: audits whose notice period has begun are called. Returns how many."""
    today = clock.day_of(now, get_city(session).time_zone)
    due = session.scalars(
        select(AnnualAudit)
        .join(AnnualAudit.assessment)
        .where(AnnualAudit.status == Status.SCHEDULED, or_(false(), *_within_notice(session, today)))
        .order_by(AnnualAudit.due_on)
        .limit(limit)
    ).all()
    for audit in due:
        apply_action(session, audit, Action.CALL, actor=SYSTEM, now=now)
    return len(due)


def _within_notice(session: Session, today: dt.date) -> list[ColumnElement[bool]]:
    """For each policy version its own notice: an audit follows the policy its assessment was begun under."""
    notices = {each.id: dt.timedelta(days=read_rules(each).audit_notice_days) for each in _policies(session)}
    return [
        and_(Assessment.policy_version_id == version, AnnualAudit.due_on <= today + notice)
        for version, notice in notices.items()
    ]


def _policies(session: Session) -> Sequence[PolicyVersion]:
    return remembered(session, "policies", lambda: session.scalars(select(PolicyVersion)).all())


def schedule_missing_audits(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: a published edition that nothing audits and no newer one is about to replace gets an audit.

    So it is when the new version an audit demanded was withdrawn or rejected. Returns how many.
    """
    newer = aliased(Assessment)
    being_replaced = (
        select(newer.id)
        .where(
            newer.reference == Assessment.reference,
            newer.stage == "full",
            newer.edition > Assessment.edition,
            newer.status.not_in([str(status) for status in full_assessment.FINAL]),
        )
        .exists()
    )
    audited = (
        select(AnnualAudit.id)
        .where(
            AnnualAudit.assessment_id == Assessment.id,
            AnnualAudit.status.not_in([Status.CLOSED, Status.CANCELLED]),
        )
        .exists()
    )
    forgotten = session.scalars(
        select(Assessment)
        .where(Assessment.status == full_assessment.Status.PUBLISHED, ~being_replaced, ~audited)
        .order_by(Assessment.reference)
        .limit(limit)
    ).all()
    for assessment in forgotten:
        _schedule(session, assessment, 0, now=now)
    return len(forgotten)


def start_audit(session: Session, audit: AnnualAudit, *, actor: Actor, now: dt.datetime) -> None:
    """An auditor takes the audit on; only this person answers it."""
    apply_action(session, audit, Action.START, actor=actor, now=now)
    audit.auditor_id = actor.id
    session.flush()


def report_findings(session: Session, audit: AnnualAudit, *, actor: Actor, now: dt.datetime) -> None:
    """Hand the findings to those they are about, and to the senior privacy official."""
    if audit.auditor_id != actor.id and audit.status == Status.IN_PROGRESS:
        raise NotPossible(N_("Another auditor conducts this audit."))
    apply_action(session, audit, Action.REPORT_FINDINGS, actor=actor, now=now)
    record_findings(session, audit)


def confirm(session: Session, audit: AnnualAudit, *, actor: Actor, now: dt.datetime, reason: str) -> AnnualAudit:
    """The assessment still holds; the next audit is scheduled by its residual risk. Returns that next audit."""
    apply_action(session, audit, Action.CONFIRM, actor=actor, now=now, reason=reason)
    _conclude(session, audit, "confirmed", actor=actor, now=now)
    months = read_rules(audit.assessment.policy_version).audit_months_by_residual_risk
    return _schedule(session, audit.assessment, months[residual_level_of(audit.assessment)], now=now)


def require_new_version(
    session: Session, audit: AnnualAudit, *, actor: Actor, now: dt.datetime, reason: str
) -> Assessment:
    """The assessment no longer holds: its author gets the next edition to write, begun from the present answers."""
    apply_action(session, audit, Action.REQUIRE_NEW_VERSION, actor=actor, now=now, reason=reason)
    _conclude(session, audit, "new_version", actor=actor, now=now)
    _refresh_entry(session, audit, "closed", now=now)
    return begin_new_edition(session, audit.assessment, actor=actor, now=now)


def cancel_open_audits(session: Session, assessment: Assessment, *, now: dt.datetime) -> None:
    """A superseded edition is not audited any more."""
    waiting = session.scalars(
        select(AnnualAudit).where(
            AnnualAudit.assessment_id == assessment.id, AnnualAudit.status.in_([Status.SCHEDULED, Status.DUE])
        )
    )
    for audit in waiting.all():
        apply_action(session, audit, Action.CANCEL, actor=SYSTEM, now=now)


def get_audit(session: Session, reference: str) -> AnnualAudit:
    audit = session.scalars(select(AnnualAudit).where(AnnualAudit.reference == reference)).one_or_none()
    if audit is None:
        raise NotFound(N_("There is no audit with this reference."))
    return audit


def list_audits(session: Session, assessment_reference: str) -> list[AnnualAudit]:
    """The audits of every edition under a reference, by due day."""
    rows = session.scalars(
        select(AnnualAudit)
        .join(AnnualAudit.assessment)
        .where(Assessment.reference == assessment_reference)
        .order_by(AnnualAudit.due_on, AnnualAudit.reference)
    )
    return list(rows)


def list_audits_for(session: Session, actor: Actor) -> list[AnnualAudit]:
    """Every audit this actor may see, by due day."""
    rows = session.scalars(
        select(AnnualAudit)
        .options(joinedload(AnnualAudit.assessment).joinedload(Assessment.initiative), joinedload(AnnualAudit.auditor))
        .order_by(AnnualAudit.due_on, AnnualAudit.reference)
    )
    return [audit for audit in rows if may(actor, Permission.ANNUAL_AUDIT_VIEW, audit)]


def _conclude(session: Session, audit: AnnualAudit, conclusion: str, *, actor: Actor, now: dt.datetime) -> None:
    audit.conclusion, audit.concluded_by, audit.concluded_at = conclusion, actor.id, now
    session.flush()
    order_report(session, audit, now=now)
