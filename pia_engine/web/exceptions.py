"""Emergency exceptions: the list for those who oversee, asking for one, one of them, and its steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.forms.exceptions import ExceptionForm, exception_form, grant_form
from pia_engine.models import EmergencyException, Initiative
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import exceptions
from pia_engine.services.audit import list_events
from pia_engine.services.cities import get_city
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.offers import name_with_title
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import day_in_words, in_words, timeline_lines
from pia_engine.web.parking import take_parked
from pia_engine.web.standing import steps_for
from pia_engine.workflows.emergency_exception import Action
from pia_engine.workflows.machine import WORKFLOWS

LAST_PAGE = 100_000

blueprint = Blueprint("exceptions", __name__)

VERBS: dict[str, Verb] = {
    Action.GRANT: lambda record, given: exceptions.grant_exception(
        db.session,
        record,
        actor=given.actor,
        now=given.now,
        reason=given.reason,
        terms=exceptions.Terms(given.days, given.conditions),
    ),
    Action.REFUSE: lambda record, given: exceptions.refuse_exception(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.WITHDRAW: lambda record, given: exceptions.withdraw_exception(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.END: lambda record, given: exceptions.end_exception(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}


@blueprint.get("/emergency-exceptions")
@needs(Permission.EMERGENCY_EXCEPTION_VIEW)
def index() -> ResponseReturnValue:
    """Every exception within reach, newest first, found by name, reference or status."""
    search = request.args.get("q", "").strip()[:200]
    statuses = WORKFLOWS["emergency_exception"].statuses
    status = request.args.get("status", "")
    status = status if status in statuses else ""
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    return render_template(
        "exceptions/index.html",
        page=exceptions.list_exceptions(db.session, actor=actor(), search=search, status=status, page=number),
        search=search,
        status=status,
        statuses={name: _(text) for name, text in statuses.items()},
        page_url=lambda n: url_for(".index", q=search or None, status=status or None, page=n),
        day_in_words=day_in_words,
        days_left=_days_left,
    )


@blueprint.get("/emergency-exceptions/<reference>")
@needs(Permission.EMERGENCY_EXCEPTION_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One exception: what for, how long, under which conditions, how many there were before."""
    found = _within_reach(reference)
    steps = steps_for(found, _step_url(found))
    return render_template(
        "exceptions/show.html",
        found=found,
        earlier=exceptions.list_earlier(db.session, found),
        days_left=_days_left(found),
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        events=timeline_lines(list_events(db.session, [found.id])),
        responsible=name_with_title(found.responsible),
        day_in_words=day_in_words,
        in_words=in_words,
    )


@blueprint.route("/initiatives/<reference>/emergency-exception", methods=["GET", "POST"])
@needs(Permission.EMERGENCY_EXCEPTION_REQUEST)
def ask(reference: str) -> ResponseReturnValue:
    """Ask for an exception."""
    initiative = get_initiative(db.session, reference)
    exceptions.check_can_request(db.session, initiative, actor=actor(), now=clock.now())
    parked = take_parked() if request.method != "POST" else None
    officials = exceptions.list_officials(db.session, initiative, now=clock.now())
    people = {str(each.id): name_with_title(each) for each in officials}
    form = exception_form(people, most=exceptions.longest_days(db.session), formdata=parked)
    if not form.validate_on_submit():
        earlier = [each for each in exceptions.list_exceptions_of(db.session, initiative) if each.granted_at]
        page = render_template(
            "exceptions/ask.html",
            initiative=initiative,
            form=form,
            earlier=earlier,
            was_parked=parked is not None,
            day_in_words=day_in_words,
        )
        return page, 422 if form.is_submitted() else 200
    asked = _request(initiative, form)
    found = asked.reference
    db.session.commit()
    flash(
        _(
            "The request %(reference)s is sent to the executive. Nothing may begin before it is granted.",
            reference=found,
        ),
        "success",
    )
    return redirect(url_for(".show", reference=found), 303)


def _request(initiative: Initiative, form: ExceptionForm) -> EmergencyException:
    now = clock.now()
    responsible = exceptions.find_official(db.session, initiative, form["responsible"].data, now=now)
    assert responsible is not None  # the form offers nobody else
    new = exceptions.NewException(
        emergency=form.emergency.data, use=form.use.data, days=form["days"].data, responsible=responsible
    )
    return exceptions.request_exception(db.session, initiative, new, actor=actor(), now=now)


@blueprint.route("/emergency-exceptions/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.EMERGENCY_EXCEPTION_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: grant, refuse, withdraw, end."""
    found = _within_reach(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=found,
            action=action,
            title=found.initiative.title,
            back_url=url_for(".show", reference=reference),
            verb=VERBS[action],
            asks=_granting(found) if action == Action.GRANT else None,
        )
    )


def _granting(found: EmergencyException) -> Callable[[Any], Any]:
    most, earlier = exceptions.longest_days(db.session), len(exceptions.list_earlier(db.session, found))
    return lambda formdata: grant_form(asked=found.days, most=most, earlier=earlier, formdata=formdata)


def _within_reach(reference: str) -> EmergencyException:
    found = exceptions.get_exception(db.session, reference)
    reach(Permission.EMERGENCY_EXCEPTION_VIEW, found)
    return found


def _step_url(found: EmergencyException) -> Callable[[str], str]:
    return lambda action: url_for(".act", reference=found.reference, action=action)


def _days_left(found: EmergencyException) -> int:
    return exceptions.days_left(found, on=_today()) if found.status == "granted" else 0


def _today() -> dt.date:
    return clock.day_of(clock.now(), get_city(db.session).time_zone)
