"""Requests to experts for some sections, and their sign-off under exactly those.

How each stands is `contribution_states`; when a sign-off becomes void is `coverage`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotAllowed, NotFound, NotPossible, Stale
from pia_engine.models import Assessment, AuditEvent, Contribution, OutboxJob, Person
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.people import check_may, may
from pia_engine.permissions.records import missing_for
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.signatures import AGENCY, covered_by
from pia_engine.permissions.vocabulary import Permission
from pia_engine.permissions.whereabouts import question_of
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.contribution_states import CLOSED, is_unsigned, list_open_requests
from pia_engine.services.coverage import TOPICS
from pia_engine.services.holders import list_holders
from pia_engine.services.notices import tell_people

TEXT_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of whom."""

    person_id: uuid.UUID
    topic: str
    sections: tuple[str, ...]
    text: str
    due_on: dt.date | None = None


def can_ask(assessment: Assessment, *, actor: Actor) -> bool:
    """The author and the privacy officer may ask, until it is decided."""
    return _may_ask(assessment, actor) and assessment.status not in CLOSED


def check_can_ask(assessment: Assessment, *, actor: Actor) -> None:
    """The same with a sentence."""
    check_may(actor, Permission.CONTRIBUTION_ASK, assessment)
    if not _may_ask(assessment, actor):
        raise NotAllowed(
            N_("The author and the privacy officer ask experts to contribute to a full assessment."),
            who_can_help=N_("Its author, or the privacy officer"),
        )
    if assessment.status in CLOSED:
        raise NotPossible(N_("The assessment is decided or ended: nobody is asked any more."))


def list_experts(session: Session, assessment: Assessment, *, now: dt.datetime) -> list[Person]:
    """Who may be asked: everybody who contributes today, but the author."""
    return list_holders(session, Role.CONTRIBUTOR, on=_today(session, now), but_for=assessment.author_id)


def ask_contribution(
    session: Session, assessment: Assessment, request: Request, *, actor: Actor, now: dt.datetime
) -> Contribution:
    """Ask a named expert for some sections; they get a message and find it in their work."""
    check_can_ask(assessment, actor=actor)
    _check_request(session, assessment, request, now)
    asked = Contribution(
        assessment_id=assessment.id,
        topic=request.topic,
        sections=list(request.sections),
        person_id=request.person_id,
        text=request.text.strip(),
        asked_by=actor.person_id,
        asked_at=now,
        due_on=request.due_on,
    )
    session.add(asked)
    session.flush()
    event = _append(session, asked, "contribution:asked", actor=actor, now=now)
    _tell(session, asked, [asked.person_id], event=event, actor=actor, now=now, reason=asked.text)
    return asked


def remind_contributor(session: Session, contribution: Contribution, *, actor: Actor, now: dt.datetime) -> None:
    """Send the request once more, at most once a day."""
    check_can_withdraw(contribution, actor=actor)
    today = _today(session, now)
    last = session.scalar(
        select(OutboxJob.queued_at)
        .where(
            OutboxJob.kind == "notice",
            OutboxJob.payload["contribution"].as_string() == str(contribution.id),
            OutboxJob.payload["person"].as_string() == str(contribution.person_id),
        )
        .order_by(OutboxJob.queued_at.desc())
        .limit(1)
    )
    if last is not None and clock.day_of(last, get_city(session).time_zone) == today:
        raise NotPossible(N_("A message about this was sent today already. Wait a day before you remind."))
    event = _append(session, contribution, "contribution:reminded", actor=actor, now=now)
    people = [contribution.person_id]
    _tell(session, contribution, people, event=event, actor=actor, now=now, reason=contribution.text)


def withdraw_contribution(session: Session, contribution: Contribution, *, actor: Actor, now: dt.datetime) -> None:
    """Take a request back that is not signed off yet. What the expert answered stays."""
    check_can_withdraw(contribution, actor=actor)
    contribution.withdrawn_at = now
    event = _append(session, contribution, "contribution:withdrawn", actor=actor, now=now)
    _tell(session, contribution, [contribution.person_id], event=event, actor=actor, now=now)


def check_can_withdraw(contribution: Contribution, *, actor: Actor) -> None:
    """Whoever may ask, while it is not signed off."""
    check_can_ask(contribution.assessment, actor=actor)
    _check_unsigned(contribution)


