"""Causes to look again that the calendar raises, each once: what runs out, what was not audited in time, and what was
demanded and came to nothing.

The day by which a published assessment is looked at again is the day of its next annual audit; there is no other
calendar beside it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import String, and_, cast, exists, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload
from sqlalchemy.sql.elements import ColumnElement

from pia_engine import clock
from pia_engine.models import AnnualAudit, Assessment, AuditEvent, Determination, Initiative, Reconsideration
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.notices import queue_notices
from pia_engine.services.policies import current_rules
from pia_engine.services.reconsiderations import AGAIN, NewCause, raise_cause
from pia_engine.workflows import annual_audit, full_assessment, initiative
from pia_engine.workflows.outcomes import CLEARING
from pia_engine.workflows.reconsideration import Status

ESCALATED = "reconsideration:escalated"
_RESTS_ON_IT = (str(initiative.Status.CLEARED), str(initiative.Status.LIVE))
_WITHDRAWN = str(full_assessment.Status.WITHDRAWN)
_CAME_TO_NOTHING = (_WITHDRAWN, str(full_assessment.Status.REJECTED))


def raise_expiries(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: a determination that soon runs out, and that nothing newer has replaced."""
    before = _today(session, now) + dt.timedelta(days=current_rules(session).reminder_days)
    newer = aliased(Assessment)
    replaced = (
        select(newer.id)
        .where(
            newer.initiative_id == Assessment.initiative_id,
            newer.created_at > Assessment.created_at,
            newer.status.not_in(_CAME_TO_NOTHING),
        )
        .exists()
    )
    rows = session.scalars(
        select(Determination)
        .join(Determination.assessment)
        .join(Assessment.initiative)
        .options(contains_eager(Determination.assessment).contains_eager(Assessment.initiative))
        .where(
            Determination.outcome.in_(sorted(CLEARING)),
            Determination.expires_on <= before,
            Initiative.status.in_(_RESTS_ON_IT),
            ~replaced,
            ~_is_raised("expiry:" + Assessment.reference),
        )
        .order_by(Determination.expires_on, Assessment.reference)
        .limit(limit)
    ).all()
    for found in rows:
        key = f"expiry:{found.assessment.reference}"
        _raise(session, found.assessment, "expiry", key=key, day=found.expires_on, now=now)
    return len(rows)


def escalate_expiries(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: what has run out while nobody decided is told once more, and to the senior official as well."""
    said = exists().where(AuditEvent.aggregate_id == Reconsideration.id, AuditEvent.event == ESCALATED)
    rows = session.scalars(
        select(Reconsideration)
        .options(joinedload(Reconsideration.initiative))
        .where(
            Reconsideration.cause == "expiry",
            Reconsideration.status == Status.RAISED,
            Reconsideration.happened_on <= _today(session, now),
            ~said,
        )
        .order_by(Reconsideration.happened_on, Reconsideration.reference)
        .limit(limit)
    ).all()
    for cause in rows:
        event = append_event(session, cause, ESCALATED, actor=SYSTEM, now=now)
        session.flush()
        told = ("privacy_officer", "senior_privacy_official", "initiative_author")
        queue_notices(session, cause, told, event=event, actor=SYSTEM, now=now)
    return len(rows)


def raise_missed_reviews(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: a published assessment whose audit nobody has begun although its day is long past."""
    late = _today(session, now) - dt.timedelta(days=current_rules(session).escalation_days)
    not_begun = (str(annual_audit.Status.SCHEDULED), str(annual_audit.Status.DUE))
    rows = session.scalars(
        select(AnnualAudit)
        .join(AnnualAudit.assessment)
        .join(Assessment.initiative)
        .options(contains_eager(AnnualAudit.assessment).contains_eager(Assessment.initiative))
        .where(
            AnnualAudit.status.in_(not_begun),
            AnnualAudit.due_on <= late,
            Assessment.status == str(full_assessment.Status.PUBLISHED),
            ~_is_raised("review:" + AnnualAudit.reference),
        )
        .order_by(AnnualAudit.due_on, AnnualAudit.reference)
        .limit(limit)
    ).all()
    for audit in rows:
        key = f"review:{audit.reference}"
        _raise(session, audit.assessment, "review_date", key=key, day=audit.due_on, now=now)
    return len(rows)


def raise_dropped_demands(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: what a decision demanded was withdrawn. The cause stands again while the initiative goes on."""
    begun = aliased(Assessment)
    rows = session.scalars(
        select(Reconsideration)
        .join(begun, Reconsideration.begun_id == begun.id)
        .join(Reconsideration.initiative)
        .options(
            contains_eager(Reconsideration.initiative),
            contains_eager(Reconsideration.begun.of_type(begun)),
            joinedload(Reconsideration.assessment),
        )
        .where(
            Initiative.status.in_(_RESTS_ON_IT),
            _is_dropped(begun),
            ~_is_raised(AGAIN + begun.reference + ":" + cast(begun.edition, String)),
        )
        .order_by(Reconsideration.reference)
        .limit(limit)
    ).all()
    for cause in rows:
        assert cause.begun is not None
        new = NewCause(
            initiative=cause.initiative,
            assessment=cause.assessment,
            cause=cause.cause,
            text=cause.text,
            facts=tuple(cause.facts),
            happened_on=cause.happened_on,
            key=f"{AGAIN}{cause.begun.reference}:{cause.begun.edition}",
        )
        raise_cause(session, new, actor=SYSTEM, now=now)
    return len(rows)


def _is_dropped(begun: type[Assessment]) -> ColumnElement[bool]:
    """Withdrawn itself, or the full assessment it led to, and nothing of the initiative begun since that is not."""
    full, other = aliased(Assessment), aliased(Assessment)
    full_withdrawn = exists().where(
        full.reference == begun.reference,
        full.stage == "full",
        full.created_at > begun.created_at,
        full.status == _WITHDRAWN,
    )
    goes_on = exists().where(
        other.initiative_id == begun.initiative_id,
        other.created_at > begun.created_at,
        other.status != _WITHDRAWN,
    )
    return and_(or_(begun.status == _WITHDRAWN, full_withdrawn), ~goes_on)


def _is_raised(key: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether something stands under this key. It names its table anew, for queries that read causes themselves."""
    known = aliased(Reconsideration)
    return exists().where(known.key == key)


def _raise(
    session: Session, assessment: Assessment, cause: str, *, key: str, day: dt.date | None, now: dt.datetime
) -> None:
    new = NewCause(assessment.initiative, assessment, cause, "", happened_on=day, key=key)
    raise_cause(session, new, actor=SYSTEM, now=now)


def _today(session: Session, now: dt.datetime) -> dt.date:
    return clock.day_of(now, get_city(session).time_zone)
