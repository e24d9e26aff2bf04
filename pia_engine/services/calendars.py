"""A person's calendar feed: the secret link that opens it, and what stands in it.

Only a hash of the link's token is kept, so the link is shown once. Events carry titles, days and addresses, and
nothing that anybody answered or said.
"""

from __future__ import annotations

import datetime as dt
import secrets
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vDuration
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound
from pia_engine.models import Person
from pia_engine.register.language import Language, language_of
from pia_engine.services.cities import get_city
from pia_engine.services.due import list_dated
from pia_engine.services.due_dates import Due
from pia_engine.services.people import actor_for
from pia_engine.services.sessions import hash_token

PRODUCT = "-//PIA Engine//What is due//EN"
HOW_OFTEN = dt.timedelta(hours=6)


def make_calendar_link(session: Session, person: Person) -> str:
    """A new token for the person's calendar. One made before opens nothing any more."""
    token = secrets.token_urlsafe(32)
    person.calendar_token_hash = hash_token(token)
    session.flush()
    return token


def end_calendar_link(session: Session, person: Person) -> None:
    """Switch the calendar off."""
    person.calendar_token_hash = None
    session.flush()


def find_by_calendar_token(session: Session, token: str) -> Person:
    """Whose calendar a token opens. Raises NotFound alike for an unknown or revoked one and for a closed account."""
    query = select(Person).where(Person.calendar_token_hash == hash_token(token), Person.active)
    person = session.scalars(query).one_or_none()
    if person is None:
        raise NotFound(N_("There is no calendar at this address. Make a new link on your account page."))
    return person


def write_calendar(session: Session, person: Person, *, public_url: str, now: dt.datetime) -> bytes:
    """Everything dated that is due for a person, as all-day events."""
    city = get_city(session)
    language = language_of(person.language or city.language, city.time_zone)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", city.service_name)
    calendar.add("refresh-interval", HOW_OFTEN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(HOW_OFTEN))
    actor = actor_for(session, person, now=now)
    for due in list_dated(session, person, actor=actor, now=now):
        if due.due_on is not None:
            calendar.add_component(_event(due, due.due_on, language, public_url, now))
    return bytes(calendar.to_ical())


def _event(due: Due, day: dt.date, language: Language, public_url: str, now: dt.datetime) -> Event:
    """A calendar without a method publishes states, so the stamp is when the record last changed."""
    changed_at = due.changed_at or now
    link = f"{public_url}{due.path}"
    event = Event()
    event.add("uid", f"{due.kind}-{due.reference}@{urlsplit(public_url).hostname or 'localhost'}".lower())
    event.add("dtstamp", changed_at)
    event.add("last-modified", changed_at)
    event.add("sequence", due.revision)
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", f"{language.say(due.what)}: {language.say(due.title)}")
    event.add("description", link)
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
