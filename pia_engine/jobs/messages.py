"""What each message says: facts gathered from the record, a template in `templates/emails/`, subject and text.

Getting a message to its reader is `mail`.
"""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound
from pia_engine.jobs.news import BESIDE_THE_STEPS
from pia_engine.jobs.news_of_assessments import OF_ASSESSMENTS
from pia_engine.jobs.news_of_governance import BESIDE_OF_GOVERNANCE, OF_GOVERNANCE
from pia_engine.models import Assessment, Commitment, Person, VendorResponse, WorkflowRecord
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.register.entry_page import shortened
from pia_engine.register.language import language_of
from pia_engine.services.cities import get_city
from pia_engine.services.outsiders import title_outside
from pia_engine.services.people import get_person
from pia_engine.services.places import CLASSES, path_of, title_of
from pia_engine.services.vendor_receipts import receipt_lines
from pia_engine.templating import document_environment

QUESTIONS_A_MINUTE = 1.5


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go."""

    to: str
    subject: str
    body: str


NEWS = {**OF_ASSESSMENTS, **OF_GOVERNANCE}


def write_notice(session: Session, payload: dict[str, Any], *, public_url: str) -> Letter:
    """Tell one person of one step of one record."""
    person = get_person(session, uuid.UUID(payload["person"]))
    record = _find_record(session, payload["kind"], payload["record"])
    event = payload["event"]
    news = {**NEWS, **BESIDE_THE_STEPS, **BESIDE_OF_GOVERNANCE}[event]
    facts = {
        "person": person.name,
        "what": news.what,
        "next_step": news.next_step,
        "actor": payload["actor"],
        "reason": payload["reason"],
        "reference": record.reference,
        "title": title_of(record),
        "link": f"{public_url}{path_of(record)}{_part(record, payload)}",
        "promise": _promise(session, record, person, payload) if isinstance(record, Commitment) else None,
    }
    return render_letter(session, "notice", person.email, facts, language=person.language)


def write_vendor_message(session: Session, kind: str, payload: dict[str, Any], *, public_url: str) -> Letter:
    """Invite a vendor, ask for a clarification, or give the receipt: `kind` is the kind of job."""
    response = session.get_one(VendorResponse, uuid.UUID(payload["vendor_response"]))
    questions = questionnaire_for(session, response.sheet).questions
    author, city = session.get_one(Person, response.author_id), get_city(session)
    language = language_of(city.language, city.time_zone)
    facts = {
        "response": response,
        "initiative_title": title_outside(session, response.initiative),
        "link": f"{public_url}/vendor/{payload['token']}" if "token" in payload else "",
        "expires_on": language.day_of(response.expires_at),
        "attested_on": language.day_of(response.attested_at) if response.attested_at else "",
        "question_count": len(questions),
        "minutes": _minutes(len(questions)),
        "author": author.name,
        "queries": [found for found in response.evaluations if found.verdict == "queried"],
        "question_texts": {question.id: question.text for question in questions},
        "answers": receipt_lines(session, response) if kind == "vendor-receipt" else [],
    }
    return render_letter(session, kind.replace("-", "_"), response.contact_email, facts)


def render_letter(
    session: Session, template: str, to: str, facts: dict[str, Any], *, language: str | None = None
) -> Letter:
    """The first line of a template is the subject, the rest after an empty line the text."""
    city = get_city(session)
    environment = document_environment(language or city.language).overlay(autoescape=False)
    text = environment.get_template(f"emails/{template}.txt").render(city=city, **facts)
    subject, _, body = text.lstrip().partition("\n")
    return Letter(to, " ".join(subject.split()), body.strip() + "\n")


def _find_record(session: Session, kind: str, record_id: str) -> WorkflowRecord:
    record = session.get(CLASSES[kind], uuid.UUID(record_id))
    if record is None:
        raise NotFound(N_("The record this message is about is not there any more."))
    return record


def _part(record: WorkflowRecord, payload: dict[str, Any]) -> str:
    """The page of the part a message is about: a question's comments, or a request to contribute."""
    if "question" in payload and isinstance(record, Assessment):
        return f"/{record.stage}/comments/{payload['question']}"
    return f"/full/contributions/{payload['contribution']}" if "contribution" in payload else ""


def _promise(session: Session, record: Commitment, person: Person, payload: dict[str, Any]) -> dict[str, Any]:
    """Who keeps what, until when, how long that day is over, and how many more came with it."""
    city = get_city(session)
    language = language_of(person.language or city.language, city.time_zone)
    return {
        "text": shortened(record.text),
        "keeper": record.keeper.name,
        "is_here": record.keeper.active,
        "due_on": language.day(record.due_on),
        "days": int(payload.get("days", 0)),
        "more": int(payload.get("more", 0)),
    }


def _minutes(questions: int) -> int:
    """How long the answers take, rounded up to five minutes."""
    return max(5, math.ceil(questions / QUESTIONS_A_MINUTE / 5) * 5)
