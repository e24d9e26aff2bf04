"""The annual review of the policy: when it is due, calling it, reaffirming, and what the reviews so far led to."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import AuditEvent, PolicyVersion
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.services.cities import get_city
from pia_engine.services.periods import months_after
from pia_engine.services.workflow import apply_action
from pia_engine.workflows.policy import Action, Status

REAFFIRMED, ADOPTED = "policy:reaffirmed", "policy:adopted"


@dataclass(frozen=True, slots=True)
class PolicyReview:
    """One review and what it led to: the version it was of was reaffirmed, or `number` is a new one."""

    is_new_version: bool
    number: int
    on: dt.date
    by: str
    said: str


def next_review_on(policy: PolicyVersion) -> dt.date | None:
    """The day by which a version is looked at again; None for one that was never adopted."""
    if policy.review_due_on is not None or policy.adopted_on is None:
        return policy.review_due_on
    return months_after(policy.adopted_on, read_rules(policy).policy_review_months)


def date_reviews(session: Session, *, now: dt.datetime) -> int:
    """The sweep's part: a version in force from before there were reviews gets its date."""
    undated = session.scalars(
        select(PolicyVersion).where(PolicyVersion.status == Status.ADOPTED, PolicyVersion.review_due_on.is_(None))
    ).all()
    for policy in undated:
        policy.review_due_on = next_review_on(policy)
    session.flush()
    return len(undated)


def call_review(session: Session, *, now: dt.datetime) -> int:
    """The sweep's part: the review of the version in force is called on its day."""
    due = session.scalars(
        select(PolicyVersion).where(
            PolicyVersion.status == Status.ADOPTED, PolicyVersion.review_due_on <= _today(session, now)
        )
    ).all()
    for policy in due:
        apply_action(session, policy, Action.CALL_REVIEW, actor=SYSTEM, now=now)
    return len(due)


def reaffirm_policy(session: Session, policy: PolicyVersion, *, actor: Actor, now: dt.datetime, reason: str) -> dt.date:
    """The version stays as it is. Returns the day of its next review."""
    today = _today(session, now)
    following = months_after(today, read_rules(policy).policy_review_months)
    details = {"review_due_on": following.isoformat()}
    apply_action(session, policy, Action.REAFFIRM, actor=actor, now=now, reason=reason, details=details)
    policy.review_due_on = following
    session.flush()
    return following


def list_policy_reviews(session: Session) -> list[PolicyReview]:
    """What each review led to, newest first. Each version after the first is the outcome of one."""
    zone = get_city(session).time_zone
    rows = session.execute(
        select(PolicyVersion, AuditEvent)
        .join(AuditEvent, AuditEvent.aggregate_id == PolicyVersion.id)
        .where(AuditEvent.event.in_((REAFFIRMED, ADOPTED)))
        .order_by(AuditEvent.id.desc())
    )
    return [
        PolicyReview(
            is_new_version=event.event == ADOPTED,
            number=policy.number,
            on=clock.day_of(event.at, zone),
            by=event.actor_name,
            said=policy.changes if event.event == ADOPTED else event.reason,
        )
        for policy, event in rows
    ]


def _today(session: Session, now: dt.datetime) -> dt.date:
    return clock.day_of(now, get_city(session).time_zone)
