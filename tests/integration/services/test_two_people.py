"""Two people, also through deputies: whoever asked, wrote or answered does not decide."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed
from pia_engine.models import AuditEvent, Finding
from pia_engine.permissions.roles import Role
from pia_engine.services import annual_reports, exceptions, findings, programme_audits
from pia_engine.services.deputies import withdraw_deputy
from pia_engine.services.outbox import LETTER_ATTEMPTS, MAX_ATTEMPTS, fail_job, lease_job, queue_job
from tests.factories import governance
from tests.factories.deputies import stand_in
from tests.factories.refused import also
from tests.factories.walks import Walk


def test_whoever_wrote_the_foreword_does_not_publish_the_report(session: Session, walk: Walk) -> None:
    report = governance.makers()["annual_report"](walk, "draft")
    also(walk, "victor", Role.SENIOR_PRIVACY_OFFICIAL)
    said = {"foreword": "Written by Helen.", "learned": "Ask early.", "seen": annual_reports.text_mark(report)}
    annual_reports.write_report(session, report, actor=walk.who("helen"), now=walk.now, **said)
    walk.now = dt.datetime(report.year + 1, 2, 1, tzinfo=dt.UTC)
    with pytest.raises(NotAllowed, match="wrote it or answers for it"):
        annual_reports.order_report(session, report, actor=walk.who("helen"), now=walk.now)
    annual_reports.order_report(session, report, actor=walk.who("victor"), now=walk.now)
    assert report.status == "publishing"


def test_an_executive_does_not_grant_what_a_deputy_asked_for_them(session: Session, walk: Walk) -> None:
    also(walk, "daniel", Role.EXECUTIVE)
    asked = governance.makers()["emergency_exception"](walk, "requested")
    with pytest.raises(NotAllowed, match="answers for it"):
        exceptions.grant_exception(session, asked, actor=walk.who("daniel"), now=walk.now, reason="Quick.")
    exceptions.grant_exception(session, asked, actor=walk.who("victor"), now=walk.now, reason="It cannot wait.")
    assert asked.status == "granted"


def test_whoever_answered_a_finding_does_not_close_the_audit(session: Session, walk: Walk) -> None:
    audit = governance.makers()["programme_audit"](walk, "findings_reported")
    session.add(Finding(programme_audit_id=audit.id, number=99, text="No sign is up.", severity="high"))
    session.flush()
    for finding in findings.list_findings(session, audit):
        if not finding.response:
            findings.dispute_finding(session, finding, "It is up.", actor=walk.who("helen"), now=walk.now)
    with pytest.raises(NotAllowed, match="answered findings"):
        programme_audits.close_audit(session, audit, actor=walk.who("helen"), now=walk.now, reason="All is well.")
    also(walk, "victor", Role.SENIOR_PRIVACY_OFFICIAL)
    programme_audits.close_audit(session, audit, actor=walk.who("victor"), now=walk.now, reason="Read and weighed.")
    assert audit.status == "closed"


def test_whoever_stands_in_for_the_auditor_does_not_conclude_in_another_role(session: Session, walk: Walk) -> None:
    audit = governance.makers()["programme_audit"](walk, "findings_reported")
    today = walk.now.date()
    absent = stand_in(walk, "helen", "ingrid", from_on=today, until_on=today + dt.timedelta(days=7))
    for finding in findings.list_findings(session, audit):
        if not finding.response:
            findings.dispute_finding(session, finding, "It is up.", actor=walk.who("petra"), now=walk.now)
    with pytest.raises(NotAllowed, match="conducted this audit"):
        programme_audits.close_audit(session, audit, actor=walk.who("helen"), now=walk.now, reason="All is well.")
    withdraw_deputy(session, absent.id, actor=walk.who("ingrid"), now=walk.now)
    programme_audits.close_audit(session, audit, actor=walk.who("helen"), now=walk.now, reason="Read and weighed.")
    assert audit.status == "closed"


def test_letters_wait_a_week_for_a_mail_server_and_other_jobs_do_not(session: Session, walk: Walk) -> None:
    queue_job(session, "notice", key="a", payload={}, now=walk.now)
    now, first = walk.now, walk.now
    for _ in range(LETTER_ATTEMPTS):
        job = lease_job(session, now=now)
        assert job is not None
        fail_job(session, job.id, job.attempts, error="no server", now=now)
        now = max(now, job.run_at)
    assert job.state == "dead"
    assert dt.timedelta(days=7) < now - first < dt.timedelta(days=8)
    assert MAX_ATTEMPTS < LETTER_ATTEMPTS


def test_the_trail_keeps_nothing_of_what_was_reported(session: Session, walk: Walk) -> None:
    cause = governance.makers()["reconsideration"](walk, "raised")
    event = session.scalars(select(AuditEvent).where(AuditEvent.aggregate_id == cause.id)).one()
    assert cause.text.encode() not in event.body
    assert b"sha256" in event.body
