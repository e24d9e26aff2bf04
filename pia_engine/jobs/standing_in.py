"""Telling people that somebody stands in: the deputy, and whoever is stood in for and did not name the deputy."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from pia_engine.jobs.context import JobContext
from pia_engine.jobs.mail import deliver
from pia_engine.jobs.messages import Letter, render_letter
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.register.language import language_of
from pia_engine.services.cities import get_city
from pia_engine.services.deputies import get_deputy
from pia_engine.services.people import get_person


def send_deputy_notice(context: JobContext) -> None:
    """One message to one of the two."""
    with context.read() as session:
        person_id = uuid.UUID(context.payload["person"])
        deputy_id = uuid.UUID(context.payload["deputy"])
        letter = _write(session, deputy_id, person_id, link=f"{context.settings.public_url}/people/roles")
    deliver(letter, context)


def _write(session: Session, deputy_id: uuid.UUID, person_id: uuid.UUID, *, link: str) -> Letter:
    deputy, person, city = get_deputy(session, deputy_id), get_person(session, person_id), get_city(session)
    language = language_of(person.language or city.language, city.time_zone)
    designation = deputy.designation
    facts = {
        "person": person.name,
        "is_deputy": person.id == deputy.person_id,
        "deputy": deputy.person.name,
        "designated": designation.person.name,
        "role": ROLE_NAMES[Role(designation.role)],
        "department": designation.department.name if designation.department else "",
        "first": language.day(deputy.from_on.isoformat()),
        "last": language.day(deputy.until_on.isoformat()),
        "link": link,
    }
    return render_letter(session, "deputy_notice", person.email, facts, language=person.language)
