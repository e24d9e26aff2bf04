"""The administrator's pages: messages, background work, the city. People are in `people`."""

from __future__ import annotations

import uuid

import uuid6
from babel import Locale
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from pia_engine import clock
from pia_engine.errors import N_, NotFound, Stale
from pia_engine.extensions import db
from pia_engine.forms.city import CityDetailsForm
from pia_engine.jobs.mail import list_messages, read_message
from pia_engine.models import City
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.cities import change_city, get_city, settings_digest
from pia_engine.services.offices import list_vacancies
from pia_engine.services.outbox import list_jobs, queue_job, retry_job
from pia_engine.services.people import list_people
from pia_engine.settings import Settings
from pia_engine.web import api_keys, city_record, people
from pia_engine.web.access import actor, needs
from pia_engine.web.chronicle import in_words
from pia_engine.web.parking import take_parked
from pia_engine.web.roles import vacancy_in_words

blueprint = Blueprint("administration", __name__, url_prefix="/administration")
blueprint.register_blueprint(people.blueprint)
blueprint.register_blueprint(api_keys.blueprint)

SHOWN_JOBS = 100


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pia-settings"]
    return settings


@blueprint.get("")
@needs(Permission.CITY_ADMINISTER)
def overview() -> ResponseReturnValue:
    """Where an administrator can go, and what needs attention."""
    people_found = list_people(db.session())
    return render_template(
        "administration/overview.html",
        vacancies=[vacancy_in_words(each) for each in list_vacancies(db.session(), on=people.city_today())],
        open_accounts=sum(person.active for person in people_found),
        dead_jobs=len(list_jobs(db.session(), state="dead", limit=SHOWN_JOBS)),
        sends_mail=bool(_settings().smtp_url),
    )


@blueprint.get("/messages")
@needs(Permission.CITY_ADMINISTER)
def messages() -> ResponseReturnValue:
    """Messages kept on this machine because no mail server is set."""
    settings = _settings()
    return render_template(
        "administration/messages.html",
        messages=list_messages(settings.mail_folder),
        sends_mail=bool(settings.smtp_url),
        in_words=in_words,
    )


@blueprint.get("/messages/<name>")
@needs(Permission.CITY_ADMINISTER)
def message(name: str) -> ResponseReturnValue:
    shown = read_message(_settings().mail_folder, name)
    return render_template("administration/message.html", message=shown, when=in_words(shown.date))


@blueprint.get("/jobs")
@needs(Permission.CITY_ADMINISTER)
def jobs() -> ResponseReturnValue:
    """What the outbox holds: waiting, given up, done."""
    found = {state: list_jobs(db.session(), state=state, limit=SHOWN_JOBS) for state in ("waiting", "dead", "done")}
    return render_template(
        "administration/jobs.html", **found, kinds=_kinds(), in_words=in_words, shown_at_most=SHOWN_JOBS
    )


def _kinds() -> dict[str, str]:
    """What a kind of job does, in words; an unknown one is called by its name."""
    return {
        "account-message": _("Message about an account"),
        "address-notice": _("Message about a changed address"),
        "deputy-notice": _("Message about standing in for somebody"),
        "digest": _("Reminder of what is due"),
        "digests": _("Work out who is reminded today"),
        "notice": _("Notice of a step"),
        "pages": _("Rebuild public pages"),
        "publish": _("Make, sign and publish the document"),
        "vendor-clarification": _("Question to a vendor"),
        "vendor-invitation": _("Invitation of a vendor"),
        "vendor-receipt": _("Receipt for a vendor"),
    }


@blueprint.post("/jobs/<uuid:job_id>/retry")
@needs(Permission.CITY_ADMINISTER)
def retry(job_id: uuid.UUID) -> ResponseReturnValue:
    try:
        retry_job(db.session(), job_id, now=clock.now())
    except NoResultFound:
        raise NotFound(N_("There is no such job. It may have been cleared away.")) from None
    db.session.commit()
    flash(_("It will be tried again at once."), "success")
    return redirect(url_for(".jobs"), 303)


@blueprint.get("/changes")
@needs(Permission.CITY_ADMINISTER)
def changes() -> ResponseReturnValue:
    """Who changed settings, accounts, designations and deputies, newest first."""
    pages = city_record.count_pages()
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return render_template(
        "administration/changes.html",
        lines=city_record.city_lines(page),
        page=page,
        pages=pages,
        url_of=lambda number: url_for(".changes", page=number),
    )


@blueprint.route("/city", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def city() -> ResponseReturnValue:
    """What public pages say of the city. A change rebuilds them."""
    parked = take_parked() if request.method == "GET" else None
    record = get_city(db.session())
    if parked:
        form = CityDetailsForm(formdata=parked)
    else:
        form = CityDetailsForm(obj=record, data={"seen": settings_digest(record)})
    form.offer(_languages(record.language))
    if form.validate_on_submit():
        try:
            return _save_city(form)
        except Stale:
            theirs = _saved_meanwhile(form, record)
            form.seen.data = settings_digest(record)
            return _city_page(form, theirs=theirs), 409
    return _city_page(form, is_parked=parked is not None), 422 if form.problems() else 200


def _save_city(form: CityDetailsForm) -> ResponseReturnValue:
    now = clock.now()
    change_city(db.session(), form.changes(), seen=form.seen.data or None, actor=actor(), now=now)
    queue_job(db.session(), "pages", key=f"pages:{uuid6.uuid7()}", payload={}, now=now)
    db.session.commit()
    flash(_("Saved. The public pages follow in a moment."), "success")
    return redirect(url_for(".city"), 303)


def _city_page(form: CityDetailsForm, *, theirs: list[tuple[str, str]] | None = None, is_parked: bool = False) -> str:
    return render_template("administration/city.html", form=form, theirs=theirs or [], is_parked=is_parked)


def _saved_meanwhile(form: CityDetailsForm, record: City) -> list[tuple[str, str]]:
    """The settings that are saved otherwise than the form says, each with its label."""
    saved = {name: str(getattr(record, name)) for name in form.asked()}
    return [(str(field.label.text), saved[name]) for name, field in form.asked().items() if field.data != saved[name]]


def _languages(present: str) -> list[tuple[str, str]]:
    """The languages there are texts for, each by its own name."""
    translations = current_app.extensions["babel"].instance.list_translations()
    codes = sorted({"en", present, *(str(locale) for locale in translations)})
    return [(code, (Locale.parse(code, sep=_separator(code)).display_name or code).capitalize()) for code in codes]


def _separator(code: str) -> str:
    return "-" if "-" in code else "_"
