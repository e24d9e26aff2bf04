"""Which signatures are in force under the present text, and the guards that rest on them.

The agency signs what the department and its experts answered; the officer's own answers are not part of that. Its
signature stands until a section it covers is changed, also through a further review round.
"""

from __future__ import annotations

import uuid
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotAllowed, NotPossible
from pia_engine.models import Assessment, AuditEvent, Contribution, Review, Revision, SignOff, WorkflowRecord
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.authorship import people_behind, people_in, people_who_answered
from pia_engine.permissions.roles import AUTHORING_ROLES, Actor, Role
from pia_engine.permissions.whereabouts import holders_of
from pia_engine.questionnaires.coverage import section_digests
from pia_engine.questionnaires.definition import Answers

AGENCY, DECIDER = 1, 2


def newest_revision(session: Session, assessment_id: object) -> Revision | None:
    return session.scalars(
        select(Revision).where(Revision.assessment_id == assessment_id).order_by(Revision.number.desc()).limit(1)
    ).first()


def covered_by(session: Session, assessment: Assessment, answers: Answers, *, position: int) -> dict[str, str]:
    """The digest of each section as a signature at this position covers it: the decider's covers the advice too."""
    questionnaire = questionnaire_for(session, assessment.sheet)
    roles = frozenset(map(str, AUTHORING_ROLES)) if position == AGENCY else None
    return section_digests(questionnaire, answers, roles=roles)


def signatures_in_force(session: Session, assessment: Assessment) -> list[SignOff]:
    """The signatures that hold for the newest revision, in order: the newest one of each position.

    Whoever gave the advice on this text cannot also have signed it for the agency, in person or through a deputy.
    """
    revision = newest_revision(session, assessment.id)
    if revision is None:
        return []
    rows = session.scalars(
        select(SignOff)
        .where(SignOff.assessment_id == assessment.id, SignOff.decision == "signed", SignOff.voided_at.is_(None))
        .order_by(SignOff.signed_at, SignOff.id)
    )
    present = covered_by(session, assessment, revision.answers, position=AGENCY)
    advisers = _advisers(session, assessment, revision)
    standing = {
        signed.position: signed
        for signed in rows
        if (signed.revision_digest == revision.digest if signed.position == DECIDER else signed.covers == present)
        and not (signed.position == AGENCY and advisers & {signed.person_id, signed.represents_id})
    }
    return [standing[position] for position in sorted(standing)]


def agency_signature(session: Session, assessment: Assessment) -> SignOff | None:
    """The agency's signature that stands under the newest revision, if one does."""
    return next((each for each in signatures_in_force(session, assessment) if each.position == AGENCY), None)


def _advisers(session: Session, assessment: Assessment, revision: Revision) -> set[uuid.UUID]:
    """Whoever began or ended the review of this text, and whoever wrote an answer of the officer's that is in it."""
    started = select(AuditEvent.actor_id, AuditEvent.represented_id).where(
        AuditEvent.aggregate_id == assessment.id,
        AuditEvent.event == "full-assessment:review-started",
        AuditEvent.at.in_(select(Review.started_at).where(Review.revision_id == revision.id)),
    )
    ended = select(Review.reviewer_id, Review.represents_id).where(Review.revision_id == revision.id)
    return {
        *people_in(session.execute(started)),
        *people_in(session.execute(ended)),
        *_answered_as(session, assessment, revision, Role.PRIVACY_OFFICER),
    }


def _answered_as(session: Session, assessment: Assessment, revision: Revision, role: Role) -> set[uuid.UUID]:
    questions = questionnaire_for(session, assessment.sheet).questions
    theirs = {each.id for each in questions if each.answered_by == role and each.id in revision.answers}
    return people_who_answered(session, assessment, role, theirs)


def agency_has_signed(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    if agency_signature(session, cast(Assessment, record)) is None:
        raise NotPossible(
            N_("The agency has not signed the present text yet."), place=holders_of([Role.AGENCY_OFFICIAL])
        )


def has_not_judged_this_text(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Advice, the agency's signature and the decision come from three people, whatever roles one person holds.

    What a deputy did counts for both: the deputy, and the person stood in for.
    """
    assessment, revision = cast(Assessment, record), newest_revision(session, record.id)
    if revision is None:
        return
    judges = {
        *_advisers(session, assessment, revision),
        *people_in(
            session.execute(select(SignOff.person_id, SignOff.represents_id).where(SignOff.revision_id == revision.id))
        ),
        *people_in((signed.person_id, signed.represents_id) for signed in signatures_in_force(session, assessment)),
    }
    if people_behind(actor) & judges:
        raise NotAllowed(
            N_(
                "You, or the person you stand in for, gave the advice or a signature on this text already. "
                "Somebody else takes this step."
            ),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


def has_not_answered_as_expert(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """An expert whose answers or sign-off stand in the text does not decide on it, in person or through a deputy."""
    assessment, revision = cast(Assessment, record), newest_revision(session, record.id)
    if revision is None:
        return
    standing = select(Contribution.person_id, Contribution.signed_at).where(
        Contribution.assessment_id == record.id, Contribution.signed_at.is_not(None), Contribution.voided_at.is_(None)
    )
    signed = session.execute(standing).all()
    represented = select(AuditEvent.represented_id).where(
        AuditEvent.aggregate_id == record.id,
        AuditEvent.event == "contribution:signed",
        AuditEvent.at.in_([each.signed_at for each in signed]),
    )
    experts = {
        *people_in((each.person_id,) for each in signed),
        *people_in(session.execute(represented)),
        *_answered_as(session, assessment, revision, Role.CONTRIBUTOR),
    }
    if people_behind(actor) & experts:
        raise NotAllowed(
            N_(
                "You, or the person you stand in for, answered or signed off a part of this text as an expert. "
                "Somebody else decides."
            ),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )
