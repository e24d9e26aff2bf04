"""A review round: the officer's reading page with changes noted at each question, and the author's replies."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound, NotPossible
from pia_engine.extensions import db
from pia_engine.forms.base import CityForm
from pia_engine.forms.reviews import ChangeForm, ReplyForm, form_about
from pia_engine.models import Assessment, RequestedChange
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.people import may
from pia_engine.permissions.roles import Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services import reviews
from pia_engine.services.assessments import list_sheet_answers
from pia_engine.web.access import actor, reach
from pia_engine.web.actions import action_url
from pia_engine.web.chronicle import in_words
from pia_engine.web.parking import take_parked
from pia_engine.web.reading import ReadSection, read_sections
from pia_engine.web.standing import section_url, steps_for
from pia_engine.workflows import full_assessment

Forms = Mapping[str, CityForm]


def review_page(assessment: Assessment) -> ResponseReturnValue:
    """Read and note; each note is saved at once, and the author sees none of them yet."""
    if assessment.status != full_assessment.Status.IN_REVIEW:
        raise NotPossible(N_("No review is under way. The privacy officer starts one."))
    sections = _sections(assessment)
    if request.method != "POST":
        return _review(assessment, sections, _change_forms(sections, take_parked()))
    if request.form.get("drop"):
        reviews.drop_change(db.session, assessment, _id(request.form["drop"]), actor=actor())
        return _saved(_("The note is removed."), "assessments.review", assessment)
    about = request.form.get("about", "")
    if about not in {entry.id for section in sections for entry in section.entries}:
        raise NotFound(N_("There is no such question here."))
    forms = _change_forms(sections, request.form)
    if not forms[about].validate():
        return _review(assessment, sections, forms, wrong=about), 422
    reviews.note_change(
        db.session, assessment, question=about, text=forms[about]["text"].data, actor=actor(), now=clock.now()
    )
    return _saved(_("The change is noted."), "assessments.review", assessment, anchor=f"question-{about}")


def changes_page(assessment: Assessment) -> ResponseReturnValue:
    """What was asked for, with replies; the author writes them here."""
    asked = reviews.list_requested_changes(db.session, assessment)
    if request.method != "POST":
        return _changes(assessment, asked, _reply_forms(asked, take_parked()))
    reach(Permission.ASSESSMENT_SUBMIT, assessment)
    about = request.form.get("about", "")
    if about not in {str(each.id) for each in asked}:
        raise NotFound(N_("There is no such requested change."))
    forms = _reply_forms(asked, request.form)
    if not forms[about].validate():
        return _changes(assessment, asked, forms, wrong=about), 422
    reviews.reply_to_change(
        db.session, assessment, _id(about), reply=forms[about]["text"].data, actor=actor(), now=clock.now()
    )
    return _saved(_("Your reply is saved."), "assessments.changes", assessment, anchor=f"change-{about}")


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
        questionnaire_for(db.session, assessment.sheet),
        answers_of(assessment.sheet),
        stored=list_sheet_answers(assessment),
    )


def _change_forms(sections: list[ReadSection], sent: Any) -> Forms:
    """A form for every question; what was sent, or parked, is shown only in the one it is about."""
    about = sent.get("about", "") if sent else ""
    names = [entry.id for section in sections for entry in section.entries]
    return {name: form_about(ChangeForm, name, formdata=sent if name == about else None) for name in names}


def _reply_forms(asked: list[RequestedChange], sent: Any) -> Forms:
    about = sent.get("about", "") if sent else ""
    return {
        str(each.id): form_about(
            ReplyForm, str(each.id), formdata=sent if str(each.id) == about else None, text=each.reply
        )
        for each in asked
    }


def _review(assessment: Assessment, sections: list[ReadSection], forms: Forms, *, wrong: str = "") -> str:
    rounds = reviews.list_reviews(db.session, assessment)
    noted = [change for each in rounds if not each.result for change in each.requested_changes]
    before = [each for each in rounds if each.result == "changes"][-1:]
    return render_template(
        "assessments/review.html",
        assessment=assessment,
        round=rounds[-1] if rounds else None,
        sections=sections,
        own_sections=[s for s in sections if any(e.answered_by == Role.PRIVACY_OFFICER for e in s.entries)],
        forms=forms,
        wrong=wrong,
        noted=_by_question(noted),
        noted_count=len(noted),
        previous=_by_question(change for each in before for change in each.requested_changes),
        question_texts={entry.id: entry.question for section in sections for entry in section.entries},
        steps=steps_for(assessment, lambda action: action_url(assessment, action)),
        section_url=section_url,
        in_words=in_words,
    )


def _by_question(changes: Any) -> dict[str, list[RequestedChange]]:
    found: dict[str, list[RequestedChange]] = {}
    for change in changes:
        found.setdefault(change.question, []).append(change)
    return found


def _changes(assessment: Assessment, asked: list[RequestedChange], forms: Forms, *, wrong: str = "") -> str:
    questionnaire = questionnaire_for(db.session, assessment.sheet)
    places = {}
    for each in asked:
        question = questionnaire.find_question(each.question)
        places[each.question] = {
            "text": question.text if question else each.question,
            "url": section_url(assessment, questionnaire.section_of(each.question).id) if question else "",
        }
    replies = assessment.status == full_assessment.Status.CHANGES_REQUESTED and may(
        actor(), Permission.ASSESSMENT_SUBMIT, assessment
    )
    return render_template(
        "assessments/changes.html",
        assessment=assessment,
        asked=asked,
        places=places,
        forms=forms,
        wrong=wrong,
        replies=replies,
        in_words=in_words,
    )
