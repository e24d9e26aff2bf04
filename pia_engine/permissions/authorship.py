"""Who wrote what, also through a deputy, and the guards that keep them from judging it.

A record names one author and each answer one person. Whom a deputy wrote for stands in the audit trail only.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotAllowed
from pia_engine.models import AnnualAudit, Assessment, AuditEvent, ProgrammeAudit, WorkflowRecord
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.whereabouts import holders_of

SAVED = frozenset({"answers:saved", "answers:confirmed", "answers:restored"})
WRITTEN = SAVED | {
    "attachment:added",
    "attachment:removed",
    "attachment:restored",
    "full-assessment:submitted",
    "initial-assessment:begun",
    "initial-assessment:submitted",
}
CONDUCTED = SAVED | {
    "annual-audit:findings-reported",
    "annual-audit:started",
    "programme-audit:findings-reported",
    "programme-audit:started",
}


def people_in(rows: Iterable[Sequence[uuid.UUID | None]]) -> set[uuid.UUID]:
    """Everybody a step was taken by or for."""
    return {person for row in rows for person in row if person is not None}


def people_behind(actor: Actor) -> set[uuid.UUID]:
    """Who takes a step: the actor, and the person a deputy takes it for."""
    return people_in([(actor.id, actor.represents)])


def everybody_behind(actor: Actor) -> set[uuid.UUID]:
    """The same, with everybody the actor stands in for today, in whatever role they act now."""
    return people_behind(actor) | people_in([[grant.represents for grant in actor.grants]])


def people_who_took(session: Session, record_id: uuid.UUID, events: Collection[str]) -> set[uuid.UUID]:
    """Who took steps of a record, and whom a deputy took them for."""
    steps = session.execute(
        select(AuditEvent.actor_id, AuditEvent.represented_id).where(
            AuditEvent.aggregate_id == record_id, AuditEvent.event.in_(events)
        )
    )
    return people_in([tuple(step) for step in steps])


def people_who_answered(
    session: Session, assessment: Assessment, role: Role, questions: Collection[str]
) -> set[uuid.UUID]:
    """Whose answers to these questions stand now, and whom a deputy gave them for in that role."""
    answers = [each for each in assessment.sheet.answers if each.question in questions and each.value is not None]
    given = {(each.answered_by, each.answered_at) for each in answers}
    saved = session.execute(
        select(AuditEvent.actor_id, AuditEvent.at, AuditEvent.represented_id).where(
            AuditEvent.aggregate_id == assessment.id,
            AuditEvent.event.in_(SAVED),
            AuditEvent.role == str(role),
            AuditEvent.represented_id.is_not(None),
        )
    )
    represented = [(person,) for deputy, at, person in saved if (deputy, at) in given]
    return people_in([*((each.answered_by,) for each in answers), *represented])


def has_not_written_this_text(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Whom the author wrote for counts as author too, and so does whoever stands in for either today.

    The author stays the same through all stages and versions under a reference, and so do those written for.
    """
    assessment = record.assessment if isinstance(record, AnnualAudit) else cast(Assessment, record)
    under_the_reference = select(Assessment.id).where(Assessment.reference == assessment.reference)
    written_for = session.scalars(
        select(AuditEvent.represented_id).where(
            AuditEvent.aggregate_id.in_(under_the_reference),
            AuditEvent.event.in_(WRITTEN),
            AuditEvent.role == str(Role.AGENCY_OFFICIAL),
        )
    )
    writers = people_in([(assessment.author_id, *written_for)])
    if writers & everybody_behind(actor):
        raise NotAllowed(
            N_(
                "You, or somebody you stand in for, wrote this text or had a deputy write it. "
                "Nobody judges their own work, not through a deputy either."
            ),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


def did_not_conduct_this_audit(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Whoever conducted an audit, in person or through a deputy, does not conclude it."""
    if people_who_conducted(session, cast("AnnualAudit | ProgrammeAudit", record)) & everybody_behind(actor):
        raise NotAllowed(
            N_("You, or somebody you stand in for, conducted this audit. Somebody else concludes it."),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


def people_who_conducted(session: Session, audit: AnnualAudit | ProgrammeAudit) -> set[uuid.UUID]:
    """Who conducted an audit, and whom a deputy conducted it for."""
    represented = session.scalars(
        select(AuditEvent.represented_id).where(
            AuditEvent.aggregate_id == audit.id,
            AuditEvent.event.in_(CONDUCTED),
            AuditEvent.role == str(Role.AUDITOR),
        )
    )
    return people_in([(audit.auditor_id, *represented)])
