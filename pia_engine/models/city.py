"""The city itself, its departments, and the versions of its PIA policy: records, never constants."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from pia_engine.models.base import Base, Identified, Traced, WorkflowRecord


class City(Traced, Base):
    """The one row that says whose installation this is. Its id goes into every audit hash.

    Its own chain holds what happens to settings, accounts, designations and deputies: they belong to no other record.
    """

    __tablename__ = "city"

    name: Mapped[str] = mapped_column(String(200))
    service_name: Mapped[str] = mapped_column(String(200))
    introduction: Mapped[str]
    contact_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254))
    time_zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16))
    brand_colour: Mapped[str] = mapped_column(String(7))
    link_colour: Mapped[str] = mapped_column(String(7))
    is_demo: Mapped[bool] = mapped_column(default=False)

    @property
    def workflow_name(self) -> str:
        """What its chain is called in the audit trail; it has no workflow."""
        return "city"

    @property
    def department_id(self) -> None:  # type: ignore[override]
        """It belongs to no department."""

    @property
    def author_id(self) -> None:  # type: ignore[override]
        """Nobody wrote it."""


class Department(Identified, Base):
    __tablename__ = "department"

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))


class PolicyVersion(WorkflowRecord, Base):
    """One version of the city's PIA policy. `rules` is read through `models.policy_rules.read_rules`.

    It belongs to no department, and the first version has no author: it came with the installation.
    """

    __tablename__ = "policy_version"
    __table_args__ = (
        CheckConstraint("(status IN ('draft', 'withdrawn')) = (adopted_on IS NULL)", name="adopted_iff_dated"),
        CheckConstraint("status IN ('draft', 'adopted', 'review_due', 'superseded', 'withdrawn')", name="known_status"),
        *(
            Index(
                f"uq_policy_version_one_{status}",
                "status",
                unique=True,
                sqlite_where=text(f"status = '{status}'"),
                postgresql_where=text(f"status = '{status}'"),
            )
            for status in ("draft", "adopted", "review_due")
        ),
    )

    WORKFLOW = "policy"

    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))  # type: ignore[assignment]
    adopted_on: Mapped[dt.date | None]
    adopted_by: Mapped[str | None] = mapped_column(String(200))
    instrument: Mapped[str] = mapped_column(String(300))
    changes: Mapped[str] = mapped_column(default="")
    rules: Mapped[dict[str, Any]]
    review_due_on: Mapped[dt.date | None]

    @property
    def department_id(self) -> None:  # type: ignore[override]
        """The policy is the whole city's."""


class ReferenceCounter(Base):
    """The last number given out in a year, for `PIA-2026-0042`."""

    __tablename__ = "reference_counter"

    prefix: Mapped[str] = mapped_column(String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class KnownQuestionnaire(Base):
    """The digest of each questionnaire version when it was first used: a used version never changes."""

    __tablename__ = "known_questionnaire"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    first_used_at: Mapped[dt.datetime]
