"""Who was heard on an assessment and what came of it; and the independent observer, who sees it and says so."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.assessments import Assessment
from pia_engine.models.base import Base, Identified
from pia_engine.models.initiatives import Initiative
from pia_engine.models.people import Person


class Consultation(Identified, Base):
    """One person, body or group that was asked, how, what they replied and what became of it.

    `who` names officials and bodies; for residents it names the group. `effect` is what changed, or why nothing did.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        CheckConstraint("kind IN ('official', 'stakeholder', 'board', 'public')", name="known_kind"),
        CheckConstraint("(reply = '') = (replied_on IS NULL)", name="replied_iff_dated"),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    who: Mapped[str] = mapped_column(String(200))
    capacity: Mapped[str] = mapped_column(String(200), default="")
    channel: Mapped[str] = mapped_column(String(200))
    asked: Mapped[str]
    asked_on: Mapped[dt.date]
    reply: Mapped[str] = mapped_column(default="")
    replied_on: Mapped[dt.date | None]
    effect: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=True)
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[dt.datetime]
    removed_at: Mapped[dt.datetime | None]

    assessment: Mapped[Assessment] = relationship()
    recorder: Mapped[Person] = relationship(foreign_keys=[recorded_by])


class Observer(Identified, Base):
    """Somebody outside the city's line who may read one initiative's assessment, and files a statement with it.

    Both days are included; `withdrawn_on` is the day the appointment ends early. A filed statement is never changed.
    """

    __tablename__ = "observer"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ends_after_it_begins"),
        CheckConstraint("(statement = '') = (filed_at IS NULL)", name="filed_iff_dated"),
    )

    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    organisation: Mapped[str] = mapped_column(String(200), default="")
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date]
    appointed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    appointed_at: Mapped[dt.datetime]
    withdrawn_on: Mapped[dt.date | None]
    statement: Mapped[str] = mapped_column(default="")
    filed_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    appointer: Mapped[Person] = relationship(foreign_keys=[appointed_by])
