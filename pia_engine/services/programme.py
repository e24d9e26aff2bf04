"""The programme in figures: how much came in, how far it is, how long it takes, what is late and what is left over.

A bounded number of queries, each over one kind of record; nothing is asked for one record at a time.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Department, PolicyVersion, ProgrammeAudit
from pia_engine.models.policy_rules import RISK_LEVELS
from pia_engine.services import programme_records as records
from pia_engine.services.cities import get_city, list_departments
from pia_engine.services.offices import list_vacancies
from pia_engine.services.programme_figures import (
    COMMITMENT_DAYS,
    WAITING_DAYS,
    Cause,
    Count,
    DepartmentLine,
    FindingCount,
    Gap,
    Open,
    Overdue,
    ProgrammeFigures,
    Promises,
    Waiting,
    age_of,
)
from pia_engine.services.programme_records import Scope, Standing, only
from pia_engine.services.programme_times import durations_of, list_finished, over_time, stretch_for
from pia_engine.workflows import annual_audit, full_assessment, initial_assessment, policy, programme_audit
from pia_engine.workflows.machine import WORKFLOWS
from pia_engine.workflows.outcomes import OUTCOMES

__all__ = ["ProgrammeFigures", "figures"]

UNFINISHED = {
    "initial_assessment": frozenset(initial_assessment.Status) - initial_assessment.FINAL,
    "full_assessment": frozenset(full_assessment.Status)
    - full_assessment.FINAL
    - {full_assessment.Status.PUBLISHED, full_assessment.Status.PUBLISHING},
}
TO_BE_DONE = frozenset({annual_audit.Status.SCHEDULED, annual_audit.Status.DUE, annual_audit.Status.IN_PROGRESS})
CAUSES = ("change", "incident", "complaint", "expiry", "review_date", "spot_check", "exception", "retraction")
SEVERITIES = ("high", "medium", "low")
NOT_STATED = "not_stated"


def figures(
    session: Session, *, from_on: dt.date, until_on: dt.date, department_id: uuid.UUID | None = None
) -> ProgrammeFigures:
    """The programme from one day to another, of the city or of one department. `until_on` is not a day to come."""
    scope = Scope(from_on, until_on, get_city(session).time_zone, department_id)
    departments = [each for each in list_departments(session) if department_id in (None, each.id)]
    initiatives = records.list_initiatives(session, scope)
    assessments = records.list_assessments(session, scope)
    audits = records.list_audits(session, scope)
    moments = records.list_moments(session, scope)
    promises = records.list_commitments(session, scope)
    finished = [each for each in list_finished(moments, {i.id: i.at for i in initiatives}) if scope.holds(each.at)]
    registered = [each for each in initiatives if scope.holds(each.at)]
    published = [each for each in moments if each.name == "published" and scope.holds(each.at)]
    overdue = _overdue(session, scope, audits, departments)
    return ProgrammeFigures(
        from_on=from_on,
        until_on=until_on,
        stretch=stretch_for(from_on, until_on),
        registered=len(registered),
        published=len(published),
        outcomes=_counted(Counter(records.list_outcomes(session, scope)), tuple(OUTCOMES)),
        statuses=_statuses(assessments),
        durations=durations_of(finished),
        over_time=over_time(scope, [each.at for each in registered], finished, [each.at for each in published]),
        backlog=_backlog(scope, assessments),
        audits_open=sum(each.status in TO_BE_DONE for each in audits),
        overdue=overdue,
        promises=_promises(scope, promises),
        residual_risk=_residual_risk(assessments),
        events=records.count_events(session, scope),
        causes=_causes(records.count_causes(session, scope)),
        findings=_findings(records.count_findings(session, scope)),
        departments=tuple(
            _department(scope, each, (registered, published, assessments, audits, promises)) for each in departments
        ),
        vacancies=_gaps(session, scope),
    )


def _counted(found: Counter[str], names: Sequence[str]) -> tuple[Count, ...]:
    return tuple(Count(name, found[name]) for name in names)


def _statuses(assessments: Sequence[Standing]) -> tuple[Count, ...]:
    found = Counter(each.status for each in only(assessments, "full_assessment"))
    return _counted(found, [str(status) for status in full_assessment.Status])


def _backlog(scope: Scope, assessments: Sequence[Standing]) -> tuple[Waiting, ...]:
    """Each status in which something waits, in the order of the workflows."""
    lines = []
    for workflow, unfinished in UNFINISHED.items():
        for status in WORKFLOWS[workflow].statuses:
            here = [each for each in only(assessments, workflow) if each.status == status and status in unfinished]
            days = [(scope.until_on - scope.day_of(each.since)).days for each in here]
            ages = Counter(age_of(each, WAITING_DAYS) for each in days)
            by_age = tuple(ages[place] for place in range(len(WAITING_DAYS) + 1))
            lines.append(Waiting(workflow, status, by_age, max(days, default=0)))
    return tuple(line for line in lines if line.number)


def _is_overdue(scope: Scope, audit: Standing) -> bool:
    return audit.status in TO_BE_DONE and audit.details[-1] < scope.until_on


def _overdue(
    session: Session, scope: Scope, audits: Sequence[Standing], departments: Sequence[Department]
) -> tuple[Overdue, ...]:
    """Reviews whose day has passed, the longest first."""
    names = {each.id: each.name for each in departments}
    found = [
        Overdue("annual_audit", reference, title, names[audit.department_id], due_on, (scope.until_on - due_on).days)
        for audit in audits
        for reference, title, due_on in [audit.details]
        if _is_overdue(scope, audit)
    ]
    if scope.department_id is None:
        found += _overdue_of_city(session, scope)
    return tuple(sorted(found, key=lambda each: (each.due_on, each.reference)))


def _overdue_of_city(session: Session, scope: Scope) -> list[Overdue]:
    """The programme audit and the review of the policy, as they stand now."""
    waiting = [
        str(status) for status in programme_audit.Status if status not in (programme_audit.Status.FINDINGS_REPORTED,)
    ]
    waiting = [status for status in waiting if status not in programme_audit.FINAL]
    audits = session.scalars(
        select(ProgrammeAudit).where(ProgrammeAudit.status.in_(waiting), ProgrammeAudit.due_on < scope.until_on)
    )
    versions = session.scalars(
        select(PolicyVersion).where(
            PolicyVersion.status.in_([str(status) for status in policy.IN_FORCE]),
            PolicyVersion.review_due_on < scope.until_on,
        )
    )
    due = [("programme_audit", each.reference, str(each.year), each.due_on) for each in audits]
    due += [("policy", each.reference, each.title, each.review_due_on) for each in versions if each.review_due_on]
    return [Overdue(kind, name, title, "", on, (scope.until_on - on).days) for kind, name, title, on in due]


def _promises(scope: Scope, found: Sequence[Any]) -> Promises:
    ages: Counter[int] = Counter()
    late: Counter[int] = Counter()
    ends: Counter[str] = Counter()
    for each in found:
        closed_on = scope.day_of(each.closed_at) if each.closed_at else None
        is_open = closed_on is None or closed_on > scope.until_on
        if is_open:
            age = age_of((scope.until_on - scope.day_of(each.created_at)).days, COMMITMENT_DAYS)
            ages[age] += 1
            late[age] += each.due_on < scope.until_on
        if scope.from_on <= each.due_on <= scope.until_on:
            ends[_end(each, closed_on, is_open)] += 1
            ends["in_its_day"] += is_open and each.due_on == scope.until_on
    return Promises(
        by_age=tuple(Open(ages[place], late[place]) for place in range(len(COMMITMENT_DAYS) + 1)),
        kept_in_time=ends["in_time"],
        kept_late=ends["late"],
        not_kept=ends["not_kept"],
        dropped=ends["dropped"],
        in_its_day=ends["in_its_day"],
    )


def _end(commitment: Any, closed_on: dt.date | None, is_open: bool) -> str:
    """What became of a promise by the end of the period."""
    if is_open or closed_on is None:
        return "not_kept"
    if commitment.status == "dropped":
        return "dropped"
    return "in_time" if closed_on <= commitment.due_on else "late"


def _residual_risk(assessments: Sequence[Standing]) -> tuple[Count, ...]:
    """What is left over in the assessments that are approved, published ones among them."""
    allowed = full_assessment.ALLOWS_GO_LIVE
    stated = [each.details[-1] for each in only(assessments, "full_assessment") if each.status in allowed]
    found = Counter(level if level in RISK_LEVELS else NOT_STATED for level in stated)
    names = (*RISK_LEVELS, NOT_STATED) if found[NOT_STATED] else RISK_LEVELS
    return _counted(found, names)


def _causes(found: Sequence[Any]) -> tuple[Cause, ...]:
    def number(cause: str, *statuses: str) -> int:
        return sum(count for name, status, count in found if name == cause and status in statuses)

    every = tuple(WORKFLOWS["reconsideration"].statuses)
    return tuple(
        Cause(
            name=cause,
            raised=number(cause, *every),
            renewed=number(cause, "new_version_required", "assessment_required"),
            set_aside=number(cause, "set_aside", "withdrawn"),
            waiting=number(cause, "raised"),
        )
        for cause in CAUSES
    )


def _findings(found: Sequence[Any]) -> tuple[FindingCount, ...]:
    def number(severity: str, *responses: str) -> int:
        return sum(count for name, response, count in found if name == severity and response in responses)

    return tuple(
        FindingCount(each, number(each, "", "accepted", "disputed"), number(each, "accepted"), number(each, "disputed"))
        for each in SEVERITIES
    )


def _department(scope: Scope, department: Department, found: tuple[Sequence[Any], ...]) -> DepartmentLine:
    registered, published, assessments, audits, commitments = (
        [each for each in kind if each.department_id == department.id] for kind in found
    )
    promises = _promises(scope, commitments)
    return DepartmentLine(
        name=department.name,
        registered=len(registered),
        published=len(published),
        waiting=sum(line.number for line in _backlog(scope, assessments)),
        audits_overdue=sum(_is_overdue(scope, each) for each in audits),
        commitments_open=promises.number_open,
        commitments_overdue=promises.overdue,
    )


def _gaps(session: Session, scope: Scope) -> tuple[Gap, ...]:
    department = session.get(Department, scope.department_id) if scope.department_id else None
    vacancies = list_vacancies(session, on=scope.until_on, department=department)
    return tuple(
        Gap(str(each.role), each.department.name if each.department else "", each.holders) for each in vacancies
    )
