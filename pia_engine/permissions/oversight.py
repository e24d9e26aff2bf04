"""Does what a policy says of looking again and following up hang together? Each fault as a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pia_engine.errors import N_
from pia_engine.models.policy_rules import PolicyRules
from pia_engine.questionnaires.wording import Sentence

LONGEST_MONTHS, LONGEST_DAYS = 120, 365


def oversight_faults(rules: PolicyRules) -> Iterator[Sentence]:
    """Numbers out of bounds, and an office that would be told before the one below it."""
    months = [rules.policy_review_months, rules.programme_audit_months]
    days = [
        rules.emergency_days,
        rules.condition_days,
        rules.escalation_days,
        rules.executive_escalation_days,
        rules.reminder_days,
    ]
    if not within(months, LONGEST_MONTHS) or not within(days, LONGEST_DAYS):
        yield Sentence(
            N_("A period is not between 1 and %(months)s months, or 1 and %(days)s days."),
            months=LONGEST_MONTHS,
            days=LONGEST_DAYS,
        )
    if not 0 <= rules.spot_check_percent <= 100:
        yield Sentence(N_("The share of spot checks has to be between 0 and 100 percent."))
    if rules.executive_escalation_days <= rules.escalation_days:
        yield Sentence(N_("The executive is told of what is overdue after the senior privacy official, not before."))


def within(numbers: Iterable[int], most: int) -> bool:
    return all(1 <= number <= most for number in numbers)
