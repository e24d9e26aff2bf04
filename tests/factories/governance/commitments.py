"""Commitments in each status: those that approving an assessment makes, kept by its author Amara."""

from __future__ import annotations

from sqlalchemy import select

from pia_engine.models import Assessment, Commitment
from pia_engine.services.commitment_steps import accept_evidence, drop_commitment, report_kept
from tests.factories.steps import REASON, Case
from tests.factories.walks import Walk

EVIDENCE = "Two people unlock each search since Monday: see the log in the office."


def commitment_of(walk: Walk, assessment: Assessment) -> Commitment:
    """The first commitment that an approved assessment made."""
    query = select(Commitment).where(Commitment.assessment_id == assessment.id).order_by(Commitment.reference)
    return walk.session.scalars(query).all()[0]


def commitment(walk: Walk, status: str = "open") -> Commitment:
    """The promise of a risk's measure, on its way to `status`."""
    found = commitment_of(walk, walk.full("approved"))
    if status in ("reported", "kept"):
        report_kept(walk.session, found, evidence=EVIDENCE, actor=walk.who("amara"), now=walk.now)
    if status == "kept":
        accept_evidence(walk.session, found, actor=walk.who("petra"), now=walk.now)
    if status == "dropped":
        drop_commitment(walk.session, found, actor=walk.who("helen"), now=walk.now, reason="The counters are gone.")
    return found


MAKERS = {"commitment": commitment}
CASES = (
    Case("commitment", "report", commitment, ("amara",), "reported", {"reason": EVIDENCE}),
    Case("commitment", "accept", lambda w: commitment(w, "reported"), ("petra", "helen"), "kept"),
    Case("commitment", "return", lambda w: commitment(w, "reported"), ("petra", "helen"), "open", REASON),
    Case("commitment", "drop", commitment, ("helen", "victor"), "dropped", REASON),
)


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    """One commitment, by the blueprint of its pages, and the initiative where one is made by hand."""
    found = commitment(walk)
    assert found.initiative is not None
    return {
        "commitments": {"reference": found.reference, "action": "report"},
        "commitment_changes": {"reference": found.reference},
        "commitment_changes.new": {"reference": found.initiative.reference},
    }
