"""What makes the city look again: changes, incidents, complaints, expiry; and delegated decisions drawn by lot."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment, Determination
from pia_engine.models.base import Base, WorkflowRecord
from pia_engine.models.initiatives import Initiative
from pia_engine.models.people import Person


class Reconsideration(WorkflowRecord, Base):
    """One cause to look again at an initiative. `author_id` is who reported it; what the calendar raises has none.

    `assessment_id` is the answer in doubt: a published edition, or an initial assessment that cleared.
    `facts` lists the watched facts that have changed. `key` makes what the calendar raises come once. `happened_on` is
    the day of what was reported, or the day on which something runs out. `begun_id` is the assessment that was begun
    because of the decision.
    """

    __tablename__ = "reconsideration"
    __table_args__ = (
        CheckConstraint(
            "cause IN ('change', 'incident', 'complaint', 'expiry', 'review_date', 'spot_check', "
            "'exception', 'retraction')",
            name="known_cause",
        ),
        Index("ix_reconsideration_status", "status"),
    )
    WORKFLOW = "reconsideration"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))  # type: ignore[assignment]
    cause: Mapped[str] = mapped_column(String(20))
    facts: Mapped[list[Any]] = mapped_column(default=list)
    text: Mapped[str]
    happened_on: Mapped[dt.date | None]
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[dt.datetime | None]
    begun_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assessment.id"))

    initiative: Mapped[Initiative] = relationship()
    assessment: Mapped[Assessment] = relationship(foreign_keys=[assessment_id])
    begun: Mapped[Assessment | None] = relationship(foreign_keys=[begun_id])
    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])


class SpotCheck(WorkflowRecord, Base):
    """One delegated decision drawn by lot. `draw` holds the rate and the lot, so that anybody can draw again."""

    __tablename__ = "spot_check"
    WORKFLOW = "spot_check"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    determination_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("determination.id"), unique=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    draw: Mapped[dict[str, Any]]
    checked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[dt.datetime | None]

    determination: Mapped[Determination] = relationship(lazy="joined", innerjoin=True)
    assessment: Mapped[Assessment] = relationship()
    checker: Mapped[Person | None] = relationship(foreign_keys=[checked_by])
