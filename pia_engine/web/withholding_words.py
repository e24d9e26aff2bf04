"""What is withheld, in words: for the pages of withholdings and the panel on an assessment's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from pia_engine import clock
from pia_engine.errors import N_, PiaError
from pia_engine.extensions import db
from pia_engine.models import Assessment, Withholding
from pia_engine.permissions.people import may
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.definition import Question
from pia_engine.questionnaires.hiding import Extent
from pia_engine.questionnaires.values import filled_rows
from pia_engine.register.answers import REGISTERS
from pia_engine.register.disclosed import said
from pia_engine.register.risks import register_columns
from pia_engine.register.withholding import is_free_text
from pia_engine.services import withholdings
from pia_engine.services.unsettled import list_unsettled
from pia_engine.web.access import actor
from pia_engine.web.languages import questionnaire_for_reader

TONES = {"proposed": "waiting", "approved": "good", "refused": "quiet", "taken_back": "quiet", "disclosed": "active"}
EXTENTS = {
    Extent.ANSWER: N_("The whole answer"),
    Extent.ROWS: N_("Some rows of the table"),
    Extent.CELLS: N_("Some fields of the table"),
    Extent.WORDS: N_("Some words of the text"),
}
SHORT, MOST_CELLS = 110, 150


def panel(assessment: Assessment) -> dict[str, Any] | None:
    """What the page of a full assessment says of what is withheld; None for whoever may not read it."""
    if assessment.stage != "full" or not may(actor(), Permission.WITHHOLDING_VIEW, assessment):
        return None
    return {
        "lines": [line_of(each) for each in withholdings.list_withholdings(db.session(), assessment, is_open=True)],
        "unsettled": [each.reference for each in list_unsettled(db.session(), assessment)],
        "can_propose": can_propose(assessment),
        "url": url_for("withholdings.index", reference=assessment.reference),
    }


def can_propose(assessment: Assessment) -> bool:
    """Whether this person can propose to withhold something now."""
    try:
        withholdings.check_can_propose(db.session(), assessment, actor=actor())
    except PiaError:
        return False
    return True


def line_of(withholding: Withholding) -> dict[str, Any]:
    """One withholding where several are listed."""
    return {
        "withholding": withholding,
        "question": question_text(withholding.assessment, withholding.question),
        "extent": _(EXTENTS[Extent(withholding.extent)]),
        "ground": _(withholdings.ground_name(withholding)),
        "tone": TONES[withholding.status],
        "is_changed": withholdings.is_changed(db.session(), withholding),
        "url": url_for("withholdings.show", reference=withholding.reference),
    }


def question_text(assessment: Assessment, question_id: str) -> str:
    question = questionnaire_for_reader(assessment.sheet).find_question(question_id)
    return question.text if question else question_id


def values_of(withholding: Withholding) -> list[dict[str, Any]]:
    """What is withheld, place by place, in readable lines, with the digest the public record holds of it."""
    question = questionnaire_for_reader(withholding.assessment.sheet).find_question(withholding.question)
    columns = _columns(question) if question else {}
    return [
        {"where": _place(part, columns), "lines": said(part.value, columns), "path": part.path, "digest": part.digest}
        for part in withholdings.parts_of(withholding)
    ]


def _columns(question: Question) -> dict[str, str]:
    """What each field of a table is called."""
    if question.type in REGISTERS:
        return {column["id"]: column["label"] for column in register_columns(question.type, lambda text: _(str(text)))}
    return {column.id: column.label for column in question.columns}


def _place(part: Any, columns: Mapping[str, str]) -> str:
    if part.extent is Extent.ROWS:
        return str(_("Row %(row)s", row=part.row))
    if part.extent is Extent.CELLS:
        return str(_("Row %(row)s, %(column)s", row=part.row, column=columns.get(part.column, part.column)))
    return ""


def public_draft(assessment: Assessment) -> dict[str, Any]:
    """The complete public record as it would be now."""
    public_url = current_app.extensions["pia-settings"].public_url
    return withholdings.public_draft(db.session(), assessment, now=clock.now(), public_url=public_url)


def choices_of(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What of one answer can be chosen in the form: its rows, its fields, or words of it."""
    rows = answer["value"] if isinstance(answer["value"], list) else []
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if filled_rows([row])]
    labels = {column["id"]: column["label"] for column in answer.get("columns", ())}
    texts = {str(number): _short("; ".join(map(str, _cells(row)))) for number, row in numbered}
    cells = {
        f"{number}:{column}": _short(f"{number}, {labels.get(column, column)}: {cell}")
        for number, row in numbered
        for column, cell in row.items()
        if column != "id" and is_free_text(answer, number, column)
    }
    is_text = isinstance(answer["value"], str) and answer["type"] in ("short_text", "long_text")
    return {
        "rows": {key: f"{key}: {text}" for key, text in texts.items()},
        "cells": cells if len(cells) <= MOST_CELLS else {},
        "has_words": is_text or bool(cells),
    }


def _cells(row: Mapping[str, Any]) -> list[Any]:
    return [cell for column, cell in row.items() if cell and column != "id"]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()} …"
