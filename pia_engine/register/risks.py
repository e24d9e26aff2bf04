"""The risk matrix in one place: words for the ratings, and which pair of ratings is low, medium or high."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pia_engine.errors import N_

LIKELIHOODS = (
    N_("Very unlikely"),
    N_("Unlikely"),
    N_("Possible"),
    N_("Likely"),
    N_("Almost certain"),
)
SEVERITIES = (
    N_("Hardly noticed"),
    N_("Annoying"),
    N_("Real harm"),
    N_("Serious harm"),
    N_("Grave harm"),
)
LEVELS = (N_("Low"), N_("Medium"), N_("High"))
LEVEL_CODES = ("low", "medium", "high")
HIGHEST_LOW, HIGHEST_MEDIUM = 5, 12


def level_of(likelihood: int, severity: int) -> int:
    """0, 1 or 2: the product of the two ratings, as the questionnaire explains it."""
    product = likelihood * severity
    if product <= HIGHEST_LOW:
        return 0
    return 1 if product <= HIGHEST_MEDIUM else 2


CELLS = tuple(
    tuple(level_of(likelihood, severity) for severity in range(1, len(SEVERITIES) + 1))
    for likelihood in range(1, len(LIKELIHOODS) + 1)
)
"""For every likelihood a row of level numbers."""


@dataclass(frozen=True, slots=True)
class Risk:
    """One row of the risk register, its ratings as numbers."""

    reference: str
    risk: str
    harm: str
    people: str
    likelihood: int
    severity: int
    response: str
    measures: str
    owner: str
    due_on: str
    residual_likelihood: int
    residual_severity: int

    @property
    def level(self) -> int:
        return level_of(self.likelihood, self.severity)

    @property
    def residual_level(self) -> int:
        return level_of(self.residual_likelihood, self.residual_severity)


def read_risks(rows: Sequence[Mapping[str, str]], shown: Sequence[Mapping[str, str]]) -> tuple[Risk, ...]:
    """The risks of an answer: numbers from the stored rows, words from the same rows as shown."""
    return tuple(
        Risk(
            reference=f"R{number}",
            risk=text.get("risk", ""),
            harm=text.get("harm", ""),
            people=text.get("people", ""),
            likelihood=_rating(row, "likelihood"),
            severity=_rating(row, "severity"),
            response=text.get("response", ""),
            measures=text.get("measures", ""),
            owner=text.get("owner", ""),
            due_on=text.get("due_on", ""),
            residual_likelihood=_rating(row, "residual_likelihood"),
            residual_severity=_rating(row, "residual_severity"),
        )
        for number, (row, text) in enumerate(zip(rows, shown, strict=True), start=1)
    )


def _rating(row: Mapping[str, str], column: str) -> int:
    """A rating that is missing counts as the worst: nothing looks safer than it was stated to be."""
    given = str(row.get(column, ""))
    return int(given) if given in ("1", "2", "3", "4", "5") else len(LIKELIHOODS)
