"""What goes into the transparency log about determinations, the policy, reports and disposals, and with which facts."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import Any

import rfc8785
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import (
    AnnualAudit,
    AnnualReport,
    Assessment,
    Determination,
    LogEntry,
    PolicyVersion,
    ProgrammeAudit,
    Publication,
)
from pia_engine.models.transparency import Kind
from pia_engine.services.cities import get_city
from pia_engine.services.policy_sections import policy_digest
from pia_engine.services.transparency_log import append_entry

SALT_BYTES = 16


def log_determination(
    session: Session, determination: Determination, assessment: Assessment, *, now: dt.datetime
) -> LogEntry:
    """Enter what was determined. The reasons are internal: their digest is salted, and the salt stays with the city."""
    salt = secrets.token_bytes(SALT_BYTES)
    return append_entry(
        session,
        Kind.DETERMINATION,
        key=f"determination:{determination.id}",
        digest=determination_digest(determination, assessment, salt),
        facts={
            "reference": assessment.reference,
            "outcome": determination.outcome,
            "decided_on": clock.day_of(now, get_city(session).time_zone).isoformat(),
        },
        now=now,
        opening=salt.hex(),
    )


def determination_digest(determination: Determination, assessment: Assessment, salt: bytes) -> str:
    """SHA-256 over the salt and the determination as canonical JSON."""
    content: dict[str, Any] = {
        "reference": assessment.reference,
        "outcome": determination.outcome,
        "computed": determination.computed_outcome,
        "rules": [each["rule"] for each in determination.fired],
        "required": list(determination.required),
        "reason": determination.reason,
        "conditions": determination.conditions,
        "updates": determination.updates,
        "expires_on": determination.expires_on.isoformat() if determination.expires_on else "",
    }
    return hashlib.sha256(salt + rfc8785.dumps(content)).hexdigest()


def log_policy(session: Session, policy: PolicyVersion, *, now: dt.datetime) -> LogEntry:
    """Enter an adopted version of the policy, by the digest of its number and rules."""
    adopted_on = policy.adopted_on.isoformat() if policy.adopted_on else ""
    return append_entry(
        session,
        Kind.POLICY,
        key=f"policy:{policy.id}",
        digest=policy_digest(policy),
        facts={"reference": policy.reference, "version": policy.number, "adopted_on": adopted_on},
        now=now,
    )


def log_annual_report(session: Session, report: AnnualReport, *, now: dt.datetime) -> LogEntry:
    """Enter a published annual report, by the digest of its file."""
    return append_entry(
        session,
        Kind.ANNUAL_REPORT,
        key=f"annual-report:{report.id}",
        digest=report.pdf_digest,
        facts={"reference": report.reference, "year": report.year, "record": report.json_digest},
        now=now,
    )


def log_closing_report(session: Session, audit: AnnualAudit | ProgrammeAudit, *, now: dt.datetime) -> LogEntry:
    """Enter the closing report of an audit, by the digest of its file."""
    return append_entry(
        session,
        Kind.CLOSING_REPORT,
        key=f"closing-report:{audit.id}",
        digest=audit.report_digest,
        facts={"reference": audit.reference},
        now=now,
    )


def log_disposal(session: Session, document: Publication | AnnualAudit, *, now: dt.datetime) -> LogEntry:
    """Enter that the records of a signed document are gone, so that no log calls it current for ever."""
    facts: dict[str, str | int] = {"reference": document.reference}
    if isinstance(document, Publication):
        facts["edition"] = document.edition
    return append_entry(
        session,
        Kind.DISPOSAL,
        key=f"disposal:{document.id}",
        digest=document.pdf_digest if isinstance(document, Publication) else document.report_digest,
        facts=facts,
        now=now,
    )
