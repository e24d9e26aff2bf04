"""Until when the records of an initiative have to be kept: from the end of the matter, by kind, as the policy says.

Everything of one initiative is disposed of together, so the longest of its kinds counts; one kind that is kept for
good, or that the policy does not name, keeps all of it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import (
    AnnualAudit,
    Assessment,
    Attachment,
    AuditEvent,
    Comment,
    Commitment,
    Determination,
    EmergencyException,
    Initiative,
    Publication,
    Reconsideration,
    SpotCheck,
    VendorResponse,
    Withholding,
)
from pia_engine.models.policy_rules import Retention
from pia_engine.models.record_kinds import AUDITS, DISCUSSION, OTHER, PUBLISHED, UNPUBLISHED, VENDORS
from pia_engine.services.cities import get_city
from pia_engine.services.periods import months_after
from pia_engine.services.policies import current_rules
from pia_engine.workflows import full_assessment, initial_assessment
from pia_engine.workflows.initiative import Status
from pia_engine.workflows.machine import WORKFLOWS

ENDING_STEPS = ("initiative:retired", "initiative:refused")
TAKEN_UP = ("initiative:reopened", "initiative:clearance-taken-back", "initiative:reassessment-begun")
KINDS_HELD = (PUBLISHED, UNPUBLISHED, VENDORS, DISCUSSION, AUDITS)
RUNS_OUT = ("no_pia", "delegated_review")


@dataclass(frozen=True, slots=True)
class Kept:
    """How long the records of one initiative are kept. `ended_on` None: the matter goes on; `until_on` None: for good.

    `basis` is the row of the policy that keeps them longest, or keeps them for good.
    """

    ended_on: dt.date | None
    until_on: dt.date | None
    basis: Retention | None
    kinds: tuple[str, ...]

    def is_over(self, today: dt.date) -> bool:
        return self.ended_on is not None and self.until_on is not None and self.until_on < today


def schedule_of(session: Session) -> dict[str, Retention]:
    """The retention rows of the policy in force, by kind; what the city keeps elsewhere is left out."""
    return {row.kind: row for row in current_rules(session).retention if row.kind != OTHER}


def kept_until(session: Session, initiative: Initiative) -> Kept:
    """How long this initiative's records have to be kept, as things stand now."""
    zone, schedule = get_city(session).time_zone, schedule_of(session)
    for query in _ends():
        found = session.execute(_with_kinds(query).where(Initiative.id == initiative.id)).first()
        if found is not None:
            return _kept(found, zone, schedule)
    held = [condition.label(kind) for kind, condition in _held().items()]
    row = session.execute(select(literal(None).label("ended"), *held).where(Initiative.id == initiative.id)).one()
    return _kept(row, zone, schedule)


def list_over(
    session: Session, *, now: dt.datetime, limit: int, only: ColumnElement[bool]
) -> list[tuple[Initiative, Kept]]:
    """Initiatives whose records need not be kept any longer; six queries, however many there are."""
    zone, schedule = get_city(session).time_zone, schedule_of(session)
    found: list[tuple[Initiative, Kept]] = []
    for query in over_queries(session, now=now):
        wanted = _with_kinds(query).where(only).order_by(Initiative.id).limit(limit - len(found))
        rows = {row.id: row for row in session.execute(wanted)}
        initiatives = session.scalars(select(Initiative).where(Initiative.id.in_(rows)).order_by(Initiative.id))
        found += [(each, _kept(rows[each.id], zone, schedule)) for each in initiatives]
        if len(found) >= limit:
            break
    return found


def _with_kinds(query: Select[Any, Any]) -> Select[Any, Any]:
    """The query with one more column for each kind of record: whether any of it is held."""
    wide: Select[Any, Any] = query.add_columns(*(held.label(kind) for kind, held in _held().items()))
    return wide


def _kept(row: Any, zone: str, schedule: Mapping[str, Retention]) -> Kept:
    ended = None if row.ended is None else _as_day(row.ended, zone)
    kinds = tuple(kind for kind in KINDS_HELD if getattr(row, kind))
    return Kept(ended, *_longest(ended, kinds, schedule), kinds)


def over_queries(session: Session, *, now: dt.datetime) -> list[Select[Any, Any]]:
    """For each way a matter can end: the initiatives for which every kind they hold is over by this day."""
    zone = get_city(session).time_zone
    today = clock.day_of(now, zone)
    schedule = schedule_of(session)
    return [
        query.where(*(_is_over(query, kind, condition, schedule, (today, zone)) for kind, condition in _held().items()))
        for query in _ends()
    ]


def _is_over(
    query: Select[Any, Any],
    kind: str,
    held: ColumnElement[bool],
    schedule: Mapping[str, Retention],
    calendar: tuple[dt.date, str],
) -> ColumnElement[bool]:
    """Either there is nothing of this kind, or its years have gone by."""
    row = schedule.get(kind)
    if row is None or row.years is None:
        return ~held
    today, zone = calendar
    last = months_after(today, -12 * row.years)
    ended = query.selected_columns["ended"]
    if isinstance(ended.type, Date):
        return or_(~held, ended < last)
    return or_(~held, ended < dt.datetime.combine(last, dt.time(), ZoneInfo(zone)))


def _longest(
    ended: dt.date | None, kinds: tuple[str, ...], schedule: Mapping[str, Retention]
) -> tuple[dt.date | None, Retention | None]:
    rows = [schedule.get(kind) for kind in kinds]
    for row in rows:
        if row is None or row.years is None:
            return None, row
    counted = sorted((row for row in rows if row and row.years), key=lambda row: row.years or 0)
    if not counted:
        return None, None
    longest = counted[-1]
    return (months_after(ended, 12 * (longest.years or 0)) if ended else None), longest


