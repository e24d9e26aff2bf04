"""Annual audits of published assessments. (The audit *trail* is in `trail`.)"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, WorkflowRecord
from pia_engine.models.people import Person
from pia_engine.models.sheets import AnswerSheet


class AnnualAudit(WorkflowRecord, Base):
    __tablename__ = "annual_audit"
    __table_args__ = (
        CheckConstraint("conclusion IN ('', 'confirmed', 'new_version')", name="known_conclusion"),
        CheckConstraint("(conclusion = '') = (concluded_at IS NULL)", name="concluded_iff_dated"),
    )
    WORKFLOW = "annual_audit"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    due_on: Mapped[dt.date] = mapped_column(index=True)
    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("answer_sheet.id"), unique=True)
    auditor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    conclusion: Mapped[str] = mapped_column(String(20), default="")
    concluded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[dt.datetime | None]
    report_digest: Mapped[str] = mapped_column(String(64), default="")

    assessment: Mapped[Assessment] = relationship()
    sheet: Mapped[AnswerSheet] = relationship()
    auditor: Mapped[Person | None] = relationship(foreign_keys=[auditor_id])
