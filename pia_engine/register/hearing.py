"""Who was heard on an assessment, what became of it, and what an independent observer says: as the public reads it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from pia_engine.errors import N_
from pia_engine.models import Assessment, Consultation, Observer
from pia_engine.register.language import Language
from pia_engine.register.proceedings import iso_instant

KINDS = {
    "official": N_("Official of the city"),
    "stakeholder": N_("Body outside the city"),
    "board": N_("Board or committee"),
    "public": N_("Residents, as a group"),
}
"""Whom an assessment may be put to."""


def hearing_of(session: Session, assessment: Assessment, language: Language) -> dict[str, list[dict[str, Any]]]:
    """What a published record holds of it."""
    return {
        "consultations": heard(session, assessment, language),
        "observations": observed(session, assessment.initiative_id),
    }


def heard(session: Session, assessment: Assessment, language: Language) -> list[dict[str, Any]]:
    """The consultations that are public, in the order people were asked."""
    rows = session.scalars(
        select(Consultation)
        .where(
            Consultation.assessment_id == assessment.id,
            Consultation.removed_at.is_(None),
            Consultation.is_public,
        )
        .order_by(Consultation.asked_on, Consultation.id)
    )
    return [
        {
            "kind": each.kind,
            "kind_name": language.say(KINDS[each.kind]),
            "who": each.who,
            "capacity": each.capacity,
            "channel": each.channel,
            "asked": each.asked,
            "asked_on": each.asked_on.isoformat(),
            "reply": each.reply,
            "replied_on": each.replied_on.isoformat() if each.replied_on else None,
            "effect": each.effect,
        }
        for each in rows
    ]


def observed(session: Session, initiative_id: uuid.UUID) -> list[dict[str, Any]]:
    """The statements observers have filed on an initiative, oldest first."""
    rows = session.scalars(
        select(Observer)
        .options(joinedload(Observer.person))
        .where(Observer.initiative_id == initiative_id, Observer.filed_at.is_not(None))
        .order_by(Observer.filed_at, Observer.id)
    )
    return [
        {
            "name": each.person.name,
            "organisation": each.organisation,
            "text": each.statement,
            "sha256": statement_digest(each.statement),
            "filed_at": iso_instant(each.filed_at) if each.filed_at else None,
        }
        for each in rows
    ]


def statement_digest(text: str) -> str:
    """The hash that stands for a statement in the audit trail."""
    return hashlib.sha256(text.encode()).hexdigest()


def filed_since(record: Mapping[str, Any], statements: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The statements a published record does not hold, because they were filed after it."""
    known = {(each["sha256"], each["filed_at"]) for each in record.get("observations", ())}
    kept_back = {filed_at for digest, filed_at in known if digest is None}
    return [
        each
        for each in statements
        if (each["sha256"], each["filed_at"]) not in known and each["filed_at"] not in kept_back
    ]
