"""What audits found: who answers, what an answer leads to, and what waits for it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotFound, NotPossible
from pia_engine.models import AuditEvent, Commitment, OutboxJob
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import annual_audits, findings, programme_audits
from pia_engine.services.findings import Correction, WrongDay, WrongKeeper
from pia_engine.services.people import designate, end_designation
from pia_engine.services.work import list_waiting
from tests.factories.governance.audits import accept, accept_all, audit_with_findings, programme_audit
from tests.factories.people import FOUNDED, persona
from tests.factories.walks import Walk


def test_each_row_of_the_auditor_becomes_a_finding(walk: Walk, session: Session) -> None:
    rows = findings.list_findings(session, audit_with_findings(walk, 2))
    assert [(each.number, each.severity, each.response) for each in rows] == [(1, "medium", ""), (2, "medium", "")]
    assert rows[1].text == "Recording number 2 was kept too long."
    assert rows[1].recommendation == "Check the clocks every month."
    assert rows[1].addressee == "Head of the office"


def test_an_audit_without_findings_is_concluded_at_once(walk: Walk, session: Session) -> None:
    audit = walk.audit("findings_reported")
    assert findings.list_findings(session, audit) == []
    annual_audits.confirm(session, audit, actor=walk.who("helen"), now=walk.now, reason="It holds.")
    assert audit.status == "closed"


@pytest.mark.parametrize("conclude", [annual_audits.confirm, annual_audits.require_new_version])
def test_an_audit_is_not_concluded_while_a_finding_is_unanswered(walk: Walk, session: Session, conclude) -> None:  # type: ignore[no-untyped-def]
    audit = audit_with_findings(walk, 2)
    accept(walk, findings.get_finding(session, audit, 1))
    with pytest.raises(NotPossible, match="Findings nobody has answered yet: 1"):
        conclude(session, audit, actor=walk.who("helen"), now=walk.now, reason="Done.")
    findings.dispute_finding(
        session,
        findings.get_finding(session, audit, 2),
        "It was deleted; the copy was ordered by a court.",
        actor=walk.who("amara"),
        now=walk.now,
    )
    conclude(session, audit, actor=walk.who("helen"), now=walk.now, reason="Done.")
    assert audit.status == "closed"


def test_an_accepted_finding_becomes_a_commitment(walk: Walk, session: Session) -> None:
    audit = audit_with_findings(walk)
    finding = findings.get_finding(session, audit, 1)
    accept(walk, finding)
    commitment = session.scalars(select(Commitment).where(Commitment.source == "audit")).one()
    assert finding.commitment == commitment
    assert commitment.source_id == str(finding.id)
    assert commitment.keeper == persona(session, "daniel")
    assert commitment.assessment == audit.assessment
    assert commitment.text == "Every clock is checked on the first of the month."


def test_the_answer_stands_in_the_trail_with_its_author(walk: Walk, session: Session) -> None:
    audit = audit_with_findings(walk)
    accept(walk, findings.get_finding(session, audit, 1))
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "finding:answered")).one()
    assert (event.aggregate_id, event.actor_name, event.role) == (audit.id, "Amara Author", "agency_official")


def test_the_senior_official_hears_when_the_last_finding_is_answered(walk: Walk, session: Session) -> None:
    audit = audit_with_findings(walk, 2)
    helen = str(persona(session, "helen").id)

    def told() -> int:
        jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))
        return sum(job.payload["event"] == "finding:answered" and job.payload["person"] == helen for job in jobs)

    accept(walk, findings.get_finding(session, audit, 1))
    assert told() == 0
    accept(walk, findings.get_finding(session, audit, 2))
    assert told() == 1


@pytest.mark.parametrize("first", ["daniel", "sofia", "petra", "helen", "victor", "ingrid", "adam", "otto"])
def test_only_the_author_answers_what_an_audit_of_the_own_assessment_found(
    walk: Walk, session: Session, first: str
) -> None:
    audit = audit_with_findings(walk)
    with pytest.raises(NotAllowed):
        findings.check_can_answer(session, audit, actor=walk.who(first), now=walk.now)
    findings.check_can_answer(session, audit, actor=walk.who("amara"), now=walk.now)


def test_once_the_author_has_left_the_department_answers(walk: Walk, session: Session) -> None:
    audit = audit_with_findings(walk)
    amara = persona(session, "amara")
    end_designation(session, amara.designations[0].id, until_on=walk.now.date(), actor=SYSTEM, now=walk.now)
    walk.now += dt.timedelta(days=2)
    findings.check_can_answer(session, audit, actor=walk.who("daniel"), now=walk.now)
    with pytest.raises(NotAllowed):
        findings.check_can_answer(session, audit, actor=walk.who("otto"), now=walk.now)


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "victor", "ingrid", "adam", "otto"])
def test_only_the_officers_answer_what_an_audit_of_the_programme_found(
    walk: Walk, session: Session, first: str
) -> None:
    audit = programme_audit(walk, "findings_reported", count=1)
    with pytest.raises(NotAllowed):
        findings.check_can_answer(session, audit, actor=walk.who(first), now=walk.now)
    for officer in ("petra", "helen"):
        findings.check_can_answer(session, audit, actor=walk.who(officer), now=walk.now)


def test_whoever_conducted_the_audit_does_not_answer_its_findings(walk: Walk, session: Session) -> None:
    designate(
        session, persona(session, "ingrid"), Role.PRIVACY_OFFICER, department=None, designated_by="Mayor",
        instrument="1", from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    audit = programme_audit(walk, "findings_reported", count=1)
    with pytest.raises(NotAllowed, match="You conducted this audit"):
        findings.check_can_answer(session, audit, actor=walk.who("ingrid"), now=walk.now)


def test_a_programme_audit_is_closed_once_its_findings_are_answered(walk: Walk, session: Session) -> None:
    audit = programme_audit(walk, "findings_reported", count=1)
    with pytest.raises(NotPossible, match="Findings nobody"):
        programme_audits.close_audit(session, audit, actor=walk.who("helen"), now=walk.now, reason="Done.")
    accept_all(walk, audit, "petra")
    commitment = session.scalars(select(Commitment).where(Commitment.source == "programme_audit")).one()
    assert commitment.initiative is None
    programme_audits.close_audit(session, audit, actor=walk.who("helen"), now=walk.now, reason="Done.")
    assert audit.status == "closed"


def test_an_answer_stands(walk: Walk, session: Session) -> None:
    audit = audit_with_findings(walk)
    finding = findings.get_finding(session, audit, 1)
    accept(walk, finding)
    with pytest.raises(NotPossible, match="answered already"):
        findings.dispute_finding(session, finding, "No.", actor=walk.who("amara"), now=walk.now)


def test_findings_are_not_answered_after_the_audit_is_closed(walk: Walk, session: Session) -> None:
    audit = walk.audit("findings_reported")
    annual_audits.confirm(session, audit, actor=walk.who("helen"), now=walk.now, reason="It holds.")
    with pytest.raises(NotPossible, match="before the audit is closed"):
        findings.check_can_answer(session, audit, actor=walk.who("amara"), now=walk.now)


def test_a_correction_needs_a_day_to_come_and_somebody_who_keeps_commitments(walk: Walk, session: Session) -> None:
    audit = audit_with_findings(walk)
    finding = findings.get_finding(session, audit, 1)
    actor = walk.who("amara")
    yesterday = walk.now.date() - dt.timedelta(days=1)
    past = Correction("Done.", persona(session, "daniel"), yesterday)
    with pytest.raises(WrongDay):
        findings.accept_finding(session, finding, past, actor=actor, now=walk.now)
    by_auditor = Correction("Done.", persona(session, "ingrid"), walk.now.date())
    with pytest.raises(WrongKeeper):
        findings.accept_finding(session, finding, by_auditor, actor=actor, now=walk.now)
    assert finding.response == ""


def test_an_unknown_finding_is_not_found(walk: Walk, session: Session) -> None:
    with pytest.raises(NotFound):
        findings.get_finding(session, audit_with_findings(walk), 7)


def test_what_was_found_waits_in_the_work_of_those_it_is_about(walk: Walk, session: Session) -> None:
    annual, programme = audit_with_findings(walk), programme_audit(walk, "findings_reported", count=2)

    def asked(first: str) -> list[str]:
        lines = list_waiting(session, actor=walk.who(first))
        return [line.reference for line in lines if line.why == "Answer what an audit found"]

    assert asked("amara") == [annual.reference]
    assert asked("petra") == asked("helen") == [programme.reference]
    assert asked("daniel") == asked("otto") == asked("ingrid") == asked("victor") == []
    accept_all(walk, annual)
    assert asked("amara") == []
