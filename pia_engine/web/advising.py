"""What stands beside a step that judges a text: the officer's advice, who was heard, and what an observer says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from pia_engine.extensions import db
from pia_engine.models import Assessment, Review, WorkflowRecord
from pia_engine.permissions import advice
from pia_engine.web.chronicle import in_words
from pia_engine.web.hearing import hearing_part
from pia_engine.web.responsible import named_on_page

WEIGHING = frozenset({"recommend", "sign_for_agency", "decline_to_sign", "approve", "send_back", "reject"})
TONES = {advice.APPROVE: "good", advice.APPROVE_WITH_CONDITIONS: "warning", advice.REJECT: "bad"}


def may_depart(record: WorkflowRecord, action: str) -> bool:
    """Whether this step could depart from the advice on the record, and so asks for an explanation."""
    given = _advice_on(record) if action in advice.DECIDED_BY else None
    return given is not None and advice.may_depart(given.recommendation, action)


def weighed(record: WorkflowRecord, action: str) -> dict[str, Any] | None:
    """What whoever takes the step should have read; None for a step that judges nothing."""
    if action not in WEIGHING or not isinstance(record, Assessment):
        return None
    given = _advice_on(record) if action != "recommend" else None
    hearing = {**hearing_part(record), "record_url": ""}
    return {"advice": advice_lines([given] if given else []), "hearing": hearing}


def advice_lines(reviews: Sequence[Review]) -> list[dict[str, Any]]:
    """The advice of finished reviews as pages show it."""
    return [
        {
            "recommendation": _(advice.RECOMMENDATIONS[each.recommendation]) if each.recommendation else "",
            "tone": TONES.get(each.recommendation, "quiet"),
            "text": each.advice,
            "who": named_on_page(each.reviewer, each.represents),
            "when": in_words(each.finished_at) if each.finished_at else "",
        }
        for each in reviews
        if each.result == "recommended"
    ]


def _advice_on(record: WorkflowRecord) -> Review | None:
    if not isinstance(record, Assessment) or record.stage != "full":
        return None
    return advice.advice_on(db.session(), record)
