"""Is the history of an answer what the audit trail says was saved? The trail holds the digest of each text."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import AnnualAudit, AnswerVersion, Assessment, AuditEvent, ProgrammeAudit, VendorResponse
from pia_engine.services.history import DIGESTS, SheetOwner, digest_of_value


@dataclass(frozen=True, slots=True)
class AlteredAnswer:
    """An answer whose history disagrees with the trail, and the numbers of the texts that differ or are missing."""

    reference: str
    question: str
    numbers: frozenset[int]


def altered_versions(session: Session, record: SheetOwner, question: str) -> frozenset[int]:
    """The numbers of those texts of one answer that differ from the trail, or are missing."""
    said = _said(session, record.id).get(question, {})
    return _differing(said, _kept(session, record.sheet_id, question).get(question, {}))


def list_altered_answers(session: Session) -> Iterator[AlteredAnswer]:
    """Every answer of every record whose history disagrees with the trail."""
    for owner in (Assessment, VendorResponse, AnnualAudit, ProgrammeAudit):
        rows = session.execute(select(owner.id, owner.sheet_id, owner.reference).order_by(owner.reference)).all()
        for record_id, sheet_id, reference in rows:
            said, kept = _said(session, record_id), _kept(session, sheet_id)
            for question in sorted(said.keys() | kept.keys()):
                numbers = _differing(said.get(question, {}), kept.get(question, {}))
                if numbers:
                    yield AlteredAnswer(reference, question, numbers)


def _differing(said: Mapping[int, str], kept: Mapping[int, str]) -> frozenset[int]:
    return frozenset(number for number in said.keys() | kept.keys() if said.get(number) != kept.get(number))


def _said(session: Session, record_id: uuid.UUID) -> dict[str, dict[int, str]]:
    """What the trail says: by question, the digest of each text by its number."""
    bodies = session.scalars(
        select(AuditEvent.body).where(AuditEvent.aggregate_id == record_id).order_by(AuditEvent.sequence)
    )
    said: dict[str, dict[int, str]] = {}
    for body in bodies:
        for question, digest in _digests(body).items():
            texts = said.setdefault(question, {})
            texts[len(texts) + 1] = digest
    return said


def _digests(body: bytes) -> dict[str, str]:
    """The digests an event names; one that was altered beyond reading names none, and its chain is broken anyway."""
    try:
        found = json.loads(body)["details"].get(DIGESTS, {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


def _kept(session: Session, sheet_id: uuid.UUID, question: str = "") -> dict[str, dict[int, str]]:
    """What the history holds, in the same shape; of one question, if one is named."""
    query = select(AnswerVersion.question, AnswerVersion.number, AnswerVersion.value)
    query = query.where(AnswerVersion.sheet_id == sheet_id)
    if question:
        query = query.where(AnswerVersion.question == question)
    kept: dict[str, dict[int, str]] = {}
    for name, number, value in session.execute(query):
        kept.setdefault(name, {})[number] = digest_of_value(value)
    return kept
