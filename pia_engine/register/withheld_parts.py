"""The withheld parts of published and unpublished editions, read from the database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, AuditEvent, Withholding
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.withholdings import withholdings_of
from pia_engine.questionnaires.hiding import Extent, Secret
from pia_engine.register.language import Language
from pia_engine.register.withholding import WithheldPart, hidden_texts
from pia_engine.workflows.withholding import Status


def withheld_parts(
    session: Session, assessment: Assessment, *, statuses: Iterable[str] = (Status.APPROVED,)
) -> tuple[WithheldPart, ...]:
    """What the public does not read of one edition, in the order it was proposed."""
    found = withholdings_of(session, assessment, statuses)
    return tuple(part for withholding in found for part in parts_of(withholding))


def parts_of(withholding: Withholding) -> tuple[WithheldPart, ...]:
    """The places of one withholding, with their values and salts."""
    return tuple(_part(withholding, each, ground_name(withholding)) for each in withholding.parts)


def ground_name(withholding: Withholding) -> str:
    """The ground in the words of the policy the assessment was begun under."""
    rules = read_rules(withholding.assessment.policy_version)
    return next((each.name for each in rules.withholding_grounds if each.id == withholding.ground), withholding.ground)


def hidden_under(session: Session, initiative_id: uuid.UUID, language: Language) -> tuple[Secret, ...]:
    """What no text about the initiative may say in public: all that editions under it, or behind it, still withhold."""
    behind = initiatives_behind(session, initiative_id)
    found = session.scalars(
        select(Withholding)
        .join(Withholding.assessment)
        .where(Assessment.initiative_id.in_(behind), Withholding.status == str(Status.APPROVED))
        .order_by(Withholding.reference)
    )
    return hidden_texts([part for withholding in found for part in parts_of(withholding)], language)


def initiatives_behind(session: Session, initiative_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """The initiative, and those its texts were begun from, however far back: what they withhold came along."""
    behind: set[uuid.UUID] = {initiative_id}
    withheld_elsewhere = (
        select(Withholding.id)
        .join(Withholding.assessment)
        .where(Assessment.initiative_id != initiative_id, Withholding.status == str(Status.APPROVED))
    )
    if session.scalar(select(withheld_elsewhere.exists())):
        found = behind
        while found:
            found = _carried_from(session, found) - behind
            behind |= found
    return frozenset(behind)


def _carried_from(session: Session, initiatives: set[uuid.UUID]) -> set[uuid.UUID]:
    """The initiatives from whose assessments answers were carried into those of these, as the trail tells."""
    bodies = session.scalars(
        select(AuditEvent.body)
        .join(Assessment, Assessment.id == AuditEvent.aggregate_id)
        .where(Assessment.initiative_id.in_(initiatives), AuditEvent.event == "answers:carried")
    )
    references = {json.loads(body)["details"].get("from", "") for body in bodies}
    return set(session.scalars(select(Assessment.initiative_id).where(Assessment.reference.in_(references))))


def _part(withholding: Withholding, stored: dict[str, Any], ground: str) -> WithheldPart:
    return WithheldPart(
        withholding=withholding.reference,
        question=withholding.question,
        extent=Extent(withholding.extent),
        value=stored["value"],
        salt=stored["salt"],
        ground=ground,
        texts=tuple(stored["texts"]),
        row=stored["row"],
        column=stored["column"],
    )
