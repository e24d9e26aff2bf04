"""Files attached to the questions of an assessment: taken in, listed, handed out, removed and put back.

The bytes lie in the document store under their hash; the record says whose they are. What a file is, and whether it
may come in at all, is found out in `services.receiving`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from pia_engine.documents.scanning import Infected
from pia_engine.documents.storage import Storage
from pia_engine.errors import N_, Gone, Invalid, NotAllowed, NotFound, PiaError, TooLarge
from pia_engine.models import Assessment, Attachment
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.answers import FILE_LIMIT
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.services.answers import check_answerable, save_answers
from pia_engine.services.audit import append_event
from pia_engine.services.initiatives import Page
from pia_engine.services.receiving import MEGABYTE, Examined, Intake


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    name: str
    attachment: Attachment | None
    problem: PiaError | None


def check_attachable(session: Session, assessment: Assessment, question: str, *, actor: Actor) -> Question:
    """Whoever may answer the question now may attach files to it. Raises as answering it would."""
    asked = get_question(session, assessment, question)
    check_answerable(assessment, asked, actor)
    return asked


def get_question(session: Session, assessment: Assessment, question: str) -> Question:
    found = questionnaire_for(session, assessment.sheet).find_question(question)
    if found is None:
        raise NotFound(N_("This questionnaire has no such question."))
    return found


def add_attachments(
    session: Session,
    assessment: Assessment,
    question: str,
    *,
    examined: Sequence[Examined],
    intake: Intake,
    actor: Actor,
    now: dt.datetime,
) -> list[Outcome]:
    """Attach what was found good; each file has an outcome of its own. Infected ones are put on record, not kept."""
    asked = check_attachable(session, assessment, question, actor=actor)
    outcomes = []
    for each in examined:
        try:
            added = _add(session, assessment, asked, each, intake=intake, actor=actor, now=now)
        except PiaError as problem:
            outcomes.append(Outcome(each.name, None, problem))
            if isinstance(problem, Infected):
                details = {"question": question, "digest": each.digest, "signature": problem.signature}
                append_event(session, assessment, "attachment:refused", actor=actor, now=now, details=details)
        else:
            outcomes.append(Outcome(each.name, added, None))
    if any(outcome.attachment for outcome in outcomes):
        _answer_with_files(session, assessment, asked, actor=actor, now=now)
    session.flush()
    return outcomes


def _add(
    session: Session,
    assessment: Assessment,
    question: Question,
    each: Examined,
    *,
    intake: Intake,
    actor: Actor,
    now: dt.datetime,
) -> Attachment:
    if each.problem is not None:
        raise each.problem
    _check_room(session, assessment, question.id, each.digest)
    _check_total(session, assessment, each.size, intake.total_limit)
    intake.storage.put_file(each.file, each.digest)
    attachment = Attachment(
        assessment=assessment,
        question=question.id,
        name=each.name,
        media_type=each.media_type,
        size=each.size,
        digest=each.digest,
        scan=each.scan,
        uploaded_by=actor.id,
        uploaded_at=now,
    )
    session.add(attachment)
    session.flush()
    _note(session, assessment, "attachment:added", attachment, actor=actor, now=now)
    return attachment


def _check_room(session: Session, assessment: Assessment, question: str, digest: str) -> None:
    """At one question the same file stands once, and not more files than an answer holds."""
    here = list_attachments(session, assessment, question)
    same = next((each for each in here if each.digest == digest), None)
    if same is not None:
        raise Invalid(N_("The same file is attached here already, as “%(name)s”."), name=same.name)
    if len(here) >= FILE_LIMIT:
        raise Invalid(N_("Keep to %(most)s files at one question. Remove one that is not needed."), most=FILE_LIMIT)


def _check_total(session: Session, assessment: Assessment, size: int, limit: int) -> None:
    present = select(func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.assessment_id == assessment.id, Attachment.removed_at.is_(None)
    )
    if int(session.scalar(present) or 0) + size > limit:
        raise TooLarge(
            N_("All files of an assessment together may have %(limit)s MB. Remove some that are not needed first."),
            limit=limit // MEGABYTE,
        )


def remove_attachment(session: Session, attachment: Attachment, *, actor: Actor, now: dt.datetime) -> None:
    """Hide a file. Its record stays, and so do the bytes until the record is disposed of."""
    assessment = attachment.assessment
    question = check_attachable(session, assessment, attachment.question, actor=actor)
    check_present(attachment)
    attachment.removed_by, attachment.removed_at = actor.id, now
    _note(session, assessment, "attachment:removed", attachment, actor=actor, now=now)
    session.flush()
    _answer_with_files(session, assessment, question, actor=actor, now=now)


def restore_attachment(
    session: Session, attachment: Attachment, *, intake: Intake, actor: Actor, now: dt.datetime
) -> None:
    """Take back a removal; only whoever removed it may."""
    assessment = attachment.assessment
    question = check_attachable(session, assessment, attachment.question, actor=actor)
    if attachment.removed_at is None:
        return
    if attachment.removed_by != actor.id:
        raise NotAllowed(
            N_("Somebody else removed this file. They can put it back, or you attach it again."),
            who_can_help=N_("Whoever removed it"),
        )
    _check_room(session, assessment, attachment.question, attachment.digest)
    _check_total(session, assessment, attachment.size, intake.total_limit)
    attachment.removed_by = attachment.removed_at = None
    _note(session, assessment, "attachment:restored", attachment, actor=actor, now=now)
    session.flush()
    _answer_with_files(session, assessment, question, actor=actor, now=now)


def _note(
    session: Session, assessment: Assessment, event: str, attachment: Attachment, *, actor: Actor, now: dt.datetime
) -> None:
    """On record without the name: it may say more about people than the trail should keep for good."""
    details: dict[str, Any] = {
        "question": attachment.question,
        "digest": attachment.digest,
        "size": attachment.size,
        "type": attachment.media_type,
    }
    append_event(session, assessment, event, actor=actor, now=now, details=details)


def _answer_with_files(
    session: Session, assessment: Assessment, question: Question, *, actor: Actor, now: dt.datetime
) -> None:
    """A question that asks for files is answered by the ones attached to it."""
    if question.type is not QuestionType.FILE:
        return
    value: Value = [as_answer(each) for each in list_attachments(session, assessment, question.id)]
    seen = assessment.sheet.version
    save_answers(session, assessment, {question.id: value or None}, seen_version=seen, actor=actor, now=now)


def as_answer(attachment: Attachment) -> dict[str, str]:
    """One file as an answer names it."""
    return {
        "id": str(attachment.id),
        "name": attachment.name,
        "type": attachment.media_type,
        "size": str(attachment.size),
    }


def list_attachments(session: Session, assessment: Assessment, question: str) -> list[Attachment]:
    """The files at one question, oldest first."""
    rows = session.scalars(
        select(Attachment)
        .options(selectinload(Attachment.uploader))
        .where(
            Attachment.assessment_id == assessment.id,
            Attachment.question == question,
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.id)
    )
    return list(rows)


def list_removed(session: Session, assessment: Assessment, question: str, *, actor: Actor) -> list[Attachment]:
    """The files this actor removed from a question and may put back, last removed first."""
    rows = session.scalars(
        select(Attachment)
        .options(selectinload(Attachment.uploader))
        .where(
            Attachment.assessment_id == assessment.id,
            Attachment.question == question,
            Attachment.removed_by == actor.id,
        )
        .order_by(Attachment.removed_at.desc())
        .limit(FILE_LIMIT)
    )
    return list(rows)


def page_of_attachments(session: Session, assessment: Assessment, *, page: int = 1, size: int = 25) -> Page[Attachment]:
    """All files of an assessment, newest first."""
    query = select(Attachment).where(Attachment.assessment_id == assessment.id, Attachment.removed_at.is_(None))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(
        query.options(selectinload(Attachment.uploader))
        .order_by(Attachment.id.desc())
        .offset((page - 1) * size)
        .limit(size)
    )
    return Page(list(rows), page, size, total)


def count_by_question(session: Session, assessment: Assessment) -> dict[str, int]:
    """How many files are attached, by question; questions without any are not in it."""
    rows = session.execute(
        select(Attachment.question, func.count())
        .where(Attachment.assessment_id == assessment.id, Attachment.removed_at.is_(None))
        .group_by(Attachment.question)
    )
    return {question: count for question, count in rows}


def get_attachment(session: Session, assessment: Assessment, attachment_id: uuid.UUID) -> Attachment:
    """A file of this assessment or of another edition under its reference, removed or not."""
    found = session.get(Attachment, attachment_id)
    if found is None or (found.assessment.reference, found.assessment.stage) != (
        assessment.reference,
        assessment.stage,
    ):
        raise NotFound(N_("This assessment has no such file."))
    return found


def check_present(attachment: Attachment) -> None:
    if attachment.removed_at is not None:
        raise Gone(N_("This file was removed from the assessment. Ask whoever answers the question it belonged to."))


def read_attachment(attachment: Attachment, storage: Storage) -> Iterator[bytes]:
    """The bytes, a piece at a time. Raises Gone for a removed file."""
    check_present(attachment)
    return storage.open_pieces(attachment.digest)


def carry_attachments(session: Session, source: Assessment, target: Assessment, *, left_out: Collection[str]) -> None:
    """Give the next edition records of its own for the files still attached, so that one can go without the other."""
    present = select(Attachment).where(Attachment.assessment_id == source.id, Attachment.removed_at.is_(None))
    copies: dict[str, Attachment] = {}
    for each in session.scalars(present.order_by(Attachment.id)):
        if each.question not in left_out:
            kept = ("question", "name", "media_type", "size", "digest", "scan", "uploaded_by", "uploaded_at")
            copies[str(each.id)] = Attachment(assessment=target, **{name: getattr(each, name) for name in kept})
    session.add_all(copies.values())
    session.flush()
    for answer in target.sheet.answers:
        question = questionnaire_for(session, target.sheet).find_question(answer.question)
        if question is not None and question.type is QuestionType.FILE and answer.value:
            answer.value = [as_answer(copies[file["id"]]) for file in answer.value if file["id"] in copies]
