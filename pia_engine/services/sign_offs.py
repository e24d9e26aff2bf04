"""Sign-offs on a full assessment: the agency first, then the official whom the residual risk demands.

Each one names the revision it was given on by digest, and each section it covers; `coverage` voids it when one of them
is changed. Advice is given before, in `reviews`, by somebody else.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, AuditEvent, SignOff
from pia_engine.permissions.advice import REJECT, advice_on, approval, check_departure
from pia_engine.permissions.records import decider_role
from pia_engine.permissions.roles import SYSTEM, Actor, Role
from pia_engine.permissions.signatures import agency_signature, covered_by, newest_revision, signatures_in_force
from pia_engine.services.annual_audits import schedule_first_audit
from pia_engine.services.commitments import make_commitments_of
from pia_engine.services.initiatives import clear_initiative, refuse_initiative
from pia_engine.services.notices import queue_notices
from pia_engine.services.workflow import apply_action, check_action
from pia_engine.workflows.full_assessment import Action, Status

ASKED_TO_SIGN: dict[str, tuple[str, ...]] = {
    Status.AWAITING_AGENCY_SIGN_OFF: ("agency_signatory",),
    Status.AWAITING_DECISION: ("agency_signatory", "decider"),
}


def take_back(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """The author goes on writing. Signatures stand until a section they cover is really changed."""
    asked = ASKED_TO_SIGN.get(assessment.status, ())
    event = apply_action(session, assessment, Action.TAKE_BACK, actor=actor, now=now, reason=reason)
    queue_notices(session, assessment, asked, event=event, actor=actor, now=now)


def carry_signature(session: Session, assessment: Assessment, *, now: dt.datetime) -> SignOff | None:
    """Pass a text on to the decision at once when the agency's signature still covers all of it."""
    signed = agency_signature(session, assessment)
    if signed is not None:
        said = f"{signed.person.name}, {signed.signed_at.date().isoformat()}"
        details = {"sign_off": str(signed.id)}
        apply_action(session, assessment, Action.CARRY_SIGNATURE, actor=SYSTEM, now=now, reason=said, details=details)
    return signed


def sign_for_agency(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str
) -> SignOff:
    """The first signature: an agency official of the department who did not write the text."""
    event = apply_action(session, assessment, Action.SIGN_FOR_AGENCY, actor=actor, now=now, reason=reason)
    return _sign(session, assessment, 1, Role.AGENCY_OFFICIAL, "signed", actor=actor, event=event)


def decline_to_sign(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str
) -> SignOff:
    """The agency does not sign; the author gets the text back with the reason."""
    event = apply_action(session, assessment, Action.DECLINE_TO_SIGN, actor=actor, now=now, reason=reason)
    return _sign(session, assessment, 1, Role.AGENCY_OFFICIAL, "declined", actor=actor, event=event)


def approve(
    session: Session,
    assessment: Assessment,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str,
    conditions: str = "",
    overrules: str = "",
) -> SignOff:
    """The second signature, by whom the residual risk demands. Schedules the first audit, clears the initiative.

    `overrules` is why it departs from the advice, and is asked for exactly then.
    """
    role = decider_role(session, assessment)
    check_action(session, assessment, Action.APPROVE, actor=actor)
    departure = _departure(session, assessment, approval(conditions), overrules)
    event = apply_action(
        session,
        assessment,
        Action.APPROVE,
        actor=actor,
        now=now,
        reason=reason,
        details={"conditions": conditions.strip(), **departure},
    )
    assessment.conditions, assessment.approved_at = conditions.strip(), now
    signed = _sign(session, assessment, 2, role, "signed", actor=actor, event=event, overrules=overrules.strip())
    make_commitments_of(session, assessment, actor=actor, now=now)
    schedule_first_audit(session, assessment, now=now)
    clear_initiative(session, assessment.initiative, now=now, reason=f"{assessment.reference}: approved")
    return signed


def send_back(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str) -> SignOff:
    """The decider wants changes first; the agency will have to sign the changed text anew."""
    role = decider_role(session, assessment)
    event = apply_action(session, assessment, Action.SEND_BACK, actor=actor, now=now, reason=reason)
    return _sign(session, assessment, 2, role, "sent_back", actor=actor, event=event)


def reject(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str, overrules: str = ""
) -> SignOff:
    """The initiative shall not go ahead as assessed."""
    role = decider_role(session, assessment)
    check_action(session, assessment, Action.REJECT, actor=actor)
    details = _departure(session, assessment, REJECT, overrules)
    event = apply_action(session, assessment, Action.REJECT, actor=actor, now=now, reason=reason, details=details)
    refuse_initiative(session, assessment.initiative, now=now, reason=f"{assessment.reference}: {reason}")
    return _sign(session, assessment, 2, role, "rejected", actor=actor, event=event, overrules=overrules.strip())


def list_sign_offs(session: Session, assessment: Assessment) -> list[SignOff]:
    """Every signature and refusal, oldest first."""
    rows = session.scalars(
        select(SignOff).where(SignOff.assessment_id == assessment.id).order_by(SignOff.signed_at, SignOff.id)
    )
    return list(rows)


def sign_offs_in_force(session: Session, assessment: Assessment) -> list[SignOff]:
    """The signatures that cover the present text, in order."""
    return signatures_in_force(session, assessment)


def _departure(session: Session, assessment: Assessment, decision: str, why: str) -> dict[str, object]:
    """What the trail keeps of a decision beside the advice: whether it departs from it, and then with which words."""
    advice = advice_on(session, assessment)
    recommendation = advice.recommendation if advice else ""
    if not check_departure(recommendation, decision, why):
        return {"overrules": False}
    return {"overrules": True, "recommendation": recommendation, "why": why.strip()}


def _sign(
    session: Session,
    assessment: Assessment,
    position: int,
    role: Role,
    decision: str,
    *,
    actor: Actor,
    event: AuditEvent,
    overrules: str = "",
) -> SignOff:
    """What the step meant, as a record of its own: who, for whom, and why stand as in the step's event."""
    revision = newest_revision(session, assessment.id)
    if revision is None:
        raise NotPossible(N_("Nothing was submitted yet."))
    signed = SignOff(
        assessment_id=assessment.id,
        revision_id=revision.id,
        position=position,
        role=str(role),
        person_id=actor.person_id,
        represents_id=event.represented_id,
        decision=decision,
        reason=event.reason,
        overrules=overrules,
        signed_at=event.at,
        revision_digest=revision.digest,
        covers=covered_by(session, assessment, revision.answers, position=position) if decision == "signed" else {},
    )
    session.add(signed)
    session.flush()
    return signed
