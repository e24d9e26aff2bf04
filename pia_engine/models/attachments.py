"""Files people attach to an assessment. The bytes lie in the document store under their hash."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, Identified
from pia_engine.models.people import Person


class Attachment(Identified, Base):
    """One file at one question. Removing it hides it; the bytes go when the record is disposed of."""

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("scan IN ('clean', 'not_scanned')", name="known_scan"),
        CheckConstraint("(removed_by IS NULL) = (removed_at IS NULL)", name="removed_iff_dated"),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    question: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), index=True)
    scan: Mapped[str] = mapped_column(String(20))
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[dt.datetime]
    removed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[dt.datetime | None]

    assessment: Mapped[Assessment] = relationship()
    uploader: Mapped[Person] = relationship(foreign_keys=[uploaded_by])
