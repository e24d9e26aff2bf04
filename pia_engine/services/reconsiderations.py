"""Causes to look again at an initiative: reported by people or raised by the calendar, and decided by an officer."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import Assessment, Determination, Initiative, Reconsideration
from pia_engine.permissions.capacity import in_capacity
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.assessments import begin_new_edition
from pia_engine.services.cities import get_city
from pia_engine.services.initiatives import Page, list_assessments_of, page_of, visible_departments
from pia_engine.services.notices import queue_notices
from pia_engine.services.reassessments import begin_reassessment
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows import full_assessment
from pia_engine.workflows.outcomes import CLEARING
from pia_engine.workflows.reconsideration import Action, Status

CAUSES = {  # stored: a change needs a migration
    "change": N_("Something has changed"),
    "incident": N_("An incident"),
    "complaint": N_("A complaint"),
    "expiry": N_("A determination runs out"),
    "review_date": N_("The review date has passed"),
    "spot_check": N_("A spot check overturned the decision"),
    "exception": N_("An emergency exception"),
    "retraction": N_("A published assessment was withdrawn from the register"),
}
REPORTED = ("change", "incident", "complaint")
"""What people report; the other causes come from the product itself."""

WATCHED_FACTS = {  # stored: a change needs a migration
    "purpose": N_("What it is for"),
    "data_elements": N_("Which data about people is used"),
    "technology": N_("The technology"),
    "ai": N_("The use of artificial intelligence"),
    "vendor": N_("The vendor, or somebody the vendor uses"),
    "recipients": N_("Who gets the data"),
    "location": N_("Where the data is kept, or where the technology is used"),
    "retention": N_("How long the data is kept"),
    "law": N_("The law it rests on, or another law that applies"),
}
"""What an answer rests on. When one of them changes, somebody decides whether the answer still holds."""

LONGEST_TEXT = 4000
AGAIN = "again:"
"""How the key begins of what is raised again; the reference follows that was demanded and then withdrawn."""


@dataclass(frozen=True, slots=True)
class NewCause:
    """What is reported. Without `assessment` it is about the answer that holds now.

    `happened_on` may lie ahead for a change. A `key` makes what the calendar raises come once.
    """

    initiative: Initiative
    assessment: Assessment | None
    cause: str
    text: str
    facts: tuple[str, ...] = ()
    happened_on: dt.date | None = None
    key: str | None = None


def raise_cause(session: Session, new: NewCause, *, actor: Actor, now: dt.datetime) -> Reconsideration:
    """Record a cause to look again and tell who decides. What is raised already under this key is given back as it is.

    So is what the same person has just reported in the same words.
    """
    known = _find_known(session, new, actor)
    if known is not None:
        return known
    check_may(actor, Permission.RECONSIDERATION_RAISE, new.initiative)
    _check_new(session, new, now)
    assessment = new.assessment or find_answer(session, new.initiative)
    if assessment is None:
        raise NotPossible(N_("Nothing has been assessed yet, so there is no answer to look at again."))
    found = Reconsideration(
        reference=next_reference(session, "REC", now),
        initiative=new.initiative,
        assessment=assessment,
        department_id=new.initiative.department_id,
        author_id=actor.id,
        cause=new.cause,
        facts=[fact for fact in WATCHED_FACTS if fact in new.facts],
        text=new.text.strip(),
        happened_on=new.happened_on,
        key=new.key,
    )
    details = {
        "cause": new.cause,
        "facts": found.facts,
        "sha256": _digest(found.text),
        "assessment": assessment.reference,
    }
    event = begin_life(session, found, "reconsideration:raised", actor=actor, now=now, details=details)
    told = ("privacy_officer", "initiative_author")
    queue_notices(session, found, told, event=event, actor=actor, now=now)
    return found


def set_aside(session: Session, cause: Reconsideration, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Decide that the answer still holds."""
    acting = in_capacity(actor, Permission.RECONSIDERATION_DECIDE, cause)
    apply_action(session, cause, Action.SET_ASIDE, actor=acting, now=now, reason=reason)
    _decided(session, cause, None, actor=acting, now=now)


def require_new_version(
    session: Session, cause: Reconsideration, *, actor: Actor, now: dt.datetime, reason: str
) -> Assessment:
    """The author of the published assessment gets the next version to write; the published one stays meanwhile."""
    acting = in_capacity(actor, Permission.RECONSIDERATION_DECIDE, cause)
    apply_action(session, cause, Action.REQUIRE_NEW_VERSION, actor=acting, now=now, reason=reason)
    begun = begin_new_edition(session, cause.assessment, actor=acting, now=now)
    _decided(session, cause, begun, actor=acting, now=now)
    return begun


