"""Commitments: what the city promised in an assessment, who keeps it, until when, and what shows that it was kept."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, WorkflowRecord
from pia_engine.models.initiatives import Initiative
from pia_engine.models.people import Person

SOURCES = ("risk", "condition", "delegated_review", "audit", "programme_audit", "officer")


class Commitment(WorkflowRecord, Base):
    """`author_id` is whoever keeps it, and so never the one who closes it. `source_id` names the risk or the finding.

    A commitment of the programme audit belongs to no initiative. `postponed` counts how often its day was moved;
    `escalation` is how far it was passed up: 1 to the senior privacy official, 2 to the executive. `lapsed_on` is the
    day after which the public pages say that it is overdue.
    """

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint(
            "source IN ('risk', 'condition', 'delegated_review', 'audit', 'programme_audit', 'officer')",
            name="known_source",
        ),
        CheckConstraint("(closed_at IS NULL) = (status IN ('open', 'reported'))", name="closed_iff_dated"),
        CheckConstraint("status != 'kept' OR closed_by != author_id", name="closed_by_another"),
        CheckConstraint("status NOT IN ('reported', 'kept') OR evidence != ''", name="reported_with_evidence"),
        Index("ix_commitment_status_due_on", "status", "due_on"),
    )
    WORKFLOW = "commitment"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    initiative_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("initiative.id"), index=True)
    assessment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("assessment.id"), index=True)
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))  # type: ignore[assignment]
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    source: Mapped[str] = mapped_column(String(20))
    source_id: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str]
    due_on: Mapped[dt.date]
    evidence: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=True)
    postponed: Mapped[int] = mapped_column(default=0)
    escalation: Mapped[int] = mapped_column(default=0)
    lapsed_on: Mapped[dt.date | None]
    closed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative | None] = relationship()
    assessment: Mapped[Assessment | None] = relationship()
    keeper: Mapped[Person] = relationship(foreign_keys=[author_id])
    closer: Mapped[Person | None] = relationship(foreign_keys=[closed_by])

    def is_overdue_on(self, day: dt.date) -> bool:
        """Whether nobody has reported it kept, and its day is over."""
        return self.status == "open" and self.due_on < day
