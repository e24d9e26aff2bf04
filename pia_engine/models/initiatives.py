"""Initiatives: what a department wants to do with a technology or with data about people."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, WorkflowRecord
from pia_engine.models.city import Department
from pia_engine.models.people import Person


class Initiative(WorkflowRecord, Base):
    """`gate_code` opens the gate's answer to whoever holds the paper it is printed on."""

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint(
            "classification IN ('public', 'internal', 'confidential', 'restricted')", name="known_classification"
        ),
    )
    WORKFLOW = "initiative"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str]
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    change_kind: Mapped[str] = mapped_column(String(20))
    procurement: Mapped[str] = mapped_column(String(80), default="")
    target_on: Mapped[dt.date | None]
    gate_code: Mapped[str | None] = mapped_column(String(40), unique=True, index=True)
    classification: Mapped[str] = mapped_column(String(20), default="internal")

    department: Mapped[Department] = relationship()
    author: Mapped[Person] = relationship()
