"""Human references: `PIA-2026-0042`, counted per kind and year, in the transaction that uses the number."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import ReferenceCounter
from pia_engine.services.cities import get_city


def next_reference(session: Session, prefix: str, now: dt.datetime) -> str:
    """The next free reference of `prefix` in the city's present year."""
    year = clock.day_of(now, get_city(session).time_zone).year
    counter = session.get(ReferenceCounter, (prefix, year), with_for_update=True)
    if counter is None:
        counter = ReferenceCounter(prefix=prefix, year=year, last=0)
        session.add(counter)
    counter.last += 1
    session.flush()
    return f"{prefix}-{year}-{counter.last:04d}"
