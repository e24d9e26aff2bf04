"""Advice that says something else, people who were heard, and an observer: all through the real services."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Consultation, Initiative, Observer, Person
from pia_engine.permissions.roles import SYSTEM
from pia_engine.register.hearing import statement_digest
from pia_engine.services import reviews
from pia_engine.services.consultations import Heard, record_consultation
from pia_engine.services.observations import NewObserver, appoint_observer, file_statement
from pia_engine.services.people import add_person
from tests.factories.people import FOUNDED, email_of, persona
from tests.factories.walks import START, Walk

WANDA = "Wanda Witness"


def advised(walk: Walk, recommendation: str, *, residual: str = "low") -> Assessment:
    """A full assessment signed by the agency after this advice, waiting for its decision."""
    record = walk.full("in_review", residual=residual)
    actor = walk.who("petra")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=actor)
    reviews.recommend(
        walk.session, record, recommendation=recommendation, actor=actor, now=walk.now, reason="What I advise."
    )
    walk._to_awaiting_decision(record, residual)
    return record


def wanda(session: Session) -> Person:
    """Somebody with an account and no role, who signs in as the personas do."""
    password = persona(session, "amara").password
    return add_person(
        session,
        name=WANDA,
        email=email_of("wanda"),
        job_title="Civil Rights Forum",
        password_hash=password,
        actor=SYSTEM,
        now=FOUNDED,
    )


def on(day: int, month: int = 3) -> dt.date:
    return dt.date(2026, month, day)


FORUM = Heard(
    kind="stakeholder",
    who="Civil Rights Forum",
    channel="Letter",
    asked="What should we watch when we count vehicles?",
    asked_on=dt.date(2026, 3, 1),
)


def hear(walk: Walk, record: Assessment, heard: Heard = FORUM, *, by: str = "amara") -> Consultation:
    """Somebody records who was asked."""
    return record_consultation(walk.session, record, heard, actor=walk.who(by), now=walk.now)


def replied(**changes: object) -> Heard:
    """The Forum's entry with its reply."""
    said = {"reply": "Count at night too.", "replied_on": dt.date(2026, 3, 2), "effect": "Two counters were added."}
    return dataclasses.replace(FORUM, **{**said, **changes})  # type: ignore[arg-type]


def observe(walk: Walk, initiative: Initiative, person: Person, *, days: int = 60, by: str = "helen") -> Observer:
    """The senior privacy official appoints somebody from the day on which the walk began."""
    actor, first = walk.who(by), START.date()
    new = NewObserver(person, first, first + dt.timedelta(days=days), "Civil Rights Forum")
    return appoint_observer(walk.session, initiative, new, actor=actor, now=walk.now)


def state(walk: Walk, observer: Observer, text: str = "The counters see no faces. I would watch the maps.") -> str:
    """Wanda files her statement."""
    actor = walk.who("wanda")
    return file_statement(walk.session, observer, text=text, seen=statement_digest(text), actor=actor, now=walk.now)