def require_assessment(
    session: Session, cause: Reconsideration, *, actor: Actor, now: dt.datetime, reason: str
) -> Assessment:
    """The author of the initiative answers the initial questions again; a clearance is taken back until then."""
    acting = in_capacity(actor, Permission.RECONSIDERATION_DECIDE, cause)
    apply_action(session, cause, Action.REQUIRE_ASSESSMENT, actor=acting, now=now, reason=reason)
    why = f"{cause.reference}: {reason.strip()}"
    begun = begin_reassessment(session, cause.initiative, actor=acting, now=now, reason=why)
    _decided(session, cause, begun, actor=acting, now=now)
    return begun


def withdraw_cause(session: Session, cause: Reconsideration, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Take back what one reported oneself."""
    apply_action(session, cause, Action.WITHDRAW, actor=actor, now=now, reason=reason)


def find_answer(session: Session, initiative: Initiative) -> Assessment | None:
    """The assessment that says now what may be done: published, else approved, else what cleared, else the newest."""
    newest_first = list(reversed(list_assessments_of(session, initiative)))
    cleared = set(
        session.scalars(
            select(Determination.assessment_id)
            .join(Assessment)
            .where(Assessment.initiative_id == initiative.id, Determination.outcome.in_(sorted(CLEARING)))
        )
    )
    standing = (
        [each for each in newest_first if each.status == full_assessment.Status.PUBLISHED],
        [each for each in newest_first if each.status in full_assessment.ALLOWS_GO_LIVE],
        [each for each in newest_first if each.id in cleared],
        newest_first,
    )
    return next((found[0] for found in standing if found), None)


def list_open_causes(session: Session, initiative: Initiative) -> list[Reconsideration]:
    """What waits to be decided about an initiative, oldest first."""
    return [each for each in list_causes_of(session, initiative) if each.status == Status.RAISED]


def list_causes_of(session: Session, initiative: Initiative) -> list[Reconsideration]:
    """Every cause there was, oldest first."""
    rows = session.scalars(
        select(Reconsideration)
        .options(selectinload(Reconsideration.author))
        .where(Reconsideration.initiative_id == initiative.id)
        .order_by(Reconsideration.created_at, Reconsideration.reference)
    )
    return list(rows)


def list_reconsiderations(
    session: Session, *, actor: Actor, status: str = "", cause: str = "", page: int = 1, size: int = 25
) -> Page[Reconsideration]:
    """The causes the actor may see, newest first."""
    check_may(actor, Permission.RECONSIDERATION_VIEW)
    query = select(Reconsideration).options(
        selectinload(Reconsideration.initiative), selectinload(Reconsideration.author)
    )
    departments = visible_departments(actor)
    if departments is not None:
        query = query.where(Reconsideration.department_id.in_(departments))
    if status:
        query = query.where(Reconsideration.status == status)
    if cause:
        query = query.where(Reconsideration.cause == cause)
    order = (Reconsideration.created_at.desc(), Reconsideration.id.desc())
    return page_of(session, query, order, page=page, size=size)


def get_reconsideration(session: Session, reference: str) -> Reconsideration:
    found = session.scalars(select(Reconsideration).where(Reconsideration.reference == reference)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no cause to look again with this reference."))
    return found


def _decided(
    session: Session, cause: Reconsideration, begun: Assessment | None, *, actor: Actor, now: dt.datetime
) -> None:
    cause.decided_by, cause.decided_at, cause.begun = actor.person_id, now, begun
    session.flush()


def _find_known(session: Session, new: NewCause, actor: Actor) -> Reconsideration | None:
    if new.key is not None:
        return session.scalars(select(Reconsideration).where(Reconsideration.key == new.key)).one_or_none()
    open_ones = list_open_causes(session, new.initiative) if actor.id is not None else []
    said = (actor.id, new.cause, new.text.strip())
    return next((each for each in open_ones if (each.author_id, each.cause, each.text) == said), None)


def _check_new(session: Session, new: NewCause, now: dt.datetime) -> None:
    """A report says what happened, and when unless it is a change; the product's own causes say it by their kind."""
    if new.cause not in CAUSES or not set(new.facts) <= set(WATCHED_FACTS):
        raise Invalid(N_("Choose from what is offered here."))
    if new.cause not in REPORTED:
        return
    if len(new.text) > LONGEST_TEXT:
        raise Invalid(N_("One text is longer than %(most)s characters. Shorten it."), most=LONGEST_TEXT)
    if not new.text.strip():
        raise Invalid(N_("Say what happened."))
    if new.cause == "change":
        if not new.facts:
            raise Invalid(N_("Choose at least one thing that has changed or will change."))
        return
    if new.happened_on is None or new.happened_on > clock.day_of(now, get_city(session).time_zone):
        raise Invalid(N_("Give the day it happened. It cannot lie ahead."))


def _digest(text: str) -> str:
    """What the trail keeps of a report: enough to prove the text, nothing of what it says about people."""
    return hashlib.sha256(text.encode()).hexdigest()
