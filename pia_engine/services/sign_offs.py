"""Sign-offs on a full assessment: the agency first, then the official whom the residual risk demands.

Each one names the revision it covers by digest. Advice is given before, in `reviews`, by somebody else.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, SignOff
from pia_engine.permissions.records import decider_role, newest_revision
from pia_engine.permissions.roles import Actor, Role
from pia_engine.services.annual_audits import schedule_first_audit
from pia_engine.services.initiatives import clear_initiative, refuse_initiative
from pia_engine.services.workflow import apply_action
from pia_engine.workflows.full_assessment import Action


def sign_for_agency(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str
) -> SignOff:
    """The first signature: an agency official of the department who did not write the text."""
    apply_action(session, assessment, Action.SIGN_FOR_AGENCY, actor=actor, now=now, reason=reason)
    return _sign(session, assessment, 1, Role.AGENCY_OFFICIAL, "signed", actor=actor, now=now, reason=reason)


def decline_to_sign(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str
) -> SignOff:
    """The agency does not sign; the author gets the text back with the reason."""
    apply_action(session, assessment, Action.DECLINE_TO_SIGN, actor=actor, now=now, reason=reason)
    return _sign(session, assessment, 1, Role.AGENCY_OFFICIAL, "declined", actor=actor, now=now, reason=reason)


def approve(
    session: Session,
    assessment: Assessment,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str,
    conditions: str = "",
) -> SignOff:
    """The second signature, by whom the residual risk demands. Schedules the first audit, clears the initiative."""
    role = decider_role(session, assessment)
    apply_action(
        session,
        assessment,
        Action.APPROVE,
        actor=actor,
        now=now,
        reason=reason,
        details={"conditions": conditions.strip()},
    )
    assessment.conditions, assessment.approved_at = conditions.strip(), now
    signed = _sign(session, assessment, 2, role, "signed", actor=actor, now=now, reason=reason)
    schedule_first_audit(session, assessment, now=now)
    clear_initiative(session, assessment.initiative, now=now, reason=f"{assessment.reference}: approved")
    return signed


def send_back(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str) -> SignOff:
    """The decider wants changes first; the agency will have to sign the changed text anew."""
    role = decider_role(session, assessment)
    apply_action(session, assessment, Action.SEND_BACK, actor=actor, now=now, reason=reason)
    return _sign(session, assessment, 2, role, "sent_back", actor=actor, now=now, reason=reason)


def reject(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str) -> SignOff:
    """The initiative shall not go ahead as assessed."""
    role = decider_role(session, assessment)
    apply_action(session, assessment, Action.REJECT, actor=actor, now=now, reason=reason)
    refuse_initiative(session, assessment.initiative, now=now, reason=f"{assessment.reference}: {reason}")
    return _sign(session, assessment, 2, role, "rejected", actor=actor, now=now, reason=reason)


def list_sign_offs(session: Session, assessment: Assessment) -> list[SignOff]:
    """Every signature and refusal, oldest first."""
    rows = session.scalars(
        select(SignOff).where(SignOff.assessment_id == assessment.id).order_by(SignOff.signed_at, SignOff.id)
    )
    return list(rows)


def sign_offs_in_force(session: Session, assessment: Assessment) -> list[SignOff]:
    """The signatures that cover the present text, in order."""
    revision = newest_revision(session, assessment.id)
    digest = revision.digest if revision else ""
    valid = [s for s in list_sign_offs(session, assessment) if s.decision == "signed" and s.revision_digest == digest]
    return sorted(valid, key=lambda signed: signed.position)


def _sign(
    session: Session,
    assessment: Assessment,
    position: int,
    role: Role,
    decision: str,
    *,
    actor: Actor,
    now: dt.datetime,
    reason: str,
) -> SignOff:
    revision = newest_revision(session, assessment.id)
    if revision is None:
        raise NotPossible(N_("Nothing was submitted yet."))
    signed = SignOff(
        assessment_id=assessment.id,
        revision_id=revision.id,
        position=position,
        role=str(role),
        person_id=actor.person_id,
        decision=decision,
        reason=reason.strip(),
        signed_at=now,
        revision_digest=revision.digest,
    )
    session.add(signed)
    session.flush()
    return signed
