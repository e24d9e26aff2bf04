"""Answer sheets: the answers given to one questionnaire version, by whoever is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, Identified


class AnswerSheet(Identified, Base):
    """One questionnaire version being answered. `version` counts saves; a form remembers the one it was opened at."""

    __tablename__ = "answer_sheet"

    questionnaire: Mapped[str] = mapped_column(String(80))
    questionnaire_version: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)

    answers: Mapped[list[Answer]] = relationship(back_populates="sheet", order_by="Answer.question")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Answer(Identified, Base):
    """The present answer to one question, and where it came from.

    `saved_in` is the sheet's version it was last saved in, so that a stale form is noticed question by question.
    `origin` is `typed`, `initial` (carried from the initial assessment), `vendor`, `previous` (the version before),
    `template` (another assessment chosen to start from) or `restored` (an earlier text of this very answer).
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("sheet_id", "question"),
        CheckConstraint(
            "origin IN ('typed', 'initial', 'vendor', 'previous', 'template', 'restored')", name="known_origin"
        ),
    )

    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("answer_sheet.id"), index=True)
    question: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON(none_as_null=False))
    saved_in: Mapped[int]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_by_name: Mapped[str] = mapped_column(String(200))
    answered_at: Mapped[dt.datetime]
    origin: Mapped[str] = mapped_column(String(16), default="typed")
    origin_note: Mapped[str] = mapped_column(String(300), default="")
    is_confirmed: Mapped[bool] = mapped_column(default=True)

    sheet: Mapped[AnswerSheet] = relationship(back_populates="answers")


class AnswerVersion(Identified, Base):
    """One text an answer ever had, with who gave it and when; written with each change and never changed itself.

    `saved_in` is the sheet's version it came with, so that what a form was opened with can be found again.
    """

    __tablename__ = "answer_version"
    __table_args__ = (UniqueConstraint("sheet_id", "question", "number"),)

    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("answer_sheet.id"), index=True)
    question: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    value: Mapped[Any] = mapped_column(JSON(none_as_null=False))
    saved_in: Mapped[int]
    origin: Mapped[str] = mapped_column(String(16))
    origin_note: Mapped[str] = mapped_column(String(300), default="")
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_by_name: Mapped[str] = mapped_column(String(200))
    answered_at: Mapped[dt.datetime]


class Draft(Identified, Base):
    """What one person typed in one section and has not saved: kept as the form's fields, judged by nobody yet.

    `writer` is the person's id, or `vendor` for whoever answers through the link.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("sheet_id", "section", "writer"),)

    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("answer_sheet.id"), index=True)
    section: Mapped[str] = mapped_column(String(80))
    writer: Mapped[str] = mapped_column(String(40))
    fields: Mapped[list[Any]]
    seen_version: Mapped[int]
    kept_at: Mapped[dt.datetime] = mapped_column(index=True)
