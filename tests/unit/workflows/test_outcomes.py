"""The outcomes of an initial assessment are the same, in the same order, wherever they are listed."""

from __future__ import annotations

from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.questionnaires import definition
from pia_engine.register.proceedings import OUTCOME_NAMES
from pia_engine.workflows.outcomes import CLEARING, CONSEQUENCES, OUTCOMES


def test_everybody_knows_the_same_outcomes_weakest_first() -> None:
    assert tuple(OUTCOMES) == tuple(CONSEQUENCES) == tuple(DEFAULT_RULES["outcomes"]) == definition.OUTCOMES
    assert set(OUTCOME_NAMES) == set(OUTCOMES)
    assert set(OUTCOMES) > CLEARING
