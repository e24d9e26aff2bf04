"""The programme as a whole: its yearly audit, what audits found, and its annual report."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.annual_audits import AnnualAudit
from pia_engine.models.base import Base, Identified, WorkflowRecord
from pia_engine.models.commitments import Commitment
from pia_engine.models.people import Person
from pia_engine.models.sheets import AnswerSheet


class ProgrammeAudit(WorkflowRecord, Base):
    """`drawn_from` lists every decision of the period as [reference, kind], `sample` those drawn from it by lot.

    With the words in `seed` anybody can draw again.
    """

    __tablename__ = "programme_audit"
    WORKFLOW = "programme_audit"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    year: Mapped[int]
    due_on: Mapped[dt.date]
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))  # type: ignore[assignment]
    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("answer_sheet.id"), unique=True)
    auditor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    sample: Mapped[list[Any]] = mapped_column(default=list)
    drawn_from: Mapped[list[Any]] = mapped_column(default=list)
    from_on: Mapped[dt.date | None]
    until_on: Mapped[dt.date | None]
    seed: Mapped[str] = mapped_column(String(120), default="")
    concluded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[dt.datetime | None]
    report_digest: Mapped[str] = mapped_column(String(64), default="")

    sheet: Mapped[AnswerSheet] = relationship()
    auditor: Mapped[Person | None] = relationship(foreign_keys=[auditor_id])

    @property
    def department_id(self) -> None:  # type: ignore[override]
        """It looks at the whole city."""


class Finding(Identified, Base):
    """One thing an audit found, the answer of those it is about, and the commitment that puts it right."""

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("annual_audit_id", "number"),
        UniqueConstraint("programme_audit_id", "number"),
        CheckConstraint("(annual_audit_id IS NULL) != (programme_audit_id IS NULL)", name="of_one_audit"),
        CheckConstraint("severity IN ('low', 'medium', 'high')", name="known_severity"),
        CheckConstraint("response IN ('', 'accepted', 'disputed')", name="known_response"),
        CheckConstraint("(response = '') = (responded_at IS NULL)", name="responded_iff_dated"),
    )

    annual_audit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("annual_audit.id"), index=True)
    programme_audit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("programme_audit.id"), index=True)
    number: Mapped[int]
    text: Mapped[str]
    recommendation: Mapped[str] = mapped_column(default="")
    addressee: Mapped[str] = mapped_column(String(300), default="")
    severity: Mapped[str] = mapped_column(String(10))
    response: Mapped[str] = mapped_column(String(10), default="")
    response_text: Mapped[str] = mapped_column(default="")
    responded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    responded_at: Mapped[dt.datetime | None]
    commitment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("commitment.id"))

    annual_audit: Mapped[AnnualAudit | None] = relationship()
    programme_audit: Mapped[ProgrammeAudit | None] = relationship()
    responder: Mapped[Person | None] = relationship(foreign_keys=[responded_by])
    commitment: Mapped[Commitment | None] = relationship()


class AnnualReport(WorkflowRecord, Base):
    """The programme's report on one year. `figures` are frozen when its publication is ordered."""

    __tablename__ = "annual_report"
    __table_args__ = (
        CheckConstraint("(published_at IS NULL) = (pdf_digest = '')", name="published_iff_dated"),
        Index(
            "uq_annual_report_one_a_year",
            "year",
            unique=True,
            sqlite_where=text("status != 'withdrawn'"),
            postgresql_where=text("status != 'withdrawn'"),
        ),
    )
    WORKFLOW = "annual_report"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    year: Mapped[int]
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    foreword: Mapped[str] = mapped_column(default="")
    learned: Mapped[str] = mapped_column(default="")
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pdf_digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    json_digest: Mapped[str] = mapped_column(String(64), default="")
    ordered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[dt.datetime | None]

    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    publisher: Mapped[Person | None] = relationship(foreign_keys=[ordered_by])

    @property
    def department_id(self) -> None:  # type: ignore[override]
        """It is about the whole city."""
