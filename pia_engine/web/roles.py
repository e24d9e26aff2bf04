"""Who answers for what: the chart of foundation 4, and who stands in for whom. Designations are in `people`."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Invalid
from pia_engine.extensions import db
from pia_engine.forms.people import DeputyForm
from pia_engine.models import Deputy, Designation
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import ROLE_DUTIES, ROLE_NAMES, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import deputies
from pia_engine.services.offices import SOON, Change, Office, Post, Vacancy, read_chart
from pia_engine.services.people import get_designation, get_person, stands_in
from pia_engine.services.policies import current_policy
from pia_engine.web.access import actor, needs
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.people import city_today, term_in_words

blueprint = Blueprint("roles", __name__, url_prefix="/people/roles")


@blueprint.get("")
@needs(Permission.POLICY_VIEW)
def chart() -> ResponseReturnValue:
    """The roles with who holds them today, for reading and for the annex of the policy."""
    today = city_today()
    found = read_chart(db.session(), on=today)
    return render_template(
        "people/roles.html",
        today=day_in_words(today),
        policy=current_policy(db.session),
        of_city=[_office(each, today) for each in found.of_city],
        of_departments=[
            {"name": department.name, "offices": [_office(each, today) for each in offices]}
            for department, offices in found.of_departments
        ],
        changes=[_change(each) for each in found.changes],
        soon=SOON.days,
        vacancies=[vacancy_in_words(each) for each in found.vacancies],
        may_administer=may(actor(), Permission.CITY_ADMINISTER),
    )


def vacancy_in_words(vacancy: Vacancy) -> str:
    """A gap of foundation 4 as one sentence."""
    if vacancy.department is None:
        return str(_("Nobody is designated: %(role)s.", role=_(ROLE_NAMES[vacancy.role])))
    name = vacancy.department.name
    if not vacancy.holders:
        return str(_("%(department)s has no agency official: nobody can write or sign.", department=name))
    return str(
        _("%(department)s has one agency official only. Another has to sign what this one writes.", department=name)
    )


def _office(office: Office, today: dt.date) -> dict[str, Any]:
    return {
        "id": f"role-{office.role}-{office.department.slug}" if office.department else f"role-{office.role}",
        "role": _(ROLE_NAMES[office.role]),
        "duty": _(ROLE_DUTIES[office.role]),
        "vacancy": vacancy_in_words(office.vacancy) if office.vacancy else "",
        "held": [_post(each, today) for each in office.held],
        "to_come": [_post(each, today) for each in office.to_come],
    }


def _post(post: Post, today: dt.date) -> dict[str, Any]:
    held = post.designation
    may_name = deputies.may_name(actor(), held)
    return {
        "id": held.id,
        "name": held.person.name,
        "job_title": held.person.job_title,
        "term": term_in_words(held.from_on, held.until_on),
        "by": ", ".join(filter(None, (held.designated_by, held.instrument))),
        "deputies": [_deputy(each, today, may_name) for each in post.deputies],
        "may_name": may_name,
    }


def _deputy(deputy: Deputy, today: dt.date, may_withdraw: bool) -> dict[str, Any]:
    return {
        "id": deputy.id,
        "name": deputy.person.name,
        "term": term_in_words(deputy.from_on, deputy.until_on),
        "reason": deputy.reason,
        "acts_now": stands_in(deputy, today),
        "may_withdraw": may_withdraw,
    }


def _change(change: Change) -> dict[str, str]:
    """One coming change: the day, and what happens on it."""
    held = change.designation
    names = {"role": role_in_words(held), "name": held.person.name}
    if change.deputy is not None:
        names["deputy"] = change.deputy.person.name
        began = _("%(deputy)s begins to stand in for %(name)s: %(role)s", **names)
        ended = _("%(deputy)s stands in for %(name)s for the last day: %(role)s", **names)
    else:
        began, ended = _("%(name)s begins: %(role)s", **names), _("Last day of %(name)s: %(role)s", **names)
    return {"day": day_in_words(change.on), "what": began if change.begins else ended}


def role_in_words(designation: Designation) -> str:
    """The role with its department."""
    role = _(ROLE_NAMES[Role(designation.role)])
    return f"{role} – {designation.department.name}" if designation.department else str(role)


@blueprint.route("/<uuid:designation_id>/deputies/new", methods=["GET", "POST"])
@needs(Permission.DEPUTY_NAME)
def name_deputy(designation_id: uuid.UUID) -> ResponseReturnValue:
    """Say who stands in, and when."""
    designation = get_designation(db.session(), designation_id)
    deputies.check_may_name(actor(), designation)
    parked = take_parked() if request.method == "GET" else None
    form = DeputyForm(formdata=parked) if parked else DeputyForm(data={"from_on": city_today()})
    possible = deputies.list_possible_deputies(db.session(), designation, actor=actor())
    form.offer((str(each.id), ", ".join(filter(None, (each.name, each.job_title)))) for each in possible)
    if form.validate_on_submit():
        try:
            return _name_them(designation, form)
        except Invalid as refusal:
            form.person.errors = [say(refusal)]
    page = render_template(
        "people/name_deputy.html",
        form=form,
        designation=designation,
        role=role_in_words(designation),
        term=term_in_words(designation.from_on, designation.until_on),
        is_mine=designation.person_id == actor().id,
        is_parked=parked is not None,
    )
    return page, 422 if form.problems() else 200


def _name_them(designation: Designation, form: DeputyForm) -> ResponseReturnValue:
    person = get_person(db.session(), uuid.UUID(form.person.data))
    absence = deputies.Absence(form.from_on.data, form.until_on.data, form.reason.data or "")
    deputies.name_deputy(db.session(), designation, person, absence, actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("%(name)s stands in on these days, and gets a message.", name=person.name), "success")
    return redirect(url_for(".chart"), 303)


@blueprint.route("/deputies/<uuid:deputy_id>/withdraw", methods=["GET", "POST"])
@needs(Permission.DEPUTY_NAME)
def withdraw_deputy(deputy_id: uuid.UUID) -> ResponseReturnValue:
    """Take a naming back: asked once more, then done."""
    deputy = deputies.get_deputy(db.session(), deputy_id)
    deputies.check_may_name(actor(), deputy.designation)
    if request.method == "POST":
        deputies.withdraw_deputy(db.session(), deputy_id, actor=actor(), now=clock.now())
        db.session.commit()
        flash(_("%(name)s stands in no longer.", name=deputy.person.name), "success")
        return redirect(url_for(".chart"), 303)
    return render_template(
        "people/withdraw_deputy.html",
        deputy=deputy,
        role=role_in_words(deputy.designation),
        term=term_in_words(deputy.from_on, deputy.until_on),
    )
