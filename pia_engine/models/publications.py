"""Publications: what was put before the public, as bytes named by their hash, and the entry people search."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.annual_audits import AnnualAudit
from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, Identified
from pia_engine.models.programme import AnnualReport, ProgrammeAudit

_OWNERS = ("publication_id", "annual_report_id", "annual_audit_id", "programme_audit_id")
_OF_ONE = " + ".join(f"CASE WHEN {owner} IS NULL THEN 0 ELSE 1 END" for owner in _OWNERS) + " = 1"


class Publication(Identified, Base):
    """One published edition. What becomes of it later is said beside it, and in further copies of its file.

    It is current until it is superseded by the next edition or retracted: withdrawn from the register, for a reason
    the public is told. `pdf_digest` names the file first published; `original_digest` the signed original that is
    kept in the city when parts of it are withheld.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("reference", "edition"),
        CheckConstraint("is_current = (superseded_at IS NULL AND retracted_at IS NULL)", name="current_iff_it_stands"),
        CheckConstraint("superseded_at IS NULL OR retracted_at IS NULL", name="ends_one_way"),
        CheckConstraint("(retracted_at IS NULL) = (retraction_reason = '')", name="retracted_iff_reason"),
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
    original_digest: Mapped[str] = mapped_column(String(64), default="")
    published_at: Mapped[dt.datetime] = mapped_column(index=True)
    is_current: Mapped[bool] = mapped_column(default=True)
    superseded_at: Mapped[dt.datetime | None]
    retracted_at: Mapped[dt.datetime | None]
    retraction_reason: Mapped[str] = mapped_column(default="")

    assessment: Mapped[Assessment] = relationship()
    copies: Mapped[list[PublishedCopy]] = relationship(
        back_populates="publication", order_by="PublishedCopy.number", passive_deletes="all"
    )

    @property
    def newest_copy(self) -> PublishedCopy:
        """The file the public address serves."""
        return self.copies[-1]


class PublishedCopy(Identified, Base):
    """One file ever signed for a published document. The first is what was published; later ones say what became of it.

    Every later copy begins, byte for byte, with the one before it. `renew_on` is the day its proofs are to be renewed.
    """

    __tablename__ = "published_copy"
    __table_args__ = (
        *(UniqueConstraint(owner, "number") for owner in _OWNERS),
        CheckConstraint(_OF_ONE, name="of_one_document"),
        CheckConstraint("why IN ('signed', 'renewed', 'superseded', 'retracted')", name="known_reason"),
        CheckConstraint("(number = 1) = (why = 'signed')", name="first_is_signed"),
    )

    publication_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("publication.id"))
    annual_report_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("annual_report.id"))
    annual_audit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("annual_audit.id"))
    programme_audit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("programme_audit.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    why: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[dt.datetime]
    renew_on: Mapped[dt.date] = mapped_column(index=True)

    publication: Mapped[Publication | None] = relationship(back_populates="copies")
    annual_report: Mapped[AnnualReport | None] = relationship()
    annual_audit: Mapped[AnnualAudit | None] = relationship()
    programme_audit: Mapped[ProgrammeAudit | None] = relationship()
