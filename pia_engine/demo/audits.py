"""What the timelines say of audits: the findings that were answered, and the first audit of the whole programme."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.demo.chapter import Chapter, save_given
from pia_engine.models import ProgrammeAudit
from pia_engine.services import annual_audits, findings, programme_audits
from pia_engine.services.findings import Audit, Correction
from pia_engine.services.samples import KINDS


def answer_findings(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The author answers what the annual audit found."""
    audit = annual_audits.list_audits(session, chapter.reference)[-1]
    _answer(session, chapter, audit, chapter.content["audit"]["responses"], by=by, now=now)


def answer_programme_findings(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """An officer answers those findings of the audit of the programme that are theirs."""
    _answer(session, chapter, _programme_audit(session), _about(chapter)["responses"], by=by, now=now)


def plan_programme_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    actor = chapter.actor(session, by, now)
    programme_audits.plan_audit(session, _about(chapter)["due_on"], actor=actor, now=now)


def start_programme_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    actor = chapter.actor(session, by, now)
    programme_audits.start_audit(session, _programme_audit(session), actor=actor, now=now)


def report_programme_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    """The auditor writes what was seen of each decision drawn, the rest of the answers, and reports."""
    audit, actor, about = _programme_audit(session), chapter.actor(session, by, now), _about(chapter)
    looked_at = [
        {"reference": each.reference, "decision": KINDS[each.kind], **about["looked_at"][each.kind]}
        for each in programme_audits.sampled(audit)
    ]
    save_given(session, audit, {**about["answers"], "looked_at": looked_at}, actor, now)
    programme_audits.report_findings(session, audit, actor=actor, now=now)


def close_programme_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    actor, reason = chapter.actor(session, by, now), _about(chapter)["decision_reason"].strip()
    programme_audits.close_audit(session, _programme_audit(session), actor=actor, now=now, reason=reason)


STEPS = {
    "answer_findings": answer_findings,
    "answer_programme_findings": answer_programme_findings,
    "close_programme_audit": close_programme_audit,
    "plan_programme_audit": plan_programme_audit,
    "report_programme_audit": report_programme_audit,
    "start_programme_audit": start_programme_audit,
}


def _about(chapter: Chapter) -> dict[str, Any]:
    about: dict[str, Any] = chapter.content["programme_audit"]
    return about


def _programme_audit(session: Session) -> ProgrammeAudit:
    audit = programme_audits.find_open_audit(session)
    assert audit is not None
    return audit


def _answer(
    session: Session, chapter: Chapter, audit: Audit, responses: list[dict[str, Any]], *, by: str, now: dt.datetime
) -> None:
    actor = chapter.actor(session, by, now)
    for response in responses:
        if response.get("by", by) != by:
            continue
        finding = findings.get_finding(session, audit, response["finding"])
        if "keeper" not in response:
            findings.dispute_finding(session, finding, response["text"].strip(), actor=actor, now=now)
            continue
        keeper = chapter.person(session, response["keeper"])
        correction = Correction(response["text"].strip(), keeper, response["due_on"])
        findings.accept_finding(session, finding, correction, actor=actor, now=now)
