"""Spot checks of delegated decisions: what was drawn and what became of it, one of them, and its two outcomes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.models import SpotCheck
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import spot_checks
from pia_engine.services.audit import list_events
from pia_engine.services.policies import current_rules
from pia_engine.services.spot_checks import LOTS
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import day_in_words, in_words, timeline_lines
from pia_engine.web.responsible import named_on_page
from pia_engine.web.standing import steps_for
from pia_engine.workflows.machine import WORKFLOWS
from pia_engine.workflows.spot_check import Action

LAST_PAGE = 100_000

blueprint = Blueprint("spot_checks", __name__, url_prefix="/spot-checks")

VERBS: dict[str, Verb] = {
    Action.AGREE: lambda record, given: spot_checks.agree(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.OVERTURN: lambda record, given: spot_checks.overturn(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}


@blueprint.get("")
@needs(Permission.SPOT_CHECK_VIEW)
def index() -> ResponseReturnValue:
    """The share that was drawn, year by year, and every check, newest first."""
    statuses = WORKFLOWS["spot_check"].statuses
    status = request.args.get("status", "")
    status = status if status in statuses else ""
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    return render_template(
        "spot_checks/index.html",
        page=spot_checks.list_spot_checks(db.session, actor=actor(), status=status, page=number),
        shares=spot_checks.list_shares(db.session, actor=actor()),
        percent=current_rules(db.session).spot_check_percent,
        in_percent=_in_percent,
        status=status,
        statuses={name: _(text) for name, text in statuses.items()},
        page_url=lambda n: url_for(".index", status=status or None, page=n),
        named=named_on_page,
        day_in_words=day_in_words,
    )


@blueprint.get("/<reference>")
@needs(Permission.SPOT_CHECK_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One check: the decision, how it was drawn, and what the check found."""
    check = _within_reach(reference)
    steps = steps_for(check, _step_url(check))
    events = timeline_lines(list_events(db.session, [check.id]))
    return render_template(
        "spot_checks/show.html",
        check=check,
        draw=_draw_in_words(check),
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        events=events,
        result=events[0] if check.checked_at else None,
        cause=spot_checks.find_cause(db.session, check),
        named=named_on_page,
        day_in_words=day_in_words,
        in_words=in_words,
    )


@blueprint.route("/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.SPOT_CHECK_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """Agree with the decision, or overturn it."""
    check = _within_reach(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=check,
            action=action,
            title=check.assessment.initiative.title,
            back_url=url_for(".show", reference=reference),
            verb=VERBS[action],
        )
    )


def _draw_in_words(check: SpotCheck) -> dict[str, Any]:
    draw = check.draw
    return {
        "seed": draw["seed"],
        "lot": draw["lot"],
        "below": draw["percent"] * LOTS // 100,
        "percent": draw["percent"],
        "policy": draw["policy"],
        "is_confirmed": spot_checks.draws_the_same(check),
    }


def _in_percent(part: int, whole: int) -> str:
    return f"{format_decimal(part * 100 / whole, '#,##0')} %" if whole else ""


def _within_reach(reference: str) -> SpotCheck:
    check = spot_checks.get_spot_check(db.session, reference)
    reach(Permission.SPOT_CHECK_VIEW, check)
    return check


def _step_url(check: SpotCheck) -> Callable[[str], str]:
    return lambda action: url_for(".act", reference=check.reference, action=action)
