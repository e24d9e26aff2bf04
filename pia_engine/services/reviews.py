"""Review rounds on a full assessment: changes asked for and answered, then the privacy officer's advice.

Decisions are made by other people and stand in `sign_offs`.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import Assessment, RequestedChange, Review
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.advice import RECOMMENDATIONS
from pia_engine.permissions.people import check_may
from pia_engine.permissions.records import open_review
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.signatures import newest_revision
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.assessments import fix_revision
from pia_engine.services.sign_offs import carry_signature
from pia_engine.services.workflow import apply_action, check_action
from pia_engine.workflows.full_assessment import Action


def start_review(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime) -> Review:
    """Open the next round on the newest revision."""
    event = apply_action(session, assessment, Action.START_REVIEW, actor=actor, now=now)
    revision = newest_revision(session, assessment.id)
    rounds = session.scalar(select(func.count(Review.id)).where(Review.assessment_id == assessment.id)) or 0
    if revision is None:
        raise NotPossible(N_("Nothing was submitted yet."))
    review = Review(
        assessment_id=assessment.id,
        revision_id=revision.id,
        round=rounds + 1,
        reviewer_id=actor.person_id,
        represents_id=event.represented_id,
        started_at=now,
    )
    session.add(review)
    session.flush()
    return review


def note_change(
    session: Session, assessment: Assessment, *, question: str, text: str, actor: Actor, now: dt.datetime
) -> RequestedChange:
    """Note one change at one question; the author sees it once the changes are requested."""
    check_may(actor, Permission.ASSESSMENT_REVIEW, assessment)
    review = _under_way(session, assessment)
    if not text.strip():
        raise Invalid(N_("Say what should change."))
    if questionnaire_for(session, assessment.sheet).find_question(question) is None:
        raise NotFound(N_("There is no such question."))
    change = RequestedChange(review_id=review.id, question=question, text=text.strip(), requested_at=now)
    review.requested_changes.append(change)
    session.flush()
    return change


def drop_change(session: Session, assessment: Assessment, change_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a noted change back before it is requested."""
    check_may(actor, Permission.ASSESSMENT_REVIEW, assessment)
    review = _under_way(session, assessment)
    change = session.get(RequestedChange, change_id)
    if change is None or change.review_id != review.id:
        raise NotFound(N_("There is no such note in this round."))
    review.requested_changes.remove(change)
    session.delete(change)
    session.flush()


def request_changes(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str = ""
) -> None:
    """Send the noted changes to the author; this round ends."""
    review = _under_way(session, assessment)
    apply_action(
        session,
        assessment,
        Action.REQUEST_CHANGES,
        actor=actor,
        now=now,
        reason=reason,
        details={"round": review.round, "changes": len(review.requested_changes)},
    )
    review.result, review.finished_at = "changes", now
    session.flush()


def reply_to_change(
    session: Session, assessment: Assessment, change_id: uuid.UUID, *, reply: str, actor: Actor, now: dt.datetime
) -> RequestedChange:
    """The author says what was changed, or why not."""
    check_may(actor, Permission.ASSESSMENT_SUBMIT, assessment)
    if assessment.status != "changes_requested":
        raise NotPossible(N_("No changes are requested at present."))
    change = session.get(RequestedChange, change_id)
    if change is None or change.review.assessment_id != assessment.id:
        raise NotFound(N_("There is no such requested change."))
    if change not in list_open_changes(session, assessment):
        raise NotPossible(N_("This point belongs to an earlier round; its reply stands as it is."))
    if not reply.strip():
        raise Invalid(N_("Say what you changed, or why you did not."))
    change.reply, change.replied_by, change.replied_at = reply.strip(), actor.id, now
    session.flush()
    return change


class NoRecommendation(Invalid):
    """Advice has to say what it comes to."""

    field = "recommendation"


def recommend(
    session: Session, assessment: Assessment, *, recommendation: str, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Give advice and pass the text on; the officer's own answers are fixed with it, so sign-offs cover them.

    The text is fixed before the step, which asks whether the agency's signature still covers it. What is recommended
    stands from then on: whoever thinks otherwise later gives advice on a later text.
    """
    review = _under_way(session, assessment)
    if recommendation not in RECOMMENDATIONS:
        raise NoRecommendation(N_("Say what you recommend: approve, approve with conditions, or reject."))
    check_action(session, assessment, Action.RECOMMEND, actor=actor)
    review.revision_id = fix_revision(session, assessment, actor=actor, now=now).id
    details = {"round": review.round, "recommendation": recommendation}
    event = apply_action(session, assessment, Action.RECOMMEND, actor=actor, now=now, reason=reason, details=details)
    review.reviewer_id, review.represents_id = actor.person_id, event.represented_id
    review.result, review.advice, review.finished_at = "recommended", reason.strip(), now
    review.recommendation = recommendation
    for change in list_requested_changes(session, assessment):
        change.settled_at = change.settled_at or now
    session.flush()
    carry_signature(session, assessment, now=now)


def list_requested_changes(session: Session, assessment: Assessment) -> list[RequestedChange]:
    """Changes the author has been asked for, oldest first; notes of an open round are not among them."""
    rows = session.scalars(
        select(RequestedChange)
        .join(Review)
        .where(Review.assessment_id == assessment.id, Review.result != "")
        .order_by(Review.round, RequestedChange.requested_at, RequestedChange.id)
    )
    return list(rows)


def list_open_changes(session: Session, assessment: Assessment) -> list[RequestedChange]:
    """The changes the author replies to now: those of the newest round, while the text is back with the author."""
    rounds = list_reviews(session, assessment)
    if assessment.status != "changes_requested" or not rounds or rounds[-1].result != "changes":
        return []
    return rounds[-1].requested_changes


def list_reviews(session: Session, assessment: Assessment) -> list[Review]:
    return list(session.scalars(select(Review).where(Review.assessment_id == assessment.id).order_by(Review.round)))


def _under_way(session: Session, assessment: Assessment) -> Review:
    review = open_review(session, assessment.id)
    if review is None:
        raise NotPossible(N_("No review is under way. The privacy officer starts one."))
    return review
