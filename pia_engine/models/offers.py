"""What a city offers as answers where a questionnaire leaves the choice to it: its people, departments and policy."""

from __future__ import annotations

from dataclasses import dataclass

from pia_engine.models.policy_rules import PolicyRules


@dataclass(frozen=True, slots=True)
class Offers:
    """What may be chosen on one record today. Where no people are offered, a name is written instead of chosen."""

    people: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    policy: PolicyRules | None = None


NOTHING_OFFERED = Offers()
