"""What a person has put off being reminded of."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pia_engine.models.base import Base, Identified


class Snooze(Identified, Base):
    """Until this day the person is not reminded of this one thing; `record` is its reference, with its kind."""

    __tablename__ = "snooze"
    __table_args__ = (UniqueConstraint("person_id", "kind", "record"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    record: Mapped[str] = mapped_column(String(80))
    until_on: Mapped[dt.date]
