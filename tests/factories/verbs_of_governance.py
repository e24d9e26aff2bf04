"""The same for the records that keep the programme alive, and how each of them begins."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from pia_engine.models import Assessment, Finding, Initiative, Person
from pia_engine.questionnaires.hiding import Extent
from pia_engine.services import (
    annual_reports,
    commitment_steps,
    disclosures,
    disposals,
    disposing,
    exceptions,
    findings,
    policy_reviews,
    programme_audits,
    reconsiderations,
    spot_checks,
    withholdings,
)
from tests.factories.verbs import REASON, Try, Verb

EVIDENCE = "The signs stand on both ends of the road since Monday; the photographs are in the project folder."


def _initiative(attempt: Try) -> Initiative:
    found = attempt.session.scalars(select(Initiative).order_by(Initiative.reference)).all()
    return found[attempt.choice % len(found)]


def _somebody(attempt: Try) -> Person:
    found = attempt.session.scalars(select(Person).order_by(Person.email)).all()
    return found[attempt.choice % len(found)]


def _later(attempt: Try) -> dt.date:
    return attempt.now.date() + dt.timedelta(days=1 + attempt.choice % 40)


def ask_for_an_exception(attempt: Try) -> object:
    new = exceptions.NewException("The river rises.", "Cameras on two bridges.", 7, _somebody(attempt))
    return exceptions.request_exception(attempt.session, _initiative(attempt), new, **attempt.done)


def report_a_cause(attempt: Try) -> object:
    cause = attempt.pick(("change", "incident", "complaint"))
    facts = ("purpose",) if cause == "change" else ()
    new = reconsiderations.NewCause(_initiative(attempt), None, cause, f"Something else, {attempt.choice}.", facts)
    return reconsiderations.raise_cause(attempt.session, new, **attempt.done)


def promise_something(attempt: Try) -> object:
    return commitment_steps.add_commitment(
        attempt.session,
        _initiative(attempt),
        text="Put up a sign.",
        keeper=_somebody(attempt),
        due_on=_later(attempt),
        is_public=True,
        **attempt.done,
    )


def plan_a_programme_audit(attempt: Try) -> object:
    return programme_audits.plan_audit(attempt.session, _later(attempt), **attempt.done)


def propose_a_disposal(attempt: Try) -> object:
    return disposals.propose_disposal(attempt.session, _initiative(attempt), **attempt.done)


def write_a_report(attempt: Try) -> object:
    report = annual_reports.begin_report(attempt.session, year=attempt.now.year, **attempt.done)
    return annual_reports.write_report(
        attempt.session,
        report,
        foreword="A year of work.",
        learned="Ask early.",
        seen=annual_reports.text_mark(report),
        **attempt.done,
    )


def answer_a_finding(attempt: Try) -> object:
    found = attempt.session.scalars(select(Finding).order_by(Finding.id)).all()
    if not found:
        return None
    finding = found[attempt.choice % len(found)]
    if attempt.choice % 2:
        return findings.dispute_finding(attempt.session, finding, REASON, **attempt.done)
    correction = findings.Correction("Mend it.", _somebody(attempt), _later(attempt))
    return findings.accept_finding(attempt.session, finding, correction, **attempt.done)


def withhold_something(attempt: Try) -> object:
    query = select(Assessment).where(Assessment.stage == "full").order_by(Assessment.reference, Assessment.edition)
    found = attempt.session.scalars(query).all()
    if not found:
        return None
    about = found[attempt.choice % len(found)]
    draft = withholdings.public_draft(attempt.session, about, now=attempt.now, public_url="http://127.0.0.1:8000")
    answers = withholdings.answers_of(draft)
    question = sorted(answers)[attempt.choice % len(answers)]
    new = withholdings.NewWithholding(question=question, extent=Extent.ANSWER, ground="security", reason=REASON)
    return withholdings.propose_withholding(attempt.session, about, new, answers=answers, **attempt.done)


BEGINNINGS = (
    ask_for_an_exception,
    report_a_cause,
    promise_something,
    plan_a_programme_audit,
    propose_a_disposal,
    write_a_report,
    answer_a_finding,
    withhold_something,
)


def _report(record: Any, attempt: Try) -> object:
    return commitment_steps.report_kept(attempt.session, record, evidence=EVIDENCE, **attempt.done)


def _carry_out(record: Any, attempt: Try) -> object:
    return disposing.carry_out(attempt.session, record, now=attempt.now)


def _record_report(record: Any, attempt: Try) -> object:
    files = annual_reports.ReportFiles(record.id.hex * 2, record.id.hex[::-1] * 2)
    return annual_reports.record_report(attempt.session, record, files, now=attempt.now)


GOVERNING: dict[tuple[str, str], Verb] = {
    ("emergency_exception", "grant"): lambda r, t: exceptions.grant_exception(t.session, r, **t.said),
    ("emergency_exception", "refuse"): lambda r, t: exceptions.refuse_exception(t.session, r, **t.said),
    ("emergency_exception", "withdraw"): lambda r, t: exceptions.withdraw_exception(t.session, r, **t.said),
    ("emergency_exception", "end"): lambda r, t: exceptions.end_exception(t.session, r, **t.said),
    ("spot_check", "agree"): lambda r, t: spot_checks.agree(t.session, r, **t.said),
    ("spot_check", "overturn"): lambda r, t: spot_checks.overturn(t.session, r, **t.said),
    ("commitment", "report"): _report,
    ("commitment", "accept"): lambda r, t: commitment_steps.accept_evidence(t.session, r, **t.said),
    ("commitment", "return"): lambda r, t: commitment_steps.return_it(t.session, r, **t.said),
    ("commitment", "drop"): lambda r, t: commitment_steps.drop_commitment(t.session, r, **t.said),
    ("reconsideration", "set_aside"): lambda r, t: reconsiderations.set_aside(t.session, r, **t.said),
    ("reconsideration", "require_new_version"): lambda r, t: reconsiderations.require_new_version(
        t.session, r, **t.said
    ),
    ("reconsideration", "require_assessment"): lambda r, t: reconsiderations.require_assessment(t.session, r, **t.said),
    ("reconsideration", "withdraw"): lambda r, t: reconsiderations.withdraw_cause(t.session, r, **t.said),
    ("programme_audit", "start"): lambda r, t: programme_audits.start_audit(t.session, r, **t.done),
    ("programme_audit", "report_findings"): lambda r, t: programme_audits.report_findings(t.session, r, **t.done),
    ("programme_audit", "close"): lambda r, t: programme_audits.close_audit(t.session, r, **t.said),
    ("programme_audit", "cancel"): lambda r, t: programme_audits.cancel_audit(t.session, r, **t.said),
    ("disposal", "approve"): lambda r, t: disposals.approve_disposal(t.session, r, **t.said),
    ("disposal", "keep"): lambda r, t: disposals.keep_records(t.session, r, **t.said),
    ("disposal", "stop"): lambda r, t: disposals.stop_disposal(t.session, r, **t.said),
    ("disposal", "carry_out"): _carry_out,
    ("policy", "reaffirm"): lambda r, t: policy_reviews.reaffirm_policy(t.session, r, **t.said),
    ("annual_report", "publish"): lambda r, t: annual_reports.order_report(t.session, r, **t.done),
    ("annual_report", "withdraw"): lambda r, t: annual_reports.withdraw_report(t.session, r, **t.said),
    ("annual_report", "complete"): _record_report,
    ("withholding", "approve"): lambda r, t: withholdings.approve_withholding(t.session, r, **t.said),
    ("withholding", "refuse"): lambda r, t: withholdings.refuse_withholding(t.session, r, **t.said),
    ("withholding", "take_back"): lambda r, t: withholdings.take_back_withholding(t.session, r, **t.said),
    ("withholding", "lift"): lambda r, t: withholdings.lift_withholding(t.session, r, **t.said),
    ("withholding", "disclose"): lambda r, t: disclosures.disclose(t.session, r, **t.said),
}
