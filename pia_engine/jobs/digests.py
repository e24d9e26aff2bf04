"""Reminders by e-mail: once a day it is worked out who is to be reminded, and each gets one message.

What a message says is worked out when it is sent, so what was done in the meantime is not in it. A mail server that
is down delays a message; after too many tries the next day's takes its place.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.mail import deliver
from pia_engine.jobs.messages import Letter, render_letter
from pia_engine.models import OutboxJob, Person
from pia_engine.register.language import Language, language_of
from pia_engine.services.cities import find_city, get_city
from pia_engine.services.due_dates import Due
from pia_engine.services.outbox import queue_job
from pia_engine.services.people import get_person
from pia_engine.services.reminders import WEEKLY, Digest, read_digest

HOUR = 7
"""When digests go out, where the city is: after the night's sweep, before the day's work."""
MOST_LINES = 25
_AT_ONCE = 100


def queue_daily_digests(session: Session, *, now: dt.datetime) -> OutboxJob | None:
    """Queue the day's digests for the morning, once however often it is asked for. None before there is a city."""
    city = find_city(session)
    if city is None:
        return None
    day = clock.day_of(now, city.time_zone)
    job = queue_job(session, "digests", key=f"digests:{day.isoformat()}", payload={"day": day.isoformat()}, now=now)
    if job.state == "waiting" and not job.attempts:
        job.run_at = max(job.queued_at, dt.datetime.combine(day, dt.time(HOUR), ZoneInfo(city.time_zone)))
        session.flush()
    return job


def queue_digests(context: JobContext) -> None:
    """Queue one message for everybody who has something to be reminded of today."""
    with context.read() as session:
        today = clock.day_of(context.now, get_city(session).time_zone)
        people = [each for each in _list_people(session, today) if read_digest(session, each, now=context.now).count]
        chosen = [str(each.id) for each in people]
    for start in range(0, len(chosen), _AT_ONCE):
        with context.write() as session:
            for person_id in chosen[start : start + _AT_ONCE]:
                key = f"digest:{person_id}:{today.isoformat()}"
                payload = {"person": person_id, "day": today.isoformat()}
                queue_job(session, "digest", key=key, payload=payload, now=context.now)


def _list_people(session: Session, today: dt.date) -> list[Person]:
    """Open accounts that are reminded today. The week's message comes on Monday, or as soon after as can be."""
    everybody = list(session.scalars(select(Person).where(Person.active).order_by(Person.id)))
    if today.weekday() == 0:
        return everybody
    monday = today - dt.timedelta(days=today.weekday())
    was_run, lost = _of_this_week(session, monday, today)
    return [each for each in everybody if each.reminders != WEEKLY or not was_run or str(each.id) in lost]


def _of_this_week(session: Session, monday: dt.date, today: dt.date) -> tuple[bool, set[str]]:
    """Whether digests were worked out on a day of this week before today, and whose last one was never sent."""
    days = [(monday + dt.timedelta(days=n)).isoformat() for n in range((today - monday).days)]
    worked_out = select(OutboxJob.id).where(
        OutboxJob.key.in_([f"digests:{day}" for day in days]), OutboxJob.state == "done"
    )
    begun = dt.datetime.combine(monday, dt.time(), dt.UTC) - dt.timedelta(days=1)
    sent = select(OutboxJob.payload, OutboxJob.state).where(OutboxJob.kind == "digest", OutboxJob.queued_at >= begun)
    last: dict[str, str] = {}
    for payload, state in session.execute(sent.order_by(OutboxJob.queued_at, OutboxJob.id)):
        if payload["day"] in days:
            last[payload["person"]] = state
    return session.scalar(worked_out.limit(1)) is not None, {who for who, state in last.items() if state == "dead"}


def send_digest(context: JobContext) -> None:
    """One message to one person, unless there is nothing left to say or a newer one says it."""
    with context.read() as session:
        person = get_person(session, uuid.UUID(context.payload["person"]))
        if not person.active or _is_replaced(session, context.payload):
            return
        digest = read_digest(session, person, now=context.now)
        if not digest.count:
            return
        letter = write_digest(session, person, digest, public_url=context.settings.public_url)
    deliver(letter, context)


def _is_replaced(session: Session, payload: dict[str, str]) -> bool:
    """Whether a digest of a later day is queued for the same person: two never come for one morning's delay."""
    prefix = f"digest:{payload['person']}:"
    later = select(OutboxJob.id).where(OutboxJob.key > f"{prefix}{payload['day']}", OutboxJob.key < f"{prefix}~")
    return session.scalar(later.limit(1)) is not None


def write_digest(session: Session, person: Person, digest: Digest, *, public_url: str) -> Letter:
    """The message: what is due by its day, in the person's language, with the page of each thing."""
    city = get_city(session)
    language = language_of(person.language or city.language, city.time_zone)
    parts = {
        "overdue": _lines(digest.overdue, language, public_url),
        "this_week": _lines(digest.this_week, language, public_url),
        "later": _lines(digest.later, language, public_url),
        "waiting": _lines(digest.waiting, language, public_url),
    }
    facts = {
        "person": person.name,
        "digest": digest,
        "parts": parts,
        "more": {name: len(getattr(digest, name)) - len(lines) for name, lines in parts.items()},
        "work": f"{public_url}/work",
        "preferences": f"{public_url}/account#reminders-heading",
    }
    return render_letter(session, "digest", person.email, facts, language=person.language)


def _lines(found: Iterable[Due], language: Language, public_url: str) -> list[dict[str, str]]:
    return [
        {
            "what": language.say(each.what),
            "title": language.say(each.title),
            "day": language.day(each.due_on) if each.due_on else "",
            "since": language.day_of(each.since) if each.since else "",
            "link": f"{public_url}{each.path}",
        }
        for each in itertools.islice(found, MOST_LINES)
    ]
