"""Drawing a sample by lot: its size, its fairness to every kind, and that anybody gets the same again."""

from __future__ import annotations

import pytest

from pia_engine.services.samples import Decision, draw, sample_size, ticket_of

SEED = "5f0c" * 16


def decisions(count: int, kind: str = "published") -> list[Decision]:
    return [Decision(f"PIA-2026-{number:04d}", kind) for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("population", "size"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (9, 3), (10, 4), (100, 10), (101, 11), (1600, 40), (10_000, 40)],
)
def test_the_sample_grows_with_the_square_root(population: int, size: int) -> None:
    assert sample_size(population) == size
    assert len(draw(decisions(population), SEED)) == size


def test_the_same_seed_draws_the_same_in_any_order() -> None:
    population = decisions(60)
    assert draw(population, SEED) == draw(list(reversed(population)), SEED)


def test_another_seed_draws_another_sample() -> None:
    assert draw(decisions(60), SEED) != draw(decisions(60), "another")


def test_every_kind_is_looked_at_however_rare() -> None:
    population = [*decisions(200), Decision("PIA-2026-0900", "no_pia"), Decision("PIA-2026-0901", "delegated_review")]
    assert {each.kind for each in draw(population, SEED)} == {"published", "no_pia", "delegated_review"}


def test_the_rest_are_the_lowest_tickets() -> None:
    population = decisions(50)
    drawn = draw(population, SEED)
    left = set(population) - set(drawn)
    assert max(ticket_of(each, SEED) for each in drawn) < min(ticket_of(each, SEED) for each in left)


def test_a_ticket_can_be_worked_out_by_hand() -> None:
    """printf 'seed:PIA-2026-0001:published' | sha256sum"""
    assert ticket_of(Decision("PIA-2026-0001", "published"), "seed").startswith("acfe8e16a4b48a83")
