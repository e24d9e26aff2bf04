"""How confidential the records of an initiative are: said by an officer, with a reason."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotPossible, Stale
from pia_engine.models import Initiative
from pia_engine.models.record_kinds import CLASSIFICATIONS
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event


def classify_initiative(
    session: Session,
    initiative: Initiative,
    *,
    classification: str,
    seen: str,
    reason: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Change the classification. `seen` is the one the page showed; Stale when it is another by now."""
    check_may(actor, Permission.ASSESSMENT_CLASSIFY, initiative)
    if classification not in CLASSIFICATIONS:
        raise Invalid(N_("Choose a classification."))
    if not reason.strip():
        raise Invalid(N_("Give a reason: it is kept with this step, and others will read it."))
    if initiative.classification != seen:
        raise Stale(N_("Somebody else changed the classification meanwhile. Look again, then decide."))
    if initiative.classification == classification:
        raise NotPossible(N_("The records are classified so already."))
    before, initiative.classification = initiative.classification, classification
    append_event(
        session,
        initiative,
        "initiative:classified",
        actor=actor,
        now=now,
        reason=reason.strip(),
        details={"from": before, "to": classification},
    )
    session.flush()
