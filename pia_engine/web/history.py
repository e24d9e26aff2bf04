"""The history of one answer: every text with who, when and from where; and putting an earlier one back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, NotAllowed, NotFound, NotPossible
from pia_engine.extensions import db
from pia_engine.models import AnswerVersion, Assessment
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Question, QuestionType
from pia_engine.questionnaires.differences import Line
from pia_engine.questionnaires.values import same_value
from pia_engine.services.answers import check_answerable
from pia_engine.services.assessments import get_assessment
from pia_engine.services.history import get_version, list_versions
from pia_engine.services.history_check import altered_versions
from pia_engine.services.restoring import restore_answer
from pia_engine.web.access import actor, needs, reach
from pia_engine.web.beside import coverage_notes
from pia_engine.web.chronicle import in_words
from pia_engine.web.differing import differences, names_in_policy
from pia_engine.web.languages import sheet_for_reader
from pia_engine.web.reading import ORIGINS, with_day

blueprint = Blueprint("history", __name__)

LAST_PAGE = 100_000
LAST_EDITION = 99_999
_ADDRESS = "/assessments/<reference>/<any(initial, full):stage>/history/<question>"


@dataclass(frozen=True, slots=True)
class Text:
    """One text the answer had, and what it changed of the one before."""

    number: int
    who: str
    when: str
    origin: str
    lines: tuple[Line, ...]
    is_present: bool
    is_altered: bool
    restore_url: str


@blueprint.get(_ADDRESS)
@needs(Permission.ASSESSMENT_VIEW)
def show(reference: str, stage: str, question: str) -> ResponseReturnValue:
    """Every text of an answer, newest first. `edition` asks for an earlier version of the assessment."""
    assessment = _reached(reference, stage, request.args.get("edition", None, type=int))
    asked = _question(assessment, question)
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    found = list_versions(db.session, assessment.sheet, question, page=number)
    altered = altered_versions(db.session, assessment, question)
    names = names_in_policy(assessment)
    can_restore = _is_newest(assessment) and _may_change(assessment, asked)
    return render_template(
        "history/show.html",
        assessment=assessment,
        question=asked,
        texts=[
            _text(assessment, asked, pair, names=names, is_altered=pair[0].number in altered, can_restore=can_restore)
            for pair in found.rows
        ],
        page=found,
        page_url=lambda n: url_for(
            "history.show", reference=reference, stage=stage, question=question, edition=assessment.edition, page=n
        ),
        altered=sorted(altered),
        section_url=_section_url(assessment, asked),
        earlier_editions=range(1, assessment.edition) if stage == "full" else (),
    )


@blueprint.get(f"{_ADDRESS}/<int(max=99999):number>/restore")
@needs(Permission.ASSESSMENT_VIEW)
def ask_to_restore(reference: str, stage: str, question: str, number: int) -> ResponseReturnValue:
    """What putting a text back would change, before it is done."""
    assessment = _reached(reference, stage)
    asked = _question(assessment, question)
    check_answerable(assessment, asked, actor())
    earlier = get_version(db.session, assessment.sheet, question, number)
    sheet = sheet_for_reader(assessment)
    present = sheet.answers.get(question)
    is_same = same_value(present, earlier.value)
    section = sheet.questionnaire.section_of(question).id
    return render_template(
        "history/restore.html",
        assessment=assessment,
        question=asked,
        earlier=earlier,
        when=in_words(earlier.answered_at),
        lines=differences(asked, present, earlier.value, names_in_policy(assessment)),
        is_same=is_same,
        warnings=[] if is_same else coverage_notes(assessment, section, actor=actor()),
        version=assessment.sheet.version,
    )


@blueprint.post(f"{_ADDRESS}/<int(max=99999):number>/restore")
@needs(Permission.ASSESSMENT_ANSWER)
def restore(reference: str, stage: str, question: str, number: int) -> ResponseReturnValue:
    """Put an earlier text back."""
    assessment = _reached(reference, stage)
    _question(assessment, question)
    version = request.form.get("version", 0, type=int)
    restored = restore_answer(
        db.session, assessment, question, number, seen_version=version, actor=actor(), now=clock.now()
    )
    db.session.commit()
    flash(_("The earlier text is back.") if restored else _("This text stands already."), "success")
    return redirect(url_for("history.show", reference=reference, stage=stage, question=question), 303)


def _reached(reference: str, stage: str, edition: int | None = None) -> Assessment:
    if edition is not None and not 1 <= edition <= LAST_EDITION:
        raise NotFound(N_("There is no such version of this assessment."))
    assessment = get_assessment(db.session, reference, stage, edition)
    reach(Permission.ASSESSMENT_VIEW, assessment)
    return assessment


def _question(assessment: Assessment, name: str) -> Question:
    question = sheet_for_reader(assessment).questionnaire.find_question(name)
    if question is None:
        raise NotFound(N_("This questionnaire has no such question."))
    return question


def _is_newest(assessment: Assessment) -> bool:
    return get_assessment(db.session, assessment.reference, assessment.stage) is assessment


def _may_change(assessment: Assessment, question: Question) -> bool:
    if question.type is QuestionType.FILE:
        return False
    try:
        check_answerable(assessment, question, actor())
    except (NotAllowed, NotPossible):
        return False
    return True


def _section_url(assessment: Assessment, question: Question) -> str:
    section = sheet_for_reader(assessment).questionnaire.section_of(question.id)
    return url_for(
        "sections.edit",
        reference=assessment.reference,
        stage=assessment.stage,
        section=section.id,
        _anchor=f"q_{question.id}",
    )


def _text(
    assessment: Assessment,
    question: Question,
    pair: tuple[AnswerVersion, AnswerVersion | None],
    *,
    names: dict[str, str],
    is_altered: bool,
    can_restore: bool,
) -> Text:
    version, before = pair
    present = next((each for each in assessment.sheet.answers if each.question == question.id), None)
    is_present = present is not None and same_value(present.value, version.value)
    return Text(
        number=version.number,
        who=version.answered_by_name,
        when=in_words(version.answered_at),
        origin=_origin(version),
        lines=differences(question, (before or version).value, version.value, names),
        is_present=is_present,
        is_altered=is_altered,
        restore_url=_restore_url(assessment, version) if can_restore and not is_present else "",
    )


def _restore_url(assessment: Assessment, version: AnswerVersion) -> str:
    return url_for(
        "history.ask_to_restore",
        reference=assessment.reference,
        stage=assessment.stage,
        question=version.question,
        number=version.number,
    )


def _origin(version: AnswerVersion) -> str:
    """Where a text comes from when nobody typed it."""
    if version.origin == "restored":
        return str(_("Text %(number)s put back", number=version.origin_note))
    known = ORIGINS.get(version.origin)
    return str(_(known, note=with_day(version.origin_note))) if known else ""
