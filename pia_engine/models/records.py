"""Keeping and disposing of records: case files, legal holds, disposals by two people, and their tombstones."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, Identified, WorkflowRecord
from pia_engine.models.initiatives import Initiative
from pia_engine.models.people import Person


class LegalHold(Identified, Base):
    """While it stands, nothing of the initiative is disposed of, whatever the retention periods say."""

    __tablename__ = "legal_hold"
    __table_args__ = (CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_iff_dated"),)

    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    reason: Mapped[str]
    placed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    placed_at: Mapped[dt.datetime]
    lifted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[dt.datetime | None]
    lift_reason: Mapped[str] = mapped_column(default="")

    initiative: Mapped[Initiative] = relationship()
    placer: Mapped[Person] = relationship(foreign_keys=[placed_by])
    lifter: Mapped[Person | None] = relationship(foreign_keys=[lifted_by])


class Disposal(WorkflowRecord, Base):
    """The disposal of everything kept of one initiative. It outlives what it is about, so it names that by reference.

    `author_id` is who proposed it; what the calendar proposes has none. `basis` cites the policy's retention row.
    """

    __tablename__ = "disposal"
    WORKFLOW = "disposal"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    subject: Mapped[str] = mapped_column(String(40), index=True)
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))  # type: ignore[assignment]
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"))
    basis: Mapped[str]
    kept_until_on: Mapped[dt.date]

    author: Mapped[Person | None] = relationship(foreign_keys=[author_id])


class Tombstone(Identified, Base):
    """What stays of records that were disposed of: what they were, when, how it was decided, and how many they were.

    The initiative has one, and so has each reference of its assessments: a link to either finds out what it was.
    `digest` is the SHA-256 of the manifest that a case file made at that moment would have had.
    """

    __tablename__ = "tombstone"

    reference: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    department: Mapped[str] = mapped_column(String(200))
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"), index=True)
    was_public: Mapped[bool]
    began_on: Mapped[dt.date]
    ended_on: Mapped[dt.date]
    decision: Mapped[str]
    counts: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    disposal: Mapped[str] = mapped_column(String(40))
    disposed_at: Mapped[dt.datetime]


class CaseFile(Identified, Base):
    """The complete file of one matter, ordered by somebody: made by the worker, kept for some days, then removed.

    `instant` of everything in it is `ordered_at`, so making it twice gives the same bytes.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("(made_at IS NULL) = (digest = '')", name="made_iff_kept"),
        CheckConstraint("removed_at IS NULL OR made_at IS NOT NULL", name="removed_after_made"),
    )

    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    reference: Mapped[str] = mapped_column(String(40))
    ordered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    ordered_at: Mapped[dt.datetime]
    made_at: Mapped[dt.datetime | None] = mapped_column(index=True)
    digest: Mapped[str] = mapped_column(String(64), default="", index=True)
    manifest_digest: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    removed_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative] = relationship()
    orderer: Mapped[Person] = relationship(foreign_keys=[ordered_by])
