"""Reviews (advice), the changes they ask for, and sign-offs (decisions): three different records."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment, Revision
from pia_engine.models.base import Base, Identified
from pia_engine.models.people import Person


class Review(Identified, Base):
    """One round: an officer reads one revision and either asks for changes or gives advice."""

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("assessment_id", "round"),
        CheckConstraint("(result = '') = (finished_at IS NULL)", name="finished_iff_result"),
        CheckConstraint("result IN ('', 'changes', 'recommended')", name="known_result"),
        CheckConstraint(
            "recommendation IN ('', 'approve', 'approve_with_conditions', 'reject')", name="known_recommendation"
        ),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("revision.id"))
    round: Mapped[int]
    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    represents_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    result: Mapped[str] = mapped_column(String(20), default="")
    advice: Mapped[str] = mapped_column(default="")
    recommendation: Mapped[str] = mapped_column(String(30), default="")
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime | None]

    assessment: Mapped[Assessment] = relationship()
    revision: Mapped[Revision] = relationship()
    reviewer: Mapped[Person] = relationship(foreign_keys=[reviewer_id])
    represents: Mapped[Person | None] = relationship(foreign_keys=[represents_id])
    requested_changes: Mapped[list[RequestedChange]] = relationship(
        back_populates="review", order_by="RequestedChange.requested_at, RequestedChange.id"
    )


class RequestedChange(Identified, Base):
    """One thing the reviewer asks for, at one question; the author replies, the next round settles it."""

    __tablename__ = "requested_change"
    __table_args__ = (CheckConstraint("(reply = '') = (replied_at IS NULL)", name="replied_iff_dated"),)

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("review.id"), index=True)
    question: Mapped[str] = mapped_column(String(80))
    text: Mapped[str]
    requested_at: Mapped[dt.datetime]
    reply: Mapped[str] = mapped_column(default="")
    replied_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    replied_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]

    review: Mapped[Review] = relationship(back_populates="requested_changes")


class SignOff(Identified, Base):
    """A person's signature under one revision, or their refusal, with the reason they gave.

    `covers` holds the digest of each section as it was signed; a change to one of them voids the signature, which
    stays in the record with who changed what. `overrules` holds the reasons for departing from the officer's advice.
    """

    __tablename__ = "sign_off"
    __table_args__ = (
        CheckConstraint("decision IN ('signed', 'declined', 'sent_back', 'rejected')", name="known_decision"),
        CheckConstraint("position IN (1, 2)", name="known_position"),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    revision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("revision.id"))
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    represents_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str]
    overrules: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[dt.datetime]
    revision_digest: Mapped[str] = mapped_column(String(64))
    covers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    voided_at: Mapped[dt.datetime | None]
    voided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    voided_sections: Mapped[list[Any]] = mapped_column(default=list)

    assessment: Mapped[Assessment] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    represents: Mapped[Person | None] = relationship(foreign_keys=[represents_id])
