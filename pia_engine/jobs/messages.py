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
from pia_engine.jobs.news import BESIDE_THE_STEPS, News
from pia_engine.models import (
    AnnualAudit,
    Assessment,
    Initiative,
    Person,
    PolicyVersion,
    VendorResponse,
    WorkflowRecord,
)
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.register.language import language_of
from pia_engine.services.cities import get_city
from pia_engine.services.people import get_person
from pia_engine.services.vendor_receipts import receipt_lines
from pia_engine.templating import document_environment

QUESTIONS_A_MINUTE = 1.5


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go."""

    to: str
    subject: str
    body: str


NEWS = {
    "annual-audit:called": News(
        N_("The annual audit is due"),
        N_("An auditor starts it from the audit's page. The author keeps the evidence ready; nothing else changes."),
    ),
    "annual-audit:confirmed": News(
        N_("The annual audit is closed: the assessment still holds"),
        N_("You need do nothing. The next audit has been scheduled."),
    ),
    "annual-audit:findings-reported": News(
        N_("The annual audit has findings"),
        N_("The senior privacy official reads them and decides whether the assessment still holds."),
    ),
    "annual-audit:new-version-required": News(
        N_("The annual audit asks for a new version"),
        N_("A new version stands open with the last one's answers. Its author brings it up to date and submits it."),
    ),
    "annual-audit:started": News(
        N_("The annual audit has begun"),
        N_("The auditor may come to you with questions. You need do nothing before that."),
    ),
    "full-assessment:agency-declined": News(
        N_("The agency did not sign: changes are needed"),
        N_("Read the reason, change the answers it is about, and submit the assessment again."),
    ),
    "full-assessment:agency-signed": News(
        N_("An assessment waits for your decision"),
        N_("Read the assessment, the advice and the agency's sign-off, then approve, send back or reject it."),
    ),
    "full-assessment:approved": News(
        N_("The assessment is approved"),
        N_("The privacy officer can publish it. The annual audit has been scheduled."),
    ),
    "full-assessment:changes-requested": News(
        N_("Changes are requested"),
        N_("Each request stands beside the answer it is about. Change the answer or say why not, then submit again."),
    ),
    "full-assessment:recommended": News(
        N_("An assessment waits for your signature"),
        N_("Read it with the privacy officer's advice, then sign for the agency or send it back with a reason."),
    ),
    "full-assessment:rejected": News(
        N_("The assessment is rejected"),
        N_("The technology may not be used as described. The reason is kept with the assessment."),
    ),
    "full-assessment:review-started": News(
        N_("The review has begun"),
        N_("You need do nothing now. The answers cannot be changed while the review lasts."),
    ),
    "full-assessment:sent-back": News(
        N_("The assessment was sent back for changes"),
        N_("Read the reason, change the answers it is about, and submit the assessment again."),
    ),
    "full-assessment:submitted": News(
        N_("A full assessment is ready for review"),
        N_("A privacy officer who did not write it starts the review from its page."),
    ),
    "full-assessment:signature-carried": News(
        N_("An assessment waits for your decision"),
        N_("The agency's earlier signature still covers every answer of the department. Read the text and the advice."),
    ),
    "full-assessment:taken-back": News(
        N_("The author took the assessment back to change it"),
        N_("You need do nothing now. Sign-offs stand unless a section they cover changes; it is submitted again."),
    ),
    "full-assessment:withdrawn": News(
        N_("The full assessment was withdrawn"),
        N_("You need do nothing. What was written is kept."),
    ),
    "initial-assessment:determined": News(
        N_("The initial assessment is determined"),
        N_("Its page says what was determined, which rules led to it, and what follows."),
    ),
    "initial-assessment:returned": News(
        N_("The initial assessment came back to you"),
        N_("Read the reason, complete the answers, and submit it again."),
    ),
    "initial-assessment:submitted": News(
        N_("An initial assessment is ready for you"),
        N_("Read the answers and determine whether a full assessment is needed."),
    ),
    "initial-assessment:withdrawn": News(
        N_("The initial assessment was withdrawn"),
        N_("You need do nothing. What was written is kept."),
    ),
    "initiative:cleared": News(
        N_("Your initiative is cleared to go live"),
        N_("On the day it does, record that on its page."),
    ),
    "initiative:refused": News(
        N_("Your initiative may not go live"),
        N_("Read the reason. If the plans change, you can have the initiative assessed again."),
    ),
    "initiative:reopened": News(
        N_("An initiative is assessed again"),
        N_("You need do nothing before its assessment is submitted."),
    ),
    "initiative:retired": News(
        N_("An initiative was retired"),
        N_("Check that the data it held were deleted or handed on as its assessment says."),
    ),
    "initiative:went-live": News(
        N_("An initiative has gone live"),
        N_("You need do nothing. Its annual audit comes when it is due."),
    ),
    "policy:adopted": News(
        N_("A new version of the PIA policy is in force"),
        N_("New assessments follow it. Those already begun keep the version they began under."),
    ),
    "policy:withdrawn": News(
        N_("A draft of the PIA policy was withdrawn"),
        N_("You need do nothing. The version in force stays as it is."),
    ),
    "publication:published": News(
        N_("The assessment is published"),
        N_("Everybody can read it in the public register, with its signed document."),
    ),
    "vendor-response:accepted": News(
        N_("The vendor's answers are accepted"),
        N_("What the vendor stated now stands in the assessment, marked as the vendor's. Check it where you use it."),
    ),
    "vendor-response:attested": News(
        N_("A vendor has answered"),
        N_("Judge each answer: accept it, or ask about it."),
    ),
    "vendor-response:cancelled": News(
        N_("The request to the vendor was cancelled"),
        N_("The vendor's link no longer opens anything. Answer the vendor's questions from other sources."),
    ),
    "vendor-response:expired": News(
        N_("A vendor's link has run out"),
        N_("Send a new link if you still need the answers. What the vendor wrote so far is kept."),
    ),
}

_KINDS: dict[str, type[WorkflowRecord]] = {
    "initiative": Initiative,
    "initial_assessment": Assessment,
    "full_assessment": Assessment,
    "vendor_response": VendorResponse,
    "annual_audit": AnnualAudit,
    "policy": PolicyVersion,
}


def write_notice(session: Session, payload: dict[str, Any], *, public_url: str) -> Letter:
    """Tell one person of one step of one record."""
    person = get_person(session, uuid.UUID(payload["person"]))
    record = _find_record(session, payload["kind"], payload["record"])
    event = payload["event"]
    news = NEWS[event] if event in NEWS else BESIDE_THE_STEPS[event]
    facts = {
        "person": person.name,
        "what": news.what,
        "next_step": news.next_step,
        "actor": payload["actor"],
        "reason": payload["reason"],
        "reference": record.reference,
        "title": _title(record),
        "link": f"{public_url}{_path(record)}{_part(record, payload)}",
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
        "initiative": response.initiative,
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
    record = session.get(_KINDS[kind], uuid.UUID(record_id))
    if record is None:
        raise NotFound(N_("The record this message is about is not there any more."))
    return record


def _title(record: WorkflowRecord) -> str:
    if isinstance(record, Initiative):
        return record.title
    if isinstance(record, AnnualAudit):
        return record.assessment.initiative.title
    if isinstance(record, PolicyVersion):
        return record.title
    assert isinstance(record, (Assessment, VendorResponse))
    return record.initiative.title


def _path(record: WorkflowRecord) -> str:
    if isinstance(record, Initiative):
        return f"/initiatives/{record.reference}"
    if isinstance(record, VendorResponse):
        return f"/assessments/{record.assessment_reference}"
    if isinstance(record, AnnualAudit):
        return f"/audits/{record.reference}"
    if isinstance(record, PolicyVersion):
        return f"/policy/versions/{record.number}"
    assert isinstance(record, Assessment)
    return f"/assessments/{record.reference}"


def _part(record: WorkflowRecord, payload: dict[str, Any]) -> str:
    """The page of the part a message is about: a question's comments, or a request to contribute."""
    if "question" in payload and isinstance(record, Assessment):
        return f"/{record.stage}/comments/{payload['question']}"
    return f"/full/contributions/{payload['contribution']}" if "contribution" in payload else ""


def _minutes(questions: int) -> int:
    """How long the answers take, rounded up to five minutes."""
    return max(5, math.ceil(questions / QUESTIONS_A_MINUTE / 5) * 5)
