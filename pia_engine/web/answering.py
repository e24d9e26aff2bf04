"""One section page for everything that is answered: assessments, vendor responses and annual audits.

A `Place` says whose answers they are and where its pages stand; the blueprints make it and guard it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from pia_engine import clock
from pia_engine.errors import N_, NotAllowed, NotFound, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.markup import render_markdown
from pia_engine.forms.questions import (
    QuestionForm,
    build_section_form,
    initial_values,
    posed_questions,
    read_answers,
)
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Question, Section, Value
from pia_engine.services.answers import (
    AnswersConflict,
    ReadSheet,
    SheetOwner,
    answering_roles,
    check_answerable,
    read_sheet,
    save_answers,
)
from pia_engine.web.checking import next_section, waiting_for
from pia_engine.web.error_pages import say
from pia_engine.web.merging import is_merging, merge_conflicts, merge_page, settle
from pia_engine.web.parking import take_parked
from pia_engine.web.remarks import remarks_for

ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Place:
    """Whose answers they are, who answers, and where the pages are."""

    record: SheetOwner
    actor: Actor
    title: str
    home_url: str
    home_text: str
    check_url: str
    section_url: Callable[[str], str]
    layout: str = "layouts/staff.html"
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    before_saving: Callable[[], None] | None = None
    shows_roles: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """One section in front of one person."""

    place: Place
    sheet: ReadSheet
    section: Section
    roles: frozenset[str]

    @property
    def visible(self) -> tuple[Question, ...]:
        here = {question.id for question in self.section.questions}
        return tuple(question for question in self.sheet.visible if question.id in here)

    @property
    def answerable(self) -> frozenset[str]:
        return frozenset(each.id for each in self.section.questions if each.answered_by in self.roles)

    def form(self, posted: MultiDict[str, str] | None = None) -> QuestionForm:
        """The section as a form; a posted one asks what it asked when it was opened, so nothing typed is lost."""
        visible = {question.id for question in self.visible} | _asked_before(posted)
        own = self.roles if self.place.shows_roles else frozenset()
        remarks = remarks_for(self.section, self.sheet, self.place.notes, own=own)
        form_class = build_section_form(
            self.section,
            visible=visible,
            answerable=self.answerable,
            questionnaire=self.sheet.questionnaire,
            remarks=remarks,
        )
        stored = initial_values(self.section, self.sheet.answers)
        return form_class(formdata=posted, data={**stored, "seen_version": self.sheet.version})


def open_desk(place: Place, section_id: str) -> Desk:
    """The section of a place's questionnaire. Raises NotFound for one it does not have."""
    sheet = read_sheet(db.session, place.record)
    try:
        section = sheet.questionnaire.section(section_id)
    except KeyError:
        raise NotFound(N_("This questionnaire has no such section.")) from None
    return Desk(place, sheet, section, answering_roles(place.record, place.actor))


def show_section(place: Place, section_id: str) -> ResponseReturnValue:
    """The section to fill in, or to read; with what was typed before a sign-in, if something was kept."""
    desk = open_desk(place, section_id)
    parked = take_parked() if desk.answerable else None
    return section_page(desk, desk.form(parked), is_parked=parked is not None, is_changed=parked is not None)


def save_section(place: Place, section_id: str) -> ResponseReturnValue:
    """Save what was posted and go on. When others save at the very same moment, look again once."""
    try:
        return _save(place, section_id)
    except StaleDataError:
        db.session.rollback()
        return _save(place, section_id)


def _save(place: Place, section_id: str) -> ResponseReturnValue:
    desk = open_desk(place, section_id)
    form = desk.form(request.form)
    try:
        check_open(desk)
        if form.rows_changed():
            return section_page(desk, form, is_changed=True)
        if not form.validate():
            return section_page(desk, form, is_changed=True), 422
        values = values_of(form, desk.section)
        if is_merging():
            return _save_merged(desk, values)
        return _write(desk, values)
    except (NotAllowed, NotPossible) as refusal:
        return refused_page(desk, refusal)


