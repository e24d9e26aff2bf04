"""Keeping records: the schedule of the city with what is held, and one initiative's holds, classification, case files.

Disposals have pages of their own; what stands at the address of records that were disposed of is `tombstones`.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.documents.storage import open_storage
from pia_engine.errors import N_, Invalid, NotFound
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.records import ClassificationForm, ConfirmForm, HoldForm, LiftForm
from pia_engine.models import Initiative
from pia_engine.permissions.people import check_may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import case_files, disposals, legal_holds
from pia_engine.services.classifications import classify_initiative
from pia_engine.services.initiatives import get_initiative, list_assessments_of
from pia_engine.services.policies import current_rules
from pia_engine.services.retention import count_held, kept_until
from pia_engine.web import tombstones
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.chronicle import day_in_words, in_words
from pia_engine.web.record_words import (
    classification_name,
    decision_name,
    doomed_in_words,
    kind_name,
    records_panel,
    years_in_words,
)

LAST_PAGE = 100_000

blueprint = Blueprint("records", __name__)
tombstones.register(blueprint)


@blueprint.app_context_processor
def _classifications() -> dict[str, Any]:
    return {"classification_name": classification_name}


def page_number(name: str = "page") -> int:
    return min(max(1, request.args.get(name, 1, type=int)), LAST_PAGE)


@blueprint.get("/records")
@needs(Permission.DISPOSAL_VIEW)
def index() -> ResponseReturnValue:
    """The retention schedule with what is held of each kind, the legal holds, and what was disposed of."""
    held = count_held(db.session())
    rows = [
        {
            "record": row.record,
            "kind": kind_name(row.kind),
            "years": years_in_words(row.years),
            "classification": classification_name(row.classification),
            "basis": row.basis,
            "held": held.get(row.kind),
        }
        for row in current_rules(db.session()).retention
    ]
    return render_template(
        "records/index.html",
        rows=rows,
        holds=legal_holds.page_of_holds(db.session(), page=page_number("holds")),
        waiting=disposals.page_of_disposals(db.session(), status="proposed", size=1).total,
        stones=disposals.page_of_tombstones(db.session(), page=page_number("disposed")),
        decision_name=decision_name,
        day_in_words=day_in_words,
        holds_url=lambda n: url_for(".index", holds=n, _anchor="holds"),
        stones_url=lambda n: url_for(".index", disposed=n, _anchor="disposed"),
    )


@blueprint.get("/initiatives/<reference>/records")
@needs(Permission.INITIATIVE_VIEW)
def show(reference: str) -> ResponseReturnValue:
    """The records of one initiative: how they are classified, how long they are kept, who exported them."""
    initiative = _within_reach(reference)
    panel = records_panel(initiative)
    found = case_files.page_of_case_files(db.session(), initiative, page=page_number())
    return render_template(
        "records/show.html",
        initiative=initiative,
        records=panel,
        all_holds=legal_holds.list_holds_of(db.session(), initiative) if panel["sees_reasons"] else [],
        disposals=disposals.list_disposals_of(db.session(), initiative) if panel["sees_disposals"] else [],
        references=_references(initiative),
        files=found if panel["may_export"] else None,
        failed={each.id for each in found.rows if case_files.has_failed(db.session(), each)},
        kept_days=case_files.KEPT_DAYS,
        in_words=in_words,
        day_in_words=day_in_words,
        page_url=lambda n: url_for(".show", reference=reference, page=n),
    )


@blueprint.route("/initiatives/<reference>/records/hold", methods=["GET", "POST"])
@needs(Permission.LEGAL_HOLD_PLACE)
def place_hold(reference: str) -> ResponseReturnValue:
    """Keep everything until further notice."""
    initiative = _within_reach(reference, Permission.LEGAL_HOLD_PLACE)
    form = HoldForm()
    if not form.validate_on_submit():
        intro = _("While a hold stands, nothing of this initiative is disposed of, whatever the policy says.")
        return _form_page(initiative, form, title=_("Place a legal hold"), button=_("Place the hold"), intro=intro)
    legal_holds.place_hold(db.session(), initiative, reason=form.reason.data, actor=actor(), now=clock.now())
    return _done(reference, _("The legal hold stands. Nothing is disposed of until it is lifted."))


@blueprint.route("/initiatives/<reference>/records/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@needs(Permission.LEGAL_HOLD_PLACE)
def lift_hold(reference: str, hold_id: uuid.UUID) -> ResponseReturnValue:
    """Let the periods of the policy count again."""
    initiative = _within_reach(reference, Permission.LEGAL_HOLD_PLACE)
    hold = legal_holds.get_hold(db.session(), hold_id)
    if hold.initiative_id != initiative.id:
        raise NotFound(N_("There is no such legal hold."))
    form = LiftForm()
    if not form.validate_on_submit():
        intro = _("The hold was placed by %(name)s: %(reason)s", name=hold.placer.name, reason=hold.reason)
        return _form_page(initiative, form, title=_("Lift a legal hold"), button=_("Lift the hold"), intro=intro)
    legal_holds.lift_hold(db.session(), hold, reason=form.reason.data, actor=actor(), now=clock.now())
    return _done(reference, _("The legal hold is lifted. It stays on record with both reasons."))


@blueprint.route("/initiatives/<reference>/records/classification", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_CLASSIFY)
def classify(reference: str) -> ResponseReturnValue:
    """Say how confidential the records are."""
    initiative = _within_reach(reference, Permission.ASSESSMENT_CLASSIFY)
    form = ClassificationForm(data={"classification": initiative.classification})
    seen = request.form.get("seen", "") if form.is_submitted() else initiative.classification
    if not form.validate_on_submit():
        intro = _("What was published stays public. The classification holds for everything else.")
        return _form_page(
            initiative,
            form,
            title=_("Classify the records"),
            button=_("Save the classification"),
            intro=intro,
            seen=seen,
        )
    classify_initiative(
        db.session(),
        initiative,
        classification=form.classification.data,
        seen=seen,
        reason=form.reason.data,
        actor=actor(),
        now=clock.now(),
    )
    return _done(reference, _("The classification is changed. It stands in the record."))


@blueprint.route("/initiatives/<reference>/records/disposal", methods=["GET", "POST"])
@needs(Permission.DISPOSAL_PROPOSE)
def propose(reference: str) -> ResponseReturnValue:
    """Propose that the records are deleted; the page shows exactly what that would be."""
    from_service = tombstones.preview_of(_within_reach(reference, Permission.DISPOSAL_PROPOSE))
    initiative, form = from_service.initiative, ConfirmForm()
    disposals.check_over(db.session(), kept_until(db.session(), initiative), now=clock.now())
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        rows = doomed_in_words(from_service.doomed)
        return render_template("records/propose.html", initiative=initiative, form=form, rows=rows), status
    made = disposals.propose_disposal(db.session(), initiative, actor=actor(), now=clock.now())
    address = url_for("disposals.show", reference=made.reference)
    db.session.commit()
    flash(_("The disposal is proposed. A senior privacy official approves it, or keeps the records."), "success")
    return redirect(address, 303)


@blueprint.post("/initiatives/<reference>/records/case-file")
@needs(Permission.CASE_FILE_EXPORT)
def export(reference: str) -> ResponseReturnValue:
    """Have the complete file made."""
    initiative = _within_reach(reference, Permission.CASE_FILE_EXPORT)
    named = request.form.get("named", "")
    if named not in _references(initiative):
        raise Invalid(N_("Choose from the options shown here."))
    case_files.order_case_file(db.session(), initiative, reference=named, actor=actor(), now=clock.now())
    return _done(reference, _("The case file is being made. Open this page again in a minute."))


@blueprint.get("/case-files/<uuid:case_file_id>")
@needs(Permission.CASE_FILE_EXPORT)
def download(case_file_id: uuid.UUID) -> ResponseReturnValue:
    """The sealed archive."""
    case_file = case_files.get_case_file(db.session(), case_file_id, actor=actor())
    pieces = case_files.read_case_file(case_file, open_storage(current_app.extensions["pia-settings"].documents_folder))
    answer = Response(pieces, content_type="application/zip")
    answer.content_length = case_file.size
    answer.headers["Content-Disposition"] = f'attachment; filename="{case_file.reference}-case-file.zip"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _references(initiative: Initiative) -> list[str]:
    """What a case file can be named after: its assessments, or the initiative itself while there is none."""
    found = dict.fromkeys(each.reference for each in list_assessments_of(db.session(), initiative))
    return [*found] or [initiative.reference]


def _within_reach(reference: str, permission: Permission = Permission.INITIATIVE_VIEW) -> Initiative:
    initiative = get_initiative(db.session(), reference)
    reach(Permission.INITIATIVE_VIEW, initiative)
    check_may(actor(), permission, initiative)
    return initiative


def _form_page(initiative: Initiative, form: CityForm, **words: Any) -> ResponseReturnValue:
    status = 422 if form.is_submitted() else 200
    words.setdefault("seen", None)
    return render_template("records/form.html", initiative=initiative, form=form, **words), status


def _done(reference: str, sentence: str) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for(".show", reference=reference), 303)
