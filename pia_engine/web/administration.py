"""The administrator's pages: messages, background work, the city, the policy. People are in `people`."""

from __future__ import annotations

import uuid
from typing import Any

import uuid6
from babel import Locale
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import NoResultFound

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.forms.city import CityDetailsForm
from pia_engine.jobs.mail import list_messages, read_message
from pia_engine.models.policy_rules import RISK_LEVELS
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.cities import change_city, current_policy, current_rules, get_city
from pia_engine.services.outbox import list_jobs, queue_job, retry_job
from pia_engine.services.people import list_people
from pia_engine.settings import Settings
from pia_engine.web import people
from pia_engine.web.access import needs
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.parking import take_parked

blueprint = Blueprint("administration", __name__, url_prefix="/administration")
blueprint.register_blueprint(people.blueprint)

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


@blueprint.route("/city", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def city() -> ResponseReturnValue:
    """What public pages say of the city. A change rebuilds them."""
    parked = take_parked() if request.method == "GET" else None
    record = get_city(db.session())
    form = CityDetailsForm(formdata=parked) if parked else CityDetailsForm(obj=record)
    form.offer(_languages(record.language))
    if form.validate_on_submit():
        change_city(db.session(), form.changes())
        queue_job(db.session(), "pages", key=f"pages:{uuid6.uuid7()}", payload={}, now=clock.now())
        db.session.commit()
        flash(_("Saved. The public pages follow in a moment."), "success")
        return redirect(url_for(".city"), 303)
    page = render_template("administration/city.html", form=form, is_parked=parked is not None)
    return page, 422 if form.problems() else 200


def _languages(present: str) -> list[tuple[str, str]]:
    """The languages there are texts for, each by its own name."""
    translations = current_app.extensions["babel"].instance.list_translations()
    codes = sorted({"en", present, *(str(locale) for locale in translations)})
    return [(code, (Locale.parse(code, sep=_separator(code)).display_name or code).capitalize()) for code in codes]


def _separator(code: str) -> str:
    return "-" if "-" in code else "_"


@blueprint.get("/policy")
@needs(Permission.POLICY_VIEW)
def policy() -> ResponseReturnValue:
    """The policy version in force, to read. The senior privacy official owns it."""
    version, rules = current_policy(db.session()), current_rules(db.session())
    return render_template(
        "administration/policy.html",
        policy=version,
        adopted=day_in_words(version.adopted_on) if version.adopted_on else "",
        rules=rules,
        risk_rows=[_risk_row(level, rules) for level in RISK_LEVELS],
    )


def _risk_row(level: str, rules: Any) -> tuple[str, str, int]:
    names = {"low": _("Low"), "medium": _("Medium"), "high": _("High")}
    decider = Role(rules.decider_by_residual_risk[level])
    return names[level], _(ROLE_NAMES[decider]), rules.audit_months_by_residual_risk[level]
