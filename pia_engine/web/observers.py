"""Independent observers of an initiative: appointed, ended early; their statement written, looked at and filed."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Invalid, Stale
from pia_engine.extensions import db
from pia_engine.forms.observers import AppointmentForm, EndAppointmentForm, StatementForm
from pia_engine.models import Initiative, Observer
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.hearing import statement_digest
from pia_engine.services import observations
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.observers import get_observer
from pia_engine.services.people import get_person
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.chronicle import in_words
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.people import city_today, term_in_words

blueprint = Blueprint("observers", __name__)

_ADDRESS = "/initiatives/<reference>/observers"


@blueprint.route(f"{_ADDRESS}/new", methods=["GET", "POST"])
@needs(Permission.OBSERVER_APPOINT)
def appoint(reference: str) -> ResponseReturnValue:
    """Appoint somebody who stands outside the line."""
    initiative = _initiative(reference, Permission.OBSERVER_APPOINT)
    form = _appointment_form(initiative)
    if not form.validate_on_submit():
        return _appointment_page(initiative, form), 422 if form.is_submitted() else 200
    new = observations.NewObserver(
        get_person(db.session, uuid.UUID(form["person"].data)),
        form["from_on"].data,
        form["until_on"].data,
        form["organisation"].data or "",
    )
    try:
        observations.appoint_observer(db.session, initiative, new, actor=actor(), now=clock.now())
    except Invalid as refusal:
        db.session.rollback()
        form[refusal.field].errors = [say(refusal)]
        return _appointment_page(initiative, form), refusal.status
    db.session.commit()
    flash(_("%(name)s is appointed, and gets a message.", name=new.person.name), "success")
    return _back(reference)


@blueprint.route(f"{_ADDRESS}/<uuid:observer_id>/withdraw", methods=["GET", "POST"])
@needs(Permission.OBSERVER_APPOINT)
def withdraw(reference: str, observer_id: uuid.UUID) -> ResponseReturnValue:
    """End an appointment before its day: asked once more, with the reason."""
    observer = get_observer(db.session(), _initiative(reference, Permission.OBSERVER_APPOINT), observer_id)
    observations.check_can_withdraw(db.session(), observer, actor=actor(), now=clock.now())
    form = EndAppointmentForm(formdata=take_parked() if request.method != "POST" else request.form)
    if request.method != "POST" or not form.validate():
        page = render_template(
            "observers/withdraw.html",
            initiative=observer.initiative,
            observer=observer,
            term=term_in_words(observer.from_on, observer.until_on),
            form=form,
        )
        return page, 422 if request.method == "POST" else 200
    name = observer.person.name
    observations.withdraw_observer(
        db.session, observer, reason=form["reason"].data or "", actor=actor(), now=clock.now()
    )
    db.session.commit()
    flash(_("The appointment of %(name)s has ended.", name=name), "success")
    return _back(reference)


@blueprint.route(f"{_ADDRESS}/<uuid:observer_id>/statement", methods=["GET", "POST"])
@needs(Permission.OBSERVATION_FILE)
def statement(reference: str, observer_id: uuid.UUID) -> ResponseReturnValue:
    """Write the statement, look at it as it will be published, and file it."""
    observer = get_observer(db.session(), _initiative(reference, Permission.OBSERVATION_FILE), observer_id)
    observations.check_can_file(db.session(), observer, actor=actor(), now=clock.now())
    if request.method != "POST":
        return _statement_page(observer, StatementForm(formdata=take_parked()))
    form, pressed = StatementForm(formdata=request.form), request.form.get("press", "preview")
    if pressed == "change" or not form.validate():
        return _statement_page(observer, form), 200 if pressed == "change" else 422
    text = form["statement"].data or ""
    try:
        if pressed != "file":
            observations.check_statement(text)
            return _preview(observer, text)
        return _filed(observer, text, form["seen"].data or "")
    except Stale as refusal:
        db.session.rollback()
        return _preview(observer, text, problem=say(refusal)), refusal.status
    except Invalid as refusal:
        db.session.rollback()
        form["statement"].errors = [say(refusal)]
        return _statement_page(observer, form), refusal.status


def _filed(observer: Observer, text: str, seen: str) -> ResponseReturnValue:
    reference = observer.initiative.reference
    observations.file_statement(db.session, observer, text=text, seen=seen, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("Your statement is filed. It is published with the record, and never changed."), "success")
    return _back(reference)


def _initiative(reference: str, permission: Permission) -> Initiative:
    initiative = get_initiative(db.session, reference)
    reach(permission, initiative)
    return initiative


def _back(reference: str) -> ResponseReturnValue:
    return redirect(url_for("initiatives.show", reference=reference, _anchor="observers"), 303)


def _appointment_form(initiative: Initiative) -> AppointmentForm:
    parked = take_parked() if request.method != "POST" else None
    form = AppointmentForm(formdata=parked) if parked else AppointmentForm(data={"from_on": city_today()})
    possible = observations.list_possible_observers(db.session(), initiative, on=city_today())
    form.offer((str(each.id), ", ".join(filter(None, (each.name, each.job_title)))) for each in possible)
    return form


def _appointment_page(initiative: Initiative, form: AppointmentForm) -> str:
    return render_template("observers/appoint.html", initiative=initiative, form=form)


def _statement_page(observer: Observer, form: StatementForm) -> str:
    return render_template(
        "observers/statement.html",
        initiative=observer.initiative,
        observer=observer,
        until=term_in_words(observer.from_on, observer.until_on),
        form=form,
    )


def _preview(observer: Observer, text: str, *, problem: str = "") -> str:
    return render_template(
        "observers/preview.html",
        initiative=observer.initiative,
        observer=observer,
        text=text,
        seen=statement_digest(text),
        problem=problem,
        when=in_words(clock.now()),
    )
