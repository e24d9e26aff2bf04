"""Spot checks: which delegated decisions are looked at again is drawn by lot, and somebody else checks them.

The lot is a hash over the event that records the decision, so nobody knows it beforehand and everybody can draw again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.models import Assessment, AuditEvent, Determination, Reconsideration, SpotCheck
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.capacity import in_capacity
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.initiatives import Page, page_of
from pia_engine.services.notices import queue_notices
from pia_engine.services.reconsiderations import NewCause, raise_cause
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows.outcomes import DELEGATED_REVIEW
from pia_engine.workflows.spot_check import Action

LOTS = 10_000
"""Lots go from 0 to 9999; with 20 percent, those below 2000 are drawn."""


@dataclass(frozen=True, slots=True)
class Share:
    """The delegated decisions of one year, and what became of those that were drawn."""

    year: int
    decisions: int
    waiting: int
    agreed: int
    overturned: int

    @property
    def drawn(self) -> int:
        return self.waiting + self.agreed + self.overturned


def lot_of(seed: str) -> int:
    """The lot of one decision: SHA-256 of the hash of the event that records it, as a number below `LOTS`."""
    return int.from_bytes(hashlib.sha256(f"spot-check:{seed}".encode("ascii")).digest()[:8], "big") % LOTS


def is_drawn(lot: int, percent: int) -> bool:
    return lot < percent * LOTS // 100


def draws_the_same(check: SpotCheck) -> bool:
    """Whether drawing once more gives what is on record."""
    draw = check.draw
    return lot_of(draw["seed"]) == draw["lot"] and is_drawn(draw["lot"], draw["percent"])


def draw_lot(
    session: Session, determination: Determination, recorded: AuditEvent, *, now: dt.datetime
) -> SpotCheck | None:
    """Draw whether a delegated decision is looked at again. The lot stands in the trail, drawn or not."""
    assessment = determination.assessment
    percent = read_rules(assessment.policy_version).spot_check_percent
    lot = lot_of(recorded.hash)
    draw = {"seed": recorded.hash, "lot": lot, "percent": percent, "policy": assessment.policy_version.number}
    details = {**draw, "is_drawn": is_drawn(lot, percent)}
    append_event(session, assessment, "initial-assessment:lot-drawn", actor=SYSTEM, now=now, details=details)
    if not details["is_drawn"]:
        return None
    return _begin_check(session, determination, draw, now=now)


def agree(session: Session, check: SpotCheck, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """The decision holds."""
    apply_action(session, check, Action.AGREE, actor=actor, now=now, reason=reason)
    _checked(session, check, actor=actor, now=now)


def overturn(session: Session, check: SpotCheck, *, actor: Actor, now: dt.datetime, reason: str) -> Reconsideration:
    """The decision should have been another. That is a cause to look again, which nobody can take back."""
    acting = in_capacity(actor, Permission.SPOT_CHECK_CONDUCT, check)
    apply_action(session, check, Action.OVERTURN, actor=acting, now=now, reason=reason)
    _checked(session, check, actor=acting, now=now)
    new = NewCause(
        initiative=check.assessment.initiative,
        assessment=check.assessment,
        cause="spot_check",
        text=f"{check.reference}, {acting.name}: {reason.strip()}",
        happened_on=clock.day_of(now, get_city(session).time_zone),
        key=_key(check),
    )
    return raise_cause(session, new, actor=SYSTEM, now=now)


def get_spot_check(session: Session, reference: str) -> SpotCheck:
    found = session.scalars(select(SpotCheck).where(SpotCheck.reference == reference)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no spot check with this reference."))
    return found


def find_spot_check(session: Session, assessment_reference: str) -> SpotCheck | None:
    """The check of the decision made under this reference, if it was drawn."""
    query = select(SpotCheck).join(SpotCheck.assessment).where(Assessment.reference == assessment_reference)
    return session.scalars(query.limit(1)).first()


def find_cause(session: Session, check: SpotCheck) -> Reconsideration | None:
    """What overturning the decision raised."""
    return session.scalars(select(Reconsideration).where(Reconsideration.key == _key(check))).one_or_none()


def list_spot_checks(
    session: Session, *, actor: Actor, status: str = "", page: int = 1, size: int = 25
) -> Page[SpotCheck]:
    """What was drawn, newest first."""
    check_may(actor, Permission.SPOT_CHECK_VIEW)
    query = select(SpotCheck).options(
        joinedload(SpotCheck.assessment).joinedload(Assessment.initiative),
        joinedload(SpotCheck.determination).joinedload(Determination.official),
        joinedload(SpotCheck.checker),
    )
    if status:
        query = query.where(SpotCheck.status == status)
    order = (SpotCheck.created_at.desc(), SpotCheck.id.desc())
    return page_of(session, query, order, page=page, size=size)


def list_shares(session: Session, *, actor: Actor) -> list[Share]:
    """Year by year, newest first: how many delegated decisions there were, and what the checks of them found."""
    check_may(actor, Permission.SPOT_CHECK_VIEW)
    zone = get_city(session).time_zone
    rows = session.execute(
        select(Determination.determined_at, SpotCheck.status)
        .outerjoin(SpotCheck, SpotCheck.determination_id == Determination.id)
        .where(Determination.outcome == DELEGATED_REVIEW)
    )
    counted = Counter((clock.day_of(at, zone).year, status) for at, status in rows)
    years = sorted({year for year, _status in counted}, reverse=True)
    return [
        Share(
            year=year,
            decisions=sum(count for (found, _status), count in counted.items() if found == year),
            waiting=counted[year, "drawn"],
            agreed=counted[year, "agreed"],
            overturned=counted[year, "overturned"],
        )
        for year in years
    ]


def _begin_check(
    session: Session, determination: Determination, draw: dict[str, Any], *, now: dt.datetime
) -> SpotCheck:
    assessment = determination.assessment
    check = SpotCheck(
        reference=next_reference(session, "SPC", now),
        determination=determination,
        assessment=assessment,
        department_id=assessment.department_id,
        author_id=assessment.author_id,
        draw=draw,
    )
    event = begin_life(session, check, "spot-check:drawn", actor=SYSTEM, now=now, details=draw)
    queue_notices(session, check, ("privacy_officer", "senior_privacy_official"), event=event, actor=SYSTEM, now=now)
    return check


def _key(check: SpotCheck) -> str:
    return f"spot-check:{check.reference}"


def _checked(session: Session, check: SpotCheck, *, actor: Actor, now: dt.datetime) -> None:
    check.checked_by, check.checked_at = actor.person_id, now
    session.flush()
