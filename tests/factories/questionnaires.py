"""A tiny questionnaire in the place of the one an assessment was begun with."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.models import Assessment
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.loading import Catalogue, load_file

TINY = Path(__file__).resolve().parents[1] / "questionnaires"


def tiny(name: str) -> Questionnaire:
    return load_file(TINY / f"{name}.v1.yaml")


def asks_instead(
    assessment: Assessment, asked: Questionnaire, *, app: Flask, session: Session, patch: pytest.MonkeyPatch
) -> Assessment:
    """The city knows this questionnaire too, and the assessment's empty sheet now answers it."""
    known: Catalogue = app.extensions["pia-catalogue"]
    patch.setitem(app.extensions, "pia-catalogue", Catalogue((*known.questionnaires, asked)))
    session.info["catalogue"] = app.extensions["pia-catalogue"]
    for answer in list(assessment.sheet.answers):
        session.delete(answer)
    assessment.sheet.questionnaire, assessment.sheet.questionnaire_version = asked.id, asked.version
    session.commit()
    session.refresh(assessment.sheet)
    session.commit()  # lets go of the database for the clients
    return assessment
