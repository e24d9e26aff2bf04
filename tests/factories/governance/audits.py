"""Audits of the programme, and findings that wait for an answer, for the tests of steps and addresses."""

from __future__ import annotations

import datetime as dt

from pia_engine.models import AnnualAudit, Finding, ProgrammeAudit, WorkflowRecord
from pia_engine.questionnaires.definition import Value
from pia_engine.services import findings, programme_audits
from pia_engine.services.findings import Audit, Correction
from tests.factories.answers import found
from tests.factories.people import persona
from tests.factories.steps import REASON, Case
from tests.factories.walks import Walk

AUDITOR = frozenset({"auditor"})


def looked_at(audit: ProgrammeAudit) -> dict[str, Value]:
    """Every decision that was drawn, with what the auditor saw."""
    seen = {"right_people": "fully", "holds_up": "fully", "seen": "Purpose, risks and signatures fit together."}
    drawn = programme_audits.sampled(audit)
    rows: Value = [{"reference": each.reference, "decision": each.kind, **seen} for each in drawn]
    return {"looked_at": rows} if drawn else {}


def answer_all(walk: Walk, audit: ProgrammeAudit, count: int = 0) -> None:
    walk.answer(audit, {**looked_at(audit), **found(count)}, roles=AUDITOR, actor=walk.who("ingrid"))


def programme_audit(walk: Walk, status: str = "planned", *, count: int = 0) -> ProgrammeAudit:
    """An audit of the programme in a wanted status, with as many findings as asked for."""
    actor = walk.who("helen")
    day = walk.now.date() + dt.timedelta(days=30)
    audit = programme_audits.plan_audit(walk.session, day, actor=actor, now=walk.now)
    if status == "cancelled":
        programme_audits.cancel_audit(walk.session, audit, actor=actor, now=walk.now, reason="Not this year.")
    if status in ("planned", "cancelled"):
        return audit
    programme_audits.start_audit(walk.session, audit, actor=walk.who("ingrid"), now=walk.now)
    if status == "in_progress":
        return audit
    answer_all(walk, audit, count)
    programme_audits.report_findings(walk.session, audit, actor=walk.who("ingrid"), now=walk.now)
    if status == "closed":
        accept_all(walk, audit, "petra")
        programme_audits.close_audit(
            walk.session, audit, actor=walk.who("helen"), now=walk.now, reason="The city does what its policy says."
        )
    return audit


def accept(walk: Walk, finding: Finding, by: str = "amara", keeper: str = "daniel") -> None:
    """Accept a finding; `keeper` puts it right within sixty days."""
    actor = walk.who(by)
    correction = Correction(
        "Every clock is checked on the first of the month.",
        persona(walk.session, keeper),
        walk.now.date() + dt.timedelta(days=60),
    )
    findings.accept_finding(walk.session, finding, correction, actor=actor, now=walk.now)


def accept_all(walk: Walk, audit: Audit, by: str = "amara") -> None:
    for finding in findings.list_findings(walk.session, audit):
        accept(walk, finding, by)


def audit_with_findings(walk: Walk, count: int = 1) -> AnnualAudit:
    return walk.audit("findings_reported", findings=count)


def _answered(walk: Walk) -> WorkflowRecord:
    """All answers of the auditor given, nothing reported."""
    audit = programme_audit(walk, "in_progress")
    answer_all(walk, audit)
    return audit


MAKERS = {"programme_audit": programme_audit}

CASES = (
    Case("programme_audit", "start", programme_audit, ("ingrid",), "in_progress"),
    Case("programme_audit", "report_findings", _answered, ("ingrid",), "findings_reported"),
    Case("programme_audit", "close", lambda w: programme_audit(w, "findings_reported"), ("helen",), "closed", REASON),
    Case("programme_audit", "cancel", programme_audit, ("helen",), "cancelled", REASON),
)


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    """An audit of the programme and an annual audit, each with a finding that waits."""
    programme = programme_audit(walk, "findings_reported", count=1)
    annual = audit_with_findings(walk)
    return {
        "programme_audits": {"reference": programme.reference, "action": "close", "section": "sampled"},
        "findings.of_programme": {"reference": programme.reference, "number": "1"},
        "findings.of_assessment": {"reference": annual.reference, "number": "1"},
    }
