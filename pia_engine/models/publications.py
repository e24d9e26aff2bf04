"""Publications: what was put before the public, as bytes named by their hash, and the entry people search."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, Identified


class Publication(Identified, Base):
    """One published edition. Its files never change; being superseded is a fact beside it."""

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("reference", "edition"),
        CheckConstraint("(superseded_at IS NULL) = is_current", name="current_iff_not_superseded"),
        Index(
            "uq_publication_one_current",
            "reference",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), unique=True)
    reference: Mapped[str] = mapped_column(String(40), index=True)
    edition: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str]
    department: Mapped[str] = mapped_column(String(200))
    search_text: Mapped[str]
    pdf_digest: Mapped[str] = mapped_column(String(64), index=True)
    json_digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[dt.datetime] = mapped_column(index=True)
    is_current: Mapped[bool] = mapped_column(default=True)
    superseded_at: Mapped[dt.datetime | None]

    assessment: Mapped[Assessment] = relationship()
