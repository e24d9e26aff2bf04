"""The administrator's keys for other systems: the list, making one (shown once), revoking one."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import Invalid
from pia_engine.extensions import db
from pia_engine.forms.api_keys import ApiKeyForm, api_key_form
from pia_engine.models import ApiKey
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import api_keys
from pia_engine.web.access import actor, needs
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.people import city_today

blueprint = Blueprint("api_keys", __name__, url_prefix="/api-keys")


@blueprint.get("")
@needs(Permission.CITY_ADMINISTER)
def index() -> ResponseReturnValue:
    """Every key with its last day and when it was used last."""
    rows = [{"key": key, "standing": _standing(key)} for key in api_keys.list_keys(db.session)]
    return render_template("api_keys/index.html", rows=rows, day_in_words=day_in_words, in_words=in_words)


def _standing(key: ApiKey) -> str:
    """revoked, expired or valid."""
    if key.revoked_at is not None:
        return "revoked"
    return "valid" if api_keys.is_valid(key, on=city_today()) else "expired"


@blueprint.route("/new", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def new() -> ResponseReturnValue:
    """Make a key. It is shown in the answer to this very post and nowhere else, so there is no redirect."""
    parked = take_parked() if request.method != "POST" else None
    today = city_today()
    form = api_key_form(first=today, last=api_keys.last_day_possible(today), formdata=parked)
    if not form.validate_on_submit():
        page = render_template("api_keys/new.html", form=form, was_parked=parked is not None)
        return page, 422 if form.is_submitted() else 200
    try:
        key, token = _make(form)
    except Invalid as refusal:
        form.name.errors = [say(refusal)]
        return render_template("api_keys/new.html", form=form, was_parked=False), 422
    name, expires_on = key.name, key.expires_on
    db.session.commit()
    return render_template("api_keys/made.html", name=name, token=token, last_day=day_in_words(expires_on))


def _make(form: ApiKeyForm) -> tuple[ApiKey, str]:
    assert form.expires_on.data is not None
    return api_keys.make_key(
        db.session, name=form.name.data, expires_on=form.expires_on.data, actor=actor(), now=clock.now()
    )


@blueprint.route("/<uuid:key_id>/revoke", methods=["GET", "POST"])
@needs(Permission.CITY_ADMINISTER)
def revoke(key_id: uuid.UUID) -> ResponseReturnValue:
    """Ask once more, then revoke."""
    key = api_keys.get_key(db.session, key_id)
    if request.method != "POST":
        return render_template("api_keys/revoke.html", key=key, day_in_words=day_in_words)
    api_keys.revoke_key(db.session, key, actor=actor(), now=clock.now())
    name = key.name
    db.session.commit()
    flash(_("The key of “%(name)s” opens nothing any more.", name=name), "success")
    return redirect(url_for(".index"), 303)
