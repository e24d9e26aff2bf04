"""Keys by which another system of the city asks: only a hash is kept."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, Identified
from pia_engine.models.people import Person


class ApiKey(Identified, Base):
    """What a purchasing system shows to ask the gate. `name` says which system it is."""

    __tablename__ = "api_key"

    name: Mapped[str] = mapped_column(String(200))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[dt.datetime]
    expires_on: Mapped[dt.date]
    revoked_at: Mapped[dt.datetime | None]
    last_used_on: Mapped[dt.date | None]

    creator: Mapped[Person] = relationship(foreign_keys=[created_by])
