"""Things with a day, made by the real services: what somebody is reminded of."""

from __future__ import annotations

import datetime as dt

from pia_engine.models import Commitment, EmergencyException
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.commitments import NewCommitment, make_commitment
from pia_engine.services.exceptions import NewException, Terms, grant_exception, request_exception
from tests.factories.people import persona
from tests.factories.walks import Walk


def promised(
    walk: Walk, due_on: dt.date, *, keeper: str = "daniel", title: str = "Cameras at the station"
) -> Commitment:
    """A commitment somebody keeps, of an initiative of its own."""
    new = NewCommitment(
        text="The department masks number plates before anybody sees the pictures.",
        keeper=persona(walk.session, keeper),
        due_on=due_on,
        source="condition",
        initiative=walk.initiative(title),
    )
    return make_commitment(walk.session, new, actor=SYSTEM, now=walk.now)


def excepted(walk: Walk, *, days: int = 10, responsible: str = "daniel") -> EmergencyException:
    """An emergency exception in force, which somebody answers for."""
    new = NewException(
        emergency="The river has risen over its banks, and people have to be found.",
        use="Drones look for people on roofs, and keep no pictures.",
        days=days,
        responsible=persona(walk.session, responsible),
    )
    initiative = walk.initiative("Drones over the flood")
    asked = request_exception(walk.session, initiative, new, actor=walk.who("amara"), now=walk.now)
    reason = "Lives are at stake, and the pictures are not kept."
    grant_exception(walk.session, asked, actor=walk.who("victor"), now=walk.now, reason=reason, terms=Terms(days=days))
    return asked
