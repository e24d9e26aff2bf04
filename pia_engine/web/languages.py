"""Questionnaires in the reader's language, where the file has it. Ids, conditions and rules are the same in each."""

from __future__ import annotations

import dataclasses

from flask_babel import get_locale

from pia_engine.extensions import db
from pia_engine.models import AnswerSheet
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.services.answers import ReadSheet, read_sheet
from pia_engine.services.history import SheetOwner


def sheet_for_reader(record: SheetOwner) -> ReadSheet:
    """A record's answers as they stand, with the questions in the language of whoever reads the page."""
    return in_words_of_reader(read_sheet(db.session, record))


def questionnaire_for_reader(sheet: AnswerSheet) -> Questionnaire:
    """The very version the sheet was started with, in the reader's language."""
    return questionnaire_for(db.session, sheet).in_language(_language())


def in_words_of_reader(sheet: ReadSheet) -> ReadSheet:
    words = sheet.questionnaire.in_language(_language())
    visible = tuple(words.question(question.id) for question in sheet.visible)
    return dataclasses.replace(sheet, questionnaire=words, visible=visible)


def _language() -> str:
    return str(get_locale() or "en")
