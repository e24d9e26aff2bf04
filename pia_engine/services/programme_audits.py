"""Audits of the whole programme: planned once a period, begun with a sample drawn by lot, reported, closed."""

from __future__ import annotations

import datetime as dt
import hashlib

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import AuditEvent, ProgrammeAudit
from pia_engine.models.catalogue import answers_of
from pia_engine.models.policy_rules import PolicyRules, read_rules
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.values import filled_rows
from pia_engine.register.language import language_of
from pia_engine.services.answers import begin_sheet
from pia_engine.services.audit import append_event
from pia_engine.services.audit_reports import order_report
from pia_engine.services.cities import find_city, get_city
from pia_engine.services.findings import record_findings
from pia_engine.services.history import Given, write_answers
from pia_engine.services.initiatives import Page, page_of
from pia_engine.services.notices import queue_notices
from pia_engine.services.periods import months_after
from pia_engine.services.policies import current_policy
from pia_engine.services.references import next_reference
from pia_engine.services.samples import KINDS, Decision, decisions_of, draw, list_decisions
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows.programme_audit import FINAL, Action, Status

QUESTIONNAIRE = "programme-audit"
LOOKED_AT = "looked_at"
PER_PAGE = 25


class PassedDay(Invalid):
    """An audit cannot be due on a day that has passed."""

    field = "due_on"


def plan_due_audit(session: Session, *, now: dt.datetime) -> int:
    """The sweep's part: plans the next audit once its notice period has begun. Returns how many: one, or none."""
    if find_city(session) is None or find_open_audit(session) is not None:
        return 0
    today, rules = _today(session, now), read_rules(current_policy(session))
    due_on = next_due_on(session, rules)
    if due_on - dt.timedelta(days=rules.audit_notice_days) > today:
        return 0
    _plan(session, max(due_on, today), actor=SYSTEM, now=now)
    return 1


def plan_audit(session: Session, due_on: dt.date, *, actor: Actor, now: dt.datetime) -> ProgrammeAudit:
    """The senior official plans an audit before the calendar does."""
    check_may(actor, Permission.PROGRAMME_AUDIT_PLAN)
    waiting = find_open_audit(session)
    if waiting is not None:
        raise NotPossible(
            N_("%(reference)s is not closed yet. One audit of the programme is done after the other."),
            reference=waiting.reference,
        )
    if due_on < _today(session, now):
        raise PassedDay(N_("This day has passed. Choose a later one."))
    return _plan(session, due_on, actor=actor, now=now)


def next_due_on(session: Session, rules: PolicyRules) -> dt.date:
    """A period after the last audit was due, whatever became of it; the first a period after the city was founded."""
    city = get_city(session)
    last = session.scalar(select(func.max(ProgrammeAudit.due_on)))
    return months_after(last or clock.day_of(city.created_at, city.time_zone), rules.programme_audit_months)


def _plan(session: Session, due_on: dt.date, *, actor: Actor, now: dt.datetime) -> ProgrammeAudit:
    audit = ProgrammeAudit(
        reference=next_reference(session, "PRA", now),
        year=due_on.year,
        due_on=due_on,
        sheet=begin_sheet(session, QUESTIONNAIRE, now=now),
        drawn_from=[],
        sample=[],
    )
    event = begin_life(session, audit, "programme-audit:planned", actor=actor, now=now)
    queue_notices(session, audit, ("auditor",), event=event, actor=actor, now=now)
    return audit


def start_audit(session: Session, audit: ProgrammeAudit, *, actor: Actor, now: dt.datetime) -> None:
    """An auditor takes the audit on, and the sample is drawn: the seed is the hash of this very step."""
    event = apply_action(session, audit, Action.START, actor=actor, now=now)
    audit.auditor_id = actor.id
    since, time_zone = _since(session, audit), get_city(session).time_zone
    audit.from_on, audit.until_on = clock.day_of(since, time_zone), clock.day_of(now, time_zone)
    population = list_decisions(session, since=since, until=now)
    audit.seed, audit.drawn_from = event.hash, [decision.stored for decision in population]
    sample = draw(population, audit.seed)
    audit.sample = [decision.stored for decision in sample]
    digest = hashlib.sha256(rfc8785.dumps(audit.drawn_from)).hexdigest()
    drawn = {"seed": audit.seed, "drawn_from": digest, "count": len(population), "sample": audit.sample}
    append_event(session, audit, "programme-audit:sample-drawn", actor=SYSTEM, now=now, details=drawn)
    session.flush()
    if sample:
        city = get_city(session)
        say = language_of(city.language, city.time_zone).say
        rows = [{"reference": each.reference, "decision": say(KINDS[each.kind])} for each in sample]
        write_answers(session, audit, [Given(LOOKED_AT, rows)], actor=SYSTEM, now=now)


