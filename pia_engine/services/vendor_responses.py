"""The vendor's part: issue a questionnaire, answer it from a link, attest, judge each answer, carry facts over."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Gone, Invalid, NotFound, NotPossible
from pia_engine.models import AnswerEvaluation, Assessment, VendorResponse
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import SYSTEM, Actor, Grant, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.answers import begin_sheet
from pia_engine.services.carrying import carry_answers
from pia_engine.services.drafts import drop_drafts
from pia_engine.services.outbox import queue_job
from pia_engine.services.policies import current_rules
from pia_engine.services.references import next_reference
from pia_engine.services.vendor_receipts import counting_answers
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows import full_assessment
from pia_engine.workflows.machine import WORKFLOWS
from pia_engine.workflows.vendor_response import EDITABLE, Action, Status

QUESTIONNAIRE = "vendor-privacy"


@dataclass(frozen=True, slots=True)
class VendorContact:
    """Who is asked."""

    company: str
    name: str
    email: str


def token_hash(token: str) -> str:
    """What is kept of a link's token: enough to recognise it, not to make the link."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_vendor_response(
    session: Session, assessment: Assessment, contact: VendorContact, *, actor: Actor, now: dt.datetime
) -> VendorResponse:
    """Send a vendor the questionnaire; the link goes out by e-mail and is kept nowhere."""
    check_may(actor, Permission.VENDOR_RESPONSE_ISSUE, assessment)
    if assessment.stage != "full" or assessment.status not in full_assessment.EDITABLE:
        raise NotPossible(N_("A vendor can be asked while the full assessment is being written."))
    token = secrets.token_urlsafe(32)
    response = VendorResponse(
        reference=next_reference(session, "PRO", now),
        assessment_reference=assessment.reference,
        initiative_id=assessment.initiative_id,
        department_id=assessment.department_id,
        author_id=assessment.author_id,
        company=contact.company.strip(),
        contact_name=contact.name.strip(),
        contact_email=contact.email.strip(),
        token_hash=token_hash(token),
        expires_at=now + dt.timedelta(days=current_rules(session).vendor_link_days),
        sheet=begin_sheet(session, QUESTIONNAIRE, now=now),
    )
    begin_life(session, response, "vendor-response:issued", actor=actor, now=now)
    _queue_invitation(session, response, token, "vendor-invitation", now=now)
    return response


def reissue(session: Session, response: VendorResponse, *, actor: Actor, now: dt.datetime) -> None:
    """A new link for an expired request; what the vendor had saved is still there, what was only typed is not."""
    apply_action(session, response, Action.REISSUE, actor=actor, now=now)
    drop_drafts(session, response)
    _renew_link(session, response, "vendor-invitation", now=now)


def _renew_link(session: Session, response: VendorResponse, message: str, *, now: dt.datetime) -> None:
    token = secrets.token_urlsafe(32)
    response.token_hash = token_hash(token)
    response.expires_at = now + dt.timedelta(days=current_rules(session).vendor_link_days)
    session.flush()
    _queue_invitation(session, response, token, message, now=now)


def _queue_invitation(
    session: Session, response: VendorResponse, token: str, message: str, *, now: dt.datetime
) -> None:
    queue_job(
        session,
        message,
        key=f"{message}:{response.token_hash}",
        payload={"vendor_response": str(response.id), "token": token},
        now=now,
    )


def vendor_actor(response: VendorResponse) -> Actor:
    """The vendor's respondent: may answer this one response and see nothing else."""
    return Actor(None, f"{response.contact_name}, {response.company}", (Grant(Role.VENDOR_RESPONDENT, response.id),))


def find_by_token(session: Session, token: str, *, now: dt.datetime) -> VendorResponse:
    """The response a link opens. Raises NotFound for an unknown link, Gone for one that ran out or was cancelled."""
    query = select(VendorResponse).where(VendorResponse.token_hash == token_hash(token))
    response = session.scalars(query).one_or_none()
    if response is None:
        raise NotFound(N_("This link does not open anything. Check that it was copied whole from the message."))
    if response.status == Status.CANCELLED:
        raise Gone(N_("The city has cancelled this request. You do not need to do anything."))
    if response.status in (*EDITABLE, Status.EXPIRED) and response.expires_at <= now:
        raise Gone(N_("This link has expired. What you wrote is kept: ask the privacy officer for a new link."))
    if response.expires_at <= now:
        raise Gone(N_("This link has expired. Your answers arrived; the receipt is in the message we sent you."))
    return response


