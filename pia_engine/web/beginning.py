"""Beginning from another assessment: choose one as a template, see what would be carried, or begin a similar one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.initiatives import InitiativeForm, initiative_form
from pia_engine.models import Assessment
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Question, Value
from pia_engine.services.assessments import get_assessment
from pia_engine.services.carrying import policy_leaves_out
from pia_engine.services.cities import list_departments
from pia_engine.services.initiatives import CHANGE_KINDS, NewInitiative
from pia_engine.services.templates import (
    begin_similar,
    check_can_use_template,
    list_templates,
    preview_template,
    use_template,
)
from pia_engine.web.access import actor, needs, person, reach
from pia_engine.web.beside import coverage_notes
from pia_engine.web.chronicle import day_in_words
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.parking import take_parked
from pia_engine.web.reading import shown

blueprint = Blueprint("beginning", __name__, url_prefix="/assessments")

LAST_PAGE = 100_000
TITLE_LIMIT = 200
_ADDRESS = "/<reference>/<any(initial, full):stage>/template"


@blueprint.get(_ADDRESS)
@needs(Permission.ASSESSMENT_SUBMIT)
def choose(reference: str, stage: str) -> ResponseReturnValue:
    """The assessments this one can begin from, found by name or reference."""
    target = _target(reference, stage)
    search = request.args.get("q", "").strip()[:200]
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    return render_template(
        "history/choose_template.html",
        assessment=target,
        page=list_templates(db.session, target, actor=actor(), search=search, page=number),
        search=search,
        page_url=lambda n: url_for("beginning.choose", reference=reference, stage=stage, q=search or None, page=n),
        day_in_words=day_in_words,
    )


@blueprint.get(f"{_ADDRESS}/<source>")
@needs(Permission.ASSESSMENT_SUBMIT)
def preview(reference: str, stage: str, source: str) -> ResponseReturnValue:
    """What would be carried over, before it is."""
    target, template = _target(reference, stage), _source(source, stage)
    carried = preview_template(db.session, target, template)
    return render_template(
        "history/preview_template.html",
        assessment=target,
        template=template,
        sections=_sections(target, carried),
        count=len(carried),
        is_other_policy=policy_leaves_out(db.session, template, target),
        warnings=_warnings(target, carried),
    )


@blueprint.post(f"{_ADDRESS}/<source>")
@needs(Permission.ASSESSMENT_SUBMIT)
def carry(reference: str, stage: str, source: str) -> ResponseReturnValue:
    """Carry the answers over; each waits to be confirmed."""
    target, template = _target(reference, stage), _source(source, stage)
    carried = use_template(db.session, target, template, actor=actor(), now=clock.now())
    db.session.commit()
    flash(
        ngettext(
            "%(num)s answer was carried over. Read it and confirm it in its section.",
            "%(num)s answers were carried over. Read them and confirm them, section by section.",
            len(carried),
        ),
        "success",
    )
    return redirect(url_for("assessments.show", reference=reference), 303)


@blueprint.route("/<reference>/similar", methods=["GET", "POST"])
@needs(Permission.INITIATIVE_REGISTER)
def similar(reference: str) -> ResponseReturnValue:
    """Register a similar initiative and begin its initial assessment from this one's answers."""
    source = _source(reference, "initial")
    acts_for = actor().departments(Role.AGENCY_OFFICIAL)
    departments = {each.id: each for each in list_departments(db.session) if each.id in acts_for}
    kinds = {value: _(text) for value, text in CHANGE_KINDS.items()}
    parked = take_parked() if request.method == "GET" else None
    form = initiative_form({key: each.name for key, each in departments.items()}, kinds, parked)
    if request.method == "GET" and parked is None:
        _fill_in(form, source)
    if not form.validate_on_submit():
        status = 422 if form.is_submitted() else 200
        page = render_template("history/similar.html", form=form, source=source, was_parked=parked is not None)
        return page, status
    new = NewInitiative(
        title=form.title.data,
        summary=form.summary.data,
        department=next(each for key, each in departments.items() if str(key) == form.department.data),
        change_kind=form.change_kind.data,
        procurement=form.procurement.data or "",
        target_on=form.target_on.data,
    )
    begun = begin_similar(db.session, source, new, author=person(), actor=actor(), now=clock.now())
    begun_reference = begun.reference
    db.session.commit()
    flash(_("%(reference)s is begun. Check the answers it was begun with.", reference=begun_reference), "success")
    return redirect(url_for("assessments.show", reference=begun_reference), 303)


def ways_to_begin(assessment: Assessment) -> list[tuple[str, str]]:
    """The links of an assessment's page that begin from another one, or begin another from this one."""
    ways = []
    if _may_use_template(assessment):
        address = url_for("beginning.choose", reference=assessment.reference, stage=assessment.stage)
        ways.append((_("Begin from another assessment"), address))
    if may(actor(), Permission.INITIATIVE_REGISTER):
        ways.append((_("Begin a similar one"), url_for("beginning.similar", reference=assessment.reference)))
    return ways


def _may_use_template(assessment: Assessment) -> bool:
    try:
        check_can_use_template(assessment, actor=actor())
    except (NotAllowed, NotPossible):
        return False
    return True


def _fill_in(form: InitiativeForm, source: Assessment) -> None:
    """What a similar initiative has in common with the first, to be changed."""
    form.title.data = _("Copy of %(title)s", title=source.initiative.title)[:TITLE_LIMIT]
    form.summary.data = source.initiative.summary
    form.change_kind.data = source.initiative.change_kind


def _target(reference: str, stage: str) -> Assessment:
    target = get_assessment(db.session, reference, stage)
    reach(Permission.ASSESSMENT_VIEW, target)
    check_can_use_template(target, actor=actor())
    return target


def _source(reference: str, stage: str) -> Assessment:
    source = get_assessment(db.session, reference, stage)
    reach(Permission.ASSESSMENT_VIEW, source)
    return source


def _warnings(target: Assessment, carried: dict[str, Value]) -> list[str]:
    """Whose sign-offs the carried answers would make void, and in which sections."""
    titles: dict[str, list[str]] = {}
    for section in sheet_for_reader(target).questionnaire.sections:
        if any(question.id in carried for question in section.questions):
            for note in coverage_notes(target, section.id, actor=actor()):
                titles.setdefault(note, []).append(section.title)
    return [
        _("In %(sections)s: %(warning)s", sections=", ".join(named), warning=note) for note, named in titles.items()
    ]


def _sections(target: Assessment, carried: dict[str, Value]) -> list[tuple[str, list[tuple[Question, Any]]]]:
    """The answers that would be carried, section by section, as they read."""
    found = []
    for section in sheet_for_reader(target).questionnaire.sections:
        answers = [(question, shown(question, carried)) for question in section.questions if question.id in carried]
        if answers:
            found.append((section.title, answers))
    return found
