"""Who is told of a step, and the messages queued for them. What a message says stands in `templates/emails/`."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import cast

from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import Assessment, AuditEvent, WorkflowRecord
from pia_engine.permissions.records import decider_role
from pia_engine.permissions.roles import Actor, Role
from pia_engine.services.cities import get_city
from pia_engine.services.outbox import queue_job
from pia_engine.services.people import list_holders

_ROLE_PARTIES = {
    "privacy_officer": Role.PRIVACY_OFFICER,
    "senior_privacy_official": Role.SENIOR_PRIVACY_OFFICIAL,
    "auditor": Role.AUDITOR,
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
    people: set[uuid.UUID] = set()
    for party in parties:
        people |= set(_people_of(session, record, party, now))
    for person_id in sorted(people - {actor.id}):
        queue_job(
            session,
            "notice",
            key=f"notice:{event.hash}:{person_id}",
            payload={
                "person": str(person_id),
                "event": event.event,
                "kind": record.workflow_name,
                "record": str(record.id),
                "actor": actor.name,
                "reason": event.reason,
            },
            now=now,
        )


def _people_of(session: Session, record: WorkflowRecord, party: str, now: dt.datetime) -> list[uuid.UUID]:
    author_id, department_id = record.author_id, record.department_id
    if party == "author":
        return [author_id]
    today = clock.day_of(now, get_city(session).time_zone)
    if party == "agency_signatory":
        holders = list_holders(session, Role.AGENCY_OFFICIAL, on=today, department_id=department_id)
        return [person.id for person in holders if person.id != author_id]
    role = decider_role(session, cast(Assessment, record)) if party == "decider" else _ROLE_PARTIES[party]
    return [person.id for person in list_holders(session, role, on=today)]
