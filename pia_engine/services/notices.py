"""Who is told of a step, and the messages queued for them. What a message says stands in `templates/emails/`."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import cast

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import Assessment, AuditEvent, Reconsideration, WorkflowRecord
from pia_engine.permissions.records import decider_role
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.signatures import agency_signature
from pia_engine.services.cities import get_city
from pia_engine.services.holders import list_holders
from pia_engine.services.outbox import queue_job

_ROLE_PARTIES = {
    "privacy_officer": Role.PRIVACY_OFFICER,
    "senior_privacy_official": Role.SENIOR_PRIVACY_OFFICIAL,
    "auditor": Role.AUDITOR,
    "executive": Role.EXECUTIVE,
}


def queue_notices(
    session: Session,
    record: WorkflowRecord,
    parties: tuple[str, ...],
    *,
    event: AuditEvent,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """One message per person told, never to whoever acted, once per event."""
    people = {person_id for party in parties for person_id in _people_of(session, record, party, now)}
    tell_people(session, record, people, event=event, actor=actor, now=now)


def tell_people(
    session: Session,
    record: WorkflowRecord,
    people: Iterable[uuid.UUID],
    *,
    event: AuditEvent,
    actor: Actor,
    now: dt.datetime,
    reason: str | None = None,
    about: Mapping[str, str] | None = None,
) -> None:
    """The same for named people. `about` names the part of the record to open: a question, a contribution."""
    for person_id in sorted(each for each in set(people) if each != actor.id):
        queue_job(
            session,
            "notice",
            key=f"notice:{event.hash}:{person_id}",
            payload={
                "person": str(person_id),
                "event": event.event,
                "kind": record.workflow_name,
                "record": str(record.id),
                "actor": event.actor_name,
                "reason": event.reason if reason is None else reason,
                **(about or {}),
            },
            now=now,
        )


def _people_of(session: Session, record: WorkflowRecord, party: str, now: dt.datetime) -> list[uuid.UUID]:
    author_id: uuid.UUID | None = record.author_id
    department_id = record.department_id
    if party in ("author", "keeper"):
        return [] if author_id is None else [author_id]
    if party == "initiative_author":
        return [cast(Reconsideration, record).initiative.author_id]
    today = clock.day_of(now, get_city(session).time_zone)
    if party == "signatory_needed":
        stands = agency_signature(session, cast(Assessment, record)) is not None
        return [] if stands else _people_of(session, record, "agency_signatory", now)
    if party == "agency_signatory":
        role = Role.AGENCY_OFFICIAL
        holders = list_holders(session, role, on=today, department_id=department_id, but_for=author_id)
        return [person.id for person in holders]
    role = decider_role(session, cast(Assessment, record)) if party == "decider" else _ROLE_PARTIES[party]
    return [person.id for person in list_holders(session, role, on=today)]
