"""What each word of a timeline does, as a table from the word to the service calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.demo import audits, hearing, looking_again, promises, withheld, yearly
from pia_engine.demo.chapter import Chapter, save_given
from pia_engine.models import Department
from pia_engine.models.catalogue import answers_of
from pia_engine.services import (
    annual_audits,
    assessments,
    determinations,
    publications,
    reviews,
    sign_offs,
    vendor_responses,
)
from pia_engine.services.escalations import escalate_overdue, show_overdue
from pia_engine.services.initiatives import NewInitiative, get_initiative, register_initiative
from pia_engine.services.workflow import apply_action
from pia_engine.workflows.initiative import Action

Step = Callable[[Session, Chapter, str, dt.datetime], None]


def _register(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    about = chapter.content["initiative"]
    department = session.scalars(select(Department).where(Department.slug == about["department"])).one()
    initiative = register_initiative(
        session,
        NewInitiative(
            title=about["title"],
            summary=about["summary"].strip(),
            department=department,
            change_kind=about["change_kind"],
            procurement=about.get("procurement") or "",
            target_on=about.get("target_on"),
        ),
        author=chapter.person(session, by),
        actor=chapter.actor(session, by, now),
        now=now,
    )
    chapter.initiative = initiative.reference


def _answer_initial(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    actor = chapter.actor(session, by, now)
    initial = assessments.begin_initial_assessment(
        session,
        get_initiative(session, chapter.initiative),
        author=chapter.person(session, by),
        actor=actor,
        now=now,
    )
    chapter.reference = initial.reference
    save_given(session, initial, chapter.content["initial_answers"], actor, now)


def _submit_initial(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    assessments.submit_assessment(session, chapter.initial(session), actor=chapter.actor(session, by, now), now=now)


def _determine(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    said = chapter.content["determination"]
    determinations.determine(
        session,
        chapter.initial(session),
        outcome=said["outcome"],
        reason=said["reason"].strip(),
        terms=determinations.Terms(said.get("conditions", "").strip()),
        actor=chapter.actor(session, by, now),
        now=now,
    )


def _issue_vendor(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    vendor = chapter.content["vendor"]
    contact = vendor_responses.VendorContact(vendor["company"], vendor["contact_name"], vendor["email"])
    response = vendor_responses.issue_vendor_response(
        session, chapter.full(session), contact, actor=chapter.actor(session, by, now), now=now
    )
    chapter.vendor = response.reference


def _vendor_answers(session: Session, chapter: Chapter, _by: str, now: dt.datetime) -> None:
    vendor, response = chapter.content["vendor"], chapter.response(session)
    vendor_responses.begin_answering(session, response, now=now)
    save_given(session, response, vendor["answers"], vendor_responses.vendor_actor(response), now)
    _attest(session, chapter, now)


def _attest(session: Session, chapter: Chapter, now: dt.datetime) -> None:
    vendor = chapter.content["vendor"]
    vendor_responses.attest(
        session, chapter.response(session), name=vendor["attested_name"], title=vendor["attested_title"], now=now
    )


def _vendor_query(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    query, response = chapter.content["vendor"]["query"], chapter.response(session)
    actor = chapter.actor(session, by, now)
    vendor_responses.evaluate_answer(
        session, response, query["question"], verdict="queried", note=query["text"].strip(), actor=actor, now=now
    )
    vendor_responses.accept_remaining(session, response, actor=actor, now=now)
    vendor_responses.ask_to_clarify(session, response, actor=actor, now=now)


def _vendor_reanswers(session: Session, chapter: Chapter, _by: str, now: dt.datetime) -> None:
    query, response = chapter.content["vendor"]["query"], chapter.response(session)
    actor = vendor_responses.vendor_actor(response)
    save_given(session, response, {query["question"]: query["new_answer"]}, actor, now)
    vendor_responses.reply_to_query(session, response, query["question"], reply=query["reply"].strip(), now=now)
    _attest(session, chapter, now)


def _accept_vendor(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    response, actor = chapter.response(session), chapter.actor(session, by, now)
    for evaluation in list(response.evaluations):
        if evaluation.verdict == "queried":
            vendor_responses.evaluate_answer(
                session, response, evaluation.question, verdict="accepted", note="", actor=actor, now=now
            )
    vendor_responses.accept_remaining(session, response, actor=actor, now=now)
    vendor_responses.accept_response(session, response, chapter.full(session), actor=actor, now=now)


def _answer_full(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    save_given(session, chapter.full(session), chapter.content["full_answers"], chapter.actor(session, by, now), now)


def _submit_full(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    assessments.submit_assessment(session, chapter.full(session), actor=chapter.actor(session, by, now), now=now)


def _start_review(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    reviews.start_review(session, chapter.full(session), actor=chapter.actor(session, by, now), now=now)


def _request_changes(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    actor = chapter.actor(session, by, now)
    for change in chapter.content["review"]["changes"]:
        reviews.note_change(
            session,
            chapter.full(session),
            question=change["question"],
            text=change["text"].strip(),
            actor=actor,
            now=now,
        )
    reviews.request_changes(session, chapter.full(session), actor=actor, now=now)


def _answer_changes(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    full, actor = chapter.full(session), chapter.actor(session, by, now)
    said = {change["question"]: change for change in chapter.content["review"]["changes"]}
    save_given(session, full, {name: change["new_answer"] for name, change in said.items()}, actor, now)
    for asked in reviews.list_requested_changes(session, full):
        reviews.reply_to_change(
            session, full, asked.id, reply=said[asked.question]["reply"].strip(), actor=actor, now=now
        )


def _recommend(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    full, actor = chapter.full(session), chapter.actor(session, by, now)
    known = answers_of(full.sheet)
    advice = {name: value for name, value in chapter.content["full_answers"].items() if name not in known}
    save_given(session, full, advice, actor, now)
    review = chapter.content["review"]
    reviews.recommend(
        session,
        full,
        recommendation=review["recommendation"],
        actor=actor,
        now=now,
        reason=review["advice"].strip(),
    )


def _agency_sign_off(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    sign_offs.sign_for_agency(
        session,
        chapter.full(session),
        actor=chapter.actor(session, by, now),
        now=now,
        reason=_signed(chapter, by)["reason"].strip(),
    )


def _decide(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    signed = _signed(chapter, by)
    sign_offs.approve(
        session,
        chapter.full(session),
        actor=chapter.actor(session, by, now),
        now=now,
        reason=signed["reason"].strip(),
        conditions="\n".join(signed.get("conditions") or ()),
    )


def _signed(chapter: Chapter, by: str) -> dict[str, Any]:
    return next(dict(signed) for signed in chapter.content["sign_offs"] if signed["by"] == by)


def _publish(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    publications.order_publication(session, chapter.full(session), actor=chapter.actor(session, by, now), now=now)


def _go_live(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    initiative = get_initiative(session, chapter.initiative)
    apply_action(session, initiative, Action.GO_LIVE, actor=chapter.actor(session, by, now), now=now)


def _sweep(session: Session, _chapter: Chapter, _by: str, now: dt.datetime) -> None:
    annual_audits.call_due_audits(session, now=now)
    vendor_responses.expire_overdue(session, now=now)
    escalate_overdue(session, now=now)
    show_overdue(session, now=now)


def _start_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    audit = annual_audits.list_audits(session, chapter.reference)[-1]
    annual_audits.start_audit(session, audit, actor=chapter.actor(session, by, now), now=now)


def _answer_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    audit = annual_audits.list_audits(session, chapter.reference)[-1]
    save_given(session, audit, chapter.content["audit"]["answers"], chapter.actor(session, by, now), now)


def _report_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    audit = annual_audits.list_audits(session, chapter.reference)[-1]
    annual_audits.report_findings(session, audit, actor=chapter.actor(session, by, now), now=now)


def _confirm_audit(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
    audit = annual_audits.list_audits(session, chapter.reference)[-1]
    annual_audits.confirm(
        session,
        audit,
        actor=chapter.actor(session, by, now),
        now=now,
        reason=chapter.content["audit"]["decision_reason"].strip(),
    )


STEPS: dict[str, Step] = {
    "register": _register,
    "answer_initial": _answer_initial,
    "submit_initial": _submit_initial,
    "determine": _determine,
    "issue_vendor": _issue_vendor,
    "vendor_answers": _vendor_answers,
    "vendor_query": _vendor_query,
    "vendor_reanswers": _vendor_reanswers,
    "accept_vendor": _accept_vendor,
    "answer_full": _answer_full,
    "submit_full": _submit_full,
    "start_review": _start_review,
    "request_changes": _request_changes,
    "answer_changes": _answer_changes,
    "resubmit_full": _submit_full,
    "recommend": _recommend,
    "agency_sign_off": _agency_sign_off,
    "decide": _decide,
    "publish": _publish,
    "go_live": _go_live,
    "sweep": _sweep,
    "start_audit": _start_audit,
    "answer_audit": _answer_audit,
    "report_audit": _report_audit,
    "confirm_audit": _confirm_audit,
    **audits.STEPS,
    **yearly.STEPS,
    **hearing.STEPS,
    **looking_again.STEPS,
    "report_promises": promises.report_promises,
    "accept_promises": promises.accept_promises,
    "return_promises": promises.return_promises,
    "postpone_promises": promises.postpone_promises,
    "add_promise": promises.add_promise,
    "propose_withholdings": withheld.propose_withholdings,
    "approve_withholdings": withheld.approve_withholdings,
}
