"""Disposals: proposed when the time to keep the records is over, approved by somebody else, stopped by an officer.

What is deleted, and the deleting itself, is `disposing`.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from pia_engine import clock
from pia_engine.errors import N_, NotFound, NotPossible
from pia_engine.models import Disposal, Initiative, LegalHold, Tombstone
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.cities import get_city
from pia_engine.services.initiatives import Page, page_of
from pia_engine.services.references import next_reference
from pia_engine.services.retention import Kept, ids_over, kept_until, list_over
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows.disposal import Action, Status

BATCH = 500
ASKED_AGAIN_AFTER = dt.timedelta(days=365)
OPEN = (Status.PROPOSED, Status.APPROVED)


def propose_overdue(session: Session, *, now: dt.datetime) -> int:
    """The calendar's part: one batch of what need not be kept any longer. Returns how many were proposed."""
    found = list_over(session, now=now, limit=BATCH, only=_may_be_proposed(now))
    for initiative, kept in found:
        _propose(session, initiative, kept, actor=SYSTEM, now=now)
    return len(found)


def propose_disposal(session: Session, initiative: Initiative, *, actor: Actor, now: dt.datetime) -> Disposal:
    """The same by an officer, who may ask again sooner than the calendar does."""
    check_may(actor, Permission.DISPOSAL_PROPOSE, initiative)
    kept = kept_until(session, initiative)
    check_over(session, kept, now=now)
    if session.scalar(select(exists().where(_open_for(initiative)))):
        raise NotPossible(N_("The disposal of these records is proposed already."))
    if session.scalar(select(exists().where(_stands_on(initiative)))):
        raise NotPossible(N_("A legal hold stands on these records. Nothing is disposed of until it is lifted."))
    return _propose(session, initiative, kept, actor=actor, now=now)


def check_over(session: Session, kept: Kept, *, now: dt.datetime) -> None:
    """Raises NotPossible, saying why these records have to be kept."""
    if kept.ended_on is None:
        raise NotPossible(N_("This matter still goes on. Its records are kept."))
    if kept.until_on is None:
        raise NotPossible(N_("By the policy some of these records are kept for good, and so all of them are."))
    if not kept.is_over(clock.day_of(now, get_city(session).time_zone)):
        raise NotPossible(N_("These records have to be kept until %(day)s."), day=kept.until_on.isoformat())


def approve_disposal(session: Session, disposal: Disposal, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Let the records be deleted from tomorrow on. Looks again whether they need not be kept after all."""
    initiative = find_subject(session, disposal)
    if initiative is not None:
        check_over(session, kept_until(session, initiative), now=now)
    apply_action(session, disposal, Action.APPROVE, actor=actor, now=now, reason=reason)


def keep_records(session: Session, disposal: Disposal, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Keep them for now; the calendar asks again in a year."""
    apply_action(session, disposal, Action.KEEP, actor=actor, now=now, reason=reason)


def stop_disposal(session: Session, disposal: Disposal, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Call back an approved disposal before it is carried out."""
    apply_action(session, disposal, Action.STOP, actor=actor, now=now, reason=reason)


def get_disposal(session: Session, reference: str) -> Disposal:
    found = session.scalars(
        select(Disposal).options(selectinload(Disposal.author)).where(Disposal.reference == reference)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no disposal with this reference."))
    return found


def find_subject(session: Session, disposal: Disposal) -> Initiative | None:
    """The initiative it is about; None once the records are gone."""
    return session.scalars(select(Initiative).where(Initiative.reference == disposal.subject)).one_or_none()


def find_open_disposal(session: Session, initiative: Initiative) -> Disposal | None:
    return session.scalars(select(Disposal).where(_open_for(initiative))).first()


def list_disposals_of(session: Session, initiative: Initiative) -> list[Disposal]:
    """Every disposal ever proposed for an initiative, newest first."""
    rows = session.scalars(
        select(Disposal).where(Disposal.subject == initiative.reference).order_by(Disposal.id.desc())
    )
    return list(rows)


def page_of_disposals(session: Session, *, status: str = "", page: int = 1, size: int = 25) -> Page[Disposal]:
    """Disposals of the whole city, newest first."""
    query = select(Disposal).options(selectinload(Disposal.author))
    if status:
        query = query.where(Disposal.status == status)
    return page_of(session, query, (Disposal.created_at.desc(), Disposal.id.desc()), page=page, size=size)


def list_ready(session: Session, *, now: dt.datetime, limit: int) -> list[Disposal]:
    """Approved before today, no hold on them, and still not to be kept: what may be carried out now."""
    zone = get_city(session).time_zone
    today = clock.day_of(now, zone)
    held = exists().where(
        LegalHold.initiative_id == Initiative.id,
        LegalHold.lifted_at.is_(None),
        Initiative.reference == Disposal.subject,
    )
    rows = session.execute(
        select(Disposal, Initiative.id)
        .join(Initiative, Initiative.reference == Disposal.subject)
        .where(Disposal.status == Status.APPROVED, ~held)
        .order_by(Disposal.id)
    ).all()
    approved = [(each, key) for each, key in rows if clock.day_of(each.updated_at, zone) < today]
    over = ids_over(session, now=now, of=[key for _, key in approved])
    return [each for each, key in approved if key in over][:limit]


def page_of_tombstones(session: Session, *, page: int = 1, size: int = 25) -> Page[Tombstone]:
    """What was disposed of, newest first, one row an initiative."""
    query = select(Tombstone).join(Disposal, Disposal.reference == Tombstone.disposal)
    query = query.where(Tombstone.reference == Disposal.subject)
    return page_of(session, query, (Tombstone.disposed_at.desc(), Tombstone.id.desc()), page=page, size=size)


def find_tombstone(session: Session, reference: str) -> Tombstone | None:
    return session.scalars(select(Tombstone).where(Tombstone.reference == reference)).one_or_none()


def _propose(session: Session, initiative: Initiative, kept: Kept, *, actor: Actor, now: dt.datetime) -> Disposal:
    assert kept.until_on is not None
    disposal = Disposal(
        reference=next_reference(session, "DSP", now),
        subject=initiative.reference,
        title=initiative.title,
        author_id=actor.id,
        department_id=initiative.department_id,
        basis=f"{kept.basis.record}: {kept.basis.basis}" if kept.basis else "",
        kept_until_on=kept.until_on,
    )
    begin_life(session, disposal, "disposal:proposed", actor=actor, now=now)
    return disposal


def _may_be_proposed(now: dt.datetime) -> ColumnElement[bool]:
    """No hold, no open disposal, and none that an officer stopped within a year."""
    held = exists().where(LegalHold.initiative_id == Initiative.id, LegalHold.lifted_at.is_(None))
    asked = exists().where(
        Disposal.subject == Initiative.reference,
        or_(
            Disposal.status.in_(OPEN),
            and_(Disposal.status == Status.KEPT, Disposal.updated_at > now - ASKED_AGAIN_AFTER),
        ),
    )
    return and_(~held, ~asked)


def _open_for(initiative: Initiative) -> ColumnElement[bool]:
    return and_(Disposal.subject == initiative.reference, Disposal.status.in_(OPEN))


def _stands_on(initiative: Initiative) -> ColumnElement[bool]:
    return and_(LegalHold.initiative_id == initiative.id, LegalHold.lifted_at.is_(None))
