"""The audit trail: who did what, when and why, each event hashed over the one before it in its aggregate.

The table refuses UPDATE and DELETE by trigger on both databases (see `migrations`).
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pia_engine.models.base import Base, Identified


class AuditEvent(Identified, Base):
    """`body` is the canonical JSON that was hashed, kept verbatim; the columns beside it are for finding.

    `role` is the capacity somebody acted in; a deputy's act names in `represented_id` whom they stood in for.
    """

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("aggregate_id", "sequence"),)

    aggregate_kind: Mapped[str] = mapped_column(String(40))
    aggregate_id: Mapped[uuid.UUID]
    sequence: Mapped[int]
    event: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(40), default="")
    represented_id: Mapped[uuid.UUID | None]
    reason: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
