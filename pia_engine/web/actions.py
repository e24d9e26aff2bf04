"""One step of a record: the page that says what will happen and asks for what is needed, and the step itself.

Which service does which step is in `verbs`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import verify_password
from werkzeug.datastructures import MultiDict

from pia_engine import clock
from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.extensions import db, limiter
from pia_engine.forms.actions import SignatureForm, action_form, in_order
from pia_engine.forms.base import CityForm
from pia_engine.models import AnnualReport, Assessment, Commitment, Initiative, WorkflowRecord
from pia_engine.services.annual_reports import text_mark
from pia_engine.services.capacities import in_capacity_for
from pia_engine.services.workflow import check_action
from pia_engine.web import advising, verbs
from pia_engine.web.access import actor, person
from pia_engine.web.attached import files_changed_since_signed
from pia_engine.web.contributions import open_points
from pia_engine.web.error_pages import say
from pia_engine.web.outcomes import Determining
from pia_engine.web.parking import take_parked
from pia_engine.web.standing import WARNING
from pia_engine.workflows.machine import WORKFLOWS, Transition

Given = verbs.Given
Verb = verbs.Verb
TEXTS = ("reason", "outcome", "conditions", "updates", "recommendation", "overrules")


@dataclass(frozen=True, slots=True)
class ActionPage:
    """What surrounds a step: the record, its own page, and the words around the form."""

    record: WorkflowRecord
    action: str
    title: str
    back_url: str
    verb: Verb
    determining: Determining | None = None
    asks: Callable[[Any], CityForm] | None = None

    def form(self, row: Transition, formdata: Any = None) -> CityForm:
        """What the step asks for: `asks` makes a form of its own from what was posted or parked."""
        if self.asks:
            return self.asks(formdata)
        if self.determining:
            return self.determining.form(formdata)
        may_depart = advising.may_depart(self.record, self.action)
        return action_form(self.action, reason=row.reason, may_depart=may_depart, formdata=formdata)


def action_url(assessment: Assessment, action: str) -> str:
    """Where a step of an assessment is taken."""
    return url_for("assessments.act", reference=assessment.reference, stage=assessment.stage, action=action)


def assessment_action(assessment: Assessment, action: str) -> ResponseReturnValue:
    """The page of one step of an assessment, or the step itself."""
    verb = _known(verbs.ASSESSMENT_VERBS, assessment, action)
    return serve_action(
        ActionPage(
            record=assessment,
            action=action,
            title=assessment.initiative.title,
            back_url=url_for("assessments.show", reference=assessment.reference),
            verb=verb,
            determining=Determining(assessment) if action == "determine" else None,
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
            verb=_known(verbs.INITIATIVE_VERBS, initiative, action),
        )
    )


def _known(table: dict[tuple[str, str], Verb], record: WorkflowRecord, action: str) -> Verb:
    verb = table.get((record.workflow_name, action))
    if verb is None:
        raise NotFound(N_("There is no such step here."))
    return verb


def serve_action(page: ActionPage) -> ResponseReturnValue:
    """Show the page of a step, or take the step."""
    row = check_action(db.session, page.record, page.action, actor=actor())
    if request.method != "POST":
        parked = take_parked()
        return _page(page, row, page.form(row, parked), parked=parked)
    form = page.form(row)
    if page.determining:
        page.determining.check(form)
    if request.form.get("seen", "") != mark_of(page.record):
        return _page(page, row, form, is_changed=True), 409
    if not form.validate_on_submit() or not _proves_identity(form):
        return _page(page, row, form), 422
    try:
        page.verb(page.record, _given(form))
    except Invalid as refusal:
        named = refusal.field
        if named not in form:
            raise
        db.session.rollback()
        form[named].errors = [say(refusal)]
        return _page(page, row, form), 422
    db.session.commit()
    flash(_("%(step)s: done. It stands in the record.", step=_(row.label)), "success")
    return redirect(page.back_url, 303)


def mark_of(record: WorkflowRecord) -> str:
    """What a person has before them who looks at the record now: its status, and its text by the count of changes."""
    if isinstance(record, AnnualReport):
        return f"{record.status}_{text_mark(record)}"
    if isinstance(record, Commitment):
        return f"{record.status}_{record.trail_length}"
    sheet = getattr(record, "sheet", None)
    return f"{record.status}_{sheet.version}" if sheet is not None else record.status


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
    texts = {name: form[name].data or "" for name in TEXTS if name in form}
    days = form["days"].data if "days" in form else None
    return Given(actor=actor(), now=clock.now(), days=days, **texts)


def _page(
    page: ActionPage,
    row: Transition,
    form: CityForm,
    *,
    parked: MultiDict[str, str] | None = None,
    is_changed: bool = False,
) -> str:
    """The page of the step. What was parked keeps the mark of the page it was typed on."""
    workflow = WORKFLOWS[page.record.workflow_name]
    return render_template(
        "assessments/act.html",
        record=page.record,
        record_title=page.title,
        action=page.action,
        label=_(row.label),
        becomes=_(workflow.label(row.dest)),
        done_by=in_capacity_for(db.session(), page.record, row.event, actor=actor(), details={}).name,
        told=_told((*row.notice, *WRITTEN_TO.get((page.record.workflow_name, page.action), ()))),
        form=form,
        form_fields=in_order(form),
        determining=page.determining.words() if page.determining else None,
        warns=page.action in WARNING,
        back_url=page.back_url,
        was_parked=parked is not None,
        seen=mark_of(page.record) if parked is None else parked.get("seen", ""),
        is_changed=is_changed,
        points=_open_points(page),
        weighed=advising.weighed(page.record, page.action),
        changed_files=files_changed_since_signed(page.record, page.action),
    )


def _open_points(page: ActionPage) -> list[dict[str, str]]:
    """What experts have not signed off, for whoever passes a text on or signs it."""
    is_weighed = page.action in ("submit", "recommend", "sign_for_agency", "approve")
    return open_points(page.record) if is_weighed and isinstance(page.record, Assessment) else []


def _told(parties: tuple[str, ...]) -> str:
    """Who gets a message, as one phrase."""
    named = ", ".join(_(PARTIES[party]) for party in parties)
    return named[:1].upper() + named[1:]


PARTIES = {
    "author": N_("the author"),
    "keeper": N_("whoever keeps the commitment"),
    "initiative_author": N_("whoever registered the initiative"),
    "privacy_officer": N_("the privacy officers"),
    "senior_privacy_official": N_("the senior privacy official"),
    "executive": N_("the executive"),
    "auditor": N_("the auditors"),
    "agency_signatory": N_("the officials who may sign for the department"),
    "signatory_needed": N_("the officials who may sign for the department, unless their signature still stands"),
    "asked_to_sign": N_("whoever was asked to sign or decide"),
    "decider": N_("the official who decides"),
    "vendor": N_("the vendor"),
    "responsible": N_("the official responsible"),
}

# Steps whose service writes a letter of its own, besides the notices of the workflow's table.
WRITTEN_TO: dict[tuple[str, str], tuple[str, ...]] = {
    ("emergency_exception", "grant"): ("responsible",),
    ("emergency_exception", "end"): ("responsible",),
    ("full_assessment", "take_back"): ("asked_to_sign",),
    ("vendor_response", "query"): ("vendor",),
    ("vendor_response", "reissue"): ("vendor",),
}
