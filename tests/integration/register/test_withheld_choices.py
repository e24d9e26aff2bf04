"""A withheld choice, number or day: the public record is the same whatever was chosen, so it tells nobody which."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, SignOff
from pia_engine.models.catalogue import answers_of as answers_of_sheet
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions import signatures
from pia_engine.permissions.signatures import newest_revision
from pia_engine.questionnaires.answers import choices
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.hiding import Extent
from pia_engine.questionnaires.progress import required_questions
from pia_engine.register.language import language_of
from pia_engine.register.withholding import WithheldPart, answers_of, project, texts_of
from pia_engine.services.withholdings import public_draft
from tests.factories.governance.withholdings import URL
from tests.factories.walks import Walk

CHOSEN = (QuestionType.ONE_OF, QuestionType.YES_NO, QuestionType.YES_NO_UNSURE)


def alternatives(question: Question) -> list[Value]:
    if question.type in CHOSEN:
        return [option.value for option in choices(question)]
    if question.type is QuestionType.ANY_OF:
        return [[option.value] for option in question.options]
    if question.type is QuestionType.NUMBER:
        return [3, 4]
    return ["2027-03-02", "2028-05-06"] if question.type is QuestionType.DATE else []


def drafts(session: Session, record: Assessment, question: Question) -> Iterator[tuple[Value, dict[str, Any]]]:
    """The complete record for each thing that could have been chosen."""
    revision = newest_revision(session, record.id)
    assert revision is not None
    (stored,) = (answer for answer in record.sheet.answers if answer.question == question.id)
    before = revision.answers
    for value in alternatives(question):
        revision.answers, stored.value = {**before, question.id: value}, value
        yield value, public_draft(session, record, now=record.updated_at, public_url=URL)
    revision.answers, stored.value = before, before[question.id]


def projected(draft: dict[str, Any], question: str, value: Value) -> str:
    texts = texts_of(answers_of(draft)[question], Extent.ANSWER)
    part = WithheldPart("WTH-2026-0001", question, Extent.ANSWER, value, "salt", "Security", texts)
    return json.dumps(project(draft, [part], language=language_of("en", "UTC"))).replace(part.digest, "digest")


def test_nobody_can_tell_what_was_chosen(session: Session, walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    record = walk.full("approved")
    questionnaire = questionnaire_for(session, record.sheet)
    (covers,) = session.scalars(select(SignOff.covers).where(SignOff.position == signatures.AGENCY))
    monkeypatch.setattr(signatures, "covered_by", lambda *_about, **_position: covers)  # as if each had been signed
    compared, told = set(), set()
    with session.no_autoflush:
        for question in questionnaire.questions:
            if not question.public or not any(each.question == question.id for each in record.sheet.answers):
                continue
            seen: dict[tuple[str, ...], set[str]] = {}
            for value, draft in drafts(session, record, question):
                # Which further questions were asked follows from some choices: that is for people to see.
                asked = required_questions(questionnaire, {**answers_of_sheet(record.sheet), question.id: value})
                seen.setdefault((*answers_of(draft), *sorted(asked)), set()).add(projected(draft, question.id, value))
                compared.add(question.id)
            told |= {question.id for projections in seen.values() if len(projections) > 1}
    session.rollback()
    assert {"overall_residual_risk", "next_review"} <= compared
    assert len(compared) > 10
    assert told == set()
