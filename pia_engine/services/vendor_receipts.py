"""What a vendor's receipt vouches for: the answers that count, as lines to read and as one digest."""

from __future__ import annotations

import datetime as dt
import hashlib

import rfc8785
from sqlalchemy.orm import Session

from pia_engine.models import VendorResponse
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.questionnaires.answers import show_value
from pia_engine.questionnaires.definition import Question, Value
from pia_engine.questionnaires.progress import answers_in_play


def counting_answers(session: Session, response: VendorResponse) -> dict[str, Value]:
    """The answers that count: those to questions that still apply."""
    return answers_in_play(questionnaire_for(session, response.sheet), answers_of(response.sheet))


def answers_digest(session: Session, response: VendorResponse) -> str:
    """What the receipt vouches for: the answers and the attestation, as SHA-256 of canonical JSON (RFC 8785)."""
    return hashlib.sha256(
        rfc8785.dumps(
            {
                "reference": response.reference,
                "questionnaire": response.sheet.questionnaire,
                "questionnaire_version": response.sheet.questionnaire_version,
                "answers": counting_answers(session, response),
                "attested_by": response.attested_name,
                "attested_as": response.attested_title,
                "attested_at": response.attested_at.astimezone(dt.UTC).isoformat() if response.attested_at else None,
            }
        )
    ).hexdigest()


def receipt_lines(session: Session, response: VendorResponse) -> list[tuple[str, str]]:
    """Question and answer as sent, for the vendor's receipt."""
    questionnaire = questionnaire_for(session, response.sheet)
    return [
        (questionnaire.question(name).text, in_one_line(questionnaire.question(name), value))
        for name, value in counting_answers(session, response).items()
    ]


def in_one_line(question: Question, value: Value) -> str:
    """The answer as one line of plain text, rows and ticks included."""
    shown = show_value(question, value)
    if isinstance(shown, str):
        return shown
    return "; ".join(
        entry if isinstance(entry, str) else ", ".join(cell for cell in entry.values() if cell) for entry in shown
    )
