"""Comments: the threads at one question, and all threads of an assessment by section."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotFound
from pia_engine.extensions import db
from pia_engine.forms.comments import NEW, answer_name, answered_thread, build_comments_form
from pia_engine.forms.reviews import TextsForm
from pia_engine.models import Assessment
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Question, Questionnaire
from pia_engine.services import comments
from pia_engine.services.assessments import get_assessment
from pia_engine.services.comments import Talk
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.beside import comments_url
from pia_engine.web.chronicle import in_words
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.parking import take_parked
from pia_engine.web.reading import shown
from pia_engine.web.standing import section_url

blueprint = Blueprint("comments", __name__)

_ADDRESS = "/assessments/<reference>/<any(initial, full):stage>/comments"
PAGE_SIZE = 20
LAST_PAGE, LAST_EDITION = 10_000, 99_999
_NO_COMMENT = N_("There is no such comment here.")


@blueprint.get(_ADDRESS)
@needs(Permission.COMMENT_VIEW)
def index(reference: str, stage: str) -> ResponseReturnValue:
    """All threads, those open or those resolved, by section."""
    edition = _number("version", LAST_EDITION)
    assessment = _reached(reference, stage, edition=edition)
    questionnaire = sheet_for_reader(assessment).questionnaire
    is_open = request.args.get("show") != "resolved"
    names = [question.id for question in questionnaire.questions]
    talk = comments.list_threads(db.session, assessment, questions=names, is_open=is_open, page=_page(), size=PAGE_SIZE)
    return render_template(
        "comments/index.html",
        assessment=assessment,
        is_open=is_open,
        sections=_by_section(questionnaire, talk),
        total=talk.total,
        **_paging(talk, "comments.index", reference=reference, stage=stage, **_kept("show", "version")),
        in_words=in_words,
        comments_url=lambda question: comments_url(assessment, question, version=edition),
        version=edition,
    )


@blueprint.get(f"{_ADDRESS}/<question>")
@needs(Permission.COMMENT_VIEW)
def show(reference: str, stage: str, question: str) -> ResponseReturnValue:
    """The question, its present answer, and what was said about it."""
    edition = _number("version", LAST_EDITION)
    assessment = _reached(reference, stage, edition=edition)
    talk = _talk(assessment, question)
    form = _form(talk, take_parked())
    return _question_page(assessment, question, talk, form, version=edition)


@blueprint.post(f"{_ADDRESS}/<question>")
@needs(Permission.ASSESSMENT_COMMENT)
def save(reference: str, stage: str, question: str) -> ResponseReturnValue:
    """Keep everything that was written, and settle or take up a thread.

    A thread may have moved to another page since the form was opened: what was sent says which threads are meant.
    """
    assessment = _reached(reference, stage, permission=Permission.ASSESSMENT_COMMENT)
    talk = _talk(assessment, question, also=_answered())
    form = _form(talk, request.form)
    settled = request.form.get("resolve") or request.form.get("reopen")
    if not (form.validate() if settled else form.validate_one(request.form.get("save", ""))):
        return _question_page(assessment, question, talk, form), 422
    anchor = _write(assessment, question, talk, form)
    if settled:
        anchor = _settle(assessment, settled)
    db.session.commit()
    flash(_("Saved."), "success")
    place: dict[str, Any] = {"reference": reference, "stage": stage, "question": question, **_kept("page")}
    return redirect(url_for(".show", **place, _anchor=anchor), 303)


def _write(assessment: Assessment, question: str, talk: Talk, form: TextsForm) -> str | None:
    """Keep the texts of the form; returns where on the page the last one stands."""
    given, now, anchor = form.texts(), clock.now(), None
    for thread in talk.threads:
        text = given.get(answer_name(thread.first.id))
        if text:
            comments.reply_to_comment(db.session, assessment, thread.first.id, text=text, actor=actor(), now=now)
            anchor = f"thread-{thread.first.id}"
    if NEW in given:
        said = comments.write_comment(db.session, assessment, question, text=given[NEW], actor=actor(), now=now)
        anchor = f"thread-{said.id}"
    return anchor


def _settle(assessment: Assessment, pressed: str) -> str:
    try:
        thread_id = uuid.UUID(pressed)
    except ValueError:
        raise NotFound(_NO_COMMENT) from None
    act = comments.resolve_thread if "resolve" in request.form else comments.reopen_thread
    act(db.session, assessment, thread_id, actor=actor(), now=clock.now())
    return f"thread-{thread_id}"


def _reached(
    reference: str, stage: str, *, edition: int | None = None, permission: Permission = Permission.COMMENT_VIEW
) -> Assessment:
    assessment = get_assessment(db.session, reference, stage, edition)
    reach(permission, assessment)
    return assessment


def _talk(assessment: Assessment, question: str, *, also: frozenset[uuid.UUID] = frozenset()) -> Talk:
    """The threads of this page and those in `also`. Raises NotFound for one that is not at this question."""
    talk = comments.list_threads(db.session, assessment, questions=[question], page=_page(), size=PAGE_SIZE, also=also)
    if not also <= {thread.first.id for thread in talk.threads}:
        raise NotFound(_NO_COMMENT)
    return talk


def _answered() -> frozenset[uuid.UUID]:
    """The threads the posted form has a field for a reply in."""
    try:
        return frozenset(found for name in request.form if (found := answered_thread(name)) is not None)
    except ValueError:
        raise NotFound(_NO_COMMENT) from None


def _form(talk: Talk, sent: Any) -> TextsForm:
    return build_comments_form([thread.first.id for thread in talk.threads])(formdata=sent)


def _question_page(
    assessment: Assessment, name: str, talk: Talk, form: TextsForm, *, version: int | None = None
) -> str:
    sheet = sheet_for_reader(assessment)
    question = sheet.questionnaire.find_question(name)
    if question is None:
        raise NotFound(N_("There is no such question."))
    answer = sheet.stored.get(name)
    place = {"reference": assessment.reference, "stage": assessment.stage, "question": name}
    return render_template(
        "comments/question.html",
        assessment=assessment,
        question=question,
        section=sheet.questionnaire.section_of(name),
        back_url=_back_url(assessment, sheet.questionnaire.section_of(name).id, name, version=version),
        version=version,
        answer_shown=shown(question, sheet.answers),
        answer=answer,
        threads=talk.threads,
        total=talk.total,
        form=form,
        new_name=NEW,
        answer_name=answer_name,
        writes=version is None and comments.can_comment(assessment, actor=actor()),
        in_words=in_words,
        **_paging(talk, "comments.show", **place, **_kept("version")),
    )


def _back_url(assessment: Assessment, section: str, question: str, *, version: int | None) -> str:
    """The question on the page of its section; for an earlier version, the section on the page of that version."""
    if version is None:
        return f"{section_url(assessment, section)}#q_{question}"
    address = url_for("assessments.edition", reference=assessment.reference, edition=version)
    return f"{address}#section-{section}"


def _by_section(questionnaire: Questionnaire, talk: Talk) -> list[dict[str, Any]]:
    """The threads of a page under their sections and questions."""
    sections: list[dict[str, Any]] = []
    for thread in talk.threads:
        question: Question = questionnaire.question(thread.first.question)
        title = questionnaire.section_of(question.id).title
        if not sections or sections[-1]["title"] != title:
            sections.append({"title": title, "questions": []})
        questions = sections[-1]["questions"]
        if not questions or questions[-1]["id"] != question.id:
            questions.append({"id": question.id, "text": question.text, "threads": []})
        questions[-1]["threads"].append(thread)
    return sections


def _paging(talk: Talk, endpoint: str, **place: Any) -> dict[str, Any]:
    pages = max(1, -(-talk.total // PAGE_SIZE))
    return {"page": _page(), "pages": pages, "url_of": lambda number: url_for(endpoint, page=number, **place)}


def _page() -> int:
    return _number("page", LAST_PAGE) or 1


def _number(name: str, largest: int) -> int | None:
    """A number from the address, within bounds; None when there is none."""
    number = request.args.get(name, type=int)
    return min(max(1, number), largest) if number is not None else None


def _kept(*names: str) -> dict[str, str]:
    """What the address says besides the page."""
    return {name: request.args[name] for name in names if name in request.args}
