"""What audits found, and the answers of those it is about: accepted with somebody who puts it right, or disputed."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotAllowed, NotFound, NotPossible
from pia_engine.models import AnnualAudit, Assessment, Commitment, Finding, Person, ProgrammeAudit
from pia_engine.models.catalogue import answers_of
from pia_engine.permissions.authorship import people_who_conducted
from pia_engine.permissions.people import check_may, may
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.values import filled_rows
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.commitments import NewCommitment, make_commitment
from pia_engine.services.holders import held_by_role, list_holders
from pia_engine.services.keepers import list_possible_keepers
from pia_engine.services.notices import tell_people

Audit = AnnualAudit | ProgrammeAudit

QUESTION = "findings"
REPORTED = "findings_reported"
SEVERITIES = {"low": N_("Low"), "medium": N_("Medium"), "high": N_("High")}
RESPONSES = {"": N_("Not answered yet"), "accepted": N_("Accepted"), "disputed": N_("Disputed")}


@dataclass(frozen=True, slots=True)
class Correction:
    """What puts a finding right: what is done, by whom, until when."""

    text: str
    keeper: Person
    due_on: dt.date


class WrongDay(Invalid):
    """The day of a correction has passed."""

    field = "due_on"


class WrongKeeper(Invalid):
    """The person named cannot keep a commitment."""

    field = "keeper"


def record_findings(session: Session, audit: Audit) -> list[Finding]:
    """Each row the auditor wrote becomes a finding to be answered, numbered as in the questionnaire."""
    rows = filled_rows(answers_of(audit.sheet).get(QUESTION) or [])
    found = [_finding(audit, number, row) for number, row in enumerate(rows, start=1)]
    session.add_all(found)
    session.flush()
    return found


def _finding(audit: Audit, number: int, row: dict[str, Any]) -> Finding:
    return Finding(
        annual_audit=audit if isinstance(audit, AnnualAudit) else None,
        programme_audit=audit if isinstance(audit, ProgrammeAudit) else None,
        number=number,
        text=row.get("finding", ""),
        severity=row["severity"] if row.get("severity") in SEVERITIES else "medium",
        recommendation=row.get("recommendation", ""),
        addressee=row.get("response_owner", ""),
    )


def list_findings(session: Session, audit: Audit) -> list[Finding]:
    """The findings of one audit in their order, with what the page says of each."""
    rows = session.scalars(
        select(Finding)
        .options(joinedload(Finding.responder), joinedload(Finding.commitment).joinedload(Commitment.keeper))
        .where(_of(audit))
        .order_by(Finding.number)
    )
    return list(rows)


def get_finding(session: Session, audit: Audit, number: int) -> Finding:
    found = session.scalars(select(Finding).where(_of(audit), Finding.number == number)).one_or_none()
    if found is None:
        raise NotFound(N_("This audit has no such finding."))
    return found


def accept_finding(
    session: Session, finding: Finding, correction: Correction, *, actor: Actor, now: dt.datetime
) -> Commitment:
    """Take a finding on: what puts it right becomes a commitment. Returns that."""
    _check_open(session, finding, actor, now)
    _check_correction(session, correction, now)
    commitment = make_commitment(session, _promised(finding, correction), actor=actor, now=now)
    finding.commitment = commitment
    said = {"commitment": commitment.reference, "due_on": correction.due_on.isoformat()}
    _respond(session, finding, "accepted", correction.text, said=said, actor=actor, now=now)
    return commitment


def dispute_finding(session: Session, finding: Finding, reasons: str, *, actor: Actor, now: dt.datetime) -> None:
    """Say why a finding is not right, or needs nothing to be done."""
    _check_open(session, finding, actor, now)
    if not reasons.strip():
        raise Invalid(N_("Say why you do not accept the finding: whoever concludes the audit weighs your reasons."))
    _respond(session, finding, "disputed", reasons, said={}, actor=actor, now=now)


def check_can_answer(session: Session, audit: Audit, *, actor: Actor, now: dt.datetime) -> None:
    """May this actor answer the findings of an audit now? Raises NotAllowed or NotPossible."""
    check_may(actor, Permission.FINDING_ANSWER, audit)
    if actor.id in people_who_conducted(session, audit):
        raise NotAllowed(
            N_("You conducted this audit. Its findings are answered by those it is about."),
            who_can_help=_whose_turn(audit),
        )
    if actor.id not in {person.id for person in who_answers(session, audit, now=now)}:
        raise NotAllowed(
            N_("The findings of an audit are answered by those it is about."), who_can_help=_whose_turn(audit)
        )
    if audit.status != REPORTED:
        raise NotPossible(N_("Findings are answered after they are reported and before the audit is closed."))


def check_unanswered(finding: Finding) -> None:
    """Raises NotPossible for a finding somebody has answered."""
    if finding.response:
        raise NotPossible(N_("This finding is answered already. An answer that was given stands."))


def who_answers(session: Session, audit: Audit, *, now: dt.datetime) -> list[Person]:
    """Whom an audit is about: the author, and in the author's place the department; for the programme its officers."""
    today = clock.day_of(now, get_city(session).time_zone)
    conducted = people_who_conducted(session, audit)
    if isinstance(audit, AnnualAudit):
        people = _in_the_authors_place(session, audit, today)
    else:
        officers = held_by_role(session, (Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL), on=today)
        people = [each.person for held in officers.values() for each in held]
    return [person for person in dict.fromkeys(people) if person.id not in conducted]


