"""Withholdings in a wanted state: proposed by Petra, decided by Helen, disclosed after publication."""

from __future__ import annotations

from pia_engine.models import Assessment, Withholding, WorkflowRecord
from pia_engine.questionnaires.hiding import Extent
from pia_engine.services import disclosures, withholdings
from tests.factories.steps import REASON, SIGNED, Case
from tests.factories.walks import Walk

URL = "http://127.0.0.1:8000"
DANGER = "Whoever knows the place can cut the cable."


def proposed(walk: Walk, record: Assessment | None = None, *, first: str = "petra", **given: object) -> Withholding:
    """What Petra proposes about an approved assessment, or another: the purpose, unless something else is given."""
    about = record or walk.full("approved")
    new = {"question": "purpose", "extent": Extent.ANSWER, "ground": "security", "reason": DANGER, **given}
    draft = withholdings.public_draft(walk.session, about, now=walk.now, public_url=URL)
    return withholdings.propose_withholding(
        walk.session,
        about,
        withholdings.NewWithholding(**new),  # type: ignore[arg-type]
        actor=walk.who(first),
        now=walk.now,
        answers=withholdings.answers_of(draft),
    )


def approved(walk: Walk, record: Assessment | None = None, **given: object) -> Withholding:
    """The same, approved by Helen."""
    found = proposed(walk, record, **given)  # type: ignore[arg-type]
    withholdings.approve_withholding(walk.session, found, actor=walk.who("helen"), now=walk.now, reason="It is so.")
    return found


def published(walk: Walk) -> Withholding:
    """An approved one whose assessment is before the public."""
    found = approved(walk)
    walk._to_publishing(found.assessment, "low")
    walk._to_published(found.assessment, "low")
    return found


def disclosed(walk: Walk) -> Withholding:
    found = published(walk)
    disclosures.disclose(walk.session, found, actor=walk.who("helen"), now=walk.now, reason="The cable is gone.")
    return found


def _withholding(walk: Walk, status: str) -> WorkflowRecord:
    if status in ("approved", "disclosed"):
        return {"approved": approved, "disclosed": disclosed}[status](walk)
    found = proposed(walk)
    if status == "refused":
        withholdings.refuse_withholding(walk.session, found, actor=walk.who("helen"), now=walk.now, reason="No danger.")
    if status == "taken_back":
        withholdings.take_back_withholding(
            walk.session, found, actor=walk.who("petra"), now=walk.now, reason="It is known by now."
        )
    return found


MAKERS = {"withholding": _withholding}

CASES = (
    Case("withholding", "approve", proposed, ("helen",), "approved", SIGNED),
    Case("withholding", "refuse", proposed, ("helen",), "refused", REASON),
    Case("withholding", "take_back", proposed, ("petra",), "taken_back", REASON),
    Case("withholding", "lift", approved, ("helen",), "taken_back", REASON),
    Case("withholding", "disclose", published, ("helen",), "disclosed", SIGNED),
)


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    found = proposed(walk)
    of_assessment = {"reference": found.assessment.reference}
    return {
        "withholdings.index": of_assessment,
        "withholdings.choose": of_assessment,
        "withholdings.preview": of_assessment,
        "withholdings.propose": {**of_assessment, "question": "summary"},
        "withholdings.show": {"reference": found.reference},
        "withholdings.act": {"reference": found.reference, "action": "approve"},
    }
