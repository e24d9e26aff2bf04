"""Working together on an assessment: comments at a question, and expert contributions asked for by section."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, Identified
from pia_engine.models.people import Person


class Comment(Identified, Base):
    """Something said at one question. The first of a thread can be resolved; replies name it as their `thread_id`."""

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("(resolved_by IS NULL) = (resolved_at IS NULL)", name="resolved_iff_dated"),
        CheckConstraint("thread_id IS NULL OR resolved_at IS NULL", name="only_threads_are_resolved"),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    question: Mapped[str] = mapped_column(String(80))
    thread_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("comment.id"), index=True)
    text: Mapped[str]
    written_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[dt.datetime]
    resolved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[dt.datetime | None]

    assessment: Mapped[Assessment] = relationship()
    writer: Mapped[Person] = relationship(foreign_keys=[written_by])
    resolver: Mapped[Person | None] = relationship(foreign_keys=[resolved_by])


class Contribution(Identified, Base):
    """A request to an expert to answer for some sections, and their sign-off under exactly those sections.

    `topic` is the expertise asked for. `covers` holds the digest of each section as the expert signed it off; a
    change to one of them voids the sign-off, which stays in the record; the request made for it anew `follows` it.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("topic IN ('security', 'legal', 'records', 'equity', 'other')", name="known_topic"),
        CheckConstraint("(signed_at IS NULL) = (statement = '')", name="signed_iff_stated"),
        CheckConstraint("signed_at IS NULL OR withdrawn_at IS NULL", name="signed_or_withdrawn"),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    topic: Mapped[str] = mapped_column(String(20))
    sections: Mapped[list[Any]]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date | None]
    statement: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[dt.datetime | None]
    covers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    voided_at: Mapped[dt.datetime | None]
    voided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    voided_sections: Mapped[list[Any]] = mapped_column(default=list)
    withdrawn_at: Mapped[dt.datetime | None]
    follows_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contribution.id"))

    assessment: Mapped[Assessment] = relationship()
    follows: Mapped[Contribution | None] = relationship(remote_side="Contribution.id")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])
