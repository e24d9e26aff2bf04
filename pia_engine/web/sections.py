"""Answering an assessment: its sections, and the page that shows all answers before they are submitted."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine.extensions import db
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.answers import SheetOwner, answering_roles, read_sheet
from pia_engine.services.assessments import get_assessment
from pia_engine.services.reviews import list_requested_changes
from pia_engine.services.workflow import list_actions, status_label
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.answering import Place, save_section, show_section
from pia_engine.web.checking import checked_sections
from pia_engine.web.error_pages import say

blueprint = Blueprint("sections", __name__)

_ADDRESS = "/assessments/<reference>/<any(initial, full):stage>"


@blueprint.get(f"{_ADDRESS}/sections/<section>")
@needs(Permission.ASSESSMENT_VIEW)
def edit(reference: str, stage: str, section: str) -> ResponseReturnValue:
    return show_section(_place(reference, stage), section)


@blueprint.post(f"{_ADDRESS}/sections/<section>")
@needs(Permission.ASSESSMENT_ANSWER)
def save(reference: str, stage: str, section: str) -> ResponseReturnValue:
    return save_section(_place(reference, stage), section)


@blueprint.get(f"{_ADDRESS}/check")
@needs(Permission.ASSESSMENT_VIEW)
def check(reference: str, stage: str) -> ResponseReturnValue:
    place = _place(reference, stage)
    sheet = read_sheet(db.session, place.record)
    sections = checked_sections(
        sheet,
        roles=answering_roles(place.record, place.actor),
        section_url=place.section_url,
        notes=place.notes,
    )
    return render_template(
        "sections/check.html",
        place=place,
        sections=sections,
        missing=[entry for section in sections for entry in section.entries if entry.is_missing],
        submit=_submit(place.record, reference, stage),
        status=_(status_label(place.record)),
    )


def _place(reference: str, stage: str) -> Place:
    assessment = get_assessment(db.session, reference, stage)
    reach(Permission.ASSESSMENT_VIEW, assessment)
    names = {"initial": _("initial assessment"), "full": _("full assessment")}
    return Place(
        record=assessment,
        actor=actor(),
        title=f"{assessment.initiative.title} – {names[stage]}",
        home_url=url_for("assessments.show", reference=reference),
        home_text=_("%(reference)s, all sections", reference=reference),
        check_url=url_for("sections.check", reference=reference, stage=stage),
        section_url=lambda name: url_for("sections.edit", reference=reference, stage=stage, section=name),
        notes=_requested_changes(assessment),
    )


def _requested_changes(assessment: SheetOwner) -> dict[str, list[str]]:
    """What reviewers asked for, beside the question it is about, until it is settled."""
    notes: dict[str, list[str]] = {}
    for change in list_requested_changes(db.session, assessment):  # type: ignore[arg-type]
        if change.settled_at is None:
            name = change.review.reviewer.name
            asked = _("Change requested by %(name)s: %(text)s", name=name, text=change.text)
            notes.setdefault(change.question, []).append(asked)
            if change.reply:
                notes[change.question].append(_("Reply: %(text)s", text=change.reply))
    return notes


def _submit(assessment: SheetOwner, reference: str, stage: str) -> dict[str, object] | None:
    """The step that hands the answers in, open or explained; None when the assessment is past it."""
    for offer in list_actions(db.session, assessment, actor=actor()):
        if offer.action == "submit":
            return {
                "label": _(offer.label),
                "url": url_for("assessments.act", reference=reference, stage=stage, action="submit"),
                "allowed": offer.is_allowed,
                "reason": say(offer.why_not) if offer.why_not else "",
                "method": "get",
                "main": True,
                "warning": False,
            }
    return None
