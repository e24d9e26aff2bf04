"""Pages that belong to no record: my account, help, whether the service is well. Signing in is `accounts`."""

from __future__ import annotations

import functools

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext
from sqlalchemy.exc import DBAPIError, TimeoutError

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.forms.glossary import all_words
from pia_engine.forms.reminders import RemindersForm
from pia_engine.services.sessions import count_sessions, end_sessions
from pia_engine.web.access import person, public, signed_in
from pia_engine.web.context import is_signed_in
from pia_engine.web.people import city_today, designation_rows
from pia_engine.web.sessions import current_token

blueprint = Blueprint("site", __name__)


@blueprint.get("/healthz")
@public
def health() -> ResponseReturnValue:
    """The process answers. Asks nothing of the database."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/readyz")
@public
def readiness() -> ResponseReturnValue:
    """The database answers and has the tables this version needs."""
    try:
        with db.engine.connect() as connection:
            present = set(MigrationContext.configure(connection).get_current_heads())
    except (DBAPIError, TimeoutError):
        return {"status": "not ready", "reason": "the database does not answer"}, 503
    if present != _newest_migrations(current_app.extensions["migrate"].directory):
        return {
            "status": "not ready",
            "reason": "the database needs “pia init” to be brought up to date",
        }, 503
    return {"status": "ready"}, 200


@functools.cache
def _newest_migrations(folder: str) -> set[str]:
    return set(ScriptDirectory(folder).get_heads())


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """Who I am here, what I am designated to, how I am reminded, and where I am signed in."""
    return account_page(RemindersForm(data={"reminders": person().reminders}))


def account_page(reminders: RemindersForm) -> str:
    """The page of one's own account, with the form about reminders as it was filled in."""
    browsers = count_sessions(db.session(), person().id, now=clock.now())
    return render_template(
        "site/account.html",
        designations=designation_rows(person().designations, city_today()),
        other_browsers=max(browsers - 1, 0),
        reminders=reminders,
        has_calendar=person().calendar_token_hash is not None,
    )


@blueprint.post("/account/other-sessions")
@signed_in
def end_other_sessions() -> ResponseReturnValue:
    """Sign me out in every browser but this one."""
    ended = end_sessions(db.session(), person().id, keep_token=current_token())
    db.session.commit()
    flash(
        ngettext("%(num)s other browser was signed out.", "%(num)s other browsers were signed out.", ended),
        "success",
    )
    return redirect(url_for("site.account"), 303)


@blueprint.get("/help")
@public
def help_page() -> ResponseReturnValue:
    return render_template("site/help.html", layout=_layout())


@blueprint.get("/help/glossary")
@public
def glossary() -> ResponseReturnValue:
    return render_template("site/glossary.html", layout=_layout(), words=all_words())


def _layout() -> str:
    return "layouts/staff.html" if is_signed_in() else "layouts/public.html"
