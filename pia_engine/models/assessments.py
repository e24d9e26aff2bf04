"""Assessments: the initial one and the full one share a reference; a full one has editions.

Also what is fixed in time about them: revisions (the answers as submitted) and determinations.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pia_engine.models.base import Base, Identified, WorkflowRecord
from pia_engine.models.city import Department, PolicyVersion
from pia_engine.models.initiatives import Initiative
from pia_engine.models.people import Person
from pia_engine.models.sheets import AnswerSheet


class Assessment(WorkflowRecord, Base):
    """A PIA at one stage. The editions of a full assessment are what the public sees as versions."""

    __tablename__ = "assessment"
    __table_args__ = (
        UniqueConstraint("reference", "stage", "edition"),
        CheckConstraint("stage IN ('initial', 'full')", name="known_stage"),
    )
    WORKFLOW = "full_assessment"

    stage: Mapped[str] = mapped_column(String(10))
    edition: Mapped[int] = mapped_column(default=1)
    initiative_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("initiative.id"), index=True)
    department_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("department.id"), index=True)
    author_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    policy_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("policy_version.id"))
    sheet_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("answer_sheet.id"), unique=True)
    conditions: Mapped[str] = mapped_column(default="")
    approved_at: Mapped[dt.datetime | None]

    initiative: Mapped[Initiative] = relationship()
    department: Mapped[Department] = relationship()
    author: Mapped[Person] = relationship()
    policy_version: Mapped[PolicyVersion] = relationship()
    sheet: Mapped[AnswerSheet] = relationship()
    revisions: Mapped[list[Revision]] = relationship(back_populates="assessment", order_by="Revision.number")

    @property
    def workflow_name(self) -> str:
        return "initial_assessment" if self.stage == "initial" else "full_assessment"


class Revision(Identified, Base):
    """The answers as they were submitted: never changed afterwards; reviews and sign-offs name one."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), index=True)
    number: Mapped[int]
    answers: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    submitted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    submitted_at: Mapped[dt.datetime]

    assessment: Mapped[Assessment] = relationship(back_populates="revisions")
    submitter: Mapped[Person] = relationship()


class Determination(Identified, Base):
    """The officer's determination, beside what the rules computed; departing from it needs a reason.

    `required` lists what the policy demands with this outcome; `conditions` are what a delegated review imposes;
    `updates` is the reference of the published assessment that an update continues.
    """

    __tablename__ = "determination"
    __table_args__ = (
        CheckConstraint("outcome = computed_outcome OR length(reason) > 0", name="departure_has_a_reason"),
        CheckConstraint("outcome IN ('no_pia', 'delegated_review', 'update', 'full_pia')", name="known_outcome"),
    )

    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(20))
    computed_outcome: Mapped[str] = mapped_column(String(20))
    fired: Mapped[list[Any]]
    reason: Mapped[str]
    required: Mapped[list[Any]] = mapped_column(default=list)
    conditions: Mapped[str] = mapped_column(default="")
    updates: Mapped[str] = mapped_column(String(40), default="")
    determined_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    represents_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    determined_at: Mapped[dt.datetime]
    expires_on: Mapped[dt.date | None]

    assessment: Mapped[Assessment] = relationship()
    official: Mapped[Person] = relationship(foreign_keys=[determined_by])
    represents: Mapped[Person | None] = relationship(foreign_keys=[represents_id])