def _as_day(ended: dt.datetime | dt.date, zone: str) -> dt.date:
    return clock.day_of(ended, zone) if isinstance(ended, dt.datetime) else ended


def _ends() -> Iterator[Select[Any, Any]]:
    """The three ways a matter ends, each as a query of (initiative's id, when it ended). They exclude one another."""
    yield _by_last_step()
    yield _by_withdrawal()
    yield _by_expiry()


def _by_last_step() -> Select[Any, Any]:
    """Retired, or refused and not opened again."""
    ended = (
        select(func.max(AuditEvent.at))
        .where(AuditEvent.aggregate_id == Initiative.id, AuditEvent.event.in_(ENDING_STEPS))
        .scalar_subquery()
    )
    at_rest = Initiative.status.in_([Status.RETIRED, Status.REFUSED])
    return select(Initiative.id, ended.label("ended")).where(at_rest, ended.is_not(None), _nothing_is_open())


def _by_withdrawal() -> Select[Any, Any]:
    """Every assessment of it was withdrawn or rejected, and none has been begun since."""
    over = [str(status) for status in (initial_assessment.Status.WITHDRAWN, full_assessment.Status.REJECTED)]
    determined = and_(Assessment.stage == "initial", Assessment.status == initial_assessment.Status.DETERMINED)
    own = Assessment.initiative_id == Initiative.id
    still = exists().where(own, ~or_(Assessment.status.in_(over), determined))
    withdrawn = exists().where(own, Assessment.status.in_(over))
    ended = select(func.max(Assessment.updated_at)).where(own).scalar_subquery()
    begun = Initiative.status.in_([Status.REGISTERED, Status.IN_ASSESSMENT])
    taken_up = exists().where(
        AuditEvent.aggregate_id == Initiative.id, AuditEvent.event.in_(TAKEN_UP), AuditEvent.at > ended
    )
    return select(Initiative.id, ended.label("ended")).where(begun, withdrawn, ~still, ~taken_up, _nothing_is_open())


def _by_expiry() -> Select[Any, Any]:
    """It was decided that no full assessment is needed, and that answer has run out without another one."""
    own = Assessment.initiative_id == Initiative.id
    decided = select(func.max(Determination.expires_on)).join(Assessment).where(own).scalar_subquery()
    over = [str(status) for status in initial_assessment.FINAL]
    still = exists().where(own, or_(Assessment.stage == "full", Assessment.status.not_in(over)))
    lasting = exists().where(
        own,
        Determination.assessment_id == Assessment.id,
        or_(Determination.outcome.not_in(RUNS_OUT), Determination.expires_on.is_(None)),
    )
    cleared = Initiative.status.in_([Status.CLEARED, Status.LIVE])
    return select(Initiative.id, decided.label("ended")).where(
        cleared, decided.is_not(None), ~still, ~lasting, _nothing_is_open()
    )


def _nothing_is_open() -> ColumnElement[bool]:
    """No promise, exception, check or cause to look again still waits for somebody."""
    own = Assessment.initiative_id == Initiative.id
    return and_(
        ~exists().where(Commitment.initiative_id == Initiative.id, Commitment.status.not_in(_final("commitment"))),
        ~exists().where(
            EmergencyException.initiative_id == Initiative.id,
            EmergencyException.status.not_in(_final("emergency_exception")),
        ),
        ~exists().where(
            Reconsideration.initiative_id == Initiative.id, Reconsideration.status.not_in(_final("reconsideration"))
        ),
        ~exists().where(own, SpotCheck.assessment_id == Assessment.id, SpotCheck.status.not_in(_final("spot_check"))),
        ~exists().where(own, Withholding.assessment_id == Assessment.id, Withholding.status == "proposed"),
    )


def _final(workflow: str) -> list[str]:
    return [str(status) for status in WORKFLOWS[workflow].final]


def _held() -> dict[str, ColumnElement[bool]]:
    """For each kind of record, whether an initiative holds any of it."""
    own = Assessment.initiative_id == Initiative.id
    published = exists().where(own, Publication.assessment_id == Assessment.id)
    return {
        PUBLISHED: published,
        UNPUBLISHED: ~published,
        VENDORS: exists().where(VendorResponse.initiative_id == Initiative.id),
        DISCUSSION: or_(
            exists().where(own, Attachment.assessment_id == Assessment.id),
            exists().where(own, Comment.assessment_id == Assessment.id),
        ),
        AUDITS: exists().where(own, AnnualAudit.assessment_id == Assessment.id),
    }


def count_held(session: Session) -> dict[str, int]:
    """How much of each kind the city holds, in records a person would count."""
    published = exists().where(Assessment.initiative_id == Initiative.id, Publication.assessment_id == Assessment.id)
    queries = {
        PUBLISHED: select(func.count(Publication.id)),
        UNPUBLISHED: select(func.count(Initiative.id)).where(~published),
        VENDORS: select(func.count(VendorResponse.id)),
        AUDITS: select(func.count(AnnualAudit.id)),
        "audit_trail": select(func.count(AuditEvent.id)),
    }
    counted = {kind: session.scalar(query) or 0 for kind, query in queries.items()}
    files, comments = (session.scalar(select(func.count(each.id))) or 0 for each in (Attachment, Comment))
    return {**counted, DISCUSSION: files + comments}


def ids_over(session: Session, *, now: dt.datetime, of: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these initiatives need not be kept any longer."""
    return {row.id for query in over_queries(session, now=now) for row in session.execute(query.where(
        Initiative.id.in_(of)))}  # fmt: skip
