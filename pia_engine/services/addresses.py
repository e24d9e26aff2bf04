"""What follows when the address of an account changes: its old address is told, and password links wait.

A link to choose a password opens the account to whoever reads that mail. So whoever changes addresses must not be
able to have one sent to the new address before the person, at the old one, could object.
"""

from __future__ import annotations

import datetime as dt
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import AuditEvent, Person
from pia_engine.services.cities import get_city
from pia_engine.services.outbox import queue_job

TIME_TO_OBJECT = dt.timedelta(days=3)


def tell_old_address(session: Session, person: Person, old: str, *, event: AuditEvent, now: dt.datetime) -> None:
    """Queue a letter to the address that was, naming who changed it as the trail's event does."""
    payload = {"person": str(person.id), "to": old, "actor": event.actor_name}
    queue_job(session, "address-notice", key=f"address:{event.hash}", payload=payload, now=now)


def may_get_link(session: Session, person: Person, *, now: dt.datetime) -> bool:
    """Whether a password link may go out; somebody who never chose a password has nothing to lose by one."""
    return person.password is None or not _changed_lately(session, person, now=now)


def check_may_get_link(session: Session, person: Person, *, now: dt.datetime) -> None:
    """The same rule with a sentence. Raises NotPossible."""
    if not may_get_link(session, person, now=now):
        raise NotPossible(
            N_(
                "The address of this account was changed less than three days ago. Until then no link to choose a "
                "password is sent, so that the person can object. The password they have still works."
            )
        )


def _changed_lately(session: Session, person: Person, *, now: dt.datetime) -> bool:
    bodies = session.scalars(
        select(AuditEvent.body).where(
            AuditEvent.aggregate_id == get_city(session).id,
            AuditEvent.event == "person:changed",
            AuditEvent.at > now - TIME_TO_OBJECT,
        )
    )
    found = [json.loads(body)["details"] for body in bodies]
    return any(details["person"] == str(person.id) and "email" in details["changed"] for details in found)