def sign_contribution(
    session: Session, contribution: Contribution, *, statement: str, seen: str, actor: Actor, now: dt.datetime
) -> None:
    """Sign off the sections as they are now. `seen` is the digest of what the expert was shown."""
    check_can_sign(session, contribution, actor=actor)
    if not statement.strip():
        raise Invalid(N_("Say what you examined and what you conclude."))
    if seen != seen_digest(session, contribution):
        raise Stale(
            N_("An answer in these sections changed while you were reading. Look at them again, then sign off.")
        )
    present = covered_by(session, contribution.assessment, answers_of(contribution.assessment.sheet), position=AGENCY)
    contribution.covers = {section: present[section] for section in contribution.sections}
    contribution.statement, contribution.signed_at = statement.strip(), now
    event = _append(session, contribution, "contribution:signed", actor=actor, now=now)
    told = {contribution.asked_by, contribution.assessment.author_id}
    _tell(session, contribution, told, event=event, actor=actor, now=now, reason=contribution.statement)


def check_can_sign(session: Session, contribution: Contribution, *, actor: Actor) -> None:
    """Only the expert who was asked, while it is open, and when their own questions there are answered."""
    assessment = contribution.assessment
    check_may(actor, Permission.CONTRIBUTION_GIVE, assessment)
    if actor.id != contribution.person_id:
        raise NotAllowed(N_("Somebody else was asked for this."), who_can_help=contribution.person.name)
    _check_unsigned(contribution)
    if assessment.status in CLOSED:
        raise NotPossible(N_("The assessment is decided or ended: nothing is signed off any more."))
    questionnaire = questionnaire_for(session, assessment.sheet)
    mine = missing_for(session, assessment, frozenset({Role.CONTRIBUTOR}))
    here = [each for each in mine if questionnaire.section_of(each.id).id in contribution.sections]
    if here:
        raise NotPossible(
            N_("Your questions here that still need an answer: %(count)s. The first is “%(first)s”."),
            place=question_of(questionnaire, here[0]),
            count=len(here),
            first=here[0].text,
        )


def seen_digest(session: Session, contribution: Contribution) -> str:
    """One digest of all the sections asked about, as they are now."""
    assessment = contribution.assessment
    present = covered_by(session, assessment, answers_of(assessment.sheet), position=AGENCY)
    return hashlib.sha256(rfc8785.dumps({each: present[each] for each in contribution.sections})).hexdigest()


def get_contribution(session: Session, reference: str, contribution_id: uuid.UUID) -> Contribution:
    """A request made for any version of the assessment. Raises NotFound."""
    found = session.get(Contribution, contribution_id)
    if found is None or found.assessment.reference != reference:
        raise NotFound(N_("There is no such request here."))
    return found


def _may_ask(assessment: Assessment, actor: Actor) -> bool:
    is_asker = actor.id == assessment.author_id or Role.PRIVACY_OFFICER in actor.roles
    return assessment.stage == "full" and is_asker and may(actor, Permission.CONTRIBUTION_ASK, assessment)


def _check_request(session: Session, assessment: Assessment, request: Request, now: dt.datetime) -> None:
    known = {section.id for section in questionnaire_for(session, assessment.sheet).sections}
    if request.topic not in TOPICS:
        raise Invalid(N_("Choose what expertise you ask for."))
    if request.person_id not in {each.id for each in list_experts(session, assessment, now=now)}:
        raise Invalid(N_("Choose somebody who contributes, other than the author."))
    if not request.sections or not set(request.sections) <= known:
        raise Invalid(N_("Choose at least one section."))
    if not request.text.strip():
        raise Invalid(N_("Say what you ask them to look at."))
    if request.due_on is not None and request.due_on < _today(session, now):
        raise Invalid(N_("This day has passed. Choose a later one, or leave it open."))
    waiting = [each for each in list_open_requests(session, assessment) if each.person_id == request.person_id]
    if any(set(each.sections) & set(request.sections) and each.topic == request.topic for each in waiting):
        raise Invalid(
            N_("This person was already asked for one of these sections. Remind them, or withdraw that first.")
        )


def _check_unsigned(contribution: Contribution) -> None:
    if not is_unsigned(contribution):
        raise NotPossible(N_("This request was signed off or withdrawn before."))


def _append(session: Session, contribution: Contribution, event: str, *, actor: Actor, now: dt.datetime) -> AuditEvent:
    details = {
        "contribution": str(contribution.id),
        "person": str(contribution.person_id),
        "topic": contribution.topic,
        "sections": contribution.sections,
        **({"covers": contribution.covers} if contribution.covers else {}),
    }
    written = append_event(
        session, contribution.assessment, event, actor=actor, now=now, reason=contribution.statement, details=details
    )
    session.flush()
    return written


def _tell(
    session: Session,
    contribution: Contribution,
    people: Iterable[uuid.UUID],
    *,
    event: AuditEvent,
    actor: Actor,
    now: dt.datetime,
    reason: str = "",
) -> None:
    about = {"contribution": str(contribution.id)}
    assessment = contribution.assessment
    tell_people(session, assessment, people, event=event, actor=actor, now=now, reason=reason, about=about)


def _today(session: Session, now: dt.datetime) -> dt.date:
    return clock.day_of(now, get_city(session).time_zone)
