"""Files attached to an assessment: the list of all, those of one question, adding, downloading, removing."""

from __future__ import annotations

import contextlib
import errno
import uuid
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from pia_engine import clock
from pia_engine.documents.scanning import open_scanner
from pia_engine.documents.sniffing import KINDS
from pia_engine.documents.storage import NO_ROOM, NotStored, open_storage
from pia_engine.errors import N_, NotAllowed, NotFound, NotPossible, PiaError, TooLarge
from pia_engine.extensions import db, start_writing
from pia_engine.forms.attachments import AT_ONCE, FilesForm, PlainFileForm
from pia_engine.forms.markup import Help
from pia_engine.models import Assessment, Attachment
from pia_engine.permissions.people import check_may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import QuestionType
from pia_engine.services import attachments
from pia_engine.services.assessments import get_assessment
from pia_engine.services.attachments import Outcome
from pia_engine.services.receiving import MEGABYTE, Intake, examine
from pia_engine.settings import Settings
from pia_engine.web.access import actor, actor_anew, needs, reach, reads_only
from pia_engine.web.attached import download_headers, page_address, shown_file
from pia_engine.web.beside import coverage_notes
from pia_engine.web.error_pages import error_page, say
from pia_engine.web.languages import questionnaire_for_reader

blueprint = Blueprint("attachments", __name__, url_prefix="/assessments/<reference>/<any(initial, full):stage>/files")

FORM_OVERHEAD = MEGABYTE
LAST_PAGE = 100_000


