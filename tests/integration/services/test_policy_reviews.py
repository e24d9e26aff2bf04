"""The annual review of the policy: its day, calling it, reaffirming, and the list of what reviews led to."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed
from pia_engine.services import policy_reviews
from pia_engine.services.policies import adopt_policy, begin_draft, current_policy
from pia_engine.services.policy_reviews import call_review, date_reviews, list_policy_reviews, next_review_on
from pia_engine.services.policy_sections import policy_digest
from tests.factories.governance.looking_again import policy_due
from tests.factories.people import FOUNDED
from tests.factories.policies import make_sound
from tests.factories.walks import Walk

DAY = dt.timedelta(days=1)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), dt.UTC)


def adopt_next(walk: Walk) -> None:
    draft = begin_draft(walk.session, actor=walk.who("petra"), now=walk.now)
    make_sound(walk.session, draft, actor=walk.who("petra"), now=walk.now)
    adopt_policy(
        walk.session, draft, adopted_by="City council", instrument="Resolution 4", adopted_on=walk.now.date(),
        changes="Citations.", seen=policy_digest(draft), actor=walk.who("helen"), now=walk.now,
    )  # fmt: skip


def test_the_review_is_called_once_on_its_day(session: Session) -> None:
    policy = current_policy(session)
    day = dt.date(FOUNDED.year + 1, FOUNDED.month, FOUNDED.day)
    assert policy.review_due_on == day
    assert call_review(session, now=at(day - DAY)) == 0
    assert call_review(session, now=at(day)) == 1
    assert call_review(session, now=at(day + DAY)) == 0
    assert (policy.status, current_policy(session)) == ("review_due", policy)


def test_a_version_from_before_there_were_reviews_gets_its_date_once(session: Session) -> None:
    policy = current_policy(session)
    policy.review_due_on = None
    assert next_review_on(policy) == dt.date(2027, 1, 5)
    assert date_reviews(session, now=FOUNDED) == 1
    assert date_reviews(session, now=FOUNDED) == 0
    assert policy.review_due_on == dt.date(2027, 1, 5)


def test_the_senior_official_reaffirms_with_a_reason_and_the_next_date_follows(session: Session, walk: Walk) -> None:
    policy = policy_due(walk)
    for first in ("petra", "amara", "victor", "ingrid", "adam"):
        with pytest.raises(NotAllowed):
            policy_reviews.reaffirm_policy(session, policy, actor=walk.who(first), now=walk.now, reason="Good.")
    with pytest.raises(Invalid, match="Give a reason"):
        policy_reviews.reaffirm_policy(session, policy, actor=walk.who("helen"), now=walk.now, reason=" ")
    policy_reviews.reaffirm_policy(session, policy, actor=walk.who("helen"), now=walk.now, reason="It works.")
    assert policy.status == "adopted"
    assert policy.review_due_on == dt.date(walk.now.year + 1, walk.now.month, walk.now.day)
    assert call_review(session, now=walk.now) == 0
    (review,) = list_policy_reviews(session)
    assert (review.is_new_version, review.number, review.by, review.said) == (False, 1, "Helen Senior", "It works.")


def test_a_version_whose_review_is_due_is_drafted_from_and_superseded(session: Session, walk: Walk) -> None:
    before = policy_due(walk)
    adopt_next(walk)
    assert before.status == "superseded"
    present = current_policy(session)
    assert (present.number, present.review_due_on) == (2, dt.date(walk.now.year + 1, walk.now.month, walk.now.day))
    (review,) = list_policy_reviews(session)
    assert (review.is_new_version, review.number, review.said) == (True, 2, "Citations.")


def test_the_period_is_the_policy_s_own(session: Session, walk: Walk) -> None:
    policy = current_policy(session)
    policy.rules = {**policy.rules, "policy_review_months": 6}
    found = policy_reviews.reaffirm_policy(session, policy, actor=walk.who("helen"), now=walk.now, reason="It works.")
    assert found == dt.date(2026, 9, 2)
