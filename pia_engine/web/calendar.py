"""The calendar feed: its secret link is made, renewed and switched off on the account page, and opens without one."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.extensions import db, limiter
from pia_engine.services import calendars
from pia_engine.web.access import by_link, person, signed_in

blueprint = Blueprint("calendar", __name__)


@blueprint.get("/calendar/<token>.ics")
@by_link
@limiter.limit("60 per minute")
def feed(token: str) -> ResponseReturnValue:
    """What is due for whoever made this link. Calendar programs ask for it every few hours."""
    whose = calendars.find_by_calendar_token(db.session(), token)
    content = calendars.write_calendar(db.session(), whose, public_url=_public_url(), now=clock.now())
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=900"
    answer.headers["Content-Disposition"] = "inline; filename=due.ics"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@blueprint.post("/account/calendar")
@signed_in
def make() -> ResponseReturnValue:
    """Make the link, or another in its place. It is shown in this one answer and kept nowhere."""
    was_there = person().calendar_token_hash is not None
    token = calendars.make_calendar_link(db.session(), person())
    db.session.commit()
    link = f"{_public_url()}{url_for('.feed', token=token)}"
    return render_template("reminders/calendar.html", link=link, was_there=was_there)


@blueprint.post("/account/calendar/off")
@signed_in
def switch_off() -> ResponseReturnValue:
    """The link opens nothing any more."""
    calendars.end_calendar_link(db.session(), person())
    db.session.commit()
    flash(_("The calendar is switched off. The old link opens nothing any more."), "success")
    return redirect(url_for("site.account", _anchor="calendar"), 303)


def _public_url() -> str:
    return str(current_app.extensions["pia-settings"].public_url)