def begin_answering(session: Session, response: VendorResponse, *, now: dt.datetime) -> None:
    """The first save turns an issued response into one in progress."""
    if response.status == Status.ISSUED:
        apply_action(session, response, Action.BEGIN, actor=vendor_actor(response), now=now)


def attest(session: Session, response: VendorResponse, *, name: str, title: str, now: dt.datetime) -> None:
    """The vendor's named person states that the answers are true, and sends them. A receipt follows by e-mail."""
    if not name.strip() or not title.strip():
        raise Invalid(N_("Give your name and your position: an attestation needs a person."))
    apply_action(
        session,
        response,
        Action.ATTEST,
        actor=vendor_actor(response),
        now=now,
        details={"name": name.strip(), "title": title.strip()},
    )
    response.attested_name, response.attested_title, response.attested_at = name.strip(), title.strip(), now
    _forget_overtaken_verdicts(session, response)
    queue_job(
        session,
        "vendor-receipt",
        key=f"vendor-receipt:{response.trail_head}",
        payload={"vendor_response": str(response.id)},
        now=now,
    )
    session.flush()


def _forget_overtaken_verdicts(session: Session, response: VendorResponse) -> None:
    """An answer changed after it was accepted is judged anew."""
    answered_at = {answer.question: answer.answered_at for answer in response.sheet.answers}
    for evaluation in list(response.evaluations):
        changed_at = answered_at.get(evaluation.question)
        if evaluation.verdict == "accepted" and changed_at is not None and changed_at > evaluation.evaluated_at:
            response.evaluations.remove(evaluation)
            session.delete(evaluation)


def reply_to_query(session: Session, response: VendorResponse, question: str, *, reply: str, now: dt.datetime) -> None:
    """The vendor answers what the officer asked about one answer."""
    if response.status != Status.CLARIFICATION:
        raise NotPossible(N_("The privacy officer has no open questions."))
    evaluation = _evaluation(session, response, question)
    if evaluation is None or evaluation.verdict != "queried":
        raise NotFound(N_("The privacy officer did not ask about this answer."))
    if not reply.strip():
        raise Invalid(N_("Write a reply. If your answer above now says it all, say so here."))
    evaluation.reply, evaluation.replied_at = reply.strip(), now
    session.flush()


def evaluate_answer(
    session: Session,
    response: VendorResponse,
    question: str,
    *,
    verdict: str,
    note: str,
    actor: Actor,
    now: dt.datetime,
) -> AnswerEvaluation:
    """The officer accepts one answer or asks about it. A query needs a text."""
    check_may(actor, Permission.VENDOR_RESPONSE_EVALUATE, response)
    if response.status != Status.SUBMITTED:
        raise NotPossible(N_("Answers can be judged once the vendor has sent them."))
    if question not in counting_answers(session, response):
        raise NotFound(N_("The vendor gave no answer to this question."))
    if verdict not in ("accepted", "queried"):
        raise Invalid(N_("Accept the answer or ask about it."))
    if verdict == "queried" and not note.strip():
        raise Invalid(N_("Say what the vendor should clarify."))
    evaluation = _evaluation(session, response, question)
    if evaluation is None:
        evaluation = AnswerEvaluation(question=question, vendor_response_id=response.id)
        response.evaluations.append(evaluation)
    if (evaluation.verdict, evaluation.note) != (verdict, note.strip()) and verdict == "queried":
        evaluation.reply, evaluation.replied_at = "", None
    evaluation.verdict, evaluation.note = verdict, note.strip()
    evaluation.evaluated_by, evaluation.evaluated_at = actor.person_id, now
    session.flush()
    return evaluation


