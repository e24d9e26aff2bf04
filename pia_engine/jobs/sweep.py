"""What the calendar asks for, once a day: audits that fall due, links that run out, sessions that are over.

Each part works in batches of its own transaction, so a sweep that was cut short simply goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.digests import queue_daily_digests
from pia_engine.models import OutboxJob
from pia_engine.services.annual_audits import call_due_audits, schedule_missing_audits
from pia_engine.services.audit_heads import log_audit_head
from pia_engine.services.batches import one_batch
from pia_engine.services.case_files import forget_case_files
from pia_engine.services.cities import find_city, get_city
from pia_engine.services.disposals import propose_overdue
from pia_engine.services.disposing import carry_out_approved
from pia_engine.services.drafts import purge_drafts
from pia_engine.services.due_causes import (
    escalate_expiries,
    raise_dropped_demands,
    raise_expiries,
    raise_missed_reviews,
)
from pia_engine.services.escalations import escalate_overdue, show_overdue
from pia_engine.services.exceptions import expire_exceptions
from pia_engine.services.key_events import queue_list_renewal
from pia_engine.services.outbox import queue_job
from pia_engine.services.policy_reviews import call_review, date_reviews
from pia_engine.services.programme_audits import plan_due_audit
from pia_engine.services.renewals import queue_renewals
from pia_engine.services.sessions import purge_expired
from pia_engine.services.vendor_responses import expire_overdue


class Part(Protocol):
    """One batch of one thing the calendar asks for."""

    def __call__(self, session: Session, *, now: dt.datetime) -> int: ...


Write = Callable[[], AbstractContextManager[Session]]

PARTS: dict[str, Part] = {
    "audits_scheduled": schedule_missing_audits,
    "audits_called": call_due_audits,
    "reviews_missed": raise_missed_reviews,
    "expiries_raised": raise_expiries,
    "expiries_escalated": escalate_expiries,
    "demands_raised_again": raise_dropped_demands,
    "policy_reviews_dated": date_reviews,
    "policy_reviews_called": call_review,
    "programme_audits_planned": plan_due_audit,
    "links_expired": expire_overdue,
    "exceptions_expired": expire_exceptions,
    "commitments_shown_overdue": show_overdue,
    "commitments_escalated": escalate_overdue,
    "renewals_queued": queue_renewals,
    "sessions_forgotten": purge_expired,
    "drafts_forgotten": purge_drafts,
    "case_files_forgotten": forget_case_files,
    "disposals_proposed": propose_overdue,
    "disposals_carried_out": carry_out_approved,
    "audit_heads_logged": log_audit_head,
}
"""What a sweep does, in this order; each part does one batch and returns how many it found."""

WORDS = {
    "audits_scheduled": N_("Audits scheduled"),
    "audits_called": N_("Audits called"),
    "reviews_missed": N_("Audits nobody has begun in time"),
    "expiries_raised": N_("Determinations that soon run out"),
    "expiries_escalated": N_("Determinations that have run out undecided"),
    "demands_raised_again": N_("Demanded assessments that were withdrawn"),
    "policy_reviews_dated": N_("Reviews of the policy dated"),
    "policy_reviews_called": N_("Reviews of the policy called"),
    "programme_audits_planned": N_("Audits of the programme planned"),
    "links_expired": N_("Vendor links expired"),
    "exceptions_expired": N_("Emergency exceptions run out"),
    "commitments_shown_overdue": N_("Commitments newly overdue"),
    "commitments_escalated": N_("Overdue commitments passed up"),
    "renewals_queued": N_("Published files whose proofs are to be renewed"),
    "sessions_forgotten": N_("Sessions forgotten"),
    "drafts_forgotten": N_("Unsaved drafts forgotten"),
    "case_files_forgotten": N_("Case files removed after their days"),
    "disposals_proposed": N_("Disposals of records proposed"),
    "disposals_carried_out": N_("Disposals of records carried out"),
    "audit_heads_logged": N_("Seals of the audit trail entered in the public log"),
}


def run_sweep(write: Write, *, now: dt.datetime) -> dict[str, int]:
    """Do all that is due, and count it. Doing it twice is the same as once."""
    return {name: _in_batches(write, part, now) for name, part in PARTS.items()}


def sweep(context: JobContext) -> None:
    """The handler of the daily job. What it found is in the digests of the morning."""
    run_sweep(context.write, now=context.now)
    with context.write() as session:
        queue_daily_digests(session, now=context.now)
        queue_list_renewal(session, day=clock.day_of(context.now, get_city(session).time_zone), now=context.now)


def queue_daily_sweep(session: Session, *, now: dt.datetime) -> OutboxJob | None:
    """Queue the sweep of the city's present day, once however often it is asked for. None before there is a city."""
    city = find_city(session)
    if city is None:
        return None
    day = clock.day_of(now, city.time_zone)
    return queue_job(session, "sweep", key=f"sweep:{day.isoformat()}", payload={}, now=now)


def _in_batches(write: Write, part: Part, now: dt.datetime) -> int:
    total = 0
    while True:
        with write() as session, one_batch(session):
            found = part(session, now=now)
        total += found
        if not found:
            return total
