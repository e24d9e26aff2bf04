"""The outbox: what must happen after the commit, written in the same transaction as its cause."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from pia_engine.models.base import Base, Identified


class OutboxJob(Identified, Base):
    """One thing to do, at least once. `key` makes queueing it twice the same as once; `attempts` fences off a worker
    that was too slow.
    """

    __tablename__ = "outbox_job"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'dead')", name="known_state"),
        Index("ix_outbox_job_due", "state", "run_at"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(200), unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    run_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(default="")
    queued_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]
