"""What becomes of a commitment: reported, accepted, returned or dropped; postponed, handed over, or made by hand.

The keeper says what shows that it was kept; somebody else, who never kept it, closes it.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotPossible, PiaError
from pia_engine.models import Commitment, Initiative, Person
from pia_engine.permissions.capacity import in_capacity
from pia_engine.permissions.governance import has_never_kept_this_commitment
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.commitment_pages import renew_public_pages
from pia_engine.services.commitments import NewCommitment, make_commitment, today_of
from pia_engine.services.keepers import list_possible_keepers
from pia_engine.services.notices import tell_people
from pia_engine.services.workflow import apply_action, check_action
from pia_engine.workflows.commitment import Action, Status

EVIDENCE_WORDS = 5
LONGEST = dt.timedelta(days=3 * 366)
"""How far ahead a day may lie: a later one would put the promise out of everybody's sight."""


class WrongDay(Invalid):
    """The day given cannot be."""

    field = "due_on"


class WrongKeeper(Invalid):
    """The person given cannot keep it."""

    field = "keeper"


def add_commitment(
    session: Session,
    initiative: Initiative,
    *,
    text: str,
    keeper: Person,
    due_on: dt.date,
    is_public: bool,
    actor: Actor,
    now: dt.datetime,
) -> Commitment:
    """An officer makes a commitment by hand, beside those of the text."""
    check_may(actor, Permission.COMMITMENT_MAKE, initiative)
    _check_keeper(session, keeper, now)
    _check_day(due_on, after=today_of(session, now) - dt.timedelta(days=1), now_on=today_of(session, now))
    new = NewCommitment(
        text=text, keeper=keeper, due_on=due_on, source="officer", initiative=initiative, is_public=is_public
    )
    made = make_commitment(session, new, actor=actor, now=now)
    renew_public_pages(session, [made], key=made.trail_head, now=now)
    return made


def report_kept(session: Session, commitment: Commitment, *, evidence: str, actor: Actor, now: dt.datetime) -> None:
    """Its keeper says what shows that it was kept."""
    check_action(session, commitment, Action.REPORT, actor=actor)
    if len(evidence.split()) < EVIDENCE_WORDS:
        raise Invalid(
            N_("Say what shows that it was kept, in at least %(count)s words: what was done, when, where to see it."),
            count=EVIDENCE_WORDS,
        )
    commitment.evidence = evidence.strip()
    event = apply_action(session, commitment, Action.REPORT, actor=actor, now=now, reason=evidence)
    renew_public_pages(session, [commitment], key=event.hash, now=now)


def accept_evidence(
    session: Session, commitment: Commitment, *, actor: Actor, now: dt.datetime, reason: str = ""
) -> None:
    """Somebody who never kept it is satisfied by the evidence: the commitment is kept."""
    _close(session, commitment, Action.ACCEPT, actor=actor, now=now, reason=reason)


def return_it(session: Session, commitment: Commitment, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """The evidence does not show it; the keeper goes on, by the same day."""
    event = apply_action(session, commitment, Action.RETURN, actor=actor, now=now, reason=reason)
    renew_public_pages(session, [commitment], key=event.hash, now=now)


def drop_commitment(session: Session, commitment: Commitment, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """The city does not keep it any more. The reason is public where the commitment is."""
    _close(session, commitment, Action.DROP, actor=actor, now=now, reason=reason)


def postpone(
    session: Session, commitment: Commitment, *, until: dt.date, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Give it a later day. How often that was done stays visible; being passed up begins anew."""
    check_can_look_after(session, commitment, actor=actor)
    today = today_of(session, now)
    _check_reason(reason)
    _check_day(until, after=max(commitment.due_on, today), now_on=today)
    details = {"from": commitment.due_on.isoformat(), "to": until.isoformat()}
    commitment.due_on, commitment.escalation = until, 0
    commitment.postponed += 1
    event = append_event(
        session, commitment, "commitment:postponed", actor=actor, now=now, reason=reason.strip(), details=details
    )
    session.flush()
    tell_people(session, commitment, [commitment.author_id], event=event, actor=actor, now=now)
    renew_public_pages(session, [commitment], key=event.hash, now=now)


def hand_over(
    session: Session, commitment: Commitment, *, keeper: Person, reason: str, actor: Actor, now: dt.datetime
) -> None:
    """Somebody else keeps it from now on; both are told, and neither of them may ever close it."""
    check_can_look_after(session, commitment, actor=actor)
    _check_reason(reason)
    _check_keeper(session, keeper, now)
    if keeper.id == commitment.author_id:
        raise WrongKeeper(N_("%(name)s keeps this commitment already. Choose somebody else."), name=keeper.name)
    before = commitment.author_id
    details = {"from": str(before), "keeper": str(keeper.id), "names": [commitment.keeper.name, keeper.name]}
    commitment.keeper, commitment.author_id = keeper, keeper.id
    event = append_event(
        session, commitment, "commitment:handed-over", actor=actor, now=now, reason=reason.strip(), details=details
    )
    session.flush()
    tell_people(session, commitment, [before, keeper.id], event=event, actor=actor, now=now)


def check_can_look_after(session: Session, commitment: Commitment, *, actor: Actor) -> None:
    """May this actor postpone it or hand it over? Whoever may close it may, while it is open."""
    check_may(actor, Permission.COMMITMENT_ACCEPT, commitment)
    if commitment.status != Status.OPEN:
        raise NotPossible(N_("This commitment is not open, so it can be neither postponed nor handed over."))
    capable = in_capacity(actor, Permission.COMMITMENT_ACCEPT, commitment)
    has_never_kept_this_commitment(session, commitment, capable)


def _close(
    session: Session, commitment: Commitment, action: Action, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Who closed it and when are set together with the status, as the database demands."""
    with session.no_autoflush:
        check_action(session, commitment, action, actor=actor)
        commitment.closed_by, commitment.closed_at = actor.person_id, now
        try:
            event = apply_action(session, commitment, action, actor=actor, now=now, reason=reason)
        except PiaError:
            commitment.closed_by = commitment.closed_at = None
            raise
    renew_public_pages(session, [commitment], key=event.hash, now=now)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(N_("Give a reason: it is kept with the commitment, and others will read it."))


def _check_day(day: dt.date, *, after: dt.date, now_on: dt.date) -> None:
    if day <= after:
        raise WrongDay(N_("Choose a day after %(day)s."), day=after.isoformat())
    if day > now_on + LONGEST:
        raise WrongDay(N_("Choose a day within the next three years."))


def _check_keeper(session: Session, keeper: Person, now: dt.datetime) -> None:
    if keeper not in list_possible_keepers(session, on=today_of(session, now)):
        raise WrongKeeper(
            N_("%(name)s holds no role in which a commitment can be kept. Choose from the list."), name=keeper.name
        )
