"""Commitments: the list, one of them with its history, and its steps. What an officer changes beside is elsewhere."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine.errors import N_, NotAllowed, NotFound, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.commitments import STEP_FORMS
from pia_engine.models import Commitment
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import commitment_steps
from pia_engine.services.commitment_lists import (
    SORTS,
    Wanted,
    count_commitments,
    list_commitments,
    list_departments_seen,
    list_keepers,
)
from pia_engine.services.commitments import get_commitment
from pia_engine.services.places import title_of
from pia_engine.services.workflow import ActionOffer
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.commitment_words import SOURCES, first_day, history, origin, overdue_words, row, standing
from pia_engine.web.people import city_today
from pia_engine.web.standing import Step, step_for, steps_for
from pia_engine.workflows.commitment import FINAL
from pia_engine.workflows.machine import WORKFLOWS

LAST_PAGE = 100_000

blueprint = Blueprint("commitments", __name__, url_prefix="/commitments")

VERBS: dict[str, Verb] = {
    "report": lambda record, given: commitment_steps.report_kept(
        db.session, record, evidence=given.reason, actor=given.actor, now=given.now
    ),
    "accept": lambda record, given: commitment_steps.accept_evidence(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    "return": lambda record, given: commitment_steps.return_it(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    "drop": lambda record, given: commitment_steps.drop_commitment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}


@blueprint.get("")
@needs(Permission.COMMITMENT_VIEW)
def index() -> ResponseReturnValue:
    """Mine, or all within reach: found by words, status, department and keeper, sorted by day or age."""
    departments = {str(each.id): each.name for each in list_departments_seen(db.session, actor=actor())}
    keepers = {str(each.id): each.name for each in list_keepers(db.session, actor=actor())}
    asked = _asked(departments, keepers)
    wanted, today = _wanted(asked), city_today()
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    page = list_commitments(db.session, wanted, actor=actor(), today=today, page=number)
    return render_template(
        "commitments/index.html",
        page=page,
        rows=[row(each, today) for each in page.rows],
        asked=asked,
        is_narrowed=any(asked[name] for name in ("q", "status", "overdue", "department", "keeper")),
        tally=count_commitments(db.session, wanted, actor=actor(), today=today),
        statuses={name: _(text) for name, text in WORKFLOWS["commitment"].statuses.items()},
        departments=departments,
        keepers=keepers,
        url_with=_url_with(asked),
        page_url=lambda n: _url_with(asked)(page=n),
        sorted_by={"due": _direction(wanted.sort, "due"), "age": _direction(wanted.sort, "age")},
    )


def _asked(departments: dict[str, str], keepers: dict[str, str]) -> dict[str, str]:
    """What the address asks for; what makes no sense asks for nothing."""
    offered = {
        "whose": ("mine",),
        "status": WORKFLOWS["commitment"].statuses,
        "overdue": ("1",),
        "department": departments,
        "keeper": keepers,
        "sort": SORTS[1:],
    }
    given = {name: request.args.get(name, "") for name in offered}
    known = {name: text if text in offered[name] else "" for name, text in given.items()}
    return {"q": request.args.get("q", "").strip()[:200], **known}


def _wanted(asked: dict[str, str]) -> Wanted:
    return Wanted(
        only_mine=asked["whose"] == "mine",
        status=asked["status"],
        only_overdue=bool(asked["overdue"]),
        department_id=uuid.UUID(asked["department"]) if asked["department"] else None,
        keeper_id=uuid.UUID(asked["keeper"]) if asked["keeper"] else None,
        search=asked["q"],
        sort=asked["sort"] or SORTS[0],
    )


def _url_with(asked: dict[str, str]) -> Callable[..., str]:
    """The same list with something else: another page, order or part of it."""

    def url_with(**changes: Any) -> str:
        return url_for(".index", **{name: value or None for name, value in {**asked, **changes}.items()})

    return url_with


def _direction(sort: str, column: str) -> str:
    if not sort.endswith(column):
        return ""
    return "descending" if sort.startswith("-") else "ascending"


@blueprint.get("/<reference>")
@needs(Permission.COMMITMENT_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One commitment: what was promised where, by whom it is kept, until when, what shows it, what happened."""
    found, today = within_reach(reference), city_today()
    status, tone = standing(found, today)
    steps = [*steps_for(found, lambda action: url_for(".act", reference=reference, action=action)), *_care(found)]
    return render_template(
        "commitments/show.html",
        found=found,
        status=status,
        tone=tone,
        overdue=overdue_words(found, today),
        source=_(SOURCES[found.source]),
        origin=origin(found),
        first_day=first_day(found) if found.postponed else None,
        is_over=found.status in FINAL,
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        events=history(found),
        day_in_words=day_in_words,
        in_words=in_words,
    )


@blueprint.route("/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.COMMITMENT_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: report it as kept, accept or return the evidence, drop it."""
    found = within_reach(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    form = STEP_FORMS[action]
    return serve_action(
        ActionPage(
            record=found,
            action=action,
            title=title_of(found),
            back_url=url_for(".show", reference=reference),
            verb=VERBS[action],
            asks=lambda formdata: form(formdata=formdata) if formdata is not None else form(),
        )
    )


def within_reach(reference: str) -> Commitment:
    """The commitment of an address. Raises NotFound, or NotAllowed out of reach."""
    found = get_commitment(db.session, reference)
    reach(Permission.COMMITMENT_VIEW, found)
    return found


def _care(found: Commitment) -> list[Step]:
    """What may be done beside the steps, as steps: another day, another keeper."""
    if found.status in FINAL:
        return []
    why_not: NotAllowed | NotPossible | None = None
    try:
        commitment_steps.check_can_look_after(db.session, found, actor=actor())
    except (NotAllowed, NotPossible) as refusal:
        why_not = refusal
    offers = (("postpone", N_("Give it another day")), ("hand_over", N_("Hand it over to somebody else")))
    return [
        step_for(
            ActionOffer(name, label, why_not is None, why_not, "required"),
            found,
            url_for(f"commitment_changes.{name}", reference=found.reference),
        )
        for name, label in offers
    ]
