"""What a policy version says, read once from its stored document into values the code can use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pia_engine.errors import N_, Invalid
from pia_engine.models.city import PolicyVersion

RISK_LEVELS = ("low", "medium", "high")

DEFAULT_RULES: dict[str, Any] = {
    "principles": [
        {
            "id": "lawful",
            "name": "Lawful and fair",
            "text": "We use data about people only where the law allows it and people would expect it.",
        },
        {
            "id": "purpose",
            "name": "For a stated purpose",
            "text": "We say what data is for before we collect it, and use it for nothing else.",
        },
        {
            "id": "least",
            "name": "As little as possible",
            "text": "We collect the least that does the job and delete it when the job is done.",
        },
        {
            "id": "open",
            "name": "In the open",
            "text": "We tell people what we do, in words they can use, before we do it.",
        },
        {
            "id": "safe",
            "name": "Kept safe",
            "text": "We guard data against loss, misuse and curiosity, and say so when we fail.",
        },
        {
            "id": "answerable",
            "name": "Answerable",
            "text": "A named official answers for each use of data, and anyone can complain and be heard.",
        },
        {
            "id": "equal",
            "name": "Equal in its burden",
            "text": "We look at who carries the risk, and do not watch some neighbourhoods "
            "more than others without a reason we can defend.",
        },
    ],
    "decider_by_residual_risk": {
        "low": "senior_privacy_official",
        "medium": "senior_privacy_official",
        "high": "executive",
    },
    "audit_months_by_residual_risk": {"low": 36, "medium": 24, "high": 12},
    "first_audit_months": 12,
    "no_pia_expires_months": 36,
    "vendor_link_days": 21,
    "audit_notice_days": 30,
}


@dataclass(frozen=True, slots=True)
class PolicyRules:
    """The rules of one policy version. Periods in months or days as named."""

    principles: tuple[tuple[str, str, str], ...]
    decider_by_residual_risk: dict[str, str]
    audit_months_by_residual_risk: dict[str, int]
    first_audit_months: int
    no_pia_expires_months: int
    vendor_link_days: int
    audit_notice_days: int


def read_rules(policy: PolicyVersion) -> PolicyRules:
    """The rules of a policy version. Raises Invalid naming what is missing."""
    document = policy.rules
    try:
        return PolicyRules(
            principles=tuple((p["id"], p["name"], p["text"]) for p in document["principles"]),
            decider_by_residual_risk={level: document["decider_by_residual_risk"][level] for level in RISK_LEVELS},
            audit_months_by_residual_risk={
                level: int(document["audit_months_by_residual_risk"][level]) for level in RISK_LEVELS
            },
            first_audit_months=int(document["first_audit_months"]),
            no_pia_expires_months=int(document["no_pia_expires_months"]),
            vendor_link_days=int(document["vendor_link_days"]),
            audit_notice_days=int(document["audit_notice_days"]),
        )
    except KeyError as missing:
        raise Invalid(
            N_("Policy version %(number)s does not say “%(missing)s”. The senior privacy official can add it."),
            number=policy.number,
            missing=missing.args[0],
        ) from missing
