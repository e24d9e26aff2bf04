"""Appoint an independent observer, end the appointment early, and file the one statement that is never changed."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.glyphs import missing_glyphs, name_characters
from pia_engine.errors import N_, Invalid, NotAllowed, NotPossible, Stale
from pia_engine.models import Assessment, Deputy, Designation, Initiative, Observer, Person, Publication
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.hearing import statement_digest
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.notices import queue_notices, tell_people
from pia_engine.services.observers import is_in_force, list_observers
from pia_engine.services.outbox import queue_job

STATEMENT_LIMIT, NAME_LIMIT = 8000, 200
TOLD = ("author", "privacy_officer", "senior_privacy_official")


@dataclass(frozen=True, slots=True)
class NewObserver:
    """Who is to observe, whom they speak for, and on which days, both included."""

    person: Person
    from_on: dt.date
    until_on: dt.date
    organisation: str = ""


class WrongPerson(Invalid):
    """Somebody who cannot observe this initiative."""

    field = "person"


class WrongDays(Invalid):
    """Days that do not fit."""

    field = "until_on"


def appoint_observer(
    session: Session, initiative: Initiative, new: NewObserver, *, actor: Actor, now: dt.datetime
) -> Observer:
    """Let somebody who stands outside the line read this initiative and state what they think of it."""
    check_may(actor, Permission.OBSERVER_APPOINT, initiative)
    _check_days(new, clock.day_of(now, get_city(session).time_zone))
    _check_person(session, initiative, new)
    observer = Observer(
        initiative_id=initiative.id,
        person=new.person,
        organisation=new.organisation.strip()[:NAME_LIMIT],
        from_on=new.from_on,
        until_on=new.until_on,
        appointed_by=actor.person_id,
        appointed_at=now,
    )
    session.add(observer)
    session.flush()
    event = append_event(session, initiative, "observer:appointed", actor=actor, now=now, details=_terms(observer))
    session.flush()
    tell_people(session, initiative, [observer.person_id], event=event, actor=actor, now=now)
    return observer


def list_possible_observers(session: Session, initiative: Initiative, *, on: dt.date) -> list[Person]:
    """Everybody with an open account who stands outside the line of an initiative on a day, by name."""
    people = session.scalars(select(Person).where(Person.active).order_by(Person.name, Person.id))
    bound = _bound_to_the_line(session, initiative, on, on)
    return [each for each in people if each.id not in bound]


def check_can_withdraw(session: Session, observer: Observer, *, actor: Actor, now: dt.datetime) -> None:
    """Whether the appointment can be ended early."""
    check_may(actor, Permission.OBSERVER_APPOINT, observer.initiative)
    if observer.withdrawn_on is not None or observer.until_on < clock.day_of(now, get_city(session).time_zone):
        raise NotPossible(N_("This appointment is over already."))


def withdraw_observer(session: Session, observer: Observer, *, reason: str, actor: Actor, now: dt.datetime) -> None:
    """End an appointment at once, with the reason. A statement that was filed stays, here and in public."""
    check_can_withdraw(session, observer, actor=actor, now=now)
    if not reason.strip():
        raise Invalid(N_("Say why the appointment ends early: the observer and others read it."))
    observer.withdrawn_on = clock.day_of(now, get_city(session).time_zone)
    details = {**_terms(observer), "withdrawn": observer.withdrawn_on.isoformat()}
    event = append_event(
        session, observer.initiative, "observer:withdrawn", actor=actor, now=now, reason=reason.strip(), details=details
    )
    session.flush()
    tell_people(session, observer.initiative, [observer.person_id], event=event, actor=actor, now=now)


def check_can_file(session: Session, observer: Observer, *, actor: Actor, now: dt.datetime) -> None:
    """The observer alone files, once, while appointed and still outside the line."""
    check_may(actor, Permission.OBSERVATION_FILE, observer.initiative)
    if actor.id != observer.person_id:
        whose = observer.person.name
        raise NotAllowed(N_("Only the observer who was appointed files this statement."), who_can_help=whose)
    if observer.filed_at is not None:
        raise NotPossible(N_("Your statement is filed. It is never changed, by you or by anybody else."))
    today = clock.day_of(now, get_city(session).time_zone)
    if not is_in_force(observer, today):
        raise NotPossible(N_("This appointment does not hold today, so nothing can be filed under it."))
    if observer.person_id in _bound_to_the_line(session, observer.initiative, today, today):
        raise NotPossible(N_("By now you hold a role in the line of this initiative, so you observe it no more."))


def check_statement(text: str) -> None:
    """Whether a text can be filed: something, not too long, and such that the document can print it."""
    if not text.strip():
        raise Invalid(N_("Write your statement."))
    if len(text.strip()) > STATEMENT_LIMIT:
        raise Invalid(N_("A statement has at most %(limit)s characters."), limit=STATEMENT_LIMIT)
    missing = missing_glyphs(text)
    if missing:
        raise Invalid(
            N_("The published document cannot print %(characters)s. Write words instead."),
            characters=name_characters(missing),
        )


def file_statement(
    session: Session, observer: Observer, *, text: str, seen: str, actor: Actor, now: dt.datetime
) -> str:
    """File the statement as it was previewed; returns the hash that the trail keeps of it.

    `seen` is the hash of what the observer looked at before confirming.
    """
    check_can_file(session, observer, actor=actor, now=now)
    check_statement(text)
    digest = statement_digest(text.strip())
    if seen != digest:
        raise Stale(N_("This is not the text you looked at before. Read it once more, then file it."))
    observer.statement, observer.filed_at = text.strip(), now
    details = {"observer": str(observer.id), "sha256": digest, "characters": len(observer.statement)}
    event = append_event(session, observer.initiative, "observation:filed", actor=actor, now=now, details=details)
    session.flush()
    queue_notices(session, observer.initiative, TOLD, event=event, actor=actor, now=now)
    _refresh_pages(session, observer, now=now)
    return digest


def _refresh_pages(session: Session, observer: Observer, *, now: dt.datetime) -> None:
    """What was published before shows the statement at once, beside the record that stays as it was."""
    published = session.scalars(
        select(Publication.reference)
        .join(Publication.assessment)
        .where(Assessment.initiative_id == observer.initiative_id)
        .distinct()
        .order_by(Publication.reference)
    )
    for reference in published:
        key = f"pages:observation:{observer.id}:{reference}"
        queue_job(session, "pages", key=key, payload={"reference": reference}, now=now)


def _check_days(new: NewObserver, today: dt.date) -> None:
    if new.until_on < new.from_on:
        raise WrongDays(N_("The last day is before the first. Check both dates."))
    if new.until_on < today:
        raise WrongDays(N_("These days are past. An observer is appointed for days to come."))


def _check_person(session: Session, initiative: Initiative, new: NewObserver) -> None:
    person = new.person
    if not person.active:
        raise WrongPerson(N_("The account of %(name)s is closed."), name=person.name)
    if person.id in _bound_to_the_line(session, initiative, new.from_on, new.until_on):
        raise WrongPerson(
            N_(
                "%(name)s works on this initiative, or holds a role that judges it, on some of these days. "
                "An observer stands outside the line."
            ),
            name=person.name,
        )
    for known in list_observers(session, initiative):
        overlaps = known.from_on <= new.until_on and new.from_on <= known.until_on
        if known.person_id == person.id and known.withdrawn_on is None and overlaps:
            raise WrongPerson(N_("%(name)s observes this initiative already on some of these days."), name=person.name)


def _bound_to_the_line(
    session: Session, initiative: Initiative, from_on: dt.date, until_on: dt.date
) -> frozenset[uuid.UUID]:
    """Who does not stand outside: who wrote texts, and who holds a role on these days or stands in for somebody.

    An agency official of another department is outside the line; everybody else with a role of foundation 4 is in it.
    """
    authors = session.scalars(select(Assessment.author_id).where(Assessment.initiative_id == initiative.id))
    stands_in = and_(
        Deputy.designation_id == Designation.id,
        Deputy.withdrawn_on.is_(None),
        Deputy.from_on <= until_on,
        Deputy.until_on >= from_on,
    )
    holders = session.execute(
        select(Designation.person_id, Deputy.person_id)
        .outerjoin(Deputy, stands_in)
        .where(
            Designation.from_on <= until_on,
            or_(Designation.until_on.is_(None), Designation.until_on >= from_on),
            or_(
                Designation.role != str(Role.AGENCY_OFFICIAL),
                Designation.department_id == initiative.department_id,
            ),
        )
    )
    bound = {initiative.author_id, *authors, *(person for row in holders for person in row)}
    return frozenset(each for each in bound if each is not None)


def _terms(observer: Observer) -> dict[str, str]:
    return {
        "observer": str(observer.id),
        "person": str(observer.person_id),
        "organisation": observer.organisation,
        "from": observer.from_on.isoformat(),
        "until": observer.until_on.isoformat(),
    }
