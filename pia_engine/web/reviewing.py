"""A review round: the officer's reading page with changes noted at each question, and the author's replies."""

from __future__ import annotations

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from pia_engine import clock
from pia_engine.errors import N_, NotFound, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.reviews import (
    TextsForm,
    build_notes_form,
    build_replies_form,
    emptied,
    note_name,
    reply_name,
)
from pia_engine.models import Assessment, RequestedChange
from pia_engine.models.catalogue import answers_of
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import reviews
from pia_engine.services.assessments import list_sheet_answers
from pia_engine.web.access import actor, reach
from pia_engine.web.actions import action_url
from pia_engine.web.beside import links_beside
from pia_engine.web.chronicle import in_words
from pia_engine.web.contributions import open_points
from pia_engine.web.hearing import hearing_part
from pia_engine.web.languages import questionnaire_for_reader
from pia_engine.web.parking import take_parked
from pia_engine.web.reading import ReadSection, read_sections
from pia_engine.web.responsible import named_on_page
from pia_engine.web.standing import came_back, section_url, steps_for
from pia_engine.workflows import full_assessment


def review_page(assessment: Assessment) -> ResponseReturnValue:
    """Read and note; every note on the page is saved at once, and the author sees none of them yet."""
    if assessment.status != full_assessment.Status.IN_REVIEW:
        raise NotPossible(N_("No review is under way. The privacy officer starts one."))
    sections = _sections(assessment)
    if request.method != "POST":
        return _review(assessment, sections, _notes_form(sections, take_parked()))
    form, pressed = _notes_form(sections, request.form), request.form.get("note", "")
    dropped = request.form.get("drop")
    if not (form.validate() if dropped else form.validate_one(note_name(pressed))):
        return _review(assessment, sections, form), 422
    if dropped:
        reviews.drop_change(db.session, assessment, _id(dropped), actor=actor())
    noted = form.texts()
    for name, text in noted.items():
        question = name.removeprefix(note_name(""))
        reviews.note_change(db.session, assessment, question=question, text=text, actor=actor(), now=clock.now())
    sentences = [_("The note is removed.")] if dropped else []
    if noted:
        sentences.append(ngettext("The change is noted.", "%(num)s changes are noted.", len(noted)))
    anchor = f"question-{pressed}" if note_name(pressed) in form else "noted"
    return _saved(" ".join(sentences), "assessments.review", assessment, anchor=anchor)


def changes_page(assessment: Assessment) -> ResponseReturnValue:
    """What was asked for, with replies; the author writes them here, and all of them are saved at once."""
    asked = reviews.list_open_changes(db.session, assessment)
    if request.method != "POST":
        return _changes(assessment, asked, _replies_form(asked, take_parked()))
    reach(Permission.ASSESSMENT_SUBMIT, assessment)
    form, pressed = _replies_form(asked, request.form), request.form.get("reply", "")
    stored = {reply_name(each.id): each.reply for each in asked}
    if not form.validate_one(reply_name(pressed), emptied=emptied(form, stored)):
        return _changes(assessment, asked, form), 422
    texts = form.texts()
    for each in asked:
        reply = texts.get(reply_name(each.id), "").strip()
        if reply and reply != each.reply:
            reviews.reply_to_change(db.session, assessment, each.id, reply=reply, actor=actor(), now=clock.now())
    anchor = f"change-{pressed}" if reply_name(pressed) in form else None
    return _saved(_("Your replies are saved."), "assessments.changes", assessment, anchor=anchor)


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(N_("There is no such note in this round.")) from None


def _saved(sentence: str, endpoint: str, assessment: Assessment, *, anchor: str | None = None) -> ResponseReturnValue:
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for(endpoint, reference=assessment.reference, _anchor=anchor), 303)


def _sections(assessment: Assessment) -> list[ReadSection]:
    return read_sections(
        questionnaire_for_reader(assessment.sheet),
        answers_of(assessment.sheet),
        stored=list_sheet_answers(assessment),
        policy=read_rules(assessment.policy_version),
    )


def _notes_form(sections: list[ReadSection], sent: Any) -> TextsForm:
    """Room for a change at every question the officer does not answer."""
    names = [e.id for section in sections for e in section.entries if e.answered_by != Role.PRIVACY_OFFICER]
    return build_notes_form(names)(formdata=sent)


def _replies_form(asked: list[RequestedChange], sent: Any) -> TextsForm:
    stored = {reply_name(each.id): each.reply for each in asked}
    return build_replies_form([each.id for each in asked])(formdata=sent, data=stored)


def _review(assessment: Assessment, sections: list[ReadSection], form: TextsForm) -> str:
    rounds = reviews.list_reviews(db.session, assessment)
    noted = [change for each in rounds if not each.result for change in each.requested_changes]
    before = [each for each in rounds if each.result == "changes"][-1:]
    return render_template(
        "assessments/review.html",
        assessment=assessment,
        round=rounds[-1] if rounds else None,
        sections=sections,
        own_sections=[s for s in sections if any(e.answered_by == Role.PRIVACY_OFFICER for e in s.entries)],
        form=form,
        note_name=note_name,
        noted=_by_question(noted),
        noted_count=len(noted),
        previous=_by_question(change for each in before for change in each.requested_changes),
        question_texts={entry.id: entry.question for section in sections for entry in section.entries},
        steps=steps_for(assessment, lambda action: action_url(assessment, action)),
        section_url=section_url,
        in_words=in_words,
        points=open_points(assessment),
        hearing=hearing_part(assessment),
        beside=links_beside(assessment, actor=actor()),
    )


def _by_question(changes: Any) -> dict[str, list[RequestedChange]]:
    found: dict[str, list[RequestedChange]] = {}
    for change in changes:
        found.setdefault(change.question, []).append(change)
    return found


def _changes(assessment: Assessment, asked: list[RequestedChange], form: TextsForm) -> str:
    questionnaire = questionnaire_for_reader(assessment.sheet)
    everything = reviews.list_requested_changes(db.session, assessment)
    places = {}
    for each in everything:
        question = questionnaire.find_question(each.question)
        places[each.question] = {
            "text": question.text if question else each.question,
            "url": section_url(assessment, questionnaire.section_of(each.question).id) if question else "",
        }
    replies = bool(asked) and may(actor(), Permission.ASSESSMENT_SUBMIT, assessment)
    return render_template(
        "assessments/changes.html",
        assessment=assessment,
        asked=asked,
        earlier=[each for each in everything if each not in asked],
        came_back=came_back(assessment),
        places=places,
        form=form,
        named=named_on_page,
        reply_name=reply_name,
        replies=replies,
        in_words=in_words,
    )
