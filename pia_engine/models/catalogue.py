"""Which questionnaire a sheet answers. The catalogue travels with the session, set where sessions are made."""

from __future__ import annotations

from typing import cast

from sqlalchemy.orm import Session

from pia_engine.models.sheets import AnswerSheet
from pia_engine.questionnaires.definition import Questionnaire, Value
from pia_engine.questionnaires.loading import Catalogue


def catalogue_of(session: Session) -> Catalogue:
    """The questionnaires this installation knows."""
    return cast(Catalogue, session.info["catalogue"])


def questionnaire_for(session: Session, sheet: AnswerSheet) -> Questionnaire:
    """The very version the sheet was started with."""
    return catalogue_of(session).get(sheet.questionnaire, sheet.questionnaire_version)


def answers_of(sheet: AnswerSheet) -> dict[str, Value]:
    """The sheet's answers by question id; a cleared answer is left out."""
    return {answer.question: answer.value for answer in sheet.answers if answer.value is not None}
