"""Legal holds: while one stands, nothing of the initiative is disposed of, whatever the retention periods say."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import Initiative, LegalHold
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.initiatives import Page, page_of

REASON_LIMIT = 4000


def place_hold(session: Session, initiative: Initiative, *, reason: str, actor: Actor, now: dt.datetime) -> LegalHold:
    """Keep everything of an initiative until further notice. Several holds may stand at once, each for its reason."""
    check_may(actor, Permission.LEGAL_HOLD_PLACE, initiative)
    _check_reason(reason)
    hold = LegalHold(initiative=initiative, reason=reason.strip(), placed_by=actor.person_id, placed_at=now)
    session.add(hold)
    session.flush()
    details = {"hold": str(hold.id)}
    append_event(session, initiative, "legal-hold:placed", actor=actor, now=now, reason=hold.reason, details=details)
    session.flush()
    return hold


def lift_hold(session: Session, hold: LegalHold, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Let the retention periods count again. The hold stays on record, with both reasons."""
    check_may(actor, Permission.LEGAL_HOLD_PLACE, hold.initiative)
    if hold.lifted_at is not None:
        raise NotPossible(N_("This legal hold has been lifted already."))
    _check_reason(reason)
    hold.lifted_by, hold.lifted_at, hold.lift_reason = actor.person_id, now, reason.strip()
    details = {"hold": str(hold.id)}
    append_event(
        session, hold.initiative, "legal-hold:lifted", actor=actor, now=now, reason=hold.lift_reason, details=details
    )
    session.flush()


def get_hold(session: Session, hold_id: uuid.UUID) -> LegalHold:
    hold = session.get(LegalHold, hold_id)
    if hold is None:
        raise NotFound(N_("There is no such legal hold."))
    return hold


def list_holds_of(session: Session, initiative: Initiative) -> list[LegalHold]:
    """Every hold there ever was on an initiative, those that stand first."""
    rows = session.scalars(
        select(LegalHold)
        .options(selectinload(LegalHold.placer), selectinload(LegalHold.lifter))
        .where(LegalHold.initiative_id == initiative.id)
        .order_by(LegalHold.lifted_at.is_not(None), LegalHold.placed_at.desc(), LegalHold.id.desc())
    )
    return list(rows)


def page_of_holds(session: Session, *, page: int = 1, size: int = 25) -> Page[LegalHold]:
    """The holds that stand in the whole city, newest first."""
    query = (
        select(LegalHold)
        .options(selectinload(LegalHold.initiative), selectinload(LegalHold.placer))
        .where(LegalHold.lifted_at.is_(None))
    )
    return page_of(session, query, (LegalHold.placed_at.desc(), LegalHold.id.desc()), page=page, size=size)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(N_("Give a reason: it is kept with the hold, and others will read it."))
    if len(reason) > REASON_LIMIT:
        raise Invalid(N_("Keep the reason to %(limit)s characters."), limit=REASON_LIMIT)
