"""Withholdings: which part of an answer the public does not read, on which ground, and whether it was told later."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, WorkflowRecord
from pia_engine.models.people import Person


class Withholding(WorkflowRecord, Base):
    """One decision about one answer; its author is whoever proposed it. `ground` is an id of the policy's list.

    `parts` has an entry for each withheld place: row, column, value, the texts to be kept out of other places, and
    the salt. With salt and value anybody can prove what stood there, so neither leaves the city before it is disclosed.
    `disclosure` is the document that then tells them, as it is published.
    """

    __tablename__ = "withholding"
    __table_args__ = (
        CheckConstraint("extent IN ('answer', 'rows', 'cells', 'words')", name="known_extent"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint("(disclosed_at IS NULL) = (disclosure_digest = '')", name="disclosed_iff_published"),
        CheckConstraint("(disclosure = '') = (disclosure_digest = '')", name="disclosure_has_digest"),
    )
    WORKFLOW = "withholding"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    question: Mapped[str] = mapped_column(String(80))
    extent: Mapped[str] = mapped_column(String(10))
    parts: Mapped[list[Any]]
    ground: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[dt.datetime | None]
    disclosed_at: Mapped[dt.datetime | None]
    disclosure: Mapped[str] = mapped_column(default="")
    disclosure_digest: Mapped[str] = mapped_column(String(64), default="")

    assessment: Mapped[Assessment] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])
