"""A vendor's answers at the procurement stage, and the officer's judgement of each."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, Identified, WorkflowRecord
from pia_engine.models.initiatives import Initiative
from pia_engine.models.sheets import AnswerSheet


class VendorResponse(WorkflowRecord, Base):
    """One questionnaire sent to one vendor. Only a hash of the link's token is kept."""

    __tablename__ = "vendor_response"
    __table_args__ = (CheckConstraint("(attested_name = '') = (attested_at IS NULL)", name="attested_iff_dated"),)
    WORKFLOW = "vendor_response"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    assessment_reference: Mapped[str] = mapped_column(String(40), index=True)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    company: Mapped[str] = mapped_column(String(200))
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[dt.datetime]
    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("answer_sheet.id"), unique=True)
    attested_name: Mapped[str] = mapped_column(String(200), default="")
    attested_title: Mapped[str] = mapped_column(String(200), default="")
    attested_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative] = relationship()
    sheet: Mapped[AnswerSheet] = relationship()
    evaluations: Mapped[list[AnswerEvaluation]] = relationship(
        back_populates="vendor_response", order_by="AnswerEvaluation.question"
    )


class AnswerEvaluation(Identified, Base):
    """The officer's verdict on one vendor answer: accepted, or queried with what is asked."""

    __tablename__ = "answer_evaluation"
    __table_args__ = (
        UniqueConstraint("vendor_response_id", "question"),
        CheckConstraint("verdict IN ('accepted', 'queried')", name="known_verdict"),
        CheckConstraint("verdict = 'accepted' OR length(note) > 0", name="query_has_a_text"),
    )

    vendor_response_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vendor_response.id"), index=True)
    question: Mapped[str] = mapped_column(String(80))
    verdict: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(default="")
    evaluated_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    evaluated_at: Mapped[dt.datetime]
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[dt.datetime | None]

    vendor_response: Mapped[VendorResponse] = relationship(back_populates="evaluations")
