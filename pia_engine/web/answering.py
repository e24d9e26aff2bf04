"""The section page, for everything that is answered: open it, save it, confirm what was carried over."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm.exc import StaleDataError

from pia_engine import clock
from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.markup import render_markdown
from pia_engine.forms.questions import QuestionForm, posed_questions
from pia_engine.models import Draft
from pia_engine.questionnaires.definition import Section, Value
from pia_engine.services.answers import AnswersConflict, ReadSheet, changes_since, save_answers
from pia_engine.services.carrying import confirm_carried
from pia_engine.services.drafts import drop_draft
from pia_engine.web.checking import next_section, waiting_for
from pia_engine.web.desk import Desk, Place, check_open, open_desk, touched_questions, values_of
from pia_engine.web.drafts import draft_writer, form_of_draft, keep_fields, offered_draft
from pia_engine.web.error_pages import say
from pia_engine.web.merging import is_merging, merge_conflicts, merge_page, settle, settled_versions
from pia_engine.web.parking import take_parked
from pia_engine.web.signposts import signpost

CARRIED = "carried"


def show_section(place: Place, section_id: str) -> ResponseReturnValue:
    """The section to fill in, or to read; with what was typed before and not saved, if something was kept."""
    desk = open_desk(place, section_id)
    if not desk.answerable:
        return section_page(desk, desk.form())
    parked = take_parked()
    if parked is not None:
        return section_page(desk, desk.form(parked), is_parked=True, is_changed=True)
    draft = offered_draft(desk)
    return section_page(desk, form_of_draft(desk, draft) if draft else desk.form(), draft=draft)


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
        values = values_of(form, desk.section, request.form)
        if is_merging():
            return _save_merged(desk, values)
        return _write(desk, values, settled={})
    except (NotAllowed, NotPossible) as refusal:
        return refused_page(desk, refusal)


def _save_merged(desk: Desk, values: dict[str, Value | None]) -> ResponseReturnValue:
    merge = settle(desk.section, values, offers=desk.offers)
    if merge.is_ready:
        return _write(desk, merge.values, settled=settled_versions(merge.questions))
    conflicts = merge_conflicts(desk.sheet, merge.questions, values)
    return merge_page(desk, conflicts, merge.form), merge.status


def _write(desk: Desk, values: dict[str, Value | None], *, settled: Mapping[str, int]) -> ResponseReturnValue:
    place, seen, now = desk.place, int(request.form["seen_version"]), clock.now()
    shown = {question.id for question in desk.section.questions} - settled.keys()
    came_in = changes_since(place.record, shown, values, seen_version=seen, actor=place.actor)
    try:
        if place.before_saving is not None:
            place.before_saving()
        save_answers(db.session, place.record, values, seen_version=seen, settled=settled, actor=place.actor, now=now)
    except AnswersConflict as conflict:
        return merge_page(desk, conflict.conflicts, None), 409
    drop_draft(db.session, place.record, desk.section.id, actor=place.actor)
    db.session.commit()
    _say_what_came_in(came_in)
    return _go_on(open_desk(place, desk.section.id))


def _say_what_came_in(came_in: list[tuple[str, int]]) -> None:
    """What others saved in this section meanwhile, so that nobody wonders at a text they have not seen."""
    for name, count in came_in:
        if name:
            said = ngettext(
                "%(name)s changed %(num)s answer of this section meanwhile. It was kept.",
                "%(name)s changed %(num)s answers of this section meanwhile. They were kept.",
                count,
                name=name,
            )
        else:
            said = ngettext(
                "You changed %(num)s answer of this section in another window meanwhile. It was kept.",
                "You changed %(num)s answers of this section in another window meanwhile. They were kept.",
                count,
            )
        flash(said, "info")


def _go_on(desk: Desk) -> ResponseReturnValue:
    place, sheet = desk.place, desk.sheet
    left = [question for question in waiting_for(sheet, desk.section, desk.roles) if question.id in sheet.required]
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


def confirm_section(place: Place, section_id: str) -> ResponseReturnValue:
    """Confirm the carried answers that were shown, as they are. What else was typed is kept, unsaved."""
    desk = open_desk(place, section_id)
    try:
        check_open(desk)
    except (NotAllowed, NotPossible) as refusal:
        return refused_page(desk, refusal)
    form = desk.form(request.form)
    touched = touched_questions(desk, form, request.form)
    shown = set(request.form.get(CARRIED, "").split()) - touched
    seen = form.seen_version.data or 0
    now = clock.now()
    confirmed = confirm_carried(db.session, place.record, shown, seen_version=seen, actor=place.actor, now=now)
    if touched:
        keep_fields(desk, seen_version=seen)
    db.session.commit()
    flash(ngettext("%(num)s answer is confirmed.", "%(num)s answers are confirmed.", len(confirmed)), "success")
    return redirect(place.section_url(section_id), 303)


def section_page(
    desk: Desk,
    form: QuestionForm,
    *,
    is_parked: bool = False,
    is_changed: bool = False,
    draft: Draft | None = None,
) -> str:
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
        unconfirmed=desk.unconfirmed,
        is_read_only=not desk.answerable,
        is_parked=is_parked,
        is_changed=is_changed,
        draft=draft,
        writer=draft_writer(desk.place),
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
        way=signpost(refusal, desk.place.record),
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
