"""Audits of the programme: when they are planned, what is drawn, who answers, and how they end."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotFound, NotPossible
from pia_engine.models import AuditEvent, OutboxJob, ProgrammeAudit
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import determinations, programme_audits
from pia_engine.services.answers import save_answers
from pia_engine.services.people import designate
from pia_engine.services.programme_audits import PassedDay
from tests.factories.governance.audits import answer_all, programme_audit
from tests.factories.people import FOUNDED, persona
from tests.factories.walks import Walk

DUE = dt.date(2027, 1, 5)
BEFORE_NOTICE = dt.datetime(2026, 12, 5, 9, tzinfo=dt.UTC)
IN_NOTICE = dt.datetime(2026, 12, 7, 9, tzinfo=dt.UTC)


def clear(walk: Walk, outcome: str, title: str) -> str:
    """An initiative cleared without a full PIA; its reference."""
    record = walk.initial("submitted", title)
    terms = determinations.Terms("Tell people on a sign.") if outcome == "delegated_review" else determinations.Terms()
    determinations.determine(
        walk.session, record, outcome=outcome, actor=walk.who("petra"), now=walk.now, reason="Nobody is seen.",
        terms=terms,
    )  # fmt: skip
    return record.reference


def test_the_first_audit_is_planned_a_year_after_the_city_was_founded(session: Session) -> None:
    assert programme_audits.plan_due_audit(session, now=BEFORE_NOTICE) == 0
    assert programme_audits.plan_due_audit(session, now=IN_NOTICE) == 1
    assert programme_audits.plan_due_audit(session, now=IN_NOTICE) == 0
    audit = session.scalars(select(ProgrammeAudit)).one()
    assert (audit.due_on, audit.year, audit.status, audit.reference) == (DUE, 2027, "planned", "PRA-2026-0001")


def test_the_auditors_are_told_of_a_planned_audit(walk: Walk, session: Session) -> None:
    programme_audits.plan_due_audit(session, now=IN_NOTICE)
    told = [job.payload for job in session.scalars(select(OutboxJob).where(OutboxJob.kind == "notice"))]
    assert [(each["event"], each["person"]) for each in told] == [
        ("programme-audit:planned", str(persona(session, "ingrid").id))
    ]


def test_a_cancelled_audit_leaves_out_one_period_and_no_more(walk: Walk, session: Session) -> None:
    programme_audits.plan_due_audit(session, now=IN_NOTICE)
    audit = session.scalars(select(ProgrammeAudit)).one()
    walk.now = IN_NOTICE
    programme_audits.cancel_audit(session, audit, actor=walk.who("helen"), now=walk.now, reason="Not this year.")
    assert programme_audits.plan_due_audit(session, now=IN_NOTICE + dt.timedelta(days=200)) == 0
    assert programme_audits.plan_due_audit(session, now=IN_NOTICE + dt.timedelta(days=365)) == 1


def test_an_audit_planned_by_hand_counts_for_the_period(walk: Walk, session: Session) -> None:
    audit = programme_audit(walk, "closed")
    assert programme_audits.plan_due_audit(session, now=IN_NOTICE) == 0
    later = dt.datetime.combine(audit.due_on, dt.time(9), dt.UTC) + dt.timedelta(days=340)
    assert programme_audits.plan_due_audit(session, now=later) == 1


def test_one_audit_is_done_after_the_other(walk: Walk, session: Session) -> None:
    audit = programme_audit(walk)
    with pytest.raises(NotPossible, match=audit.reference):
        programme_audits.plan_audit(session, DUE, actor=walk.who("helen"), now=walk.now)


def test_an_audit_is_not_planned_for_the_past(walk: Walk, session: Session) -> None:
    with pytest.raises(PassedDay):
        programme_audits.plan_audit(session, dt.date(2026, 1, 6), actor=walk.who("helen"), now=walk.now)


@pytest.mark.parametrize("first", ["amara", "petra", "victor", "ingrid", "adam"])
def test_only_the_senior_official_plans_one(walk: Walk, session: Session, first: str) -> None:
    with pytest.raises(NotAllowed):
        programme_audits.plan_audit(session, DUE, actor=walk.who(first), now=walk.now)


def test_the_sample_is_drawn_from_what_was_published_or_cleared(walk: Walk, session: Session) -> None:
    published = walk.full("published", title="Cameras").reference
    delegated = clear(walk, "delegated_review", "Benches")
    without = clear(walk, "no_pia", "Trees")
    walk.full("in_review", title="Not decided")
    audit = programme_audit(walk, "in_progress")
    expected = sorted([[published, "published"], [delegated, "delegated_review"], [without, "no_pia"]])
    assert audit.drawn_from == expected
    assert audit.sample == expected
    assert (audit.from_on, audit.until_on) == (dt.date(2026, 1, 5), walk.now.date())


def test_the_seed_is_the_hash_of_the_step_that_started_the_audit(walk: Walk, session: Session) -> None:
    for number in range(6):
        clear(walk, "no_pia", f"Trees {number}")
    audit = programme_audit(walk, "in_progress")
    started = session.scalars(select(AuditEvent).where(AuditEvent.event == "programme-audit:started")).one()
    assert audit.seed == started.hash
    assert len(audit.sample) == 3
    assert programme_audits.draws_the_same(audit)
    drawn = session.scalars(select(AuditEvent).where(AuditEvent.event == "programme-audit:sample-drawn")).one()
    assert json.loads(drawn.body)["details"]["sample"] == audit.sample


def test_a_changed_sample_is_noticed(walk: Walk, session: Session) -> None:
    for number in range(6):
        clear(walk, "no_pia", f"Trees {number}")
    audit = programme_audit(walk, "in_progress")
    audit.sample = [*audit.sample[:-1], next(each for each in audit.drawn_from if each not in audit.sample)]
    assert not programme_audits.draws_the_same(audit)


def test_the_next_period_begins_where_the_last_sample_was_drawn(walk: Walk, session: Session) -> None:
    clear(walk, "no_pia", "Trees")
    first = programme_audit(walk, "closed")
    walk.now += dt.timedelta(days=300)
    second_one = clear(walk, "no_pia", "Bushes")
    second = programme_audit(walk, "in_progress")
    assert second.from_on == first.until_on
    assert second.drawn_from == [[second_one, "no_pia"]]


def test_the_auditor_finds_the_sample_in_the_questionnaire(walk: Walk, session: Session) -> None:
    reference = clear(walk, "no_pia", "Trees")
    audit = programme_audit(walk, "in_progress")
    assert answers_of(audit.sheet)["looked_at"] == [{"reference": reference, "decision": "No PIA needed"}]


def test_nothing_is_reported_before_each_drawn_decision_was_looked_at(walk: Walk, session: Session) -> None:
    clear(walk, "no_pia", "Trees")
    audit = programme_audit(walk, "in_progress")
    with pytest.raises(NotPossible, match="still need an answer"):
        programme_audits.report_findings(session, audit, actor=walk.who("ingrid"), now=walk.now)
    answer_all(walk, audit)
    save_answers(
        session, audit, {"looked_at": None}, seen_version=audit.sheet.version, actor=walk.who("ingrid"), now=walk.now
    )
    with pytest.raises(NotPossible, match="Put them back"):
        programme_audits.report_findings(session, audit, actor=walk.who("ingrid"), now=walk.now)


def test_only_the_auditor_who_conducts_it_answers_and_reports(walk: Walk, session: Session) -> None:
    designate(
        session, persona(session, "victor"), Role.AUDITOR, department=None, designated_by="Mayor", instrument="1",
        from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    audit = programme_audit(walk, "in_progress")
    with pytest.raises(NotAllowed):
        save_answers(
            session, audit, {"how_looked": "I read."}, seen_version=audit.sheet.version, actor=walk.who("victor"),
            now=walk.now,
        )  # fmt: skip
    with pytest.raises(NotPossible, match="Another auditor"):
        programme_audits.report_findings(session, audit, actor=walk.who("victor"), now=walk.now)


def test_whoever_conducted_the_audit_does_not_close_it(walk: Walk, session: Session) -> None:
    designate(
        session, persona(session, "ingrid"), Role.SENIOR_PRIVACY_OFFICIAL, department=None, designated_by="Mayor",
        instrument="1", from_on=dt.date(2026, 1, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    audit = programme_audit(walk, "findings_reported")
    with pytest.raises(NotAllowed, match="conducted this audit"):
        programme_audits.close_audit(session, audit, actor=walk.who("ingrid"), now=walk.now, reason="Fine.")


def test_closing_keeps_who_and_when_and_orders_the_report_once(walk: Walk, session: Session) -> None:
    audit = programme_audit(walk, "closed", count=1)
    assert (audit.concluded_by, audit.concluded_at) == (persona(session, "helen").id, walk.now)
    assert session.scalar(select(func.count(OutboxJob.id)).where(OutboxJob.kind == "audit-report")) == 1


def test_an_audit_under_way_is_not_cancelled(walk: Walk, session: Session) -> None:
    audit = programme_audit(walk, "in_progress")
    with pytest.raises(NotPossible):
        programme_audits.cancel_audit(session, audit, actor=walk.who("helen"), now=walk.now, reason="No.")


def test_an_unknown_audit_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        programme_audits.get_audit(session, "PRA-1999-0001")
