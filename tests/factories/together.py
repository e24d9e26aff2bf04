"""Working together on an assessment: experts asked, sections signed off, one answer changed."""

from __future__ import annotations

import datetime as dt

from pia_engine.models import Assessment, Contribution
from pia_engine.questionnaires.definition import Value
from pia_engine.services import assessments, contributions, reviews, sign_offs
from pia_engine.services.answers import save_answers
from tests.factories.people import persona
from tests.factories.walks import AUTHORS, Walk


def ready(walk: Walk) -> Assessment:
    """A draft in which everything authors and experts answer is answered."""
    record = walk.full()
    walk.answer(record, {"overall_residual_risk": "low"}, roles=AUTHORS - {"contributor"}, actor=walk.who("amara"))
    walk.answer(record, {}, roles=frozenset({"contributor"}), actor=walk.who("sofia"))
    return record


def ask(
    walk: Walk,
    record: Assessment,
    *sections: str,
    by: str = "amara",
    topic: str = "security",
    due_on: dt.date | None = None,
) -> Contribution:
    """Ask Sofia for some sections."""
    request = contributions.Request(
        persona(walk.session, "sofia").id, topic, sections or ("security",), "Is the encryption sound?", due_on
    )
    return contributions.ask_contribution(walk.session, record, request, actor=walk.who(by), now=walk.now)


def sign_off(walk: Walk, contribution: Contribution) -> Contribution:
    """Sofia signs the sections off as they are."""
    contributions.sign_contribution(
        walk.session,
        contribution,
        statement="I examined the measures and find them sound.",
        seen=contributions.seen_digest(walk.session, contribution),
        actor=walk.who("sofia"),
        now=walk.now,
    )
    return contribution


def change(walk: Walk, record: Assessment, question: str, value: Value | None, *, by: str = "amara") -> None:
    """Save another answer to one question."""
    actor = walk.who(by)
    save_answers(walk.session, record, {question: value}, seen_version=record.sheet.version, actor=actor, now=walk.now)


def take_back(walk: Walk, record: Assessment) -> None:
    """The author goes on writing."""
    actor = walk.who("amara")
    sign_offs.take_back(walk.session, record, actor=actor, now=walk.now, reason="The supplier has changed.")


def advise_again(walk: Walk, record: Assessment, *, reviewer: str = "petra") -> None:
    """Submit the text and let the officer give advice on it."""
    assessments.submit_assessment(walk.session, record, actor=walk.who("amara"), now=walk.now)
    reviews.start_review(walk.session, record, actor=walk.who(reviewer), now=walk.now)
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=walk.who(reviewer))
    reviews.recommend(
        walk.session,
        record,
        recommendation="approve",
        actor=walk.who(reviewer),
        now=walk.now,
        reason="Go ahead.",
    )
