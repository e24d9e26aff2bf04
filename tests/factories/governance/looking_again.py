"""Causes to look again, spot checks and the review of the policy, in a wanted state."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from pia_engine.models import Assessment, PolicyVersion, Reconsideration, SpotCheck, WorkflowRecord
from pia_engine.services import assessments, determinations, policy_reviews, reconsiderations, spot_checks
from pia_engine.services.policies import current_policy
from tests.factories.steps import REASON, Case
from tests.factories.walks import AUTHORS, Walk

CHANGE = "The vendor now keeps the pictures in another country."


def raised(walk: Walk, record: Assessment | None = None, **given: object) -> Reconsideration:
    """What Sofia reported about a published assessment, or about another."""
    about = record or walk.full("published")
    new = {"cause": "change", "text": CHANGE, "facts": ("vendor", "location"), **given}
    return reconsiderations.raise_cause(
        walk.session,
        reconsiderations.NewCause(about.initiative, None, **new),  # type: ignore[arg-type]
        actor=walk.who("sofia"),
        now=walk.now,
    )


def cleared(walk: Walk, outcome: str = "no_pia", title: str = "Traffic counters on Mill Road") -> Assessment:
    """An initial assessment by which Petra cleared an initiative."""
    record = walk.initial("submitted", title)
    determinations.determine(
        walk.session,
        record,
        outcome=outcome,
        actor=walk.who("petra"),
        now=walk.now,
        reason="Nobody can be recognised.",
        terms=determinations.Terms("Count only, keep no picture." if outcome == "delegated_review" else ""),
    )
    return record


def required(walk: Walk, cause: Reconsideration, first: str = "petra") -> Assessment:
    """The initial assessment that a decision about a cause begins."""
    return reconsiderations.require_assessment(
        walk.session, cause, actor=walk.who(first), now=walk.now, reason="It is another thing now."
    )


def determined_as(walk: Walk, record: Assessment, outcome: str) -> None:
    """Confirm and submit what was carried over, and determine this outcome."""
    walk.answer(record, {}, roles=AUTHORS, actor=walk.who("amara"))
    assessments.submit_assessment(walk.session, record, actor=walk.who("amara"), now=walk.now)
    determinations.determine(
        walk.session, record, outcome=outcome, actor=walk.who("petra"), now=walk.now, reason="As before."
    )


def draw_share(walk: Walk, percent: int) -> None:
    """Let the policy in force draw this share of delegated decisions."""
    policy = current_policy(walk.session)
    policy.rules = {**policy.rules, "spot_check_percent": percent}
    walk.session.flush()


def drawn(walk: Walk) -> SpotCheck:
    """A delegated decision of Petra's that was drawn."""
    draw_share(walk, 100)
    record = cleared(walk, "delegated_review")
    return walk.session.scalars(select(SpotCheck).where(SpotCheck.assessment_id == record.id)).one()


def policy_due(walk: Walk) -> PolicyVersion:
    """The policy in force, its annual review called."""
    policy = current_policy(walk.session)
    policy.review_due_on = walk.now.date() - dt.timedelta(days=1)
    policy_reviews.call_review(walk.session, now=walk.now)
    return policy


def _reconsideration(walk: Walk, status: str) -> WorkflowRecord:
    found = raised(walk)
    if status == "set_aside":
        reconsiderations.set_aside(walk.session, found, actor=walk.who("petra"), now=walk.now, reason="The same law.")
    if status == "new_version_required":
        reconsiderations.require_new_version(
            walk.session, found, actor=walk.who("petra"), now=walk.now, reason="The vendor is new."
        )
    if status == "assessment_required":
        reconsiderations.require_assessment(
            walk.session, found, actor=walk.who("petra"), now=walk.now, reason="It is another thing now."
        )
    if status == "withdrawn":
        reconsiderations.withdraw_cause(walk.session, found, actor=walk.who("sofia"), now=walk.now, reason="My error.")
    return found


def _spot_check(walk: Walk, status: str) -> WorkflowRecord:
    check = drawn(walk)
    if status == "agreed":
        spot_checks.agree(walk.session, check, actor=walk.who("helen"), now=walk.now, reason="Nobody is seen.")
    if status == "overturned":
        spot_checks.overturn(walk.session, check, actor=walk.who("helen"), now=walk.now, reason="Faces are seen.")
    return check


MAKERS = {"reconsideration": _reconsideration, "spot_check": _spot_check}

CASES = (
    Case("reconsideration", "set_aside", raised, ("petra", "helen"), "set_aside", REASON),
    Case("reconsideration", "require_new_version", raised, ("petra", "helen"), "new_version_required", REASON),
    Case("reconsideration", "require_assessment", raised, ("petra", "helen"), "assessment_required", REASON),
    Case("reconsideration", "withdraw", raised, ("sofia",), "withdrawn", REASON),
    Case("spot_check", "agree", drawn, ("helen",), "agreed", REASON),
    Case("spot_check", "overturn", drawn, ("helen",), "overturned", REASON),
    Case("policy", "reaffirm", policy_due, ("helen",), "adopted", REASON),
)


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    found = raised(walk)
    return {
        "reconsiderations": {"reference": found.reference, "action": "withdraw"},
        "reconsiderations.report": {"reference": found.initiative.reference},
        "spot_checks": {"reference": drawn(walk).reference, "action": "agree"},
        "policy.act": {"number": "1", "action": "reaffirm"},
    }
