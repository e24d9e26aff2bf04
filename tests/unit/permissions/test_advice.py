"""Advice beside decision: which decisions depart from which recommendation, and what is asked for then."""

from __future__ import annotations

import pytest

from pia_engine.permissions.advice import (
    APPROVE,
    APPROVE_WITH_CONDITIONS,
    REJECT,
    WrongDeparture,
    approval,
    check_departure,
    departs,
    may_depart,
)

TABLE = [
    # recommended, decided, departs
    ("", APPROVE, False),  # from before a recommendation was stated
    ("", APPROVE_WITH_CONDITIONS, False),
    ("", REJECT, False),
    (APPROVE, APPROVE, False),
    (APPROVE, APPROVE_WITH_CONDITIONS, False),
    (APPROVE, REJECT, True),
    (APPROVE_WITH_CONDITIONS, APPROVE, True),
    (APPROVE_WITH_CONDITIONS, APPROVE_WITH_CONDITIONS, False),
    (APPROVE_WITH_CONDITIONS, REJECT, True),
    (REJECT, APPROVE, True),
    (REJECT, APPROVE_WITH_CONDITIONS, True),
    (REJECT, REJECT, False),
]


@pytest.mark.parametrize(("recommended", "decided", "is_departure"), TABLE)
def test_a_decision_departs_from_the_advice_as_the_table_says(
    recommended: str, decided: str, is_departure: bool
) -> None:
    assert departs(recommended, decided) is is_departure


@pytest.mark.parametrize(("recommended", "decided", "is_departure"), TABLE)
def test_exactly_a_departure_is_explained(recommended: str, decided: str, is_departure: bool) -> None:
    assert check_departure(recommended, decided, "The benefit is greater." if is_departure else " ") is is_departure
    with pytest.raises(WrongDeparture) as refused:
        check_departure(recommended, decided, "" if is_departure else "The benefit is greater.")
    assert refused.value.field == "overrules"


@pytest.mark.parametrize(
    ("recommended", "step", "asked"),
    [
        ("", "approve", False),
        ("", "reject", False),
        (APPROVE, "approve", False),
        (APPROVE, "reject", True),
        (APPROVE_WITH_CONDITIONS, "approve", True),
        (APPROVE_WITH_CONDITIONS, "reject", True),
        (REJECT, "approve", True),
        (REJECT, "reject", False),
        (REJECT, "send_back", False),
    ],
)
def test_a_step_asks_for_an_explanation_where_it_may_depart(recommended: str, step: str, asked: bool) -> None:
    assert may_depart(recommended, step) is asked


@pytest.mark.parametrize(
    ("conditions", "kind"), [("", APPROVE), (" \n", APPROVE), ("A sign.", APPROVE_WITH_CONDITIONS)]
)
def test_an_approval_with_any_condition_is_one_with_conditions(conditions: str, kind: str) -> None:
    assert approval(conditions) == kind
