"""The closing report of an audit: ordered when it closes, built from the record alone, entered once it is signed."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import AnnualAudit, AuditEvent, City, Finding, Person, ProgrammeAudit
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import SYSTEM
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.answers import public_sections
from pia_engine.register.entries import FICTIONAL
from pia_engine.register.json_ld import REPORT, linked
from pia_engine.register.language import Language, language_of
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.findings import Audit, list_findings
from pia_engine.services.log_calls import log_closing_report
from pia_engine.services.offers import rules_for
from pia_engine.services.outbox import queue_job
from pia_engine.services.workflow import find_last_step

SCHEMA_VERSION = 1
_EVENTS = {"annual_audit": "annual-audit", "programme_audit": "programme-audit"}
CLOSED = "closed"


def order_report(session: Session, audit: Audit, *, now: dt.datetime) -> None:
    """Have the closing report typeset and sealed by the worker."""
    payload = {"kind": audit.workflow_name, "audit": str(audit.id)}
    queue_job(session, "audit-report", key=f"audit-report:{audit.id}", payload=payload, now=now)


def get_audit_to_report(session: Session, kind: str, audit_id: uuid.UUID) -> Audit | None:
    """The closed audit a report is still to be made of; None when there is one, or nothing to report."""
    is_annual = kind == AnnualAudit.WORKFLOW
    audit: Audit = session.get_one(AnnualAudit, audit_id) if is_annual else session.get_one(ProgrammeAudit, audit_id)
    return audit if audit.status == CLOSED and not audit.report_digest else None


def record_report(session: Session, audit: Audit, digest: str, *, now: dt.datetime) -> None:
    """Enter the sealed report, named by the SHA-256 of its bytes. The first one made is the one that counts."""
    if audit.report_digest:
        return
    audit.report_digest = digest
    event = f"{_EVENTS[audit.workflow_name]}:report-signed"
    append_event(session, audit, event, actor=SYSTEM, now=now, details={"pdf": digest})
    session.flush()
    log_closing_report(session, audit, now=now)


def find_by_report(session: Session, digest: str) -> Audit | None:
    """Which audit a file is the closing report of, by the hash of the whole file."""
    annual = session.scalars(select(AnnualAudit).where(AnnualAudit.report_digest == digest)).first()
    return annual or session.scalars(select(ProgrammeAudit).where(ProgrammeAudit.report_digest == digest)).first()


def build_audit_record(session: Session, audit: Audit) -> dict[str, Any]:
    """The closing report for computers to read. Internal answers leave only their number."""
    city = get_city(session)
    language = language_of(city.language, city.time_zone)
    questionnaire = questionnaire_for(session, audit.sheet)
    concluded_at = audit.concluded_at
    assert concluded_at is not None
    record = {
        "schema_version": SCHEMA_VERSION,
        "kind": audit.workflow_name,
        "reference": audit.reference,
        "language": city.language,
        "city": _city(city, language),
        **_about(audit),
        "due_on": audit.due_on.isoformat(),
        "auditor": _named(audit.auditor),
        "steps": _steps(session, audit),
        "questionnaire": {"id": questionnaire.id, "version": questionnaire.version},
        "sections": public_sections(
            questionnaire.in_language(city.language),
            answers_of(audit.sheet),
            {answer.question: answer for answer in audit.sheet.answers},
            language,
            rules=rules_for(session, audit),
        ),
        "findings": [_finding(each, city) for each in list_findings(session, audit)],
        "conclusion": {
            "outcome": audit.conclusion if isinstance(audit, AnnualAudit) else CLOSED,
            "reason": _reason(session, audit),
            "by": _named(session.get(Person, audit.concluded_by) if audit.concluded_by else None),
            "at": concluded_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
        },
    }
    return linked(record, types=REPORT)


def _city(city: City, language: Language) -> dict[str, str]:
    notice = language.say(Sentence(FICTIONAL, city=city.name)) if city.is_demo else ""
    return {"name": city.name, "time_zone": city.time_zone, "notice": notice}


def _about(audit: Audit) -> dict[str, Any]:
    if isinstance(audit, AnnualAudit):
        return {
            "title": audit.assessment.initiative.title,
            "assessment": {"reference": audit.assessment.reference, "edition": audit.assessment.edition},
        }
    return {
        "title": str(audit.year),
        "period": {"from_on": _iso(audit.from_on), "until_on": _iso(audit.until_on)},
        "sample": {"seed": audit.seed, "drawn_from": audit.drawn_from, "drawn": audit.sample},
    }


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _named(person: Person | None) -> dict[str, str] | None:
    return {"name": person.name, "job_title": person.job_title} if person else None


def _steps(session: Session, audit: Audit) -> dict[str, str]:
    """When the audit was begun and when its findings were reported."""
    prefix = _EVENTS[audit.workflow_name]
    rows = session.execute(
        select(AuditEvent.event, AuditEvent.at).where(
            AuditEvent.aggregate_id == audit.id,
            AuditEvent.event.in_([f"{prefix}:started", f"{prefix}:findings-reported"]),
        )
    )
    return {event.partition(":")[2]: at.astimezone(dt.UTC).isoformat(timespec="seconds") for event, at in rows}


def _finding(finding: Finding, city: City) -> dict[str, Any]:
    """One finding. Who puts it right is named by their job, which outlasts them."""
    commitment = finding.commitment
    responded_at = finding.responded_at
    return {
        "number": finding.number,
        "severity": finding.severity,
        "text": finding.text,
        "recommendation": finding.recommendation,
        "addressee": finding.addressee,
        "response": finding.response,
        "response_text": finding.response_text,
        "responder": _job_of(finding.responder) if finding.responder else "",
        "responded_on": _iso(clock.day_of(responded_at, city.time_zone)) if responded_at else "",
        "correction": {
            "reference": commitment.reference,
            "keeper": _job_of(commitment.keeper),
            "due_on": commitment.due_on.isoformat(),
        }
        if commitment
        else None,
    }


def _job_of(person: Person) -> str:
    return person.job_title or person.name


def _reason(session: Session, audit: Audit) -> str:
    step = find_last_step(session, audit)
    return step.reason if step else ""
