"""What an initiative rests on when it is asked whether it may go live, and the guards that follow from it.

The gate (`services.gate`) explains the same grounds rule by rule; a test holds the two together.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, City, Determination, EmergencyException, Initiative, WorkflowRecord
from pia_engine.permissions.roles import Actor
from pia_engine.workflows import emergency_exception, full_assessment, initiative
from pia_engine.workflows.outcomes import CLEARING

OVER = frozenset({initiative.Status.REFUSED, initiative.Status.RETIRED})
_BEING_ASSESSED = frozenset({initiative.Status.REGISTERED, initiative.Status.IN_ASSESSMENT})


@dataclass(frozen=True, slots=True)
class Grounds:
    """Everything that can allow an initiative on a day. `assessments` stand newest first."""

    initiative: Initiative
    on: dt.date
    assessments: tuple[Assessment, ...]
    determinations: Mapping[uuid.UUID, Determination]
    exception: EmergencyException | None

    @property
    def is_being_assessed(self) -> bool:
        """Whether what was cleared before, if anything, does not count any more."""
        return self.initiative.status in _BEING_ASSESSED

    @property
    def in_play(self) -> tuple[Assessment, ...]:
        """The assessments that count: while it is being assessed, those of the newest reference."""
        if not self.is_being_assessed or not self.assessments:
            return self.assessments
        reference = self.assessments[0].reference
        return tuple(each for each in self.assessments if each.reference == reference)

    @property
    def approved(self) -> Assessment | None:
        """The newest full assessment that was approved and still stands; while it is being assessed, the last word."""
        candidates = self.in_play[:1] if self.is_being_assessed else self.in_play
        return next((each for each in candidates if _is_approved(each)), None)

    @property
    def determination(self) -> Determination | None:
        """The newest determination that clears. One that was followed by another outcome clears no more."""
        found = [self.determinations[each.id] for each in self.in_play if each.id in self.determinations]
        newest = max(found, key=lambda each: each.determined_at, default=None)
        return newest if newest is not None and newest.outcome in CLEARING else None

    @property
    def has_run_out(self) -> bool:
        """Whether the determination has passed its last day."""
        last = self.determination.expires_on if self.determination else None
        return last is not None and last < self.on

    @property
    def answer(self) -> Assessment | None:
        """The assessment that allows it."""
        if self.approved is not None or self.determination is None or self.has_run_out:
            return self.approved
        return self.determination.assessment


def read_grounds(session: Session, about: Initiative, *, on: dt.date) -> Grounds:
    """Three questions to the database, whatever the number of assessments."""
    assessments = session.scalars(
        select(Assessment)
        .where(Assessment.initiative_id == about.id)
        .order_by(Assessment.created_at.desc(), Assessment.stage, Assessment.edition.desc())
    )
    determinations = session.scalars(select(Determination).join(Assessment).where(Assessment.initiative_id == about.id))
    return Grounds(
        initiative=about,
        on=on,
        assessments=tuple(assessments),
        determinations={each.assessment_id: each for each in determinations},
        exception=find_exception_in_force(session, about, on=on),
    )


def find_exception_in_force(session: Session, about: Initiative, *, on: dt.date) -> EmergencyException | None:
    """The exception that was granted and has not passed its last day, whether the daily sweep has run or not."""
    return session.scalars(
        select(EmergencyException)
        .where(
            EmergencyException.initiative_id == about.id,
            EmergencyException.status == str(emergency_exception.Status.GRANTED),
            EmergencyException.until_on >= on,
        )
        .order_by(EmergencyException.until_on.desc())
        .limit(1)
    ).first()


def assessment_allows_go_live(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Guard: an assessment that still holds, or an emergency exception meanwhile."""
    grounds = read_grounds(session, cast(Initiative, record), on=_today(session))
    if grounds.answer is not None or grounds.exception is not None:
        return
    if grounds.has_run_out and grounds.determination is not None:
        raise NotPossible(
            N_("The determination that cleared it held until %(day)s. It has to be assessed again."),
            place=f"assessments:{grounds.determination.assessment.reference}",
            day=grounds.determination.expires_on,
        )
    found = grounds.assessments
    raise NotPossible(
        N_("No assessment of this initiative allows it to go live yet."),
        place=f"assessments:{found[0].reference}" if found else f"initiatives:{grounds.initiative.reference}",
    )


def its_initiative_goes_on(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Guard: nothing is granted to an initiative that was refused or retired meanwhile."""
    about = cast(EmergencyException, record).initiative
    if about.status in OVER:
        raise NotPossible(
            N_("The initiative was refused or retired meanwhile. An exception cannot overrule that."),
            place=f"initiatives:{about.reference}",
        )


def _is_approved(assessment: Assessment) -> bool:
    return assessment.stage == "full" and assessment.status in full_assessment.ALLOWS_GO_LIVE


def _today(session: Session) -> dt.date:
    return clock.day_of(clock.now(), session.scalars(select(City)).one().time_zone)
