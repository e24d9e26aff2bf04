"""Deputies, named by the real service."""

from __future__ import annotations

import datetime as dt

from pia_engine.models import Deputy
from pia_engine.services.deputies import Absence, name_deputy
from tests.factories.people import persona
from tests.factories.walks import Walk

MARCH_2, MARCH_9 = dt.date(2026, 3, 2), dt.date(2026, 3, 9)


def stand_in(
    walk: Walk,
    deputy: str,
    for_whom: str,
    *,
    from_on: dt.date = MARCH_2,
    until_on: dt.date = MARCH_9,
    by: str = "",
) -> Deputy:
    """Somebody stands in for a persona, who names the deputy unless somebody else does."""
    held = persona(walk.session, for_whom).designations[0]
    absence = Absence(from_on, until_on, "Leave")
    actor = walk.who(by or for_whom)
    return name_deputy(walk.session, held, persona(walk.session, deputy), absence, actor=actor, now=walk.now)
