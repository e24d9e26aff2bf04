"""Initiatives: the list, one of them with its assessments, registering one, and its steps."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.initiatives import InitiativeForm, initiative_form
from pia_engine.models import AuditEvent, Department, Initiative
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.assessments import begin_initial_assessment, check_can_begin
from pia_engine.services.audit import list_events
from pia_engine.services.cities import list_departments
from pia_engine.services.initiatives import (
    CHANGE_KINDS,
    NewInitiative,
    get_initiative,
    list_assessments_of,
    list_initiatives,
    register_initiative,
)
from pia_engine.web.access import actor, needs, person, reach
from pia_engine.web.actions import initiative_action
from pia_engine.web.chronicle import day_in_words, timeline_lines
from pia_engine.web.commitment_words import panel as commitments_of
from pia_engine.web.gate import gate_panel
from pia_engine.web.hearing import observers_part
from pia_engine.web.parking import take_parked
from pia_engine.web.reconsiderations import causes_of
from pia_engine.web.record_words import records_panel, sees_reasons
from pia_engine.web.standing import steps_for
from pia_engine.workflows.machine import WORKFLOWS

LAST_PAGE = 100_000

blueprint = Blueprint("initiatives", __name__, url_prefix="/initiatives")


@blueprint.get("")
@needs(Permission.INITIATIVE_VIEW)
def index() -> ResponseReturnValue:
    """Every initiative within reach, found by name, reference or status."""
    search = request.args.get("q", "").strip()[:200]
    statuses = WORKFLOWS["initiative"].statuses
    status = request.args.get("status", "")
    status = status if status in statuses else ""
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    page = list_initiatives(db.session, actor=actor(), search=search, status=status, page=number)
    return render_template(
        "initiatives/index.html",
        page=page,
        search=search,
        status=status,
        statuses={name: _(text) for name, text in statuses.items()},
        may_register=may(actor(), Permission.INITIATIVE_REGISTER),
        page_url=lambda n: url_for("initiatives.index", q=search or None, status=status or None, page=n),
        day_in_words=day_in_words,
    )


@blueprint.route("/new", methods=["GET", "POST"])
@needs(Permission.INITIATIVE_REGISTER)
def new() -> ResponseReturnValue:
    """Register an initiative."""
    acts_for = actor().departments(Role.AGENCY_OFFICIAL)
    departments = {each.id: each for each in list_departments(db.session) if each.id in acts_for}
    kinds = {value: _(text) for value, text in CHANGE_KINDS.items()}
    parked = take_parked() if request.method != "POST" else None
    form = initiative_form({key: each.name for key, each in departments.items()}, kinds, parked)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        return render_template("initiatives/new.html", form=form, was_parked=parked is not None), status
    initiative = register_initiative(
        db.session,
        _new_initiative(form, {str(key): each for key, each in departments.items()}),
        author=person(),
        actor=actor(),
        now=clock.now(),
    )
    reference = initiative.reference
    db.session.commit()
    flash(_("%(reference)s is registered. Begin its initial assessment next.", reference=reference), "success")
    return redirect(url_for("initiatives.show", reference=reference), 303)


def _new_initiative(form: InitiativeForm, departments: dict[str, Department]) -> NewInitiative:
    return NewInitiative(
        title=form.title.data,
        summary=form.summary.data,
        department=departments[form.department.data],
        change_kind=form.change_kind.data,
        procurement=form.procurement.data or "",
        target_on=form.target_on.data,
    )


@blueprint.get("/<reference>")
@needs(Permission.INITIATIVE_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One initiative: facts, assessments, steps, history."""
    initiative = _within_reach(reference)
    steps = [step for step in steps_for(initiative, _step_url(initiative)) if step.action != "begin_assessment"]
    return render_template(
        "initiatives/show.html",
        initiative=initiative,
        change_kind=_(CHANGE_KINDS[initiative.change_kind]),
        assessments=list_assessments_of(db.session, initiative),
        may_begin=_may_begin(initiative),
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        events=timeline_lines(_events(initiative)),
        day_in_words=day_in_words,
        gate=gate_panel(initiative),
        observing=observers_part(initiative),
        causes=causes_of(initiative),
        records=records_panel(initiative),
        commitments=commitments_of(initiative),
    )


def _events(initiative: Initiative) -> list[AuditEvent]:
    """Its trail; legal holds are left out for whoever is not told why they were placed."""
    shows_holds = sees_reasons(initiative)
    events = list_events(db.session, [initiative.id])
    return [event for event in events if shows_holds or not event.event.startswith("legal-hold:")]


@blueprint.get("/<reference>/assessment")
@needs(Permission.INITIATIVE_VIEW)
def begin_again(reference: str) -> ResponseReturnValue:
    """Where a form that came too late leads back to."""
    return redirect(url_for("initiatives.show", reference=_within_reach(reference).reference))


@blueprint.post("/<reference>/assessment")
@needs(Permission.INITIATIVE_REGISTER)
def begin(reference: str) -> ResponseReturnValue:
    """Begin the initial assessment; whoever does is its author."""
    initiative = _within_reach(reference)
    assessment = begin_initial_assessment(db.session, initiative, author=person(), actor=actor(), now=clock.now())
    begun = assessment.reference
    db.session.commit()
    return redirect(url_for("assessments.show", reference=begun), 303)


@blueprint.route("/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.INITIATIVE_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step of an initiative."""
    return initiative_action(_within_reach(reference), action)


def _within_reach(reference: str) -> Initiative:
    initiative = get_initiative(db.session, reference)
    reach(Permission.INITIATIVE_VIEW, initiative)
    return initiative


def _step_url(initiative: Initiative) -> Callable[[str], str]:
    return lambda action: url_for("initiatives.act", reference=initiative.reference, action=action)


def _may_begin(initiative: Initiative) -> bool:
    try:
        check_can_begin(db.session, initiative, actor=actor())
    except (NotAllowed, NotPossible):
        return False
    return True
