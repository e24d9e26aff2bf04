"""Disposals of records that were over long ago, and one of each thing that pages of records show."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from pia_engine.models import Disposal, Initiative
from pia_engine.services import disposals
from pia_engine.services.case_files import order_case_file
from pia_engine.services.initiatives import NewInitiative, register_initiative, retire_initiative
from pia_engine.services.legal_holds import place_hold
from tests.factories.people import acting, department, persona
from tests.factories.steps import REASON, Case
from tests.factories.walks import START, Walk

LONG_AGO = dt.datetime(2016, 3, 2, 9, 0, tzinfo=dt.UTC)


def retired_long_ago(walk: Walk, title: str = "Kiosks at the harbour", *, slug: str = "mobility") -> Initiative:
    """Given up ten years before anything else: whoever did it then holds the same role now."""
    actor = acting(walk.session, "amara" if slug == "mobility" else "otto", START)
    new = NewInitiative(title, "Kiosks sell tickets to visitors.", department(walk.session, slug), "new")
    author = persona(walk.session, "amara" if slug == "mobility" else "otto")
    initiative = register_initiative(walk.session, new, author=author, actor=actor, now=LONG_AGO)
    retire_initiative(walk.session, initiative, actor=actor, now=LONG_AGO, reason="No money for it.")
    return initiative


def disposal(walk: Walk, status: str = "proposed") -> Disposal:
    """What the calendar proposed, and an official approved."""
    initiative = retired_long_ago(walk)
    disposals.propose_overdue(walk.session, now=START)
    made = walk.session.scalars(select(Disposal).where(Disposal.subject == initiative.reference)).one()
    if status == "approved":
        helen = acting(walk.session, "helen", START)
        disposals.approve_disposal(walk.session, made, actor=helen, now=START, reason="Its time is over.")
    return made


MAKERS = {"disposal": disposal}
CASES = (
    Case("disposal", "approve", disposal, ("helen",), "approved", REASON),
    Case("disposal", "keep", disposal, ("petra", "helen"), "kept", REASON),
    Case("disposal", "stop", lambda walk: disposal(walk, "approved"), ("petra", "helen"), "kept", REASON),
)


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    initiative = walk.initiative("Held for a claim")
    hold = place_hold(walk.session, initiative, reason="A claim.", actor=walk.who("petra"), now=walk.now)
    ordered = order_case_file(
        walk.session, initiative, reference=initiative.reference, actor=walk.who("petra"), now=walk.now
    )
    return {
        "records": {
            "reference": initiative.reference,
            "hold_id": str(hold.id),
            "case_file_id": str(ordered.id),
        },
        "disposals": {"reference": disposal(walk).reference, "action": "keep"},
    }
