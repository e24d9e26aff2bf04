"""How the requests to experts stand: which wait, which are signed off, and what others should know is not.

An open request never holds up a step: a busy expert cannot stop the city, but whoever reviews and decides sees that
the sign-off is not there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pia_engine.models import Assessment, Contribution
from pia_engine.permissions.roles import Actor, Role
from pia_engine.workflows.full_assessment import FINAL, Status

CLOSED = frozenset(map(str, {*FINAL, Status.APPROVED, Status.PUBLISHING, Status.PUBLISHED}))


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A request nobody has signed off, or whose sign-off became void and was not given again."""

    contribution: Contribution
    voided: Contribution | None


def list_contributions(session: Session, assessment: Assessment) -> list[Contribution]:
    """Every request of an assessment, oldest first, with its people."""
    return list(
        session.scalars(
            select(Contribution)
            .options(joinedload(Contribution.person), joinedload(Contribution.asker), joinedload(Contribution.follows))
            .where(Contribution.assessment_id == assessment.id)
            .order_by(Contribution.asked_at, Contribution.id)
        )
    )


def list_open_requests(session: Session, assessment: Assessment) -> list[Contribution]:
    """The requests that wait for their expert."""
    return [each for each in list_contributions(session, assessment) if is_unsigned(each)]


def list_open_points(session: Session, assessment: Assessment) -> list[OpenPoint]:
    """What readers should know is not signed off: requests still open, and sign-offs void and not given again."""
    points = []
    for each in list_contributions(session, assessment):
        if is_unsigned(each):
            points.append(OpenPoint(each, each.follows))
        elif each.withdrawn_at is not None and each.follows is not None:
            points.append(OpenPoint(each.follows, each.follows))
    return points


def list_asked_of(session: Session, actor: Actor) -> list[Contribution]:
    """Requests that wait for this person, on assessments not decided yet."""
    if Role.CONTRIBUTOR not in actor.roles:
        return []
    rows = session.scalars(
        select(Contribution)
        .join(Contribution.assessment)
        .options(joinedload(Contribution.assessment).joinedload(Assessment.initiative), joinedload(Contribution.asker))
        .where(
            Contribution.person_id == actor.id,
            Contribution.signed_at.is_(None),
            Contribution.withdrawn_at.is_(None),
            Assessment.status.not_in(CLOSED),
        )
        .order_by(Contribution.asked_at, Contribution.id)
    )
    return list(rows)


def is_unsigned(contribution: Contribution) -> bool:
    return contribution.signed_at is None and contribution.withdrawn_at is None


def state_of(contribution: Contribution, today: dt.date) -> str:
    """`withdrawn`, `void`, `signed`, `overdue` or `asked`."""
    if contribution.withdrawn_at is not None:
        return "withdrawn"
    if contribution.signed_at is not None:
        return "signed" if contribution.voided_at is None else "void"
    return "overdue" if contribution.due_on is not None and contribution.due_on < today else "asked"
