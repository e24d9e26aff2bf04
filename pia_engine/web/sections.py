"""Answering an assessment: its sections, and the page that shows all answers before they are submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine.extensions import db
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Question, QuestionType
from pia_engine.services.answers import ReadSheet, answering_roles
from pia_engine.services.assessments import get_assessment
from pia_engine.services.history import SheetOwner
from pia_engine.services.offers import rules_for
from pia_engine.services.plain_language import hints_by_question, surroundings_of
from pia_engine.services.reviews import list_requested_changes
from pia_engine.services.workflow import list_actions, status_label
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.answering import confirm_section, save_section, show_section
from pia_engine.web.beside import coverage_notes, links_beside
from pia_engine.web.checking import checked_sections
from pia_engine.web.contributions import open_points
from pia_engine.web.desk import Place
from pia_engine.web.drafts import keep_typed, throw_away
from pia_engine.web.error_pages import say
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.responsible import named_on_page
from pia_engine.web.standing import way_on

blueprint = Blueprint("sections", __name__)

_ADDRESS = "/assessments/<reference>/<any(initial, full):stage>"


@blueprint.get(f"{_ADDRESS}/sections/<section>")
@needs(Permission.ASSESSMENT_VIEW)
def edit(reference: str, stage: str, section: str) -> ResponseReturnValue:
    return show_section(_place(reference, stage, section), section)


@blueprint.post(f"{_ADDRESS}/sections/<section>")
@needs(Permission.ASSESSMENT_ANSWER)
def save(reference: str, stage: str, section: str) -> ResponseReturnValue:
    return save_section(_place(reference, stage, section), section)


@blueprint.post(f"{_ADDRESS}/sections/<section>/confirm")
@needs(Permission.ASSESSMENT_ANSWER)
def confirm(reference: str, stage: str, section: str) -> ResponseReturnValue:
    return confirm_section(_place(reference, stage), section)


@blueprint.post(f"{_ADDRESS}/sections/<section>/draft")
@needs(Permission.ASSESSMENT_ANSWER)
def keep(reference: str, stage: str, section: str) -> ResponseReturnValue:
    return keep_typed(_place(reference, stage), section)


@blueprint.route(f"{_ADDRESS}/sections/<section>/draft/throw-away", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_ANSWER)
def drop(reference: str, stage: str, section: str) -> ResponseReturnValue:
    return throw_away(_place(reference, stage), section)


@blueprint.get(f"{_ADDRESS}/check")
@needs(Permission.ASSESSMENT_VIEW)
def check(reference: str, stage: str) -> ResponseReturnValue:
    place = _place(reference, stage)
    sheet = sheet_for_reader(place.record)
    sections = checked_sections(
        sheet,
        roles=answering_roles(place.record, place.actor),
        section_url=place.section_url,
        notes=_with_hints(place.notes, sheet),
        policy=rules_for(db.session, place.record),
    )
    return render_template(
        "sections/check.html",
        place=place,
        sections=sections,
        points=open_points(get_assessment(db.session, reference, stage)),
        missing=[entry for section in sections for entry in section.entries if entry.is_missing],
        submit=_submit(place.record, reference, stage),
        status=_(status_label(place.record)),
    )


def _with_hints(notes: Mapping[str, Sequence[str]], sheet: ReadSheet) -> dict[str, list[str]]:
    """What was asked about each answer, and what to look at again in its wording."""
    found = hints_by_question(
        sheet.questionnaire,
        sheet.answers,
        surroundings_of(db.session(), language=sheet.questionnaire.language),
    )
    return {
        name: [*notes.get(name, ()), *(hint.translated(_) for hint in found.get(name, ()))]
        for name in notes.keys() | found.keys()
    }


def _place(reference: str, stage: str, section: str = "") -> Place:
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
        links=links_beside(assessment, actor=actor(), section=section) if section else {},
        warnings=coverage_notes(assessment, section, actor=actor()) if section else (),
        manage_url=lambda question: _manage_url(question, reference, stage),
        hints_url=url_for("hints.hints"),
    )


def _manage_url(question: Question, reference: str, stage: str) -> str | None:
    """The page of its own on which an answer is kept, for questions that have one."""
    if question.type is QuestionType.RISKS:
        return url_for("risks.index", reference=reference, stage=stage)
    if question.type is QuestionType.FILE:
        return url_for("attachments.show", reference=reference, stage=stage, question=question.id)
    return None


def _requested_changes(assessment: SheetOwner) -> dict[str, list[str]]:
    """What reviewers asked for, beside the question it is about, until it is settled."""
    notes: dict[str, list[str]] = {}
    for change in list_requested_changes(db.session, assessment):  # type: ignore[arg-type]
        if change.settled_at is None:
            name = named_on_page(change.review.reviewer, change.review.represents)
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
                "way_on": way_on(offer.why_not, assessment),
                "method": "get",
                "main": True,
                "warning": False,
            }
    return None