def evaluate_answers(
    session: Session,
    response: VendorResponse,
    verdicts: Mapping[str, tuple[str, str]],
    *,
    actor: Actor,
    now: dt.datetime,
) -> int:
    """Judge several answers at once: verdict and note by question; unchanged ones are left alone. Returns how many."""
    known = {name: (each.verdict, each.note) for name, each in evaluations_by_question(response).items()}
    changed = {name: said for name, said in verdicts.items() if known.get(name) != (said[0], said[1].strip())}
    for name, (verdict, note) in changed.items():
        evaluate_answer(session, response, name, verdict=verdict, note=note, actor=actor, now=now)
    return len(changed)


def accept_remaining(session: Session, response: VendorResponse, *, actor: Actor, now: dt.datetime) -> int:
    """Accept every answer not judged yet; queried ones stay queried. Returns how many."""
    check_may(actor, Permission.VENDOR_RESPONSE_EVALUATE, response)
    judged = {evaluation.question for evaluation in response.evaluations}
    remaining = [question for question in counting_answers(session, response) if question not in judged]
    for question in remaining:
        evaluate_answer(session, response, question, verdict="accepted", note="", actor=actor, now=now)
    return len(remaining)


def ask_to_clarify(session: Session, response: VendorResponse, *, actor: Actor, now: dt.datetime) -> None:
    """Send the queries to the vendor with a fresh link."""
    apply_action(session, response, Action.QUERY, actor=actor, now=now)
    _renew_link(session, response, "vendor-clarification", now=now)


def accept_response(
    session: Session, response: VendorResponse, assessment: Assessment, *, actor: Actor, now: dt.datetime
) -> list[str]:
    """Accept the whole; its facts prefill the full assessment, marked as the vendor's with the day."""
    apply_action(session, response, Action.ACCEPT, actor=actor, now=now)
    if assessment.status not in full_assessment.EDITABLE:
        return []
    stated_on = response.attested_at.date().isoformat() if response.attested_at else ""
    return carry_answers(
        session, assessment, response, origin="vendor", note=f"{response.company}, {stated_on}", actor=actor, now=now
    )


def cancel(session: Session, response: VendorResponse, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    apply_action(session, response, Action.CANCEL, actor=actor, now=now, reason=reason)


def cancel_open_requests(session: Session, assessment: Assessment, *, now: dt.datetime, reason: str) -> None:
    """A withdrawn assessment asks nobody anything any more: its links end with it."""
    for response in list_vendor_responses(session, assessment.reference):
        if response.status not in WORKFLOWS["vendor_response"].final:
            apply_action(session, response, Action.CANCEL, actor=SYSTEM, now=now, reason=reason)


def expire_overdue(session: Session, *, now: dt.datetime, limit: int = 500) -> int:
    """The sweep's part: links whose time has run out. Returns how many."""
    overdue = session.scalars(
        select(VendorResponse)
        .where(VendorResponse.status.in_([str(status) for status in EDITABLE]), VendorResponse.expires_at <= now)
        .order_by(VendorResponse.expires_at)
        .limit(limit)
    ).all()
    for response in overdue:
        apply_action(session, response, Action.EXPIRE, actor=SYSTEM, now=now)
    return len(overdue)


def get_vendor_response(session: Session, reference: str) -> VendorResponse:
    response = session.scalars(select(VendorResponse).where(VendorResponse.reference == reference)).one_or_none()
    if response is None:
        raise NotFound(N_("There is no vendor request with this reference."))
    return response


def list_vendor_responses(session: Session, assessment_reference: str) -> list[VendorResponse]:
    rows = session.scalars(
        select(VendorResponse)
        .where(VendorResponse.assessment_reference == assessment_reference)
        .order_by(VendorResponse.reference)
    )
    return list(rows)


def evaluations_by_question(response: VendorResponse) -> dict[str, AnswerEvaluation]:
    return {evaluation.question: evaluation for evaluation in response.evaluations}


def _evaluation(session: Session, response: VendorResponse, question: str) -> AnswerEvaluation | None:
    query = select(AnswerEvaluation).where(
        AnswerEvaluation.vendor_response_id == response.id, AnswerEvaluation.question == question
    )
    return session.scalars(query).one_or_none()
