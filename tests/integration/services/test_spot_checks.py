"""Spot checks: the lot, who may check, and what overturning a decision leads to."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed
from pia_engine.models import Assessment, AuditEvent, SpotCheck
from pia_engine.services import reconsiderations, spot_checks
from pia_engine.services.spot_checks import LOTS, draws_the_same, is_drawn, list_shares, list_spot_checks, lot_of
from tests.factories.governance.looking_again import cleared, draw_share, drawn
from tests.factories.walks import Walk


def lot_event(session: Session, record: Assessment) -> AuditEvent:
    query = select(AuditEvent).where(
        AuditEvent.aggregate_id == record.id, AuditEvent.event == "initial-assessment:lot-drawn"
    )
    return session.scalars(query).one()


def test_a_lot_can_be_drawn_again_from_the_trail_by_anybody(session: Session, walk: Walk) -> None:
    check = drawn(walk)
    recorded = session.scalars(
        select(AuditEvent).where(
            AuditEvent.aggregate_id == check.assessment_id, AuditEvent.event == "initial-assessment:determined"
        )
    ).one()
    by_hand = int(hashlib.sha256(f"spot-check:{recorded.hash}".encode()).hexdigest()[:16], 16) % 10_000
    assert check.draw == {"seed": recorded.hash, "lot": by_hand, "percent": 100, "policy": 1}
    assert draws_the_same(check)
    check.draw = {**check.draw, "lot": (by_hand + 1) % LOTS}
    assert not draws_the_same(check)


def test_what_is_not_drawn_leaves_its_lot_in_the_trail(session: Session, walk: Walk) -> None:
    draw_share(walk, 0)
    record = cleared(walk, "delegated_review")
    assert session.scalar(select(func.count(SpotCheck.id))) == 0
    assert b'"is_drawn":false' in lot_event(session, record).body


def test_other_outcomes_are_not_drawn(session: Session, walk: Walk) -> None:
    draw_share(walk, 100)
    record = cleared(walk, "no_pia")
    assert session.scalar(select(func.count(SpotCheck.id))) == 0
    with pytest.raises(Exception, match="No row"):
        lot_event(session, record)


def test_lots_are_spread_evenly_and_the_share_is_what_the_policy_says() -> None:
    lots = [lot_of(hashlib.sha256(str(number).encode()).hexdigest()) for number in range(4000)]
    share = sum(is_drawn(lot, 20) for lot in lots) / len(lots)
    assert 0.18 < share < 0.22
    assert not any(is_drawn(lot, 0) for lot in lots)
    assert all(is_drawn(lot, 100) for lot in lots)


def test_whoever_decided_does_not_check(session: Session, walk: Walk) -> None:
    check = drawn(walk)
    with pytest.raises(NotAllowed, match="made this decision"):
        spot_checks.agree(session, check, actor=walk.who("petra"), now=walk.now, reason="I was right.")
    spot_checks.agree(session, check, actor=walk.who("helen"), now=walk.now, reason="Nobody is seen.")
    assert (check.status, check.checker.name if check.checker else "") == ("agreed", "Helen Senior")


def test_overturning_raises_a_cause_that_its_decider_cannot_set_aside_nor_its_checker_withdraw(
    session: Session, walk: Walk
) -> None:
    check = drawn(walk)
    cause = spot_checks.overturn(session, check, actor=walk.who("helen"), now=walk.now, reason="x" * 4000)
    assert (cause.cause, cause.assessment, cause.author_id) == ("spot_check", check.assessment, None)
    assert cause.text.startswith(f"{check.reference}, Helen Senior: xxx")
    with pytest.raises(NotAllowed, match="made the decision that was overturned"):
        reconsiderations.set_aside(session, cause, actor=walk.who("petra"), now=walk.now, reason="I was right.")
    with pytest.raises(NotAllowed):
        reconsiderations.withdraw_cause(session, cause, actor=walk.who("helen"), now=walk.now, reason="No.")
    begun = reconsiderations.require_assessment(
        session, cause, actor=walk.who("helen"), now=walk.now, reason="Ask again."
    )
    assert (begun.status, check.assessment.initiative.status) == ("draft", "in_assessment")


def test_the_shares_count_each_decision_once(session: Session, walk: Walk) -> None:
    check = drawn(walk)
    draw_share(walk, 0)
    cleared(walk, "delegated_review", "Parking sensors")
    (share,) = list_shares(session, actor=walk.who("ingrid"))
    assert (share.year, share.decisions, share.drawn, share.waiting) == (2026, 2, 1, 1)
    spot_checks.agree(session, check, actor=walk.who("helen"), now=walk.now, reason="Nobody is seen.")
    (share,) = list_shares(session, actor=walk.who("ingrid"))
    assert (share.drawn, share.waiting, share.agreed, share.overturned) == (1, 0, 1, 0)
    assert list_spot_checks(session, actor=walk.who("victor"), status="agreed").rows == [check]
    assert list_spot_checks(session, actor=walk.who("victor"), status="drawn").rows == []
    with pytest.raises(NotAllowed):
        list_shares(session, actor=walk.who("amara"))
