"""Overdue commitments: passed up to the senior privacy official and then the executive, each once; shown in public."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from pia_engine.models import Commitment
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services.audit import append_event
from pia_engine.services.commitment_pages import renew_public_pages
from pia_engine.services.commitments import today_of
from pia_engine.services.holders import held_by_role
from pia_engine.services.notices import tell_people
from pia_engine.services.policies import current_rules
from pia_engine.workflows.commitment import Status

TO_SENIOR, TO_EXECUTIVE = 1, 2
_TOLD = {
    TO_SENIOR: (Role.SENIOR_PRIVACY_OFFICIAL,),
    TO_EXECUTIVE: (Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE),
}


def escalate_overdue(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: pass up what is overdue by the policy's days. Returns how many.

    One that was long out of sight goes to the highest level it has reached, in one message.
    """
    today, rules = today_of(session, now), current_rules(session)
    senior_on = today - dt.timedelta(days=rules.escalation_days)
    executive_on = today - dt.timedelta(days=rules.executive_escalation_days)
    found = session.scalars(
        select(Commitment)
        .options(joinedload(Commitment.initiative), joinedload(Commitment.keeper))
        .where(
            Commitment.status == str(Status.OPEN),
            or_(
                and_(Commitment.escalation < TO_SENIOR, Commitment.due_on <= senior_on),
                and_(Commitment.escalation < TO_EXECUTIVE, Commitment.due_on <= executive_on),
            ),
        )
        .order_by(Commitment.due_on, Commitment.id)
        .limit(limit)
    ).all()
    told = _officials(session, today) if found else {}
    for commitment in found:
        level = TO_EXECUTIVE if commitment.due_on <= executive_on else TO_SENIOR
        _pass_up(session, commitment, level, told[level], today=today, now=now)
    return len(found)


def show_overdue(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: have the public pages say which commitments have become overdue. Returns how many."""
    today = today_of(session, now)
    found = session.scalars(
        select(Commitment)
        .where(
            Commitment.status == str(Status.OPEN),
            Commitment.due_on < today,
            or_(Commitment.lapsed_on.is_(None), Commitment.lapsed_on != Commitment.due_on),
        )
        .order_by(Commitment.due_on, Commitment.id)
        .limit(limit)
    ).all()
    for commitment in found:
        commitment.lapsed_on = commitment.due_on
    session.flush()
    if found:
        renew_public_pages(session, found, key=f"overdue:{found[0].id}:{found[0].due_on.isoformat()}", now=now)
    return len(found)


def _officials(session: Session, today: dt.date) -> Mapping[int, set[uuid.UUID]]:
    held = held_by_role(session, (Role.SENIOR_PRIVACY_OFFICIAL, Role.EXECUTIVE), on=today)
    return {level: {each.person.id for role in roles for each in held[role]} for level, roles in _TOLD.items()}


def _pass_up(
    session: Session, commitment: Commitment, level: int, officials: set[uuid.UUID], *, today: dt.date, now: dt.datetime
) -> None:
    commitment.escalation = level
    overdue = (today - commitment.due_on).days
    details = {"level": level, "days": overdue, "due_on": commitment.due_on.isoformat()}
    event = append_event(session, commitment, "commitment:escalated", actor=SYSTEM, now=now, details=details)
    session.flush()
    people = officials | ({commitment.author_id} if commitment.keeper.active else set())
    tell_people(session, commitment, people, event=event, actor=SYSTEM, now=now, about={"days": str(overdue)})
