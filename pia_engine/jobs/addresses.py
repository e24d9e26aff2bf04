"""Telling the old address of an account that it was changed, by whom, and whom to tell when that is wrong."""

from __future__ import annotations

import uuid

from pia_engine.jobs.context import JobContext
from pia_engine.jobs.mail import deliver
from pia_engine.jobs.messages import render_letter
from pia_engine.services.addresses import TIME_TO_OBJECT
from pia_engine.services.people import get_person


def send_address_notice(context: JobContext) -> None:
    """One message to the address that was."""
    payload = context.payload
    with context.read() as session:
        person = get_person(session, uuid.UUID(payload["person"]))
        facts = {"person": person.name, "actor": payload["actor"], "days": TIME_TO_OBJECT.days}
        letter = render_letter(session, "address_changed", payload["to"], facts, language=person.language)
    deliver(letter, context)
