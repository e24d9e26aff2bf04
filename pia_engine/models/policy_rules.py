"""What a policy version says, read once from its stored document into values the code can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pia_engine.errors import N_, Invalid
from pia_engine.models.city import PolicyVersion
from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.record_kinds import OTHER, USUAL_CLASSIFICATION
from pia_engine.workflows.outcomes import OUTCOMES

RISK_LEVELS = ("low", "medium", "high")
MATRIX_SIZES = (3, 4, 5)


@dataclass(frozen=True, slots=True)
class Principle:
    """A sentence of the policy against which every full assessment answers."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A law or rule that findings can be linked to, with where it stands written."""

    id: str
    name: str
    citation: str
    text: str


@dataclass(frozen=True, slots=True)
class Control:
    """A measure of the city's own, beside those of the built-in catalogue."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason for which something may be withheld from the public."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a kind of record is kept, and why; without years it is kept for good.

    `kind` is what the program knows these records by, `record` what the city calls them.
    """

    record: str
    years: int | None
    basis: str
    kind: str = OTHER
    classification: str = USUAL_CLASSIFICATION


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """What an outcome of the initial assessment demands, who determines it, and when it runs out (None: never)."""

    outcome: str
    required: tuple[str, ...]
    decider: str
    expires_months: int | None


@dataclass(frozen=True, slots=True)
class RiskMatrix:
    """The city's own words for the ratings, and the level of every pair: `cells[likelihood - 1][severity - 1]`."""

    likelihoods: tuple[str, ...]
    severities: tuple[str, ...]
    levels: dict[str, str]
    cells: tuple[tuple[str, ...], ...]

    def level(self, likelihood: int, severity: int) -> str:
        """The level of two ratings, counted from 1; one above the scale counts as the highest there is."""
        row = self.cells[min(likelihood, len(self.likelihoods)) - 1]
        return row[min(severity, len(self.severities)) - 1]


@dataclass(frozen=True, slots=True)
class PolicyRules:
    """The rules of one policy version. Periods in months or days as named.

    `spot_check_percent` is the share of delegated decisions that are drawn to be looked at again, 0 to 100.
    `emergency_days` is the longest an emergency exception may last; `condition_days` how long a condition without a
    day of its own may take; a commitment overdue by `escalation_days` goes to the senior privacy official, by
    `executive_escalation_days` to the executive; `reminder_days` before a day its reminder begins.
    """

    principles: tuple[Principle, ...]
    authorities: tuple[Authority, ...]
    risk_appetite: str
    matrix: RiskMatrix
    decider_by_residual_risk: dict[str, str]
    audit_months_by_residual_risk: dict[str, int]
    first_audit_months: int
    vendor_link_days: int
    audit_notice_days: int
    policy_review_months: int
    programme_audit_months: int
    spot_check_percent: int
    emergency_days: int
    condition_days: int
    escalation_days: int
    executive_escalation_days: int
    reminder_days: int
    outcomes: dict[str, OutcomeRule]
    retention: tuple[Retention, ...]
    controls: tuple[Control, ...]
    withholding_grounds: tuple[Ground, ...]
    thresholds: dict[str, Any]


def read_rules(policy: PolicyVersion) -> PolicyRules:
    """The rules of a policy version; what it does not say is as the product's defaults have it.

    Raises Invalid naming the version when its document cannot be read.
    """
    try:
        return rules_of(policy.rules)
    except (KeyError, TypeError, ValueError) as fault:
        raise Invalid(
            N_(
                "Policy version %(number)s cannot be read: “%(fault)s”. "
                "The senior privacy official adopts a version that puts it right."
            ),
            number=policy.number,
            fault=str(fault),
        ) from fault


def rules_of(stored: Mapping[str, Any]) -> PolicyRules:
    """A stored document as values. Raises KeyError, TypeError or ValueError for one that is damaged."""
    document = {**DEFAULT_RULES, **stored}
    return PolicyRules(
        principles=tuple(Principle(p["id"], p["name"], p["text"]) for p in document["principles"]),
        authorities=tuple(Authority(a["id"], a["name"], a["citation"], a["text"]) for a in document["authorities"]),
        risk_appetite=str(document["risk_appetite"]),
        matrix=_matrix(document["matrix"]),
        decider_by_residual_risk={level: document["decider_by_residual_risk"][level] for level in RISK_LEVELS},
        audit_months_by_residual_risk={
            level: int(document["audit_months_by_residual_risk"][level]) for level in RISK_LEVELS
        },
        first_audit_months=int(document["first_audit_months"]),
        vendor_link_days=int(document["vendor_link_days"]),
        audit_notice_days=int(document["audit_notice_days"]),
        policy_review_months=int(document["policy_review_months"]),
        programme_audit_months=int(document["programme_audit_months"]),
        spot_check_percent=int(document["spot_check_percent"]),
        emergency_days=int(document["emergency_days"]),
        condition_days=int(document["condition_days"]),
        escalation_days=int(document["escalation_days"]),
        executive_escalation_days=int(document["executive_escalation_days"]),
        reminder_days=int(document["reminder_days"]),
        outcomes=_outcomes(document["outcomes"]),
        retention=tuple(retention_of(row) for row in document["retention"]),
        controls=tuple(Control(c["id"], c["name"], c["text"]) for c in document["controls"]),
        withholding_grounds=tuple(Ground(g["id"], g["name"], g["text"]) for g in document["withholding_grounds"]),
        thresholds=dict(document["thresholds"]),
    )


def _matrix(stored: Mapping[str, Any]) -> RiskMatrix:
    matrix = RiskMatrix(
        likelihoods=tuple(stored["likelihoods"]),
        severities=tuple(stored["severities"]),
        levels={level: str(stored["levels"][level]) for level in RISK_LEVELS},
        cells=tuple(tuple(row) for row in stored["cells"]),
    )
    widths = {len(row) for row in matrix.cells}
    if len(matrix.cells) != len(matrix.likelihoods) or widths != {len(matrix.severities)}:
        raise ValueError("matrix")
    return matrix


def _outcomes(stored: Mapping[str, Any]) -> dict[str, OutcomeRule]:
    """Every outcome there is; one the document leaves out is as the defaults have it."""
    found = {**DEFAULT_RULES["outcomes"], **stored}
    return {
        outcome: OutcomeRule(
            outcome=outcome,
            required=tuple(found[outcome]["required"]),
            decider=str(found[outcome]["decider"]),
            expires_months=_maybe(found[outcome]["expires_months"]),
        )
        for outcome in OUTCOMES
    }


def retention_of(row: Mapping[str, Any]) -> Retention:
    """A row of an older document has no kind of its own; one that still has the product's name is known by that."""
    usual = _USUAL_ROWS.get(row["record"], {})
    return Retention(
        record=row["record"],
        years=_maybe(row["years"]),
        basis=row["basis"],
        kind=str(row.get("kind", usual.get("kind", OTHER))),
        classification=str(row.get("classification", usual.get("classification", USUAL_CLASSIFICATION))),
    )


_USUAL_ROWS: dict[str, Any] = {row["record"]: row for row in DEFAULT_RULES["retention"]}


def _maybe(number: Any) -> int | None:
    return None if number is None else int(number)
