"""The public pages that say how commitments stand: which they are, and having them made anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Commitment, Publication
from pia_engine.services.outbox import queue_job


def renew_public_pages(session: Session, changed: Iterable[Commitment], *, key: str, now: dt.datetime) -> None:
    """Have every page made anew that lists one of these; `key` names the change, so it is asked for once."""
    initiatives = {each.initiative_id for each in changed if each.is_public and each.initiative_id is not None}
    if not initiatives:
        return
    published = (
        select(Publication.reference)
        .join(Publication.assessment)
        .where(Assessment.initiative_id.in_(initiatives))
        .distinct()
        .order_by(Publication.reference)
    )
    for reference in session.scalars(published).all():
        queue_job(session, "pages", key=f"pages:{key}:{reference}", payload={"reference": reference}, now=now)
