"""The administrator's pages about people: accounts and designations. Mounted under `administration`."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.people import DesignationForm, EndForm, PersonForm
from pia_engine.models import Designation, Person
from pia_engine.permissions.roles import ROLE_DUTIES, ROLE_NAMES, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import people
from pia_engine.services.cities import get_city, list_departments
from pia_engine.services.sessions import end_sessions
from pia_engine.web.access import actor, needs, person
from pia_engine.web.accounts import send_password_link as send_link
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked

blueprint = Blueprint("people", __name__, url_prefix="/people")

ON_A_PAGE = 50


def city_today() -> dt.date:
    """The day it is where the city is."""
    return clock.day_of(clock.now(), get_city(db.session()).time_zone)


def designation_rows(held: list[Designation], today: dt.date) -> list[dict[str, Any]]:
    """Designations as a page shows them, those in force first."""
    rows = [
        {
            "id": each.id,
            "role": _(ROLE_NAMES[Role(each.role)]),
            "duty": _(ROLE_DUTIES[Role(each.role)]),
            "department": each.department.name if each.department else "",
            "designated_by": each.designated_by,
            "instrument": each.instrument,
            "dates": term_in_words(each.from_on, each.until_on),
            "in_force": people.is_in_force(each, today),
            "standing": _standing(each, today),
            "may_end": each.until_on is None or each.until_on > today,
        }
        for each in held
    ]
    return sorted(rows, key=lambda row: not row["in_force"])


def term_in_words(from_on: dt.date, until_on: dt.date | None) -> str:
    """From when until when."""
    first = day_in_words(from_on)
    if until_on is None:
        return str(_("from %(first)s until further notice", first=first))
    return str(_("from %(first)s to %(last)s", first=first, last=day_in_words(until_on)))


def _standing(designation: Designation, today: dt.date) -> str:
    if people.is_in_force(designation, today):
        return str(_("In force"))
    return str(_("Not yet in force") if designation.from_on > today else _("Ended"))


@blueprint.get("")
@needs(Permission.CITY_ADMINISTER)
def index() -> ResponseReturnValue:
    """Everybody with an account, fifty on a page, or those whose name or address fits."""
    words = request.args.get("q", "").strip()
    found = [each for each in people.list_people(db.session()) if _fits(each, words.casefold())]
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    today = city_today()
    shown = [
        {"person": each, "designations": designation_rows(each.designations, today)}
        for each in found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    ]
    return render_template(
        "administration/people.html",
        shown=shown,
        total=len(found),
        words=words,
        page=page,
        pages=pages,
        url_of=lambda number: url_for(".index", q=words or None, page=number),
    )


def _fits(person: Person, words: str) -> bool:
    return words in person.name.casefold() or words in person.email.casefold()


@blueprint.route("/new", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def new() -> ResponseReturnValue:
    """Give somebody an account, and send the link to choose a password."""
    parked = take_parked() if request.method == "GET" else None
    form = PersonForm(formdata=parked) if parked else PersonForm()
    if form.validate_on_submit():
        try:
            added = people.add_person(
                db.session(),
                name=form.name.data,
                email=form.email.data,
                job_title=form.job_title.data or "",
                password_hash=None,
                actor=actor(),
                now=clock.now(),
            )
        except Invalid as taken:
            form.email.errors = [say(taken)]
        else:
            address = url_for(".show", person_id=added.id)
            _send_password_link(added)
            return redirect(address, 303)
    return _form_page("administration/person_new.html", form, is_parked=parked is not None)


def _form_page(template: str, form: Any, **context: Any) -> ResponseReturnValue:
    return render_template(template, form=form, **context), 422 if form.problems() else 200


def _send_password_link(person: Person) -> None:
    """Queue the message; the mail's own door commits it together with what came before."""
    name, email = person.name, person.email
    send_link(person)
    flash(
        _("A link to choose a password is on its way to %(name)s at %(email)s.", name=name, email=email),
        "success",
    )


@blueprint.get("/<uuid:person_id>")
@needs(Permission.CITY_ADMINISTER)
def show(person_id: uuid.UUID) -> ResponseReturnValue:
    shown = people.get_person(db.session(), person_id)
    return render_template(
        "administration/person.html",
        shown=shown,
        designations=designation_rows(shown.designations, city_today()),
        is_myself=shown.id == person().id,
    )


