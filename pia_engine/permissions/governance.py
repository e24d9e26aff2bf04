"""Guards of the records that keep the programme alive: spot checks, reconsiderations, disposals, the annual report."""

from __future__ import annotations

import json
import uuid
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, NotAllowed, NotPossible
from pia_engine.models import (
    AnnualReport,
    Assessment,
    AuditEvent,
    City,
    Commitment,
    Determination,
    Disposal,
    EmergencyException,
    Finding,
    Initiative,
    LegalHold,
    Reconsideration,
    SpotCheck,
    Withholding,
    WorkflowRecord,
)
from pia_engine.permissions.authorship import everybody_behind, has_not_written_this_text, people_in, people_who_took
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.whereabouts import holders_of
from pia_engine.workflows import full_assessment, initial_assessment, initiative


def did_not_determine_this(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Whoever made a delegated decision, in person or through a deputy, does not check it."""
    decision = cast(SpotCheck, record).determination
    behind = everybody_behind(actor)
    if people_in([(decision.determined_by, decision.represents_id)]) & behind:
        raise NotAllowed(
            N_("You, or somebody you stand in for, made this decision. Somebody else checks it."),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


def has_never_kept_this_commitment(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Whoever keeps a commitment, kept it before, or reported it does not close it; nor does who stands in for them."""
    behind = everybody_behind(actor)
    if keepers_ever(session, cast(Commitment, record)) & behind:
        raise NotAllowed(
            N_("You, or somebody you stand in for, keeps this commitment or did before. Somebody else closes it."),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


def keepers_ever(session: Session, commitment: Commitment) -> set[uuid.UUID]:
    """Who keeps a commitment now, whoever did before, and whoever reported it or had a deputy do so."""
    trail = session.execute(
        select(AuditEvent.event, AuditEvent.body, AuditEvent.actor_id, AuditEvent.represented_id).where(
            AuditEvent.aggregate_id == commitment.id
        )
    ).all()
    named = [json.loads(body)["details"].get("keeper") for _event, body, _actor, _for in trail]
    reporters = [(who, for_whom) for event, _body, who, for_whom in trail if event == "commitment:reported"]
    return {commitment.author_id} | {uuid.UUID(each) for each in named if each} | people_in(reporters)


def has_not_written_what_it_is_about(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """The same rule as for assessments, for a record about one."""
    has_not_written_this_text(session, cast("SpotCheck | Reconsideration | Withholding", record).assessment, actor)


def did_not_decide_what_is_in_doubt(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """After a spot check overturned a delegated decision, whoever made it does not decide what follows."""
    cause = cast(Reconsideration, record)
    if cause.cause != "spot_check":
        return
    decisions = session.execute(
        select(Determination.determined_by, Determination.represents_id).where(
            Determination.assessment_id == cause.assessment_id
        )
    )
    if people_in(tuple(row) for row in decisions) & everybody_behind(actor):
        raise NotAllowed(
            N_("You, or somebody you stand in for, made the decision that was overturned. Somebody else decides."),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


RENEWED_ONLY = {
    "expiry": N_("A determination that runs out is renewed by a new initial assessment only. Require one."),
    "retraction": N_(
        "Nothing takes the place of the assessment that was withdrawn. Require a new version of it, or a new "
        "initial assessment."
    ),
}
RESTS_ON_IT = {
    "expiry": frozenset({initiative.Status.CLEARED, initiative.Status.LIVE}),
    "retraction": frozenset({initiative.Status.IN_ASSESSMENT, initiative.Status.CLEARED, initiative.Status.LIVE}),
}
"""Causes that cannot be set aside while the initiative rests on what has ended, and nothing else is under way."""


def something_else_renews_it(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """What runs out cannot be set aside while the initiative rests on it and nothing else is under way."""
    cause = cast(Reconsideration, record)
    if cause.initiative.status not in RESTS_ON_IT.get(cause.cause, frozenset()):
        return
    came_to_nothing = [str(status) for status in full_assessment.FINAL - {full_assessment.Status.SUPERSEDED}]
    newer = select(func.count(Assessment.id)).where(
        Assessment.initiative_id == cause.initiative_id,
        Assessment.created_at > cause.assessment.created_at,
        Assessment.status.not_in(came_to_nothing),
    )
    if not session.scalar(newer):
        raise NotPossible(RENEWED_ONLY[cause.cause], place="steps:require_assessment")


def the_initiative_goes_on(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    stopped = {
        str(initiative.Status.REFUSED): N_("The initiative is refused. The department opens it again first."),
        str(initiative.Status.RETIRED): N_("The initiative is retired, so there is nothing to assess any more."),
    }
    about = cast(Reconsideration, record).initiative
    if about.status in stopped:
        raise NotPossible(stopped[about.status], place=f"initiatives:{about.reference}")


CAN_BE_FOLLOWED = frozenset({full_assessment.Status.PUBLISHED, full_assessment.Status.RETRACTED})


def a_published_assessment_is_there(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    about = cast(Reconsideration, record).assessment
    if about.stage != "full" or about.status not in CAN_BE_FOLLOWED:
        raise NotPossible(
            N_("This is about no published assessment, so there is nothing to write a new version of."),
            place=f"assessments:{about.reference}",
        )
    newer = select(func.count(Assessment.id)).where(
        Assessment.reference == about.reference,
        Assessment.stage == "full",
        Assessment.edition > about.edition,
        Assessment.status.not_in([str(status) for status in full_assessment.FINAL]),
    )
    if session.scalar(newer):
        raise NotPossible(
            N_("A newer version of this assessment is already being written."), place=f"assessments:{about.reference}"
        )


def no_assessment_is_being_written(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    initiative_id = cast(Reconsideration, record).initiative_id
    over = {
        "initial": [str(status) for status in initial_assessment.FINAL],
        "full": [str(status) for status in (*full_assessment.FINAL, *full_assessment.ALLOWS_GO_LIVE)],
    }
    for stage, statuses in over.items():
        found = session.scalars(
            select(Assessment.reference).where(
                Assessment.initiative_id == initiative_id,
                Assessment.stage == stage,
                Assessment.status.not_in(statuses),
            )
        ).first()
        if found:
            raise NotPossible(
                N_("An assessment is being written already: %(reference)s."),
                place=f"assessments:{found}",
                reference=found,
            )


def every_finding_is_answered(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    waiting = session.scalar(
        select(func.count(Finding.id)).where(
            (Finding.annual_audit_id == record.id) | (Finding.programme_audit_id == record.id),
            Finding.response == "",
        )
    )
    if waiting:
        raise NotPossible(N_("Findings nobody has answered yet: %(count)s."), place="findings", count=waiting)


def no_legal_hold(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    held = session.scalar(
        select(func.count(LegalHold.id))
        .join(Initiative)
        .where(Initiative.reference == cast(Disposal, record).subject, LegalHold.lifted_at.is_(None))
    )
    if held:
        raise NotPossible(
            N_("A legal hold stands on these records. Nothing is disposed of until it is lifted."),
            place=f"holds:{cast(Disposal, record).subject}",
        )


def has_not_written_these_records(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Whoever registered the initiative or wrote an assessment of it does not approve that its records are deleted."""
    subject = cast(Disposal, record).subject
    written = select(Initiative.author_id).where(Initiative.reference == subject)
    assessed = select(Assessment.author_id).join(Initiative).where(Initiative.reference == subject)
    if set(session.scalars(written.union(assessed))) & everybody_behind(actor):
        raise NotAllowed(
            N_("These records are of your own initiative, or of somebody you stand in for. Somebody else approves."),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


def retention_is_over(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    city = session.scalars(select(City)).one()
    until = cast(Disposal, record).kept_until_on
    if until >= clock.day_of(clock.now(), city.time_zone):
        raise NotPossible(N_("These records have to be kept until %(day)s."), place="retention", day=until.isoformat())


def a_foreword_is_written(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    if not cast(AnnualReport, record).foreword.strip():
        raise NotPossible(N_("The foreword is still to be written."), place="foreword")


def the_year_is_over(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """A report is published once, so it waits for the whole of its year."""
    city, report = session.scalars(select(City)).one(), cast(AnnualReport, record)
    if clock.day_of(clock.now(), city.time_zone).year <= report.year:
        raise NotPossible(
            N_("The year %(year)s is not over yet. Its report can be published from 1 January %(next)s."),
            year=str(report.year),
            next=str(report.year + 1),
        )


BEGUN = frozenset(
    {
        "annual-report:changed",
        "annual-report:drafted",
        "disposal:proposed",
        "emergency-exception:requested",
        "withholding:proposed",
    }
)


def did_not_begin_this(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Whoever asked for something or wrote it, in person or through a deputy, does not decide on it.

    An exception is not granted by whoever answers for the initiative or for the exception either.
    """
    concerned = people_who_took(session, record.id, BEGUN)
    if isinstance(record, EmergencyException):
        concerned |= {record.responsible_id, record.initiative.author_id}
    if concerned & everybody_behind(actor):
        raise NotAllowed(
            N_("You, or somebody you stand in for, asked for this, wrote it or answers for it. Somebody else decides."),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )


def did_not_answer_these_findings(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Whoever answered for those an audit is about does not conclude it."""
    if people_who_took(session, record.id, {"finding:answered"}) & everybody_behind(actor):
        raise NotAllowed(
            N_("You, or somebody you stand in for, answered findings of this audit. Somebody else concludes it."),
            who_can_help=N_("Another holder of the role"),
            place=holders_of([actor.capacity]),
        )
