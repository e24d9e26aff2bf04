"""Every text an answer ever had: written with each change through `write_answers`, and read."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from pia_engine.errors import N_, NotFound
from pia_engine.models import (
    AnnualAudit,
    Answer,
    AnswerSheet,
    AnswerVersion,
    Assessment,
    ProgrammeAudit,
    VendorResponse,
)
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import Value
from pia_engine.questionnaires.values import same_value
from pia_engine.services.audit import append_event
from pia_engine.services.coverage import void_changed
from pia_engine.services.initiatives import Page

SheetOwner = Assessment | VendorResponse | AnnualAudit | ProgrammeAudit
DIGESTS = "digests"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to write; None clears it. One that somebody typed is confirmed by that."""

    question: str
    value: Value | None
    origin: str = "typed"
    origin_note: str = ""
    is_confirmed: bool = True


def write_answers(
    session: Session,
    record: SheetOwner,
    given: Iterable[Given],
    *,
    actor: Actor,
    now: dt.datetime,
    event: str = "answers:saved",
    details: Mapping[str, Any] | None = None,
) -> list[str]:
    """The only way an answer changes: the answer, its history and the trail together. Returns what changed.

    A new text voids the sign-offs that covered another.

    Asks for no permission and no lock: `save_answers` and its like do. A text that stays the same keeps its origin.
    """
    sheet = record.sheet
    changed, new_texts = _put_all(sheet, given, actor=actor, now=now)
    if changed:
        flag_modified(sheet, "questionnaire_version")
        said = {"questions": changed, DIGESTS: _remember(session, sheet, new_texts), **(details or {})}
        append_event(session, record, event, actor=actor, now=now, details=said)
    session.flush()
    if new_texts:
        void_changed(session, record, actor=actor, now=now)
    return changed


def _put_all(
    sheet: AnswerSheet, given: Iterable[Given], *, actor: Actor, now: dt.datetime
) -> tuple[list[str], list[Answer]]:
    """The questions something changed about, and the answers with a new text."""
    stored = {answer.question: answer for answer in sheet.answers}
    changed, new_texts = [], []
    for each in given:
        before = stored.get(each.question)
        if not same_value(before.value if before else None, each.value):
            new_texts.append(_put(sheet, before, each, actor=actor, now=now))
        elif before is not None and each.is_confirmed and not before.is_confirmed:
            _confirm(before, sheet, actor=actor, now=now)
        else:
            continue
        changed.append(each.question)
    return changed, new_texts


def _put(sheet: AnswerSheet, answer: Answer | None, given: Given, *, actor: Actor, now: dt.datetime) -> Answer:
    if answer is None:
        answer = Answer(question=given.question)
        sheet.answers.append(answer)
    answer.value, answer.origin, answer.origin_note = given.value, given.origin, given.origin_note
    answer.is_confirmed, answer.saved_in = given.is_confirmed, sheet.version + 1
    answer.answered_by, answer.answered_by_name, answer.answered_at = actor.id, actor.name, now
    return answer


def _confirm(answer: Answer, sheet: AnswerSheet, *, actor: Actor, now: dt.datetime) -> None:
    answer.is_confirmed, answer.saved_in = True, sheet.version + 1
    answer.answered_by, answer.answered_by_name, answer.answered_at = actor.id, actor.name, now


def begin_history(session: Session, record: SheetOwner, *, actor: Actor, now: dt.datetime) -> None:
    """Remember the answers a sheet was begun with, and that they were carried over."""
    answers = list(record.sheet.answers)
    if not answers:
        return
    digests = _remember(session, record.sheet, answers)
    details = {"questions": [answer.question for answer in answers], DIGESTS: digests}
    append_event(session, record, "answers:carried", actor=actor, now=now, details=details)


def _remember(session: Session, sheet: AnswerSheet, answers: Sequence[Answer]) -> dict[str, str]:
    """One more version for each of these answers; returns the digest of each text."""
    names = [answer.question for answer in answers]
    rows = session.execute(
        select(AnswerVersion.question, func.max(AnswerVersion.number))
        .where(AnswerVersion.sheet_id == sheet.id, AnswerVersion.question.in_(names))
        .group_by(AnswerVersion.question)
    )
    known = dict(rows.all())
    session.add_all(_version_of(sheet, answer, known.get(answer.question, 0) + 1) for answer in answers)
    return {answer.question: digest_of_value(answer.value) for answer in answers}


def _version_of(sheet: AnswerSheet, answer: Answer, number: int) -> AnswerVersion:
    return AnswerVersion(
        sheet_id=sheet.id,
        question=answer.question,
        number=number,
        value=answer.value,
        saved_in=answer.saved_in,
        origin=answer.origin,
        origin_note=answer.origin_note,
        answered_by=answer.answered_by,
        answered_by_name=answer.answered_by_name,
        answered_at=answer.answered_at,
    )


def digest_of_value(value: Value | None) -> str:
    """The SHA-256 of an answer's canonical JSON (RFC 8785), as the trail keeps it."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def count_versions_by_question(session: Session, sheet: AnswerSheet) -> dict[str, int]:
    """How many texts each answered question has had."""
    query = select(AnswerVersion.question, func.count(AnswerVersion.id)).where(AnswerVersion.sheet_id == sheet.id)
    return dict(session.execute(query.group_by(AnswerVersion.question)).all())


def list_versions(
    session: Session, sheet: AnswerSheet, question: str, *, page: int = 1, size: int = 10
) -> Page[tuple[AnswerVersion, AnswerVersion | None]]:
    """The texts of one answer, newest first, each with the one before it."""
    of_question = (AnswerVersion.sheet_id == sheet.id, AnswerVersion.question == question)
    total = session.scalar(select(func.count(AnswerVersion.id)).where(*of_question)) or 0
    query = select(AnswerVersion).where(*of_question).order_by(AnswerVersion.number.desc())
    found = list(session.scalars(query.offset((page - 1) * size).limit(size + 1)))
    before: list[AnswerVersion | None] = [*found, None][1:]
    return Page(list(zip(found, before, strict=True))[:size], page, size, total)


def get_version(session: Session, sheet: AnswerSheet, question: str, number: int) -> AnswerVersion:
    """One earlier text. Raises NotFound."""
    found = session.scalars(
        select(AnswerVersion).where(
            AnswerVersion.sheet_id == sheet.id, AnswerVersion.question == question, AnswerVersion.number == number
        )
    ).one_or_none()
    if found is None:
        raise NotFound(N_("This answer has no such earlier text."))
    return found


def values_at(session: Session, sheet: AnswerSheet, questions: Iterable[str], version: int) -> dict[str, Value | None]:
    """What stood in these answers when the sheet was at `version`; what was not answered then is missing."""
    rows = session.execute(
        select(AnswerVersion.question, AnswerVersion.value)
        .where(
            AnswerVersion.sheet_id == sheet.id,
            AnswerVersion.question.in_(list(questions)),
            AnswerVersion.saved_in <= version,
        )
        .order_by(AnswerVersion.number)
    )
    return dict(rows.all())
