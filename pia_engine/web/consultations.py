"""The log of who was heard on a full assessment: the list, one entry with its reply, and taking one off."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Invalid, Stale
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.consultations import INTERNAL, PUBLIC, ConsultationForm, RemovalForm
from pia_engine.models import Assessment, Consultation
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import consultations
from pia_engine.services.assessments import get_assessment
from pia_engine.services.consultations import Heard, can_record
from pia_engine.services.plain_language import surroundings_of
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.error_pages import say
from pia_engine.web.hearing import consultation_lines
from pia_engine.web.parking import take_parked

blueprint = Blueprint("consultations", __name__)

_ADDRESS = "/assessments/<reference>/full/consultations"
PAGE_SIZE = 20
LAST_EDITION = 99_999
TEXTS = ("kind", "who", "capacity", "channel", "asked", "reply", "effect")


@blueprint.get(_ADDRESS)
@needs(Permission.ASSESSMENT_VIEW)
def index(reference: str) -> ResponseReturnValue:
    """Everybody who was asked, with what they replied and what became of it."""
    edition = request.args.get("version", type=int)
    assessment = _reached(reference, Permission.ASSESSMENT_VIEW, min(edition, LAST_EDITION) if edition else None)
    entries = consultations.list_consultations(db.session(), assessment)
    may_record = can_record(assessment, actor=actor())
    pages = max(1, -(-len(entries) // PAGE_SIZE))
    number = min(max(1, request.args.get("page", 1, type=int)), pages)
    around = surroundings_of(db.session()) if may_record else None
    return render_template(
        "consultations/index.html",
        assessment=assessment,
        entries=consultation_lines(entries[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], around=around),
        may_record=may_record,
        page=number,
        pages=pages,
        total=len(entries),
        awaited=sum(not each.reply for each in entries),
        page_url=lambda n: url_for(".index", reference=reference, version=edition, page=n),
    )


@blueprint.route(f"{_ADDRESS}/new", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_RECORD)
def record(reference: str) -> ResponseReturnValue:
    """Put somebody on the list who was asked."""
    assessment = _reached(reference, Permission.CONSULTATION_RECORD)
    consultations.check_can_record(assessment, actor=actor())
    parked = take_parked() if request.method != "POST" else None
    form = ConsultationForm(formdata=parked) if parked else ConsultationForm(data={"is_public": PUBLIC})
    if not form.validate_on_submit():
        return _form_page(assessment, form), 422 if form.is_submitted() else 200
    try:
        consultations.record_consultation(db.session, assessment, _heard(form), actor=actor(), now=clock.now())
    except Invalid as refusal:
        return _refused(assessment, form, refusal), refusal.status
    db.session.commit()
    flash(_("It stands on the list."), "success")
    return redirect(url_for(".index", reference=reference), 303)


@blueprint.route(f"{_ADDRESS}/<uuid:consultation_id>", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_RECORD)
def change(reference: str, consultation_id: uuid.UUID) -> ResponseReturnValue:
    """Add the reply and what became of it, or correct what is said."""
    entry = _found(reference, consultation_id)
    parked = take_parked() if request.method != "POST" else None
    form = ConsultationForm(formdata=parked) if parked else ConsultationForm(data=_stored(entry))
    if not form.validate_on_submit():
        return _form_page(entry.assessment, form, entry), 422 if form.is_submitted() else 200
    try:
        consultations.change_consultation(
            db.session, entry, _heard(form), seen=form.seen.data or "", actor=actor(), now=clock.now()
        )
    except Stale as refusal:
        return _changed_meanwhile(entry, form, refusal), refusal.status
    except Invalid as refusal:
        return _refused(entry.assessment, form, refusal, entry), refusal.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".index", reference=reference, _anchor=f"entry-{consultation_id}"), 303)


@blueprint.route(f"{_ADDRESS}/<uuid:consultation_id>/remove", methods=["GET", "POST"])
@needs(Permission.CONSULTATION_RECORD)
def remove(reference: str, consultation_id: uuid.UUID) -> ResponseReturnValue:
    """Take an entry off the list, with a reason."""
    entry = _found(reference, consultation_id)
    form = RemovalForm(formdata=take_parked() if request.method != "POST" else request.form)
    if request.method != "POST" or not form.validate():
        line = consultation_lines([entry])[0]
        page = render_template("consultations/remove.html", assessment=entry.assessment, entry=line, form=form)
        return page, 422 if request.method == "POST" else 200
    consultations.remove_consultation(db.session, entry, reason=form.reason.data or "", actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("Taken off the list. The reason stands in the history."), "success")
    return redirect(url_for(".index", reference=reference), 303)


def _reached(reference: str, permission: Permission, edition: int | None = None) -> Assessment:
    assessment = get_assessment(db.session, reference, "full", edition)
    reach(permission, assessment)
    return assessment


def _found(reference: str, consultation_id: uuid.UUID) -> Consultation:
    """An entry of the newest version that may still be changed."""
    assessment = _reached(reference, Permission.CONSULTATION_RECORD)
    entry = consultations.get_consultation(db.session(), assessment, consultation_id)
    consultations.check_can_change(entry, actor=actor())
    return entry


def _heard(form: ConsultationForm) -> Heard:
    texts: dict[str, Any] = {name: form[name].data or "" for name in TEXTS}
    return Heard(
        **texts,
        asked_on=form["asked_on"].data,
        replied_on=form["replied_on"].data,
        is_public=form["is_public"].data == PUBLIC,
    )


def _stored(entry: Consultation) -> dict[str, Any]:
    """What the form begins with."""
    days = {"asked_on": entry.asked_on, "replied_on": entry.replied_on}
    shown = {"is_public": PUBLIC if entry.is_public else INTERNAL, "seen": consultations.digest_of(entry)}
    return {**{name: getattr(entry, name) for name in TEXTS}, **days, **shown}


def _changed_meanwhile(entry: Consultation, form: ConsultationForm, refusal: Stale) -> str:
    """The page with what was typed, and beside it what stands there now."""
    db.session.rollback()
    form.form_errors.append(say(refusal))
    form.look_again(consultations.digest_of(entry))
    return _form_page(entry.assessment, form, entry, is_stale=True)


def _refused(
    assessment: Assessment, form: ConsultationForm, refusal: Invalid, entry: Consultation | None = None
) -> str:
    db.session.rollback()
    form[refusal.field].errors = [say(refusal)]
    return _form_page(assessment, form, entry)


def _form_page(
    assessment: Assessment, form: CityForm, entry: Consultation | None = None, *, is_stale: bool = False
) -> str:
    return render_template(
        "consultations/form.html",
        assessment=assessment,
        form=form,
        entry=consultation_lines([entry])[0] if entry else None,
        is_stale=is_stale,
    )
