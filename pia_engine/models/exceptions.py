"""Emergency exceptions: who may begin before the assessment is done, why, under which conditions, until when."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, WorkflowRecord
from pia_engine.models.initiatives import Initiative
from pia_engine.models.people import Person

_IS_OPEN = text("status IN ('requested', 'granted')")


class EmergencyException(WorkflowRecord, Base):
    """`responsible_id` is the named official who answers for what is done meanwhile. `until_on` is its last day."""

    __tablename__ = "emergency_exception"
    __table_args__ = (
        CheckConstraint("days > 0", name="lasts_a_day"),
        CheckConstraint("(granted_at IS NULL) = (until_on IS NULL)", name="granted_iff_ends"),
        Index("ix_emergency_exception_status_until_on", "status", "until_on"),
        Index(
            "uq_emergency_exception_one_open",
            "initiative_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
    )
    WORKFLOW = "emergency_exception"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    responsible_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    emergency: Mapped[str]
    use: Mapped[str]
    days: Mapped[int]
    conditions: Mapped[str] = mapped_column(default="")
    granted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[dt.datetime | None]
    until_on: Mapped[dt.date | None]

    initiative: Mapped[Initiative] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    responsible: Mapped[Person] = relationship(foreign_keys=[responsible_id])
    granter: Mapped[Person | None] = relationship(foreign_keys=[granted_by])
