"""What the privacy officer does with a vendor: ask, read the answers, judge each, and settle the whole."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.forms.vendors import IssueForm, VerdictsForm, build_verdicts_form, stored_verdicts
from pia_engine.models import VendorResponse
from pia_engine.permissions.people import check_may, may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import vendor_responses
from pia_engine.services.assessments import get_assessment
from pia_engine.services.audit import list_events
from pia_engine.services.policies import current_rules
from pia_engine.services.vendor_receipts import answers_digest
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.checking import checked_sections
from pia_engine.web.chronicle import timeline_lines
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.parking import take_parked
from pia_engine.web.standing import Step, steps_for
from pia_engine.workflows.vendor_response import Status

VERBS: dict[str, Verb] = {
    "query": lambda record, given: vendor_responses.ask_to_clarify(
        db.session, record, actor=given.actor, now=given.now
    ),
    "accept": lambda record, given: vendor_responses.accept_response(
        db.session,
        record,
        get_assessment(db.session, record.assessment_reference, "full"),
        actor=given.actor,
        now=given.now,
    ),
    "reissue": lambda record, given: vendor_responses.reissue(db.session, record, actor=given.actor, now=given.now),
    "cancel": lambda record, given: vendor_responses.cancel(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}


@needs(Permission.VENDOR_RESPONSE_ISSUE)
def issue(reference: str) -> ResponseReturnValue:
    """The page that asks whom to ask."""
    return _issue_page(reference, IssueForm(formdata=take_parked()))


@needs(Permission.VENDOR_RESPONSE_ISSUE)
def send(reference: str) -> ResponseReturnValue:
    """Send the questionnaire."""
    form = IssueForm()
    if not form.validate_on_submit():
        return _issue_page(reference, form), 422
    contact = vendor_responses.VendorContact(form.company.data, form.contact_name.data, form.contact_email.data)
    response = vendor_responses.issue_vendor_response(
        db.session, get_assessment(db.session, reference, "full"), contact, actor=actor(), now=clock.now()
    )
    db.session.commit()
    flash(_("The questions are on their way to %(email)s.", email=response.contact_email), "success")
    if not _sends_mail():
        flash(_("No mail server is set up. The message with the link is kept: an administrator reads it there."))
    return redirect(url_for("vendor.judge", reference=response.reference), 303)


def _issue_page(reference: str, form: IssueForm) -> str:
    assessment = get_assessment(db.session, reference, "full")
    reach(Permission.VENDOR_RESPONSE_ISSUE, assessment)
    questionnaire = db.session.info["catalogue"].newest(vendor_responses.QUESTIONNAIRE)
    return render_template(
        "vendor/issue.html",
        assessment=assessment,
        form=form,
        questionnaire=questionnaire,
        days=current_rules(db.session).vendor_link_days,
        sends_mail=_sends_mail(),
    )


def _sends_mail() -> bool:
    return bool(current_app.extensions["pia-settings"].smtp_url)


@needs(Permission.VENDOR_RESPONSE_VIEW)
def judge(reference: str) -> ResponseReturnValue:
    """All answers, with a verdict for each where they can be judged now."""
    response = _reached(reference)
    form = _form_for(response)
    parked = take_parked()
    if parked is not None:
        form = form.__class__(formdata=parked)
    return _judge_page(response, form, is_parked=parked is not None)


@needs(Permission.VENDOR_RESPONSE_EVALUATE)
def save_verdicts(reference: str) -> ResponseReturnValue:
    """Save the verdicts of the whole page, and accept the rest when asked to."""
    response = _reached(reference)
    check_may(actor(), Permission.VENDOR_RESPONSE_EVALUATE, response)
    form = _form_for(response).__class__(formdata=request.form)
    if not form.validate():
        return _judge_page(response, form), 422
    count = vendor_responses.evaluate_answers(db.session, response, form.verdicts(), actor=actor(), now=clock.now())
    if request.form.get("save") == "accept-rest":
        count += vendor_responses.accept_remaining(db.session, response, actor=actor(), now=clock.now())
    db.session.commit()
    flash(ngettext("Saved. %(num)s verdict is new.", "Saved. %(num)s verdicts are new.", count), "success")
    return redirect(url_for("vendor.judge", reference=reference) + "#next", 303)


@needs(Permission.VENDOR_RESPONSE_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step of the request: clarify, accept, send a new link, cancel."""
    response = _reached(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=response,
            action=action,
            title=f"{response.company}, {response.initiative.title}",
            back_url=url_for("vendor.judge", reference=reference),
            verb=VERBS[action],
        )
    )


def _reached(reference: str) -> VendorResponse:
    response = vendor_responses.get_vendor_response(db.session, reference)
    reach(Permission.VENDOR_RESPONSE_VIEW, response)
    return response


def _form_for(response: VendorResponse) -> VerdictsForm:
    sheet = sheet_for_reader(response)
    texts = {question.id: question.text for question in sheet.visible if question.id in sheet.answers}
    known = vendor_responses.evaluations_by_question(response)
    judged = {name: (each.verdict, each.note) for name, each in known.items() if name in texts}
    return build_verdicts_form(texts)(formdata=None, data=stored_verdicts(judged))


def _judge_page(response: VendorResponse, form: VerdictsForm, *, is_parked: bool = False) -> str:
    sections = checked_sections(sheet_for_reader(response), roles=frozenset(), section_url=lambda _name: "", notes={})
    evaluations = vendor_responses.evaluations_by_question(response)
    has_answers = bool(response.attested_at)
    return render_template(
        "vendor/judge.html",
        response=response,
        sections=sections if has_answers else [],
        form=form,
        evaluations=evaluations,
        can_judge=response.status == Status.SUBMITTED and may(actor(), Permission.VENDOR_RESPONSE_EVALUATE, response),
        steps=_steps(response),
        timeline=timeline_lines(list_events(db.session, [response.id])),
        digest=answers_digest(db.session, response) if has_answers else "",
        sends_mail=_sends_mail(),
        is_parked=is_parked,
    )


def _steps(response: VendorResponse) -> list[Step]:
    """The officer's steps; what the vendor does is not offered here."""

    def url_of(action: str) -> str:
        return url_for("vendor.act", reference=response.reference, action=action) if action in VERBS else ""

    return [step for step in steps_for(response, url_of) if step.url]
