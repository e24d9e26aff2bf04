"""Records on which some guard refuses somebody, each reached through the real services where that is possible."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from pia_engine.models import AnnualReport, Disposal, Finding, LegalHold, WorkflowRecord
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import findings
from pia_engine.services.people import designate
from pia_engine.services.policies import begin_draft
from pia_engine.services.reviews import note_change
from pia_engine.services.workflow import begin_life
from tests.factories import governance
from tests.factories.governance import withholdings
from tests.factories.governance.looking_again import cleared, raised
from tests.factories.people import FOUNDED, persona
from tests.factories.policies import make_sound
from tests.factories.reminders import excepted
from tests.factories.together import ask, ready, sign_off
from tests.factories.walks import Walk

Make = Callable[[Walk], WorkflowRecord]


def also(walk: Walk, first: str, role: Role) -> None:
    """Somebody holds one more role."""
    designate(
        walk.session, persona(walk.session, first), role, department=None, designated_by="Mayor", instrument="2",
        from_on=dt.date(2026, 1, 5), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip


def ready_with_vendor(walk: Walk) -> WorkflowRecord:
    record = ready(walk)
    walk.vendor(record)
    return record


def noted(walk: Walk) -> WorkflowRecord:
    record = walk.full("in_review")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=walk.who("petra"))
    note_change(walk.session, record, question="summary", text="Name it.", actor=walk.who("petra"), now=walk.now)
    return record


def draft(walk: Walk) -> WorkflowRecord:
    return begin_draft(walk.session, actor=walk.who("petra"), now=walk.now)


def withheld_text_changed(walk: Walk) -> WorkflowRecord:
    """Another text was handed in since something of it was proposed to be withheld."""
    found = withholdings.proposed(walk)
    found.parts = [{**found.parts[0], "value": "What stood there once."}]
    return found


def draft_changed_by_helen(walk: Walk) -> WorkflowRecord:
    draft = begin_draft(walk.session, actor=walk.who("petra"), now=walk.now)
    make_sound(walk.session, draft, actor=walk.who("helen"), now=walk.now)
    return draft


def audit_with_a_finding(walk: Walk) -> WorkflowRecord:
    audit = walk.audit("findings_reported")
    walk.session.add(Finding(annual_audit_id=audit.id, number=99, text="No sign is up.", severity="low"))
    return audit


def programme_audit_with_a_finding(walk: Walk) -> WorkflowRecord:
    audit = governance.makers()["programme_audit"](walk, "findings_reported")
    walk.session.add(Finding(programme_audit_id=audit.id, number=99, text="No sign is up.", severity="low"))
    return audit


def audited_by_helen(walk: Walk) -> WorkflowRecord:
    audit = walk.audit("findings_reported")
    also(walk, "ingrid", Role.SENIOR_PRIVACY_OFFICIAL)
    return audit


def answered_by_an_executive(walk: Walk) -> WorkflowRecord:
    record = ready(walk)
    walk.answer(
        record, {"overall_residual_risk": "high"}, roles=frozenset({"agency_official"}), actor=walk.who("amara")
    )
    sign_off(walk, ask(walk, record))
    walk.advance(record, "awaiting_decision", residual="high")
    also(walk, "sofia", Role.EXECUTIVE)
    return record


def signed_by_an_executive(walk: Walk) -> WorkflowRecord:
    record = walk.full("awaiting_decision", residual="high")
    also(walk, "daniel", Role.EXECUTIVE)
    return record


def written_by_an_officer(walk: Walk) -> WorkflowRecord:
    also(walk, "amara", Role.PRIVACY_OFFICER)
    return walk.full("submitted")


def raised_about_a_text_of_an_officer(walk: Walk) -> WorkflowRecord:
    also(walk, "amara", Role.PRIVACY_OFFICER)
    return raised(walk)


def disposal(walk: Walk, kept_until_on: dt.date = dt.date(2020, 1, 1)) -> WorkflowRecord:
    initiative = walk.initiative()
    disposal = Disposal(
        reference="DSP-2026-0001", subject=initiative.reference, title=initiative.title,
        department_id=initiative.department_id, basis="Five years.", kept_until_on=kept_until_on,
        author_id=persona(walk.session, "petra").id,
    )  # fmt: skip
    begin_life(walk.session, disposal, "disposal:proposed", actor=walk.who("petra"), now=walk.now)
    hold = LegalHold(
        initiative_id=initiative.id,
        reason="A lawsuit.",
        placed_by=persona(walk.session, "petra").id,
        placed_at=walk.now,
    )
    walk.session.add(hold)
    walk.session.flush()
    return disposal


def disposal_of_an_official(walk: Walk) -> WorkflowRecord:
    also(walk, "amara", Role.SENIOR_PRIVACY_OFFICIAL)
    return disposal(walk)


def exception_of_a_retired_initiative(walk: Walk) -> WorkflowRecord:
    exception = excepted(walk)
    exception.initiative.status = "retired"
    return exception


def exception_answered_for_by_an_executive(walk: Walk) -> WorkflowRecord:
    also(walk, "daniel", Role.EXECUTIVE)
    return governance.makers()["emergency_exception"](walk, "requested")


def findings_disputed_by_helen(walk: Walk) -> WorkflowRecord:
    audit = programme_audit_with_a_finding(walk)
    for finding in findings.list_findings(walk.session, audit):
        if not finding.response:
            findings.dispute_finding(walk.session, finding, "It is up.", actor=walk.who("helen"), now=walk.now)
    return audit


def cause(walk: Walk, cause: str = "change", status: str = "") -> WorkflowRecord:
    found = raised(walk, cleared(walk))
    found.cause = cause
    if status:
        found.initiative.status = status
    return found


def while_written(walk: Walk) -> WorkflowRecord:
    found = raised(walk)
    draft = walk.full("draft", title="Second")
    found.initiative, found.initiative_id = draft.initiative, draft.initiative_id
    return found


def no_foreword(walk: Walk) -> WorkflowRecord:
    report = governance.makers()["annual_report"](walk, "draft")
    assert isinstance(report, AnnualReport)
    report.foreword = ""
    return report
