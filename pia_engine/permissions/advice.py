"""Advice and decision are two things: what an officer may recommend, and when a decision departs from it.

Whoever decides is free to depart from the advice, and then says why, apart from the reasons of the decision itself.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid
from pia_engine.models import Assessment, Review
from pia_engine.permissions.signatures import newest_revision

APPROVE, APPROVE_WITH_CONDITIONS, REJECT = "approve", "approve_with_conditions", "reject"

RECOMMENDATIONS = {
    APPROVE: N_("Approve"),
    APPROVE_WITH_CONDITIONS: N_("Approve with conditions"),
    REJECT: N_("Reject"),
}
"""What an officer may recommend, and what may be decided: the same three."""

FOLLOWED_BY = {
    APPROVE: frozenset({APPROVE, APPROVE_WITH_CONDITIONS}),
    APPROVE_WITH_CONDITIONS: frozenset({APPROVE_WITH_CONDITIONS}),
    REJECT: frozenset({REJECT}),
}
"""Which decisions follow a recommendation. Conditions nobody advised make it stricter and depart from nothing."""

DECIDED_BY = {"approve": (APPROVE, APPROVE_WITH_CONDITIONS), "reject": (REJECT,)}
"""What each step that decides may come to."""

EXPLAINED_HERE = "overrules"


class WrongDeparture(Invalid):
    """What was said of a departure from the advice does not fit the decision."""

    field = EXPLAINED_HERE


def departs(recommendation: str, decision: str) -> bool:
    """Whether a decision departs from the advice. From advice without a stated recommendation none does."""
    return recommendation in FOLLOWED_BY and decision not in FOLLOWED_BY[recommendation]


def may_depart(recommendation: str, step: str) -> bool:
    """Whether a step could end in a decision that departs from the advice."""
    return any(departs(recommendation, decision) for decision in DECIDED_BY.get(step, ()))


def check_departure(recommendation: str, decision: str, why: str) -> bool:
    """Whether it departs. Raises WrongDeparture when that is not explained, or when what is no departure is."""
    is_departure = departs(recommendation, decision)
    if is_departure and not why.strip():
        raise WrongDeparture(
            N_("The privacy officer recommended otherwise. Say why you depart from the advice; it is published.")
        )
    if why.strip() and not is_departure:
        raise WrongDeparture(
            N_("Your decision follows the advice, so there is no departure to explain. Move this to your reasons.")
        )
    return is_departure


def approval(conditions: str) -> str:
    """Which of the three an approval is."""
    return APPROVE_WITH_CONDITIONS if conditions.strip() else APPROVE


def advice_on(session: Session, assessment: Assessment) -> Review | None:
    """The advice that passed the newest text on for signature, if that text has any."""
    revision = newest_revision(session, assessment.id)
    if revision is None:
        return None
    return session.scalars(
        select(Review)
        .where(
            Review.assessment_id == assessment.id,
            Review.revision_id == revision.id,
            Review.result == "recommended",
        )
        .order_by(Review.round.desc())
        .limit(1)
    ).first()
