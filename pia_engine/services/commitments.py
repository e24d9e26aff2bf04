"""Commitments as they come about: one made on its own, and all those an approved text promises.

Every risk that is reduced or shared by a measure, and every condition, is a promise with somebody who keeps it and a
day. A new version of a text carries on what is still open of the version before; the steps are in `commitment_steps`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.models import Assessment, AuditEvent, Commitment, Initiative, Person
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.roles import Actor
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.keepers import find_keeper
from pia_engine.services.notices import tell_people
from pia_engine.services.promises import Promise, promises_of
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import begin_life
from pia_engine.workflows.commitment import FINAL, Status

Details = Mapping[str, Any]
_Made = tuple[Commitment, AuditEvent]


@dataclass(frozen=True, slots=True)
class NewCommitment:
    """What a commitment is made of. One that belongs to no initiative is the programme's own."""

    text: str
    keeper: Person
    due_on: dt.date
    source: str
    source_id: str = ""
    initiative: Initiative | None = None
    assessment: Assessment | None = None
    is_public: bool = True


def make_commitment(session: Session, new: NewCommitment, *, actor: Actor, now: dt.datetime) -> Commitment:
    """Make one commitment and tell its keeper. Whether the actor may is for the calling service to ask."""
    made = _make(session, new, {}, actor=actor, now=now)
    _tell_keepers(session, [made], actor=actor, now=now)
    return made[0]


def make_commitments_of(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime
) -> list[Commitment]:
    """Make or carry on what an approved text, or a determination with conditions, promises; doing it twice is once.

    Each keeper gets one letter, however many commitments are new.
    """
    known = _list_under_reference(session, assessment)
    made: list[_Made] = []
    carried: list[Commitment] = []
    for promise in promises_of(session, assessment):
        same = [each for each in known if (each.source, each.source_id) == (promise.source, promise.source_id)]
        still_open = next((each for each in same if each.status not in FINAL), None)
        if still_open is not None:
            carried.append(_carry_on(session, still_open, promise, assessment, actor=actor, now=now))
        elif not any(_is_settled(each, promise, assessment) for each in same):
            made.append(_promise(session, promise, assessment, actor=actor, now=now))
    _tell_keepers(session, made, actor=actor, now=now)
    return [*(commitment for commitment, _ in made), *carried]


def get_commitment(session: Session, reference: str) -> Commitment:
    """The commitment with this reference. Raises NotFound."""
    found = session.scalars(
        select(Commitment)
        .where(Commitment.reference == reference)
        .options(joinedload(Commitment.keeper), joinedload(Commitment.initiative), joinedload(Commitment.assessment))
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no commitment with this reference."))
    return found


def list_commitments_of(session: Session, initiative: Initiative) -> list[Commitment]:
    """Everything promised for an initiative, due first."""
    rows = session.scalars(
        select(Commitment)
        .where(Commitment.initiative_id == initiative.id)
        .options(joinedload(Commitment.keeper), joinedload(Commitment.assessment))
        .order_by(Commitment.due_on, Commitment.reference)
    )
    return list(rows)


def today_of(session: Session, now: dt.datetime) -> dt.date:
    """The city's present day."""
    return clock.day_of(now, get_city(session).time_zone)


def _make(session: Session, new: NewCommitment, details: Details, *, actor: Actor, now: dt.datetime) -> _Made:
    text = new.text.strip()
    if not text:
        raise Invalid(N_("Write what is promised."))
    initiative = new.initiative or (new.assessment.initiative if new.assessment else None)
    commitment = Commitment(
        reference=next_reference(session, "COM", now),
        initiative=initiative,
        assessment=new.assessment,
        department_id=initiative.department_id if initiative else None,
        keeper=new.keeper,
        author_id=new.keeper.id,
        source=new.source,
        source_id=new.source_id,
        text=text,
        due_on=new.due_on,
        is_public=new.is_public,
    )
    described = {"due_on": new.due_on.isoformat(), "keeper": str(new.keeper.id), **details}
    return commitment, begin_life(session, commitment, "commitment:made", actor=actor, now=now, details=described)


def _promise(session: Session, promise: Promise, assessment: Assessment, *, actor: Actor, now: dt.datetime) -> _Made:
    today = today_of(session, now)
    later = today + dt.timedelta(days=read_rules(assessment.policy_version).condition_days)
    is_past = promise.due_on is not None and promise.due_on < today
    keeper = find_keeper(session, promise.owner, on=today) or assessment.author
    new = NewCommitment(
        text=promise.text,
        keeper=keeper,
        due_on=later if promise.due_on is None or is_past else promise.due_on,
        source=promise.source,
        source_id=promise.source_id,
        assessment=assessment,
        is_public=promise.is_public,
    )
    details = {"asked_for": promise.due_on.isoformat()} if promise.due_on is not None and is_past else {}
    return _make(session, new, details, actor=actor, now=now)


def _carry_on(
    session: Session,
    commitment: Commitment,
    promise: Promise,
    assessment: Assessment,
    *,
    actor: Actor,
    now: dt.datetime,
) -> Commitment:
    """What the new text changes is changed; a keeper or a day agreed since stays where the text is as it was."""
    if commitment.assessment_id == assessment.id:
        return commitment
    today, before = today_of(session, now), _promise_before(session, commitment)
    details: dict[str, Any] = {"edition": assessment.edition, "from": commitment.due_on.isoformat()}
    keeper = find_keeper(session, promise.owner, on=today)
    if keeper is not None and (before is None or before.owner != promise.owner):
        commitment.keeper, commitment.author_id = keeper, keeper.id
    is_new_day = before is None or before.due_on != promise.due_on
    if promise.due_on is not None and is_new_day and promise.due_on >= today:
        commitment.due_on, commitment.escalation = promise.due_on, 0
    commitment.text, commitment.is_public, commitment.assessment = promise.text, promise.is_public, assessment
    details |= {"to": commitment.due_on.isoformat(), "keeper": str(commitment.author_id)}
    append_event(session, commitment, "commitment:carried-on", actor=actor, now=now, details=details)
    session.flush()
    return commitment


def _promise_before(session: Session, commitment: Commitment) -> Promise | None:
    """The promise as the version before made it."""
    if commitment.assessment is None:
        return None
    found = promises_of(session, commitment.assessment)
    return next((each for each in found if each.source_id == commitment.source_id), None)


def _is_settled(commitment: Commitment, promise: Promise, assessment: Assessment) -> bool:
    """Kept in these very words, or closed for this very text: nothing to promise again."""
    is_same_text = commitment.text == promise.text and commitment.status == Status.KEPT
    return is_same_text or commitment.assessment_id == assessment.id


def _list_under_reference(session: Session, assessment: Assessment) -> Sequence[Commitment]:
    return session.scalars(
        select(Commitment)
        .join(Commitment.assessment)
        .where(Assessment.reference == assessment.reference)
        .order_by(Commitment.created_at, Commitment.id)
    ).all()


def _tell_keepers(session: Session, made: Sequence[_Made], *, actor: Actor, now: dt.datetime) -> None:
    """One letter per keeper, about the one due first; it says how many more there are."""
    ordered = sorted(made, key=lambda each: (str(each[0].author_id), each[0].due_on, each[0].reference))
    for keeper_id, group in groupby(ordered, key=lambda each: each[0].author_id):
        (first, event), *others = group
        about = {"more": str(len(others))} if others else None
        tell_people(session, first, [keeper_id], event=event, actor=actor, now=now, about=about)