def draws_the_same(audit: ProgrammeAudit) -> bool:
    """Whether drawing once more, from what is on record, gives the sample that is on record."""
    drawn = draw(decisions_of(audit.drawn_from), audit.seed)
    return [decision.stored for decision in drawn] == list(audit.sample)


def report_findings(session: Session, audit: ProgrammeAudit, *, actor: Actor, now: dt.datetime) -> None:
    """Hand the findings to those they are about. Nothing that was drawn may be left out."""
    if audit.auditor_id != actor.id and audit.status == Status.IN_PROGRESS:
        raise NotPossible(N_("Another auditor conducts this audit."))
    check_sample_is_there(audit)
    apply_action(session, audit, Action.REPORT_FINDINGS, actor=actor, now=now)
    record_findings(session, audit)


def check_sample_is_there(audit: ProgrammeAudit) -> None:
    """Raises NotPossible when a decision that was drawn was taken off the list."""
    rows = filled_rows(answers_of(audit.sheet).get(LOOKED_AT) or [])
    looked_at = {row.get("reference", "") for row in rows}
    missing = [each for each in decisions_of(audit.sample) if each.reference not in looked_at]
    if missing:
        raise NotPossible(
            N_("These were drawn, and are not among the decisions looked at: %(references)s. Put them back."),
            references=", ".join(dict.fromkeys(each.reference for each in missing)),
        )


def close_audit(session: Session, audit: ProgrammeAudit, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """The senior official weighs findings and answers, and closes the audit. Its report is signed."""
    apply_action(session, audit, Action.CLOSE, actor=actor, now=now, reason=reason)
    audit.concluded_by, audit.concluded_at = actor.id, now
    session.flush()
    order_report(session, audit, now=now)


def cancel_audit(session: Session, audit: ProgrammeAudit, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """There will be none this time; the next is planned a period later."""
    apply_action(session, audit, Action.CANCEL, actor=actor, now=now, reason=reason)


def get_audit(session: Session, reference: str) -> ProgrammeAudit:
    audit = session.scalars(select(ProgrammeAudit).where(ProgrammeAudit.reference == reference)).one_or_none()
    if audit is None:
        raise NotFound(N_("There is no audit of the programme with this reference."))
    return audit


def find_open_audit(session: Session) -> ProgrammeAudit | None:
    """The audit that is planned or under way, if there is one."""
    open_ones = select(ProgrammeAudit).where(ProgrammeAudit.status.not_in([str(status) for status in FINAL]))
    return session.scalars(open_ones.order_by(ProgrammeAudit.due_on).limit(1)).first()


def page_of_audits(session: Session, *, page: int) -> Page[ProgrammeAudit]:
    """Audits of the programme, newest first."""
    query = select(ProgrammeAudit).options(joinedload(ProgrammeAudit.auditor))
    order = (ProgrammeAudit.due_on.desc(), ProgrammeAudit.reference.desc())
    return page_of(session, query, order, page=page, size=PER_PAGE)


def sampled(audit: ProgrammeAudit) -> list[Decision]:
    return decisions_of(audit.sample)


def _since(session: Session, audit: ProgrammeAudit) -> dt.datetime:
    """The instant at which the sample before was drawn; for the first audit the one the city was founded at."""
    before = session.scalar(
        select(func.max(AuditEvent.at))
        .join(ProgrammeAudit, ProgrammeAudit.seed == AuditEvent.hash)
        .where(ProgrammeAudit.id != audit.id)
    )
    return before or get_city(session).created_at


def _today(session: Session, now: dt.datetime) -> dt.date:
    return clock.day_of(now, get_city(session).time_zone)
