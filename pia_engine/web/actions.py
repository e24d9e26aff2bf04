"""One step of a record: the page that says what will happen and asks for what is needed, and the step itself.

The tables at the end say which service does which step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import verify_password

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.extensions import db, limiter
from pia_engine.forms.actions import SignatureForm, action_form, in_order
from pia_engine.forms.base import CityForm
from pia_engine.models import Assessment, Initiative, WorkflowRecord
from pia_engine.permissions.roles import Actor
from pia_engine.services import assessments, initiatives, publications, reviews, sign_offs
from pia_engine.services.workflow import check_action
from pia_engine.web.access import actor, person
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.standing import WARNING
from pia_engine.workflows.machine import WORKFLOWS, Transition


@dataclass(frozen=True, slots=True)
class Given:
    """What a person gave for a step."""

    actor: Actor
    now: dt.datetime
    reason: str = ""
    outcome: str = ""
    conditions: str = ""


Verb = Callable[[Any, Given], object]


@dataclass(frozen=True, slots=True)
class ActionPage:
    """What surrounds a step: the record, its own page, and the words around the form."""

    record: WorkflowRecord
    action: str
    title: str
    back_url: str
    verb: Verb
    outcomes: dict[str, str] = field(default_factory=dict)
    computed: Any = None


def action_url(assessment: Assessment, action: str) -> str:
    """Where a step of an assessment is taken."""
    return url_for("assessments.act", reference=assessment.reference, stage=assessment.stage, action=action)


def assessment_action(assessment: Assessment, action: str) -> ResponseReturnValue:
    """The page of one step of an assessment, or the step itself."""
    verb = _known(ASSESSMENT_VERBS, assessment, action)
    determines = action == "determine"
    return serve_action(
        ActionPage(
            record=assessment,
            action=action,
            title=assessment.initiative.title,
            back_url=url_for("assessments.show", reference=assessment.reference),
            verb=verb,
            outcomes={name: _(text) for name, text in assessments.OUTCOMES.items()} if determines else {},
            computed=assessments.compute_outcome(db.session, assessment) if determines else None,
        )
    )


def initiative_action(initiative: Initiative, action: str) -> ResponseReturnValue:
    """The same for an initiative."""
    return serve_action(
        ActionPage(
            record=initiative,
            action=action,
            title=initiative.title,
            back_url=url_for("initiatives.show", reference=initiative.reference),
            verb=_known(INITIATIVE_VERBS, initiative, action),
        )
    )


def _known(verbs: dict[tuple[str, str], Verb], record: WorkflowRecord, action: str) -> Verb:
    verb = verbs.get((record.workflow_name, action))
    if verb is None:
        raise NotFound(N_("There is no such step here."))
    return verb


def serve_action(page: ActionPage) -> ResponseReturnValue:
    """Show the page of a step, or take the step."""
    row = check_action(db.session, page.record, page.action, actor=actor())
    if request.method != "POST":
        parked = take_parked()
        form = action_form(page.action, reason=row.reason, outcomes=page.outcomes, formdata=parked)
        return _page(page, row, form, was_parked=parked is not None)
    form = action_form(page.action, reason=row.reason, outcomes=page.outcomes)
    if not form.validate_on_submit() or not _proves_identity(form):
        return _page(page, row, form), 422
    try:
        page.verb(page.record, _given(form))
    except Invalid as refusal:
        if "reason" not in form:
            raise
        db.session.rollback()
        form["reason"].errors = [say(refusal)]
        return _page(page, row, form), 422
    db.session.commit()
    flash(_("%(step)s: done. It stands in the record.", step=_(row.label)), "success")
    return redirect(page.back_url, 303)


def _proves_identity(form: CityForm) -> bool:
    """A signature asks for the password once more; any other step does not."""
    if not isinstance(form, SignatureForm):
        return True
    with limiter.limit("10 per minute", key_func=lambda: f"signature:{person().id}"):
        proven = verify_password(form.password.data, person().password or "")
    if not proven:
        form.refuse_password()
    return bool(proven)


def _given(form: CityForm) -> Given:
    texts = {name: form[name].data or "" for name in ("reason", "outcome", "conditions") if name in form}
    return Given(actor=actor(), now=clock.now(), **texts)


def _page(page: ActionPage, row: Transition, form: CityForm, *, was_parked: bool = False) -> str:
    workflow = WORKFLOWS[page.record.workflow_name]
    return render_template(
        "assessments/act.html",
        record=page.record,
        record_title=page.title,
        action=page.action,
        label=_(row.label),
        becomes=_(workflow.label(row.dest)),
        told=_told((*row.notice, *WRITTEN_TO.get((page.record.workflow_name, page.action), ()))),
        form=form,
        form_fields=in_order(form),
        computed=page.computed,
        outcomes=page.outcomes,
        warns=page.action in WARNING,
        back_url=page.back_url,
        was_parked=was_parked,
    )


def _told(parties: tuple[str, ...]) -> str:
    """Who gets a message, as one phrase."""
    named = ", ".join(_(PARTIES[party]) for party in parties)
    return named[:1].upper() + named[1:]


PARTIES = {
    "author": N_("the author"),
    "privacy_officer": N_("the privacy officers"),
    "senior_privacy_official": N_("the senior privacy official"),
    "auditor": N_("the auditors"),
    "agency_signatory": N_("the officials who may sign for the department"),
    "decider": N_("the official who decides"),
    "vendor": N_("the vendor"),
}

# Steps whose service writes a letter of its own, besides the notices of the workflow's table.
WRITTEN_TO: dict[tuple[str, str], tuple[str, ...]] = {
    ("vendor_response", "query"): ("vendor",),
    ("vendor_response", "reissue"): ("vendor",),
}

ASSESSMENT_VERBS: dict[tuple[str, str], Verb] = {
    ("initial_assessment", "submit"): lambda record, given: assessments.submit_assessment(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("initial_assessment", "return"): lambda record, given: assessments.return_assessment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("initial_assessment", "determine"): lambda record, given: assessments.determine(
        db.session, record, outcome=given.outcome, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("initial_assessment", "withdraw"): lambda record, given: assessments.withdraw_assessment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "submit"): lambda record, given: assessments.submit_assessment(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("full_assessment", "withdraw"): lambda record, given: assessments.withdraw_assessment(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "start_review"): lambda record, given: reviews.start_review(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("full_assessment", "request_changes"): lambda record, given: reviews.request_changes(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "recommend"): lambda record, given: reviews.recommend(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "sign_for_agency"): lambda record, given: sign_offs.sign_for_agency(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "decline_to_sign"): lambda record, given: sign_offs.decline_to_sign(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "approve"): lambda record, given: sign_offs.approve(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason, conditions=given.conditions
    ),
    ("full_assessment", "send_back"): lambda record, given: sign_offs.send_back(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "reject"): lambda record, given: sign_offs.reject(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("full_assessment", "publish"): lambda record, given: publications.order_publication(
        db.session, record, actor=given.actor, now=given.now
    ),
}

INITIATIVE_VERBS: dict[tuple[str, str], Verb] = {
    ("initiative", "begin_assessment"): lambda record, given: assessments.begin_initial_assessment(
        db.session, record, author=person(), actor=given.actor, now=given.now
    ),
    ("initiative", "go_live"): lambda record, given: initiatives.go_live(
        db.session, record, actor=given.actor, now=given.now
    ),
    ("initiative", "reopen"): lambda record, given: initiatives.reopen_initiative(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    ("initiative", "retire"): lambda record, given: initiatives.retire_initiative(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}