def check_open(desk: Desk) -> None:
    """Refuse a section in which this person can answer nothing, saying why."""
    if desk.answerable:
        return
    for question in desk.visible or desk.section.questions:
        check_answerable(desk.place.record, question, desk.place.actor)


def values_of(form: QuestionForm, section: Section) -> dict[str, Value | None]:
    """Every question the opened form asked, with its answer or None; what it did not ask is left alone."""
    given = read_answers(form, section)
    posed = posed_questions(form, section)
    asked = posed & _asked_before(request.form) if ASKED in request.form else posed
    return {question.id: given.get(question.id) for question in section.questions if question.id in asked}


def _save_merged(desk: Desk, values: dict[str, Value | None]) -> ResponseReturnValue:
    settled = settle(desk.section, values)
    if settled.is_ready:
        return _write(desk, settled.values)
    conflicts = merge_conflicts(desk.sheet, settled.questions, values)
    page = merge_page(desk, conflicts, settled.form, version=request.form.get("seen_version", ""))
    return page, settled.status


def _write(desk: Desk, values: dict[str, Value | None]) -> ResponseReturnValue:
    place = desk.place
    try:
        if place.before_saving is not None:
            place.before_saving()
        save_answers(
            db.session,
            place.record,
            values,
            seen_version=int(request.form["seen_version"]),
            actor=place.actor,
            now=clock.now(),
        )
    except AnswersConflict as conflict:
        return merge_page(desk, conflict.conflicts, None, version=str(desk.sheet.version)), 409
    db.session.commit()
    return _go_on(open_desk(place, desk.section.id))


def _go_on(desk: Desk) -> ResponseReturnValue:
    place, sheet = desk.place, desk.sheet
    left = [question for question in waiting_for(sheet, desk.section, desk.roles) if question.required]
    if left:
        flash(
            ngettext(
                "Saved. %(num)s question in “%(section)s” still needs an answer.",
                "Saved. %(num)s questions in “%(section)s” still need an answer.",
                len(left),
                section=desk.section.title,
            ),
            "success",
        )
    else:
        flash(_("Saved. “%(section)s” is complete.", section=desk.section.title), "success")
    if request.form.get("save") == "later":
        return redirect(place.home_url, code=303)
    following = next_section(sheet, desk.section, desk.roles)
    return redirect(place.section_url(following.id) if following else place.check_url, code=303)


def section_page(desk: Desk, form: QuestionForm, *, is_parked: bool = False, is_changed: bool = False) -> str:
    """The page of a section."""
    sections = [s for s in desk.sheet.questionnaire.sections if _applies(s, desk.sheet)]
    position = next((n for n, s in enumerate(sections, start=1) if s.id == desk.section.id), 0)
    return render_template(
        "sections/section.html",
        place=desk.place,
        section=desk.section,
        intro=render_markdown(desk.section.intro),
        form=form,
        asked=" ".join(sorted(posed_questions(form, desk.section))),
        is_read_only=not desk.answerable,
        is_parked=is_parked,
        is_changed=is_changed,
        position=position,
        count=len(sections),
    )


def refused_page(desk: Desk, refusal: NotAllowed | NotPossible) -> ResponseReturnValue:
    """Nothing can be saved here; what was typed is shown, so that it can be copied and is not lost."""
    db.session.rollback()
    page = render_template(
        "sections/refused.html",
        place=desk.place,
        section=desk.section,
        sentence=say(refusal),
        who_can_help=_(refusal.who_can_help) if refusal.who_can_help else "",
        typed=typed_texts(),
    )
    return page, refusal.status


def typed_texts() -> list[str]:
    """What somebody wrote in a form that cannot be saved any more."""
    named = ((name, value.strip()) for name, value in request.form.items(multi=True))
    return [value for name, value in named if name.startswith(("q_", "edit_", "reply_")) and len(value) > 1]


def _applies(section: Section, sheet: ReadSheet) -> bool:
    here = {question.id for question in section.questions}
    return any(question.id in here for question in sheet.visible)


def _asked_before(posted: Mapping[str, str] | None) -> set[str]:
    return set(posted.get(ASKED, "").split()) if posted else set()
