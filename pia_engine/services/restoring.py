"""Put an earlier text of an answer back: an ordinary save, with the same rights and the same care for others' work."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible, Stale
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.questionnaires.definition import QuestionType
from pia_engine.services.answers import check_answerable, check_fits
from pia_engine.services.history import Given, SheetOwner, get_version, write_answers


def restore_answer(
    session: Session,
    record: SheetOwner,
    question_id: str,
    number: int,
    *,
    seen_version: int,
    actor: Actor,
    now: dt.datetime,
) -> bool:
    """Put text `number` back. True when that changed the answer.

    Raises Stale when the answer was saved since `seen_version`, NotAllowed or NotPossible as saving does.
    """
    question = questionnaire_for(session, record.sheet).question(question_id)
    if question.type is QuestionType.FILE:
        raise NotPossible(N_("Files are put back on the page where they are managed."))
    check_answerable(record, question, actor)
    earlier = get_version(session, record.sheet, question_id, number)
    check_fits(question, earlier.value)
    present = next((each for each in record.sheet.answers if each.question == question_id), None)
    if present is not None and present.saved_in > seen_version:
        raise Stale(N_("This answer was changed while you were looking at its history. Look at it again first."))
    given = Given(question_id, earlier.value, "restored", str(number))
    return bool(write_answers(session, record, [given], event="answers:restored", actor=actor, now=now))