def list_asking(session: Session, actor: Actor) -> list[Audit]:
    """The audits with a finding that waits for this actor, longest due first."""
    query = (
        select(Finding)
        .join(Finding.annual_audit, isouter=True)
        .join(Finding.programme_audit, isouter=True)
        .options(
            contains_eager(Finding.annual_audit).joinedload(AnnualAudit.assessment).joinedload(Assessment.initiative),
            contains_eager(Finding.programme_audit),
        )
        .where(Finding.response == "")
        .order_by(AnnualAudit.due_on, ProgrammeAudit.due_on, Finding.number)
    )
    audits = dict.fromkeys(audit_of(finding) for finding in session.scalars(query))
    return [audit for audit in audits if _concerns(audit, actor)]


def _concerns(audit: Audit, actor: Actor) -> bool:
    if actor.id is None or audit.auditor_id == actor.id or not may(actor, Permission.FINDING_ANSWER, audit):
        return False
    if isinstance(audit, AnnualAudit):
        return audit.author_id in {actor.id, *(grant.represents for grant in actor.grants)}
    return not actor.roles.isdisjoint({Role.PRIVACY_OFFICER, Role.SENIOR_PRIVACY_OFFICIAL})


def _in_the_authors_place(session: Session, audit: AnnualAudit, today: dt.date) -> list[Person]:
    """The author and whoever stands in for them; once the author has left, any official of the department."""
    held = held_by_role(session, (Role.AGENCY_OFFICIAL,), on=today, department_id=audit.department_id)
    officials = held[Role.AGENCY_OFFICIAL]
    theirs = [each for each in officials if audit.author_id in _behind(each.person, each.represents)]
    return [each.person for each in theirs or officials]


def _behind(person: Person, represents: Person | None) -> set[uuid.UUID]:
    return {person.id} | ({represents.id} if represents else set())


def count_unanswered(findings: list[Finding]) -> int:
    return sum(not finding.response for finding in findings)


def audit_of(finding: Finding) -> Audit:
    """The audit a finding belongs to: one of the two kinds, as the table demands."""
    audit = finding.annual_audit or finding.programme_audit
    assert audit is not None
    return audit


def _of(audit: Audit) -> Any:
    column = Finding.annual_audit_id if isinstance(audit, AnnualAudit) else Finding.programme_audit_id
    return column == audit.id


def _whose_turn(audit: Audit) -> str:
    if isinstance(audit, AnnualAudit):
        return N_("The author of the assessment")
    return N_("The privacy officer, or the senior privacy official")


def _check_open(session: Session, finding: Finding, actor: Actor, now: dt.datetime) -> None:
    check_can_answer(session, audit_of(finding), actor=actor, now=now)
    check_unanswered(finding)


def _check_correction(session: Session, correction: Correction, now: dt.datetime) -> None:
    today = clock.day_of(now, get_city(session).time_zone)
    if not correction.text.strip():
        raise Invalid(N_("Say what is done to put it right."))
    if correction.due_on < today:
        raise WrongDay(N_("This day has passed. Choose a later one."))
    if correction.keeper not in list_possible_keepers(session, on=today):
        raise WrongKeeper(N_("This person holds no role that keeps commitments. Choose somebody else."))


def _promised(finding: Finding, correction: Correction) -> NewCommitment:
    annual = finding.annual_audit
    return NewCommitment(
        text=correction.text,
        keeper=correction.keeper,
        due_on=correction.due_on,
        source="audit" if annual else "programme_audit",
        source_id=str(finding.id),
        assessment=annual.assessment if annual else None,
    )


def _respond(
    session: Session,
    finding: Finding,
    response: str,
    text: str,
    *,
    said: dict[str, str],
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Keep the answer. Whoever concludes the audit hears once that none is missing any more."""
    audit = audit_of(finding)
    finding.response, finding.response_text = response, text.strip()
    finding.responded_by, finding.responded_at = actor.person_id, now
    details = {"finding": finding.number, "response": response, **said}
    event = append_event(session, audit, "finding:answered", actor=actor, now=now, reason=text.strip(), details=details)
    session.flush()
    if count_unanswered(list_findings(session, audit)) == 0:
        today = clock.day_of(now, get_city(session).time_zone)
        officials = list_holders(session, Role.SENIOR_PRIVACY_OFFICIAL, on=today)
        tell_people(session, audit, [each.id for each in officials], event=event, actor=actor, now=now)
