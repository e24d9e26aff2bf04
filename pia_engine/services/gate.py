"""The gate: may this be awarded, may it go live? Yes, yes with conditions, or no, each with its reasons.

The rules stand in `gate_rules`. The code on the printed answer is kept here too: who holds the paper may ask again.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.models import AnnualAudit, Assessment, Initiative, VendorResponse
from pia_engine.permissions.gate import Grounds, read_grounds
from pia_engine.permissions.people import check_may
from pia_engine.permissions.records import decider_role
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.commitments import list_commitments_of
from pia_engine.services.gate_facts import Condition, Facts, Finding, Reason, Weight
from pia_engine.services.gate_rules import AWARD, GO_LIVE, RULES
from pia_engine.services.places import path_of
from pia_engine.services.reconsiderations import list_open_causes
from pia_engine.workflows import annual_audit, vendor_response
from pia_engine.workflows.machine import WORKFLOWS

Answer = Literal["yes", "yes_with_conditions", "no"]

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another when it is read from paper
_GROUPS, _GROUP = 4, 6
_NOT_FINISHED = [str(each) for each in annual_audit.STATUSES if each not in annual_audit.FINAL]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question."""

    answer: Answer
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """Both answers, as they are at one moment: on one day where the city is."""

    initiative: Initiative
    asked_at: dt.datetime
    asked_on: dt.date
    award: Verdict
    go_live: Verdict


def ask_gate(session: Session, initiative: Initiative, *, now: dt.datetime) -> GateAnswer:
    """What may be done with an initiative now. It asks the database the same few questions for every initiative."""
    facts = _read_facts(session, initiative, now=now)
    return GateAnswer(
        initiative=initiative,
        asked_at=now,
        asked_on=facts.grounds.on,
        award=_verdict(facts, AWARD),
        go_live=_verdict(facts, GO_LIVE),
    )


def _read_facts(session: Session, initiative: Initiative, *, now: dt.datetime) -> Facts:
    grounds = read_grounds(session, initiative, on=clock.day_of(now, get_city(session).time_zone))
    return Facts(
        grounds=grounds,
        turn=_turn(session, grounds),
        vendors_open=_count_open_vendors(session, initiative),
        audit_due_on=_find_audit_day(session, grounds.answer),
        commitments=list_commitments_of(session, initiative),
        causes=list_open_causes(session, initiative),
    )


def _verdict(facts: Facts, question: str) -> Verdict:
    found = [finding for rule, questions in RULES if question in questions for finding in rule(facts)]
    refused, lacking = _reasons(found, Weight.REFUSES), _reasons(found, Weight.LACKS)
    bridged, allowed = _reasons(found, Weight.BRIDGES), _reasons(found, Weight.ALLOWS)
    if refused or (lacking and not bridged) or not (bridged or allowed):
        missing = (*refused, *lacking, *_reasons(found, Weight.NOTES)) or (_nothing_allows(facts),)
        return Verdict("no", missing)
    conditions = tuple(each.condition for each in found if each.condition)
    return Verdict(
        "yes_with_conditions" if conditions else "yes",
        (*bridged, *allowed, *lacking),
        conditions,
    )


def _reasons(found: Sequence[Finding], weight: Weight) -> tuple[Reason, ...]:
    return tuple(each.reason for each in found if each.weight is weight and each.reason)


def _nothing_allows(facts: Facts) -> Reason:
    sentence = Sentence(N_("No assessment of this initiative allows it yet."))
    return Reason("nothing_allows_it", sentence, path_of(facts.initiative))


def _turn(session: Session, grounds: Grounds) -> Role | None:
    """Who decides next about the newest assessment, as a role: the gate names no people."""
    if not grounds.in_play:
        return None
    newest = grounds.in_play[0]
    owner = WORKFLOWS[newest.workflow_name].owners[newest.status]
    if owner == "decider":
        return decider_role(session, newest)
    return Role(owner) if owner else None


def _count_open_vendors(session: Session, initiative: Initiative) -> int:
    unsettled = [str(status) for status in vendor_response.UNSETTLED]
    count = session.scalar(
        select(func.count(VendorResponse.id)).where(
            VendorResponse.initiative_id == initiative.id, VendorResponse.status.in_(unsettled)
        )
    )
    return count or 0


def _find_audit_day(session: Session, answer: Assessment | None) -> dt.date | None:
    """The day of the audit that is not finished, of the assessment the answer rests on."""
    if answer is None:
        return None
    return session.scalar(
        select(func.min(AnnualAudit.due_on)).where(
            AnnualAudit.assessment_id == answer.id, AnnualAudit.status.in_(_NOT_FINISHED)
        )
    )


def renew_code(session: Session, initiative: Initiative, *, actor: Actor, now: dt.datetime) -> str:
    """Make the code for the printed answer, or another one: the papers with the old code open nothing any more."""
    check_may(actor, Permission.INITIATIVE_GO_LIVE, initiative)
    is_first = initiative.gate_code is None
    initiative.gate_code = new_code()
    append_event(session, initiative, "gate:code-renewed", actor=actor, now=now, details={"first": is_first})
    session.flush()
    return initiative.gate_code


def new_code() -> str:
    """About 118 bits in groups that can be read aloud and typed."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def find_by_code(session: Session, code: str) -> Initiative:
    """Whose printed answer this code is. Raises NotFound for one that is not, or not any more."""
    typed = "".join(letter for letter in code.lower() if letter in _LETTERS)
    tidy = "-".join(typed[start : start + _GROUP] for start in range(0, len(typed), _GROUP))
    found = None
    if len(typed) == _GROUPS * _GROUP:
        found = session.scalars(select(Initiative).where(Initiative.gate_code == tidy)).one_or_none()
    if found is None:
        raise NotFound(N_("This code opens nothing, or not any more. Ask the department for a new paper."))
    return found


def find_for_purchasing(session: Session, number: str) -> list[Initiative]:
    """The initiative with this reference, else those with this procurement number, oldest first."""
    wanted = number.strip()
    exact = session.scalars(select(Initiative).where(Initiative.reference == wanted)).one_or_none()
    if exact is not None or not wanted:
        return [exact] if exact else []
    rows = session.scalars(
        select(Initiative).where(Initiative.procurement == wanted).order_by(Initiative.created_at, Initiative.id)
    )
    return list(rows)
