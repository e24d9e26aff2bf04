"""Do threshold rules make sense: outcomes in their order, known questions, points that somebody counts?"""

from __future__ import annotations

from collections.abc import Iterator

from pia_engine.questionnaires.checking_conditions import check_comparison, comparisons
from pia_engine.questionnaires.definition import OUTCOMES
from pia_engine.questionnaires.outline import Finding, Outline, Part, repeated


def check_thresholds(thresholds: Part, found: Outline, *, counting: bool = True) -> Iterator[Finding]:
    """`found` is the questionnaire whose answers the rules look at; the rules may stand elsewhere.

    Without `counting`, points that do not add up yet are let pass: rules are written one after another.
    """
    outcomes = thresholds.texts("outcomes")
    yield from _check_strength(thresholds, outcomes)
    yield from _check_outcome(thresholds, "default", outcomes)
    yield from repeated(thresholds.parts("rules"), "id", "a rule")
    for rule in thresholds.parts("rules"):
        yield from _check_outcome(rule, "outcome", outcomes)
        condition = rule.part("when")
        for comparison in comparisons(condition) if condition else ():
            yield from check_comparison(comparison, found)
    if counting:
        yield from _check_points(thresholds)


def _check_strength(thresholds: Part, outcomes: tuple[str, ...]) -> Iterator[Finding]:
    known = [outcome for outcome in outcomes if outcome in OUTCOMES]
    in_order = sorted(known, key=OUTCOMES.index)
    if known != in_order:
        yield thresholds.at("outcomes"), f"the outcomes are out of order; expected {', '.join(in_order)}"


def _check_outcome(part: Part, name: str, outcomes: tuple[str, ...]) -> Iterator[Finding]:
    outcome = part.text(name)
    if outcome in OUTCOMES and outcomes and outcome not in outcomes:
        text = f"“{outcome}” is not among the outcomes of these rules; expected one of {', '.join(outcomes)}"
        yield part.at(name), text


def _check_points(thresholds: Part) -> Iterator[Finding]:
    """Points nobody counts, and a sum nobody can reach, would be rules that never do anything."""
    single = [rule for rule in thresholds.parts("rules") if isinstance(rule.data.get("points"), int)]
    counting = [part for rule in thresholds.parts("rules") if (part := rule.part("points"))]
    total = sum(int(rule.data["points"]) for rule in single)
    for points in counting:
        needed = points.data.get("at_least")
        if isinstance(needed, int) and needed > total:
            text = f"the rules give {total} points at most, so {needed} are never reached; expected {total} or fewer"
            yield points.at("at_least"), text
    if single and not counting:
        text = "no rule counts these points; expected a rule with “points: {at_least: …}”"
        yield single[0].at("points"), text
