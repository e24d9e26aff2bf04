"""What a change of answers does to sign-offs: exactly those that cover a changed section become void, with a trace.

A sign-off that is void stays in the record and is never revived, not even by the old text: somebody looks again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pia_engine import clock
from pia_engine.errors import N_
from pia_engine.models import Assessment, Contribution, SignOff, WorkflowRecord
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.signatures import AGENCY, DECIDER, covered_by
from pia_engine.questionnaires.coverage import changed_sections, sections_hanging_on
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.notices import tell_people

TOPICS = {
    "security": N_("Security"),
    "legal": N_("Law"),
    "records": N_("Records and retention"),
    "equity": N_("Equity"),
    "other": N_("Other expertise"),
}
SIGNATURES = {AGENCY: N_("Signature for the agency"), DECIDER: N_("Approval")}

Signed = Contribution | SignOff


@dataclass(frozen=True, slots=True)
class AtStake:
    """A sign-off a change would void. `is_certain` is False where only a question asked elsewhere may change it."""

    name: str
    what: str
    is_certain: bool


def void_changed(session: Session, record: WorkflowRecord, *, actor: Actor, now: dt.datetime) -> list[Signed]:
    """Void the sign-offs whose covered sections are not what was signed any more, and tell whom it concerns."""
    if not isinstance(record, Assessment):
        return []
    standing = list_standing(session, record)
    present = {_position(each): _present(session, record, _position(each)) for each in standing}
    found = [(each, changed_sections(each.covers, present[_position(each)])) for each in standing]
    voided = [(each, changed) for each, changed in found if changed]
    if not voided:
        return []
    for each, changed in voided:
        each.voided_at, each.voided_by, each.voided_sections = now, actor.id, changed
        if isinstance(each, Contribution):
            session.add(_asked_again(session, each, now=now))
    session.flush()
    _record(session, record, voided, actor=actor, now=now)
    return [each for each, _changed in voided]


def list_standing(session: Session, assessment: Assessment) -> list[Signed]:
    """Every sign-off nobody voided, contributions first, oldest first."""
    contributions = session.scalars(
        select(Contribution)
        .options(joinedload(Contribution.person))
        .where(
            Contribution.assessment_id == assessment.id,
            Contribution.signed_at.is_not(None),
            Contribution.voided_at.is_(None),
        )
        .order_by(Contribution.signed_at, Contribution.id)
    )
    signatures = session.scalars(
        select(SignOff)
        .options(joinedload(SignOff.person))
        .where(SignOff.assessment_id == assessment.id, SignOff.decision == "signed", SignOff.voided_at.is_(None))
        .order_by(SignOff.signed_at, SignOff.id)
    )
    return [*contributions, *signatures]


def who_is_at_stake(session: Session, assessment: Assessment, section_id: str) -> list[AtStake]:
    """The sign-offs a change in this section voids, and those it may void by changing what is asked elsewhere."""
    standing = list_standing(session, assessment)
    if not standing:
        return []
    hanging = sections_hanging_on(questionnaire_for(session, assessment.sheet), section_id)
    return [
        AtStake(each.person.name, what_is_signed(each), is_certain=section_id in each.covers)
        for each in standing
        if each.covers.keys() & {section_id, *hanging}
    ]


def who_would_be_voided(session: Session, assessment: Assessment, section_id: str) -> list[tuple[str, str]]:
    """Name and kind of each sign-off that covers the section: saving another answer there voids it."""
    return [(each.name, each.what) for each in who_is_at_stake(session, assessment, section_id) if each.is_certain]


def what_is_signed(signed: Signed) -> str:
    """The kind of a sign-off, to be translated."""
    return TOPICS[signed.topic] if isinstance(signed, Contribution) else SIGNATURES[signed.position]


def _position(signed: Signed) -> int:
    """Experts sign the authors' text, as the agency does."""
    return signed.position if isinstance(signed, SignOff) else AGENCY


def _present(session: Session, assessment: Assessment, position: int) -> dict[str, str]:
    return covered_by(session, assessment, answers_of(assessment.sheet), position=position)


def _asked_again(session: Session, voided: Contribution, *, now: dt.datetime) -> Contribution:
    """The same request once more; a day that has passed is not held against anybody."""
    today = clock.day_of(now, get_city(session).time_zone)
    return Contribution(
        assessment_id=voided.assessment_id,
        topic=voided.topic,
        sections=voided.sections,
        person_id=voided.person_id,
        text=voided.text,
        asked_by=voided.asked_by,
        asked_at=now,
        follows_id=voided.id,
        due_on=voided.due_on if voided.due_on and voided.due_on >= today else None,
    )


def _record(
    session: Session,
    assessment: Assessment,
    voided: list[tuple[Signed, list[str]]],
    *,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """One event that names them, and a message to each signer, to whoever asked them, and to the author."""
    titles = {section.id: section.title for section in questionnaire_for(session, assessment.sheet).sections}
    event = append_event(
        session,
        assessment,
        "sign-offs:voided",
        actor=actor,
        now=now,
        reason="; ".join(f"{each.person.name}: {', '.join(titles[s] for s in changed)}" for each, changed in voided),
        details={
            "voided": [
                {"kind": each.__tablename__, "id": str(each.id), "person": str(each.person_id), "sections": changed}
                for each, changed in voided
            ]
        },
    )
    session.flush()
    concerned: set[uuid.UUID] = {assessment.author_id}
    for each, _changed in voided:
        concerned |= {each.person_id, each.asked_by} if isinstance(each, Contribution) else {each.person_id}
    tell_people(session, assessment, concerned, event=event, actor=actor, now=now)
