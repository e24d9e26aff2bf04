"""Where the days come from on which something is due for a person: one small function for each kind of record.

Each asks a bounded number of queries, the nearest days first, and never for more than `MOST` rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from pia_engine.errors import N_
from pia_engine.models import (
    AnnualAudit,
    Assessment,
    Commitment,
    Deputy,
    Designation,
    Determination,
    EmergencyException,
    Initiative,
    PolicyVersion,
    ProgrammeAudit,
    VendorResponse,
)
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.contribution_states import list_asked_of
from pia_engine.services.due_dates import CONTRIBUTION, Due, Reader, due_by, last_day
from pia_engine.services.places import path_of
from pia_engine.services.work_steps import ASKED, STEPS
from pia_engine.workflows import full_assessment, initial_assessment, policy, vendor_response

MOST = 500

_WRITTEN = sorted(map(str, initial_assessment.EDITABLE | full_assessment.EDITABLE))
_ANSWERED_BY_VENDOR = sorted(map(str, vendor_response.EDITABLE))

Source = Callable[[Session, Reader], Iterable[Due]]


def _commitments(session: Session, reader: Reader) -> Iterator[Due]:
    query = (
        select(Commitment)
        .options(joinedload(Commitment.initiative))
        .where(Commitment.author_id == reader.person.id, Commitment.status == "open")
        .order_by(Commitment.due_on, Commitment.id)
        .limit(MOST)
    )
    for each in session.scalars(query):
        yield due_by(reader, each, STEPS["commitment", "open"].why, each.due_on)


def _annual_audits(session: Session, reader: Reader) -> Iterator[Due]:
    steps = {status: STEPS["annual_audit", status] for status in ("due", "in_progress", "findings_reported")}
    steps = {"scheduled": steps["due"], **steps}
    wanted = [status for status, step in steps.items() if may(reader.actor, step.permission)]
    query = (
        select(AnnualAudit)
        .options(joinedload(AnnualAudit.assessment).joinedload(Assessment.initiative))
        .where(
            AnnualAudit.status.in_(wanted),
            or_(
                AnnualAudit.status == "findings_reported",
                AnnualAudit.auditor_id.is_(None),
                AnnualAudit.auditor_id == reader.person.id,
            ),
        )
        .order_by(AnnualAudit.due_on, AnnualAudit.id)
        .limit(MOST)
    )
    for each in session.scalars(query) if wanted else ():
        if may(reader.actor, steps[each.status].permission, each):
            yield due_by(reader, each, steps[each.status].why, each.due_on)


def _programme_audits(session: Session, reader: Reader) -> Iterator[Due]:
    steps = {status: STEPS["programme_audit", status] for status in ("planned", "in_progress", "findings_reported")}
    wanted = [status for status, step in steps.items() if may(reader.actor, step.permission)]
    query = (
        select(ProgrammeAudit)
        .where(ProgrammeAudit.status.in_(wanted))
        .order_by(ProgrammeAudit.due_on, ProgrammeAudit.id)
        .limit(MOST)
    )
    for each in session.scalars(query) if wanted else ():
        yield due_by(reader, each, steps[each.status].why, each.due_on)


def _exceptions(session: Session, reader: Reader) -> Iterator[Due]:
    query = (
        select(EmergencyException)
        .options(joinedload(EmergencyException.initiative))
        .where(EmergencyException.responsible_id == reader.person.id, EmergencyException.status == "granted")
        .order_by(EmergencyException.until_on, EmergencyException.id)
        .limit(MOST)
    )
    for each in session.scalars(query):
        if each.until_on is not None:
            yield due_by(reader, each, N_("An emergency exception you answer for ends"), each.until_on)


def _determinations(session: Session, reader: Reader) -> Iterator[Due]:
    """The newest outcome of each initiative of theirs that is still relied on; an older one has been replaced."""
    query = (
        select(Determination)
        .join(Determination.assessment)
        .join(Assessment.initiative)
        .options(joinedload(Determination.assessment).joinedload(Assessment.initiative))
        .where(Initiative.author_id == reader.person.id, Initiative.status.in_(("cleared", "live")))
        .order_by(Determination.determined_at.desc(), Determination.id.desc())
        .limit(MOST)
    )
    newest: dict[object, Determination] = {}
    for each in session.scalars(query):
        newest.setdefault(each.assessment.initiative_id, each)
    for each in newest.values():
        if each.expires_on is not None:
            yield Due(
                kind="determination",
                reference=each.assessment.reference,
                title=each.assessment.initiative.title,
                what=N_("The outcome of the initial assessment runs out"),
                due_on=each.expires_on,
                path=path_of(each.assessment),
                is_overdue=each.expires_on < reader.day,
                can_snooze=each.expires_on > reader.day,
                changed_at=each.determined_at,
            )


def _policy(session: Session, reader: Reader) -> Iterator[Due]:
    if not may(reader.actor, Permission.POLICY_REAFFIRM):
        return
    in_force = select(PolicyVersion).where(PolicyVersion.status.in_(sorted(map(str, policy.IN_FORCE))))
    for each in session.scalars(in_force):
        if each.review_due_on is not None:
            yield due_by(reader, each, STEPS["policy", "review_due"].why, each.review_due_on)


def _vendor_links(session: Session, reader: Reader) -> Iterator[Due]:
    query = (
        select(VendorResponse)
        .options(joinedload(VendorResponse.initiative))
        .where(VendorResponse.author_id == reader.person.id, VendorResponse.status.in_(_ANSWERED_BY_VENDOR))
        .order_by(VendorResponse.expires_at, VendorResponse.id)
        .limit(MOST)
    )
    for each in session.scalars(query):
        ends_on = each.expires_at.astimezone(ZoneInfo(reader.time_zone)).date()
        path = f"/vendor-responses/{each.reference}"
        yield due_by(reader, each, N_("A link you sent to a vendor runs out"), ends_on, path=path)


def _contributions(session: Session, reader: Reader) -> Iterator[Due]:
    for each in list_asked_of(session, reader.actor):
        if each.due_on is not None:
            yield Due(
                kind=CONTRIBUTION,
                reference=str(each.id),
                title=each.assessment.initiative.title,
                what=ASKED,
                due_on=each.due_on,
                path=f"{path_of(each.assessment)}/full/contributions/{each.id}",
                is_overdue=each.due_on < reader.day,
                can_snooze=each.due_on > reader.day,
                changed_at=each.asked_at,
            )


def _designations(session: Session, reader: Reader) -> Iterator[Due]:
    query = (
        select(Designation)
        .options(joinedload(Designation.department))
        .where(Designation.person_id == reader.person.id, Designation.until_on >= reader.day)
        .order_by(Designation.until_on, Designation.id)
        .limit(MOST)
    )
    for each in session.scalars(query):
        yield last_day(reader, "designation", each, each, N_("Your role ends: %(role)s"))


def _deputyships(session: Session, reader: Reader) -> Iterator[Due]:
    query = (
        select(Deputy)
        .join(Deputy.designation)
        .options(joinedload(Deputy.designation).joinedload(Designation.department))
        .where(
            Deputy.person_id == reader.person.id, Deputy.until_on >= reader.day, Deputy.withdrawn_on.is_(None),
            or_(Designation.until_on.is_(None), Designation.until_on >= reader.day),
        )
        .order_by(Deputy.until_on, Deputy.id)
        .limit(MOST)
    )  # fmt: skip
    for each in session.scalars(query):
        what = N_("You stand in for the last day: %(role)s")
        yield last_day(reader, "deputy", each, each.designation, what)


def _targets(session: Session, reader: Reader) -> Iterator[Due]:
    query = (
        select(Assessment)
        .join(Assessment.initiative)
        .options(joinedload(Assessment.initiative))
        .where(
            Assessment.author_id == reader.person.id,
            Assessment.status.in_(_WRITTEN),
            Initiative.target_on.is_not(None),
        )
        .order_by(Initiative.target_on, Assessment.id)
        .limit(MOST)
    )
    for each in session.scalars(query):
        if each.initiative.target_on is not None:
            yield due_by(reader, each, STEPS[each.workflow_name, each.status].why, each.initiative.target_on)


SOURCES: dict[str, Source] = {
    "commitments": _commitments,
    "annual_audits": _annual_audits,
    "programme_audits": _programme_audits,
    "emergency_exceptions": _exceptions,
    "determinations": _determinations,
    "policy": _policy,
    "vendor_links": _vendor_links,
    "contributions": _contributions,
    "designations": _designations,
    "deputyships": _deputyships,
    "targets": _targets,
}
"""Everything that gives a person a day. What waits without one comes from “My work”."""
