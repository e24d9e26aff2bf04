"""Who answers for an assessment: by today's designations, and who took the steps so far in which capacity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_
from pia_engine.models import Assessment, AuditEvent
from pia_engine.permissions.records import decider_role
from pia_engine.permissions.roles import Role
from pia_engine.services.holders import Held, held_by_role

STEPS: dict[str, tuple[str, ...]] = {
    "author": (
        "initial-assessment:begun",
        "initial-assessment:submitted",
        "full-assessment:submitted",
        "full-assessment:taken-back",
    ),
    "privacy_officer": (
        "initial-assessment:determined",
        "initial-assessment:returned",
        "full-assessment:review-started",
        "full-assessment:changes-requested",
        "full-assessment:recommended",
        "publication:ordered",
    ),
    "signatory": ("full-assessment:agency-signed", "full-assessment:agency-declined"),
    "decider": ("full-assessment:approved", "full-assessment:sent-back", "full-assessment:rejected"),
}
PARTS = {
    "author": N_("Author"),
    "privacy_officer": N_("Privacy officer"),
    "signatory": N_("Signature for the agency"),
    "decider": N_("Decision"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part somebody plays: the role it takes, who may play it today, and the steps taken, oldest first.

    An event carries the name as it was, with whom a deputy stood in for, and the role of that day.
    """

    name: str
    role: Role
    held: tuple[Held, ...]
    steps: tuple[AuditEvent, ...]


def list_parts(
    session: Session, assessment: Assessment, stages: Sequence[Assessment], *, on: dt.date
) -> tuple[Part, ...]:
    """The four parts of a full assessment, or the first two of an initial one, with the steps of all its stages."""
    taken = [event for events in STEPS.values() for event in events]
    query = select(AuditEvent).where(AuditEvent.aggregate_id.in_([s.id for s in stages]), AuditEvent.event.in_(taken))
    events = list(session.scalars(query.order_by(AuditEvent.id)))
    roles = {name: _role(session, assessment, name) for name in _names(assessment)}
    author_id, department_id = assessment.author_id, assessment.department_id
    held = held_by_role(session, roles.values(), on=on, department_id=department_id, but_for=author_id)
    return tuple(
        Part(
            name=name,
            role=role,
            held=(Held(assessment.author),) if name == "author" else tuple(held[role]),
            steps=tuple(each for each in events if each.event in STEPS[name]),
        )
        for name, role in roles.items()
    )


def _names(assessment: Assessment) -> list[str]:
    return list(PARTS) if assessment.stage == "full" else ["author", "privacy_officer"]


def _role(session: Session, assessment: Assessment, name: str) -> Role:
    if name == "decider":
        return decider_role(session, assessment)
    return Role.PRIVACY_OFFICER if name == "privacy_officer" else Role.AGENCY_OFFICIAL
