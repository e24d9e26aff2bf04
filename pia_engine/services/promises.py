"""What a text promises: the measure of each risk that is reduced or shared, and each condition it was decided under."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Determination
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.registers import RISKS
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.questionnaires.values import filled_rows

PROMISING = frozenset({"mitigate", "share"})
"""Responses to a risk that something is to be done for."""

_BULLETS = "-*•–· \t"


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing promised in a text. `owner` and `due_on` are as written there, both may be missing."""

    source: str
    source_id: str
    text: str
    owner: str = ""
    due_on: dt.date | None = None
    is_public: bool = True


def promises_of(session: Session, assessment: Assessment) -> list[Promise]:
    """The promises of an assessment: of its risks and conditions, or of the delegated review it ended with."""
    if assessment.stage == "initial":
        query = select(Determination).where(Determination.assessment_id == assessment.id)
        determination = session.scalars(query).one_or_none()
        return _conditions("delegated_review", determination.conditions) if determination else []
    return [*_measures(session, assessment), *_conditions("condition", assessment.conditions)]


def _measures(session: Session, assessment: Assessment) -> Iterator[Promise]:
    questionnaire = questionnaire_for(session, assessment.sheet)
    question = questionnaire.find_question(RISKS)
    in_play = answers_in_play(questionnaire, answers_of(assessment.sheet))
    for risk in filled_rows(in_play.get(RISKS)):
        text = str(risk.get("measures", "")).strip()
        if risk.get("response") in PROMISING and text:
            yield Promise(
                source="risk",
                source_id=str(risk["id"]),
                text=text,
                owner=str(risk.get("owner", "")),
                due_on=_day(str(risk.get("due_on", ""))),
                is_public=question is not None and question.public,
            )


def _conditions(source: str, text: str) -> list[Promise]:
    """One promise for each line; a line written twice is one promise."""
    lines = [" ".join(line.strip().lstrip(_BULLETS).split()) for line in text.splitlines()]
    return [Promise(source, _mark(line), line) for line in dict.fromkeys(lines) if line]


def _mark(line: str) -> str:
    """Tells the same condition in the next version, wherever it stands there."""
    return hashlib.sha256(line.casefold().encode()).hexdigest()[:16]


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
