"""One initiative of the demo: its file, the references it gets on the way, and how its answers are saved."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Person, VendorResponse
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Value
from pia_engine.services import assessments, vendor_responses
from pia_engine.services.answers import answering_roles, save_answers
from pia_engine.services.history import SheetOwner
from pia_engine.services.people import actor_for


@dataclass(slots=True)
class Chapter:
    """One initiative's file, and the references it gets on the way."""

    content: dict[str, Any]
    people: dict[str, uuid.UUID]
    initiative: str = ""
    reference: str = ""
    vendor: str = ""

    @property
    def title(self) -> str:
        """The initiative's; a story without one has its own."""
        return str(self.content.get("title") or self.content["initiative"]["title"])

    def person(self, session: Session, first: str) -> Person:
        return session.get_one(Person, self.people[first])

    def actor(self, session: Session, first: str, now: dt.datetime) -> Actor:
        return actor_for(session, self.person(session, first), now=now)

    def initial(self, session: Session) -> Assessment:
        return assessments.get_assessment(session, self.reference, "initial")

    def full(self, session: Session) -> Assessment:
        return assessments.get_assessment(session, self.reference, "full")

    def response(self, session: Session) -> VendorResponse:
        return vendor_responses.get_vendor_response(session, self.vendor)


def _plain(value: Any) -> Value:
    """YAML dates and numbers in rows become the text a form would have sent."""
    if isinstance(value, list):
        rows = [entry for entry in value if isinstance(entry, dict)]
        if rows:
            return [{name: _text(cell) for name, cell in row.items()} for row in rows]
        return [_text(entry) for entry in value]
    return value if isinstance(value, int | float) else _text(value)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value).strip()


def save_given(session: Session, record: SheetOwner, given: dict[str, Any], actor: Actor, now: dt.datetime) -> None:
    """Save those of the given answers that this actor is asked for; what was carried over is thereby confirmed."""
    roles = answering_roles(record, actor)
    questionnaire = questionnaire_for(session, record.sheet)
    values: dict[str, Value | None] = {
        name: _plain(value) for name, value in given.items() if questionnaire.question(name).answered_by in roles
    }
    for answer in record.sheet.answers:
        if not answer.is_confirmed and questionnaire.question(answer.question).answered_by in roles:
            values.setdefault(answer.question, answer.value)
    save_answers(session, record, values, seen_version=record.sheet.version, actor=actor, now=now)
