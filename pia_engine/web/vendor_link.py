"""What the secret link opens: the vendor reads who asks and why, answers, replies, attests, and gets a receipt."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from pia_engine import clock
from pia_engine.errors import N_, Gone, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.questions import field_name
from pia_engine.forms.vendors import REPLY, AttestForm, RepliesForm, build_replies_form
from pia_engine.models import VendorResponse
from pia_engine.permissions.roles import Actor
from pia_engine.services import vendor_responses
from pia_engine.services.answers import answering_roles
from pia_engine.services.outsiders import title_outside
from pia_engine.services.vendor_receipts import answers_digest
from pia_engine.services.workflow import check_action
from pia_engine.web.answering import save_section, show_section, typed_texts
from pia_engine.web.checking import checked_sections, read_aloud, section_tasks
from pia_engine.web.desk import Place
from pia_engine.web.drafts import keep_typed, throw_away
from pia_engine.web.error_pages import say
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.parking import take_parked
from pia_engine.workflows.vendor_response import EDITABLE, Action, Status


def start(token: str) -> ResponseReturnValue:
    """Who asks, why, what happens with the answers, and the list of sections."""
    place = _place(token)
    response, sheet = _of(place), sheet_for_reader(place.record)
    if response.status not in EDITABLE:
        return redirect(url_for("vendor.receipt", token=token))
    tasks = section_tasks(sheet, roles=answering_roles(response, place.actor), section_url=place.section_url)
    return _render(
        "vendor/start.html",
        token,
        place=place,
        response=response,
        title=title_outside(db.session(), response.initiative),
        questionnaire=sheet.questionnaire,
        tasks=tasks,
        queries=_queries(response),
        is_begun=response.status != Status.ISSUED,
    )


def section(token: str, section: str) -> ResponseReturnValue:
    return show_section(_place(token), section)


def save(token: str, section: str) -> ResponseReturnValue:
    try:
        place = _place(token)
    except Gone as refusal:
        return _closed_page(refusal)
    return save_section(place, section)


def keep(token: str, section: str) -> ResponseReturnValue:
    return keep_typed(_place(token), section)


def drop(token: str, section: str) -> ResponseReturnValue:
    return throw_away(_place(token), section)


def check(token: str) -> ResponseReturnValue:
    """All answers before they are sent, and what still stands in the way."""
    place = _place(token)
    sections = checked_sections(
        sheet_for_reader(place.record),
        roles=answering_roles(place.record, place.actor),
        section_url=place.section_url,
        notes=place.notes,
    )
    return _render(
        "vendor/check.html",
        token,
        place=place,
        sections=sections,
        missing=[entry for part in sections for entry in part.entries if entry.is_missing],
        why_not=_why_not_attest(place),
        is_open=_of(place).status in EDITABLE,
    )


def clarify(token: str) -> ResponseReturnValue:
    """What the officer asks, each with the answer it is about and room for a reply."""
    place = _place(token)
    return _clarify_page(place, token, _replies_form(_of(place), take_parked()))


def save_replies(token: str) -> ResponseReturnValue:
    """Save every reply that was written; go to an answer, on to the check page, or back to the start."""
    try:
        place = _place(token)
    except Gone as refusal:
        return _closed_page(refusal)
    form = _replies_form(_of(place), request.form)
    if not form.validate():
        return _clarify_page(place, token, form), 422
    for question, reply in form.replies().items():
        vendor_responses.reply_to_query(db.session, _of(place), question, reply=reply, now=clock.now())
    db.session.commit()
    changed = request.form.get("change", "")
    sheet = sheet_for_reader(place.record)
    if sheet.questionnaire.find_question(changed):
        part = sheet.questionnaire.section_of(changed)
        return redirect(f"{place.section_url(part.id)}#{field_name(changed)}", 303)
    flash(_("Saved."), "success")
    return redirect(place.home_url if request.form.get("save") == "later" else place.check_url, 303)


def attest_page(token: str) -> ResponseReturnValue:
    place = _place(token)
    return _attest_page(place, token, AttestForm(formdata=take_parked()))


def send_answers(token: str) -> ResponseReturnValue:
    """Attest, and send the answers to the city."""
    place = _place(token)
    form = AttestForm(formdata=request.form)
    if not form.validate():
        return _attest_page(place, token, form), 422
    vendor_responses.attest(db.session, _of(place), name=form.name.data, title=form.title.data, now=clock.now())
    db.session.commit()
    flash(_("Your answers are sent. This page is your receipt."), "success")
    return redirect(url_for("vendor.receipt", token=token), 303)


def receipt(token: str) -> ResponseReturnValue:
    """What was sent, when and by whom; read-only and fit to print."""
    place = _place(token)
    response = _of(place)
    if response.status not in (Status.SUBMITTED, Status.ACCEPTED):
        return redirect(place.home_url)
    sections = checked_sections(sheet_for_reader(response), roles=frozenset(), section_url=lambda _name: "", notes={})
    return _render(
        "vendor/receipt.html",
        token,
        response=response,
        title=title_outside(db.session(), response.initiative),
        sections=sections,
        digest=answers_digest(db.session, response),
        is_accepted=response.status == Status.ACCEPTED,
    )


def _place(token: str) -> Place:
    response = vendor_responses.find_by_token(db.session, token, now=clock.now())
    who: Actor = vendor_responses.vendor_actor(response)
    return Place(
        record=response,
        actor=who,
        title=_("%(reference)s: questions for %(company)s", reference=response.reference, company=response.company),
        home_url=url_for("vendor.start", token=token),
        home_text=_("All sections"),
        check_url=url_for("vendor.check", token=token),
        section_url=lambda name: url_for("vendor.section", token=token, section=name),
        layout="layouts/vendor.html",
        notes={name: [_("The privacy officer asks: %(text)s", text=text)] for name, text in _queries(response).items()},
        before_saving=lambda: vendor_responses.begin_answering(db.session, response, now=clock.now()),
        shows_roles=False,
    )


def _closed_page(refusal: Gone) -> ResponseReturnValue:
    """The link ran out while somebody was writing: their words are shown, to be copied."""
    db.session.rollback()
    return render_template("vendor/closed.html", sentence=say(refusal), typed=typed_texts()), refusal.status


def _of(place: Place) -> VendorResponse:
    assert isinstance(place.record, VendorResponse)
    return place.record


def _render(template: str, token: str, **values: object) -> str:
    return render_template(template, vendor_home_url=url_for("vendor.start", token=token), token=token, **values)


def _queries(response: VendorResponse) -> dict[str, str]:
    """What the officer asks, by question, while clarification is asked for."""
    if response.status != Status.CLARIFICATION:
        return {}
    known = vendor_responses.evaluations_by_question(response)
    return {name: each.note for name, each in known.items() if each.verdict == "queried"}


def _why_not_attest(place: Place) -> str:
    try:
        check_action(db.session, place.record, Action.ATTEST, actor=place.actor)
    except NotPossible as refusal:
        return say(refusal)
    return ""


def _replies_form(response: VendorResponse, posted: MultiDict[str, str] | None) -> RepliesForm:
    known = vendor_responses.evaluations_by_question(response)
    asked = list(_queries(response))
    stored = {REPLY + name: known[name].reply for name in asked}
    return build_replies_form(asked)(formdata=posted, data=stored)


def _clarify_page(place: Place, token: str, form: RepliesForm) -> str:
    response, sheet = _of(place), sheet_for_reader(place.record)
    if response.status != Status.CLARIFICATION:
        raise NotPossible(N_("The privacy officer has no open questions."))
    asked = [
        {
            "id": name,
            "question": sheet.questionnaire.question(name),
            "answer": read_aloud(sheet.questionnaire.question(name), sheet.answers.get(name)),
            "note": note,
            "reply": form[REPLY + name],
        }
        for name, note in _queries(response).items()
    ]
    return _render("vendor/clarify.html", token, place=place, form=form, asked=asked)


def _attest_page(place: Place, token: str, form: AttestForm) -> str:
    return _render(
        "vendor/attest.html", token, place=place, form=form, response=_of(place), why_not=_why_not_attest(place)
    )
