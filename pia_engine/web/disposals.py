"""Disposals of records: the list, one with exactly what would be deleted, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.records import DisposalForm
from pia_engine.models import Disposal
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import disposals
from pia_engine.services.audit import list_events
from pia_engine.services.disposing import preview_disposal
from pia_engine.services.retention import kept_until
from pia_engine.web.access import needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import day_in_words, timeline_lines
from pia_engine.web.error_pages import say
from pia_engine.web.record_words import counts_in_words, doomed_in_words
from pia_engine.web.standing import steps_for
from pia_engine.workflows.disposal import FINAL, Action
from pia_engine.workflows.machine import WORKFLOWS

LAST_PAGE = 100_000

blueprint = Blueprint("disposals", __name__, url_prefix="/disposals")

VERBS: dict[str, Verb] = {
    Action.APPROVE: lambda record, given: disposals.approve_disposal(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.KEEP: lambda record, given: disposals.keep_records(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.STOP: lambda record, given: disposals.stop_disposal(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}


@blueprint.get("")
@needs(Permission.DISPOSAL_VIEW)
def index() -> ResponseReturnValue:
    """Every disposal, newest first."""
    statuses = WORKFLOWS["disposal"].statuses
    status = request.args.get("status", "")
    status = status if status in statuses else ""
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    return render_template(
        "disposals/index.html",
        page=disposals.page_of_disposals(db.session(), status=status, page=number),
        status=status,
        statuses={name: _(text) for name, text in statuses.items()},
        page_url=lambda n: url_for(".index", status=status or None, page=n),
        day_in_words=day_in_words,
    )


@blueprint.get("/<reference>")
@needs(Permission.DISPOSAL_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One disposal: what it is about, why now, exactly what is deleted, and what comes next."""
    disposal = _within_reach(reference)
    subject = disposals.find_subject(db.session(), disposal)
    stone = disposals.find_tombstone(db.session(), disposal.subject)
    steps = steps_for(disposal, _step_url(disposal))
    doomed = preview_disposal(db.session(), subject) if subject else None
    return render_template(
        "disposals/show.html",
        disposal=disposal,
        subject=subject,
        stone=stone,
        is_open=disposal.status not in FINAL,
        obstacle=_obstacle(disposal),
        rows=doomed_in_words(doomed) if doomed else counts_in_words(stone.counts) if stone else [],
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        events=timeline_lines(list_events(db.session, [disposal.id])),
        day_in_words=day_in_words,
    )


@blueprint.route("/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.DISPOSAL_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: approve, keep, stop."""
    disposal = _within_reach(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=disposal,
            action=action,
            title=disposal.title,
            back_url=url_for(".show", reference=reference),
            verb=VERBS[action],
            asks=_asked if action == Action.APPROVE else None,
        )
    )


def _asked(formdata: Any) -> CityForm:
    """What an approval asks for; it is no signature under a text."""
    return DisposalForm(formdata=formdata) if formdata is not None else DisposalForm()


def _obstacle(disposal: Disposal) -> str:
    """Why an open disposal would not be carried out as things stand; empty when nothing is in its way."""
    subject = disposals.find_subject(db.session(), disposal)
    if subject is None or disposal.status in FINAL:
        return ""
    try:
        disposals.check_over(db.session(), kept_until(db.session(), subject), now=clock.now())
    except NotPossible as refusal:
        return say(refusal)
    return ""


def _within_reach(reference: str) -> Disposal:
    disposal = disposals.get_disposal(db.session(), reference)
    reach(Permission.DISPOSAL_VIEW, disposal)
    return disposal


def _step_url(disposal: Disposal) -> Callable[[str], str]:
    return lambda action: url_for(".act", reference=disposal.reference, action=action)