@blueprint.route("/<uuid:person_id>/edit", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def edit(person_id: uuid.UUID) -> ResponseReturnValue:
    """Correct a name, an address or a job title."""
    shown = people.get_person(db.session(), person_id)
    _refuse_myself(shown, N_("You cannot change an account of your own."))
    parked = take_parked() if request.method == "GET" else None
    form = PersonForm(formdata=parked) if parked else PersonForm(obj=shown)
    if form.validate_on_submit():
        given = {"name": form.name.data, "email": form.email.data, "job_title": form.job_title.data or ""}
        try:
            people.change_person(db.session(), shown, given, actor=actor(), now=clock.now())
        except Invalid as taken:
            form.email.errors = [say(taken)]
        else:
            db.session.commit()
            flash(_("The account of %(name)s is changed.", name=form.name.data), "success")
            return redirect(url_for(".show", person_id=person_id), 303)
    return _form_page("administration/person_edit.html", form, shown=shown, is_parked=parked is not None)


@blueprint.route("/<uuid:person_id>/designations/new", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def designate(person_id: uuid.UUID) -> ResponseReturnValue:
    """Record a role somebody was designated to."""
    shown = people.get_person(db.session(), person_id)
    _refuse_myself(shown, N_("You cannot record a designation of your own."))
    departments = {each.slug: each for each in list_departments(db.session())}
    parked = take_parked() if request.method == "GET" else None
    form = DesignationForm(formdata=parked) if parked else DesignationForm(data={"from_on": city_today()})
    form.offer((slug, each.name) for slug, each in departments.items())
    if form.validate_on_submit():
        try:
            people.designate(
                db.session(),
                shown,
                Role(form.role.data),
                department=departments.get(form.department.data or ""),
                designated_by=form.designated_by.data,
                instrument=form.instrument.data,
                from_on=form.from_on.data,
                until_on=form.until_on.data,
                actor=actor(),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.department.errors = [say(refusal)]
        else:
            db.session.commit()
            flash(_("The designation of %(name)s is recorded.", name=shown.name), "success")
            return redirect(url_for(".show", person_id=person_id), 303)
    return _form_page("administration/designate.html", form, shown=shown, is_parked=parked is not None)


@blueprint.route("/<uuid:person_id>/designations/<uuid:designation_id>/end", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def end(person_id: uuid.UUID, designation_id: uuid.UUID) -> ResponseReturnValue:
    """Give a designation its last day."""
    shown = people.get_person(db.session(), person_id)
    _refuse_myself(shown, N_("You cannot end a designation of your own."))
    rows = [row for row in designation_rows(shown.designations, city_today()) if row["id"] == designation_id]
    if not rows:
        raise NotFound(N_("There is no such designation."))
    form = EndForm(data={"until_on": city_today()})
    if form.validate_on_submit():
        until_on = form.until_on.data
        try:
            people.end_designation(db.session(), designation_id, until_on=until_on, actor=actor(), now=clock.now())
        except Invalid as refusal:
            form.until_on.errors = [say(refusal)]
        else:
            db.session.commit()
            flash(_("The last day of the designation is recorded."), "success")
            return redirect(url_for(".show", person_id=person_id), 303)
    return _form_page("administration/end_designation.html", form, shown=shown, designation=rows[0])


@blueprint.post("/<uuid:person_id>/close")
@needs(Permission.CITY_ADMINISTER)
def close(person_id: uuid.UUID) -> ResponseReturnValue:
    """Close an account and end its sessions; what the person did stays on record."""
    shown = people.get_person(db.session(), person_id)
    _refuse_myself(shown, N_("You cannot close your own account."))
    people.set_active(db.session(), shown, active=False, actor=actor(), now=clock.now())
    end_sessions(db.session(), shown.id)
    db.session.commit()
    flash(_("The account of %(name)s is closed.", name=shown.name), "success")
    return redirect(url_for(".show", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/reopen")
@needs(Permission.CITY_ADMINISTER)
def reopen(person_id: uuid.UUID) -> ResponseReturnValue:
    shown = people.get_person(db.session(), person_id)
    people.set_active(db.session(), shown, active=True, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("The account of %(name)s is open again.", name=shown.name), "success")
    return redirect(url_for(".show", person_id=person_id), 303)


@blueprint.post("/<uuid:person_id>/password-link")
@needs(Permission.CITY_ADMINISTER)
def send_password_link(person_id: uuid.UUID) -> ResponseReturnValue:
    """Send somebody a link to choose a password; an administrator never knows or sets one."""
    shown = people.get_person(db.session(), person_id)
    if not shown.active:
        raise NotPossible(N_("This account is closed. Open it again first."))
    _send_password_link(shown)
    return redirect(url_for(".show", person_id=person_id), 303)


def _refuse_myself(shown: Person, sentence: str) -> None:
    """Nobody gives, takes or closes what is their own: there is always a second person in it."""
    if shown.id == person().id:
        raise NotPossible(sentence, who_can_help=N_("Another administrator"))
