"""People who sign in, the roles they are designated to, and their server-side sessions."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, Identified
from pia_engine.models.city import Department


class Person(Identified, Base):
    """Somebody with an account. What they may do comes from designations, never from this row."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("reminders IN ('daily', 'weekly', 'overdue')", name="known_reminders"),)

    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    job_title: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    language: Mapped[str | None] = mapped_column(String(16))
    reminders: Mapped[str] = mapped_column(String(10), default="daily")
    calendar_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    created_at: Mapped[dt.datetime]

    designations: Mapped[list[Designation]] = relationship(
        back_populates="person", foreign_keys="Designation.person_id", order_by="Designation.from_on, Designation.id"
    )


class Designation(Identified, Base):
    """A role of foundation 4, given to a person by somebody, under an instrument, from and until a day."""

    __tablename__ = "designation"
    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_it_begins"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    department_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("department.id"))
    designated_by: Mapped[str] = mapped_column(String(200))
    instrument: Mapped[str] = mapped_column(String(300))
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date | None]

    person: Mapped[Person] = relationship(back_populates="designations", foreign_keys=[person_id])
    department: Mapped[Department | None] = relationship()
    deputies: Mapped[list[Deputy]] = relationship(back_populates="designation", order_by="Deputy.from_on, Deputy.id")


class Deputy(Identified, Base):
    """Somebody who stands in for a designated person, under that one designation, from a day until a day.

    `withdrawn_on` is the day the naming was taken back: from then on it holds no more.
    """

    __tablename__ = "deputy"
    __table_args__ = (CheckConstraint("until_on >= from_on", name="ends_after_it_begins"),)

    designation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("designation.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(String(300))
    named_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[dt.datetime]
    withdrawn_on: Mapped[dt.date | None]

    designation: Mapped[Designation] = relationship(back_populates="deputies")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    namer: Mapped[Person | None] = relationship(foreign_keys=[named_by])


class BrowserSession(Base):
    """A server-side session. Only a hash of its token is kept, so the table alone opens nothing."""

    __tablename__ = "browser_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    content: Mapped[dict[str, Any]]
    expires_at: Mapped[dt.datetime] = mapped_column(index=True)