@blueprint.url_value_preprocessor
def _make_room(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let whoever may attach files here send more than the usual form holds; nothing was read from the line yet."""
    if endpoint == "attachments.upload" and request.method == "POST" and current_user.is_authenticated:
        with contextlib.suppress(PiaError):  # the view says so; here it only leaves no room
            _check_attachable(**(values or {}))
            request.max_content_length = _most_at_once() * MEGABYTE + FORM_OVERHEAD


def _check_attachable(reference: str, stage: str, question: str) -> None:
    """Raise for whoever may not attach files at this question now."""
    check_may(actor(), Permission.ASSESSMENT_ANSWER)
    attachments.check_attachable(db.session, _assessment(reference, stage), question, actor=actor())


def _settings() -> Settings:
    settings: Settings = current_app.extensions["pia-settings"]
    return settings


def _most_at_once() -> int:
    """Megabytes that may come in one go."""
    settings = _settings()
    return min(settings.assessment_megabytes, AT_ONCE * settings.attachment_megabytes)


def _intake() -> Intake:
    settings = _settings()
    return Intake(
        storage=open_storage(settings.attachments_folder),
        kinds=frozenset(settings.attachment_kinds.split()),
        file_limit=settings.attachment_megabytes * MEGABYTE,
        total_limit=settings.assessment_megabytes * MEGABYTE,
        scanner=open_scanner(settings.clamav_url, seconds=settings.clamav_seconds),
    )


def _assessment(reference: str, stage: str) -> Assessment:
    assessment = get_assessment(db.session, reference, stage)
    reach(Permission.ASSESSMENT_VIEW, assessment)
    return assessment


@blueprint.get("")
@needs(Permission.ASSESSMENT_VIEW)
def index(reference: str, stage: str) -> ResponseReturnValue:
    """All files of an assessment, 25 on a page."""
    assessment = _assessment(reference, stage)
    number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
    page = attachments.page_of_attachments(db.session, assessment, page=number)
    questionnaire = questionnaire_for_reader(assessment.sheet)
    asked = {each.question: questionnaire.find_question(each.question) for each in page.rows}
    return render_template(
        "attachments/index.html",
        assessment=assessment,
        page=page,
        rows=[shown_file(each) for each in page.rows],
        texts={name: question.text if question else name for name, question in asked.items()},
        page_url=lambda n: url_for(".index", reference=reference, stage=stage, page=n),
    )


@blueprint.get("/<question>")
@needs(Permission.ASSESSMENT_VIEW)
def show(reference: str, stage: str, question: str) -> ResponseReturnValue:
    """The files of one question, and the form to add some."""
    return _question_page(_assessment(reference, stage), question, FilesForm(formdata=None))


@blueprint.post("/<question>")
@needs(Permission.ASSESSMENT_ANSWER)
@reads_only
def upload(reference: str, stage: str, question: str) -> ResponseReturnValue:
    """Look at each file while the database is free for others, then attach the good ones in one go.

    That takes a while, and somebody may lose their rights meanwhile: those of the end count.
    """
    _check_attachable(reference, stage, question)
    form = FilesForm()
    if not form.validate_on_submit():
        return _question_page(_assessment(reference, stage), question, form), 422
    intake = _intake()
    db.session.rollback()
    examined = [examine(each.filename, each.stream, intake) for each in form.files.data]
    start_writing()
    assessment = get_assessment(db.session, reference, stage)
    outcomes = attachments.add_attachments(
        db.session, assessment, question, examined=examined, intake=intake, actor=actor_anew(), now=clock.now()
    )
    db.session.commit()
    return _tell(assessment, question, form, outcomes)


def _tell(assessment: Assessment, question: str, form: FilesForm, outcomes: list[Outcome]) -> ResponseReturnValue:
    """All well: the page anew. Else the page with each problem, and what was attached none the less."""
    names = [outcome.name for outcome in outcomes if outcome.attachment]
    if names:
        flash(_("Attached: %(names)s.", names=", ".join(names)), "success")
    problems = [(outcome.name, outcome.problem) for outcome in outcomes if outcome.problem]
    if not problems:
        return redirect(page_address("show", assessment, question), 303)
    form.files.errors = [_about(name, problem) for name, problem in problems]
    return _question_page(assessment, question, form), max(problem.status for _name, problem in problems)


def _about(name: str, problem: PiaError) -> str:
    sentence = _("“%(name)s”: %(problem)s", name=name, problem=say(problem))
    if not problem.who_can_help:
        return str(sentence)
    return str(_("%(sentence)s Who can help: %(who)s.", sentence=sentence, who=_(problem.who_can_help)))


@blueprint.errorhandler(RequestEntityTooLarge)
def _on_too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """More than may come in one go: the page again, with a sentence. Nothing of it was read or kept."""
    given = request.view_args or {}
    problem = TooLarge(
        N_("The files together are larger than the %(limit)s MB that can be sent at once. Attach fewer at a time."),
        limit=_most_at_once(),
    )
    try:
        assessment = _assessment(given["reference"], given["stage"])
        form = FilesForm(formdata=None)
        form.files.errors = [_why_closed(assessment, given["question"]) or say(problem)]
        return _question_page(assessment, given["question"], form), 413
    except (PiaError, KeyError):
        return error_page(413, say(problem))


@blueprint.errorhandler(OSError)
def _on_no_room(error: OSError) -> ResponseReturnValue:
    """Large files wait on the disk while they come in; there may be no room even for that."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise error
    return error_page(NotStored.status, say(NotStored(NO_ROOM)))


def _question_page(assessment: Assessment, name: str, form: FilesForm) -> str:
    attachments.get_question(db.session, assessment, name)
    questionnaire = questionnaire_for_reader(assessment.sheet)
    closed = _why_closed(assessment, name)
    _word(form)
    removed = attachments.list_removed(db.session, assessment, name, actor=actor()) if closed is None else []
    return render_template(
        "attachments/question.html",
        assessment=assessment,
        question=questionnaire.question(name),
        section=questionnaire.section_of(name),
        form=form,
        rows=[shown_file(each) for each in attachments.list_attachments(db.session, assessment, name)],
        removed=[shown_file(each) for each in removed],
        closed=closed,
        warnings=_warnings(assessment, name),
        is_scanned=bool(_settings().clamav_url),
    )


def _warnings(assessment: Assessment, name: str) -> list[str]:
    """Whose sign-offs a file more or less makes void: only where the files are the answer."""
    questionnaire = questionnaire_for_reader(assessment.sheet)
    if questionnaire.question(name).type is not QuestionType.FILE:
        return []
    return coverage_notes(assessment, questionnaire.section_of(name).id, actor=actor())


def _why_closed(assessment: Assessment, question: str) -> str | None:
    """Why this person can add no files here; None when they can."""
    try:
        attachments.check_attachable(db.session, assessment, question, actor=actor())
    except (NotAllowed, NotPossible) as refused:
        return say(refused)
    return None


def _word(form: FilesForm) -> None:
    kinds = [kind for name, kind in KINDS.items() if name in _settings().attachment_kinds.split()]
    form.files.endings = tuple(ending for kind in kinds for ending in kind.endings)
    said = _(
        "%(kinds)s; up to %(limit)s MB each, up to %(most)s files at once. Office files without macros.",
        most=AT_ONCE,
        kinds=", ".join(kind.id.upper() for kind in kinds),
        limit=_settings().attachment_megabytes,
    )
    form.files.help = Help(hint=said)


@blueprint.get("/<question>/<uuid:attachment_id>")
@needs(Permission.ASSESSMENT_VIEW)
def download(reference: str, stage: str, question: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """The file as a download, never shown inside the site."""
    attachment = _attachment(reference, stage, question, attachment_id)
    pieces = attachments.read_attachment(attachment, open_storage(_settings().attachments_folder))
    answer = Response(pieces, content_type=attachment.media_type)
    answer.content_length = attachment.size
    answer.headers.update(download_headers(attachment))
    return answer


def _attachment(reference: str, stage: str, question: str, attachment_id: uuid.UUID) -> Attachment:
    attachment = attachments.get_attachment(db.session, _assessment(reference, stage), attachment_id)
    if attachment.question != question:
        raise NotFound(N_("This assessment has no such file."))
    return attachment


@blueprint.route("/<question>/<uuid:attachment_id>/remove", methods=["GET", "POST"])
@needs(Permission.ASSESSMENT_ANSWER)
def remove(reference: str, stage: str, question: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Ask once more, then hide the file."""
    attachment = _attachment(reference, stage, question, attachment_id)
    attachments.check_attachable(db.session, attachment.assessment, question, actor=actor())
    attachments.check_present(attachment)
    form = PlainFileForm()
    if form.validate_on_submit():
        name, address = attachment.name, page_address("show", attachment.assessment, question)
        attachments.remove_attachment(db.session, attachment, actor=actor(), now=clock.now())
        db.session.commit()
        flash(_("“%(name)s” was removed. You can put it back below.", name=name), "success")
        return redirect(address, 303)
    return render_template(
        "attachments/remove.html",
        assessment=attachment.assessment,
        question=questionnaire_for_reader(attachment.assessment.sheet).question(question),
        row=shown_file(attachment),
        form=form,
        back_url=page_address("show", attachment.assessment, question),
        warnings=_warnings(attachment.assessment, question),
    )


@blueprint.post("/<question>/<uuid:attachment_id>/restore")
@needs(Permission.ASSESSMENT_ANSWER)
def restore(reference: str, stage: str, question: str, attachment_id: uuid.UUID) -> ResponseReturnValue:
    """Put back what the same person removed."""
    attachment = _attachment(reference, stage, question, attachment_id)
    name, address = attachment.name, page_address("show", attachment.assessment, question)
    attachments.restore_attachment(db.session, attachment, intake=_intake(), actor=actor(), now=clock.now())
    db.session.commit()
    flash(_("“%(name)s” is attached again.", name=name), "success")
    return redirect(address, 303)
