"""Who is heard, and who observes: no records with a life of their own, so only addresses."""

from __future__ import annotations

from tests.factories.hearing import hear, observe, wanda
from tests.factories.walks import Walk


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    """One consultation of a draft, and one appointment."""
    record = walk.full(title="Heard and observed")
    entry = hear(walk, record)
    observer = observe(walk, record.initiative, wanda(walk.session), days=3650)
    return {
        "consultations": {"reference": record.reference, "consultation_id": str(entry.id)},
        "observers": {"reference": record.initiative.reference, "observer_id": str(observer.id)},
    }
