"""What is due for the person who is signed in, by its day; putting it off; how often they are reminded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.forms.reminders import PutOffForm, RemindersForm
from pia_engine.questionnaires.wording import Sentence
from pia_engine.services import reminders
from pia_engine.services.due import list_dated
from pia_engine.services.due_dates import Due
from pia_engine.services.policies import current_rules
from pia_engine.web.access import actor, person, signed_in
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.parking import take_parked
from pia_engine.web.people import city_today
from pia_engine.web.site import account_page

blueprint = Blueprint("reminders", __name__)

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One dated thing as a list prints it. Whether it is overdue is said in words; the tone only repeats them."""

    text: str
    href: str
    hint: str
    when: str
    tone: str
    put_off_url: str = ""
    remind_url: str = ""


@blueprint.get("/reminders")
@signed_in
def index() -> ResponseReturnValue:
    """Everything with a day, the nearest first, and what was put off."""
    dated = list_dated(db.session(), person(), actor=actor(), now=clock.now())
    found = [each for each in dated if each.snoozed_until is None]
    pages = max(1, -(-len(found) // ON_A_PAGE))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    here = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    return render_template(
        "reminders/index.html",
        groups=_groups(here, city_today()),
        put_off=rows([each for each in dated if each.snoozed_until is not None]),
        page=page,
        pages=pages,
        url_of=lambda number: url_for(".index", page=number),
        notice=current_rules(db.session()).reminder_days,
    )


def _groups(found: Iterable[Due], today: dt.date) -> list[tuple[str, list[Row]]]:
    sunday = reminders.end_of_week(today)
    parts: dict[str, list[Due]] = {"overdue": [], "week": [], "later": []}
    for each in found:
        is_near = each.due_on is not None and each.due_on <= sunday
        parts["overdue" if each.is_overdue else "week" if is_near else "later"].append(each)
    titles = {"overdue": _("Overdue"), "week": _("This week"), "later": _("Later")}
    return [(titles[name], rows(part)) for name, part in parts.items() if part]


def rows(found: Iterable[Due]) -> list[Row]:
    """Dated things in words, each with where it is done and whether it can be put off."""
    today = city_today()
    return [_row(each, each.due_on, today) for each in found if each.due_on is not None]


def _row(due: Due, day: dt.date, today: dt.date) -> Row:
    kind, record = due.kind, due.reference
    is_put_off = due.snoozed_until is not None
    hint = _("Due on %(day)s", day=day_in_words(day))
    if due.snoozed_until is not None:
        until = day_in_words(due.snoozed_until)
        hint = _("Due on %(day)s. Put off: you are reminded again from %(until)s.", day=day_in_words(day), until=until)
    when, tone = _standing(day, today)
    return Row(
        text=f"{_say(due.what)}: {_say(due.title)}",
        href=due.path,
        hint=hint,
        when=when,
        tone=tone,
        put_off_url=url_for("reminders.put_off", kind=kind, record=record) if due.can_snooze and not is_put_off else "",
        remind_url=url_for("reminders.remind_again", kind=kind, record=record) if is_put_off else "",
    )


def _standing(day: dt.date, today: dt.date) -> tuple[str, str]:
    """How near a day is, and the tone for it."""
    days = (day - today).days
    if days < 0:
        return ngettext("Overdue by %(num)s day", "Overdue by %(num)s days", -days), "bad"
    if days == 0:
        return _("Due today"), "warning"
    return ngettext("In %(num)s day", "In %(num)s days", days), "waiting" if days <= 7 else "quiet"


def _say(text: str) -> str:
    return text.translated(_) if isinstance(text, Sentence) else _(text)


@blueprint.route("/reminders/<kind>/<record>/put-off", methods=["GET", "POST"])
@signed_in
def put_off(kind: str, record: str) -> ResponseReturnValue:
    """Be reminded of one thing later. It stays due on its day."""
    now, today = clock.now(), city_today()
    due = reminders.find_dated(db.session(), person(), kind, record, actor=actor(), now=now)
    last = reminders.last_day_to_put_off(due, today)
    parked = take_parked() if request.method == "GET" else None
    usual = min(last, today + dt.timedelta(days=7))
    form = PutOffForm(formdata=parked) if parked else PutOffForm(data={"until_on": usual})
    form.allow(today, last, day_in_words(last))
    if form.validate_on_submit():
        reminders.put_off(db.session(), person(), due, form.until_on.data, now=now)
        db.session.commit()
        flash(_("Put off. You are reminded again from %(day)s.", day=day_in_words(form.until_on.data)), "success")
        return redirect(url_for("work.index"), 303)
    page = render_template(
        "reminders/put_off.html", form=form, row=rows([due])[0], last=day_in_words(last), is_parked=parked is not None
    )
    return page, 422 if form.problems() else 200


@blueprint.post("/reminders/<kind>/<record>/remind-again")
@signed_in
def remind_again(kind: str, record: str) -> ResponseReturnValue:
    """Take it back that something was put off."""
    reminders.remind_again(db.session(), person(), kind, record)
    db.session.commit()
    flash(_("You are reminded of it again."), "success")
    return redirect(url_for("work.index"), 303)


@blueprint.post("/account/reminders")
@signed_in
def choose() -> ResponseReturnValue:
    """How often a message comes."""
    form = RemindersForm()
    if not form.validate_on_submit():
        return account_page(form), 422
    reminders.choose_reminders(db.session(), person(), form.reminders.data)
    db.session.commit()
    flash(_("Saved: how often you are reminded."), "success")
    return redirect(url_for("site.account", _anchor="reminders-heading"), 303)
