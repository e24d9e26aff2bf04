"""What is withheld from the public: the list of an assessment, proposing, one of them with its steps, the preview."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.withholdings import decision_form, withholding_form
from pia_engine.models import Assessment, Withholding
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.hiding import Extent
from pia_engine.register.preview import preview_page
from pia_engine.services import disclosures, withholdings
from pia_engine.services.assessments import get_assessment, list_stages
from pia_engine.services.audit import list_events
from pia_engine.services.unsettled import list_unsettled
from pia_engine.web import withholding_words as words
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.actions import ActionPage, Verb, serve_action
from pia_engine.web.chronicle import in_words, timeline_lines
from pia_engine.web.error_pages import say
from pia_engine.web.parking import take_parked
from pia_engine.web.responsible import named_on_page
from pia_engine.web.standing import steps_for
from pia_engine.workflows.withholding import Action

blueprint = Blueprint("withholdings", __name__)

VERBS: dict[str, Verb] = {
    Action.APPROVE: lambda record, given: withholdings.approve_withholding(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.REFUSE: lambda record, given: withholdings.refuse_withholding(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.TAKE_BACK: lambda record, given: withholdings.take_back_withholding(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.LIFT: lambda record, given: withholdings.lift_withholding(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
    Action.DISCLOSE: lambda record, given: disclosures.disclose(
        db.session, record, actor=given.actor, now=given.now, reason=given.reason
    ),
}
_OF_ASSESSMENT = "/assessments/<reference>/withholdings"


@blueprint.get(_OF_ASSESSMENT)
@needs(Permission.WITHHOLDING_VIEW)
def index(reference: str) -> ResponseReturnValue:
    """Everything withheld of an assessment, version by version, the newest first."""
    editions = [each for each in reversed(list_stages(db.session, reference)) if each.stage == "full"]
    if not editions:
        raise NotFound(N_("Nothing of this is published, so there is nothing to withhold."))
    newest = editions[0]
    reach(Permission.WITHHOLDING_VIEW, newest)
    return render_template(
        "withholdings/index.html",
        assessment=newest,
        editions=[(each, _lines(each)) for each in editions],
        unsettled=[words.line_of(each) for each in list_unsettled(db.session(), newest)],
        can_propose=words.can_propose(newest),
        has_text=withholdings.has_text(db.session(), newest),
    )


def _lines(assessment: Assessment) -> list[dict[str, Any]]:
    return [words.line_of(each) for each in withholdings.list_withholdings(db.session(), assessment)]


@blueprint.get(f"{_OF_ASSESSMENT}/new")
@needs(Permission.WITHHOLDING_PROPOSE)
def choose(reference: str) -> ResponseReturnValue:
    """Which answer it is about: those the public would read."""
    assessment = _assessment(reference)
    withholdings.check_can_propose(db.session(), assessment, actor=actor())
    record = words.public_draft(assessment)
    return render_template("withholdings/choose.html", assessment=assessment, sections=record["sections"])


@blueprint.route(f"{_OF_ASSESSMENT}/new/<question>", methods=["GET", "POST"])
@needs(Permission.WITHHOLDING_PROPOSE)
def propose(reference: str, question: str) -> ResponseReturnValue:
    """How much of the answer, on which ground, and why."""
    assessment = _assessment(reference)
    withholdings.check_can_propose(db.session(), assessment, actor=actor())
    record = words.public_draft(assessment)
    answers = withholdings.answers_of(record)
    if question not in answers:
        raise NotFound(N_("The public reads no answer to this question, so there is nothing to withhold."))
    parked = take_parked() if request.method != "POST" else None
    grounds = withholdings.grounds_of(assessment)
    form = withholding_form(**words.choices_of(answers[question]), grounds=grounds, formdata=parked)
    seen = str(record["revision"]["number"])
    page = {"assessment": assessment, "answer": answers[question], "form": form, "seen": seen}
    if request.method == "POST" and request.form.get("seen", "") != seen:
        return render_template("withholdings/propose.html", **page, is_changed=True), 409
    if not form.validate_on_submit():
        return render_template("withholdings/propose.html", **page), 422 if form.is_submitted() else 200
    try:
        made = withholdings.propose_withholding(
            db.session, assessment, _proposed(question, form), actor=actor(), now=clock.now(), answers=answers
        )
    except withholdings.Misplaced as refusal:
        db.session.rollback()
        named = form[refusal.field if refusal.field in form else "extent"]
        named.errors = [say(refusal)]
        return render_template("withholdings/propose.html", **page), 422
    found = made.reference
    db.session.commit()
    flash(_("%(reference)s is proposed. Publication waits until somebody else decides it.", reference=found), "success")
    return redirect(url_for(".show", reference=found), 303)


def _proposed(question: str, form: CityForm) -> withholdings.NewWithholding:
    extent = Extent(form["extent"].data)
    chosen = form[str(extent)].data if extent in (Extent.ROWS, Extent.CELLS) else []
    return withholdings.NewWithholding(
        question=question,
        extent=extent,
        ground=form["ground"].data,
        reason=form["reason"].data,
        places=tuple(map(_place, chosen)),
        words=(form["words"].data or "") if extent is Extent.WORDS else "",
    )


def _place(key: str) -> withholdings.Place:
    row, _colon, column = key.partition(":")
    return int(row), column


@blueprint.get(f"{_OF_ASSESSMENT}/preview")
@needs(Permission.WITHHOLDING_VIEW)
def preview(reference: str) -> ResponseReturnValue:
    """The public page as it will be, marked as a preview, beside what it leaves out."""
    assessment = _assessment(reference)
    record = words.public_draft(assessment)
    parts = withholdings.open_parts(db.session(), assessment)
    found = withholdings.list_withholdings(db.session(), assessment, is_open=True)
    return preview_page(
        db.session(),
        current_app.extensions["pia-settings"],
        record,
        parts,
        beside=[{**words.line_of(each), "values": words.values_of(each)} for each in found],
        back_url=url_for(".index", reference=reference),
    ), {"X-Robots-Tag": "noindex"}


@blueprint.get("/withholdings/<reference>")
@needs(Permission.WITHHOLDING_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """One withholding: what, on which ground, why, who decided."""
    found = _within_reach(reference)
    steps = steps_for(found, _step_url(found))
    return render_template(
        "withholdings/show.html",
        found=found,
        assessment=found.assessment,
        line=words.line_of(found),
        values=words.values_of(found),
        steps=[step for step in steps if not step.is_for_others],
        steps_of_others=[step for step in steps if step.is_for_others],
        events=timeline_lines(list_events(db.session, [found.id])),
        named=named_on_page,
        in_words=in_words,
    )


@blueprint.route("/withholdings/<reference>/actions/<action>", methods=["GET", "POST"])
@needs(Permission.WITHHOLDING_VIEW)
def act(reference: str, action: str) -> ResponseReturnValue:
    """One step: approve, refuse, take back, disclose."""
    found = _within_reach(reference)
    if action not in VERBS:
        raise NotFound(N_("There is no such step here."))
    return serve_action(
        ActionPage(
            record=found,
            action=action,
            title=found.assessment.initiative.title,
            back_url=url_for(".show", reference=reference),
            verb=VERBS[action],
            asks=lambda formdata: decision_form(action, formdata),
        )
    )


def _assessment(reference: str) -> Assessment:
    assessment = get_assessment(db.session, reference, "full")
    reach(Permission.WITHHOLDING_VIEW, assessment)
    return assessment


def _within_reach(reference: str) -> Withholding:
    found = withholdings.get_withholding(db.session(), reference)
    reach(Permission.WITHHOLDING_VIEW, found)
    return found


def _step_url(found: Withholding) -> Callable[[str], str]:
    return lambda action: url_for(".act", reference=found.reference, action=action)
