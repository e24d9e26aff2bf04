"""The sample of a programme audit: what the city decided in a period, and which of it is looked at, drawn by lot.

Every decision has a ticket, a hash over the seed and its name; the lowest tickets are drawn, one of each kind first.
Whoever has the list and the seed can draw again and gets the same.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_
from pia_engine.models import Assessment, Determination, Publication
from pia_engine.workflows.outcomes import DELEGATED_REVIEW, NO_PIA

LEAST, MOST = 3, 40
"""Three show a habit where two may be chance; more than forty nobody reads with care."""

KINDS = {
    "published": N_("Published assessment"),
    DELEGATED_REVIEW: N_("Delegated review"),
    NO_PIA: N_("No PIA needed"),
}


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """One decision of the period: the reference it stands under, and its kind."""

    reference: str
    kind: str

    @property
    def stored(self) -> list[str]:
        return [self.reference, self.kind]


def decisions_of(stored: Sequence[Sequence[str]]) -> list[Decision]:
    """What an audit keeps, as decisions."""
    return [Decision(reference, kind) for reference, kind in stored]


def list_decisions(session: Session, *, since: dt.datetime, until: dt.datetime) -> list[Decision]:
    """What was published or cleared from one instant up to another, by reference."""
    published = session.scalars(
        select(Publication.reference).where(Publication.published_at >= since, Publication.published_at < until)
    )
    cleared = session.execute(
        select(Assessment.reference, Determination.outcome)
        .join(Determination.assessment)
        .where(
            Determination.outcome.in_([DELEGATED_REVIEW, NO_PIA]),
            Determination.determined_at >= since,
            Determination.determined_at < until,
        )
    )
    found = {Decision(reference, "published") for reference in published}
    return sorted(found | {Decision(reference, outcome) for reference, outcome in cleared})


def sample_size(population: int) -> int:
    """The square root of how many there are, rounded up; at least three, at most forty, never more than there are."""
    return min(population, MOST, max(LEAST, math.ceil(math.sqrt(population))))


def ticket_of(decision: Decision, seed: str) -> str:
    """The ticket of one decision: SHA-256 over seed, reference and kind, with a colon between them."""
    return hashlib.sha256(f"{seed}:{decision.reference}:{decision.kind}".encode()).hexdigest()


def draw(population: Sequence[Decision], seed: str) -> list[Decision]:
    """The lowest ticket of each kind, then the lowest of all the others until there are enough; by reference."""
    by_lot = sorted(population, key=lambda decision: ticket_of(decision, seed))
    first_of_kind = {decision.kind: decision for decision in reversed(by_lot)}
    first = [decision for decision in by_lot if first_of_kind[decision.kind] == decision]
    others = [decision for decision in by_lot if decision not in set(first)]
    return sorted([*first, *others][: sample_size(len(population))])
