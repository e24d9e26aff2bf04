"""“My work”: what waits for the person who is signed in, and what was finished lately."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine.extensions import db
from pia_engine.models import Assessment
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.work import Waiting, list_finished, list_waiting
from pia_engine.services.workflow import status_label
from pia_engine.web.access import actor, signed_in
from pia_engine.web.chronicle import day_in_words

blueprint = Blueprint("work", __name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list, as the task list prints it."""

    text: str
    href: str
    hint: str
    status: str
    status_text: str


@blueprint.get("/work")
@signed_in
def index() -> ResponseReturnValue:
    """What waits, longest first."""
    sees_assessments = may(actor(), Permission.ASSESSMENT_VIEW)
    return render_template(
        "work/index.html",
        waiting=[_waiting_entry(line) for line in list_waiting(db.session, actor=actor())],
        finished=[_finished_entry(each) for each in list_finished(db.session, actor=actor()) if sees_assessments],
        may_register=may(actor(), Permission.INITIATIVE_REGISTER),
        may_administer=may(actor(), Permission.CITY_ADMINISTER),
        may_view=sees_assessments,
    )


def _waiting_entry(line: Waiting) -> Entry:
    since = _("%(reference)s, since %(day)s", reference=line.reference, day=day_in_words(line.since))
    asked = ngettext("%(num)s question open", "%(num)s questions open", line.open_questions)
    return Entry(
        text=f"{_(line.why)}: {line.title}",
        href=place_of(line),
        hint=f"{since}, {asked}" if line.open_questions else since,
        status=line.status,
        status_text=_(line.status_label),
    )


def _finished_entry(assessment: Assessment) -> Entry:
    stage = _("Initial assessment") if assessment.stage == "initial" else _("Full assessment")
    return Entry(
        text=assessment.initiative.title,
        href=url_for("assessments.show", reference=assessment.reference),
        hint=f"{assessment.reference}, {stage}, {day_in_words(assessment.updated_at)}",
        status=assessment.status,
        status_text=_(status_label(assessment)),
    )


def place_of(line: Waiting) -> str:
    """The page where the thing is done."""
    reference = line.reference
    if line.kind == "initiative":
        return url_for("initiatives.show", reference=reference)
    if line.kind == "vendor_response":
        return url_for("vendor.judge", reference=reference)
    if line.kind == "annual_audit":
        return url_for("audits.show", reference=reference)
    if (line.kind, line.status) == ("full_assessment", "in_review"):
        return url_for("assessments.review", reference=reference)
    if (line.kind, line.status) == ("full_assessment", "changes_requested") and not line.open_questions:
        return url_for("assessments.changes", reference=reference)
    if (line.kind, line.status) == ("initial_assessment", "submitted"):
        return url_for("assessments.outcome", reference=reference)
    return url_for("assessments.show", reference=reference)
