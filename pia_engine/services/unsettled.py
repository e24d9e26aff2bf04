"""What is withheld under an initiative, and an edition would publish: settled before the edition is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, Withholding
from pia_engine.permissions.signatures import newest_revision
from pia_engine.permissions.withholdings import ORDERED
from pia_engine.questionnaires.hiding import Extent, is_there, secrets_of
from pia_engine.register.language import language_of
from pia_engine.register.withheld_parts import initiatives_behind
from pia_engine.register.withholding import answers_of, missing_parts, project, without_texts
from pia_engine.services.withholdings import open_parts, public_draft
from pia_engine.workflows.withholding import Status


def check_settled(session: Session, assessment: Assessment) -> None:
    """Raises NotPossible when the edition would publish what another one still withholds."""
    for each in list_unsettled(session, assessment):
        raise NotPossible(
            N_(
                "It would publish what is withheld elsewhere: %(reference)s. "
                "Withhold it here too, or disclose it there."
            ),
            place=f"withholdings-of:{assessment.reference}",
            reference=each.reference,
        )


def list_unsettled(session: Session, assessment: Assessment) -> list[Withholding]:
    """What other editions withhold and the text handed in last says anywhere, once its own parts are left out."""
    elsewhere = _withheld_elsewhere(session, assessment)
    if not elsewhere or newest_revision(session, assessment.id) is None:
        return []
    record = public_draft(session, assessment, now=assessment.updated_at, public_url="")
    here = open_parts(session, assessment)
    missing = missing_parts(record, here)
    parts = [part for part in here if part not in missing]
    public = project(record, parts, language=language_of(record["language"], record["city"]["time_zone"]))
    return [each for each in elsewhere if _says_again(public, each)]


def _withheld_elsewhere(session: Session, assessment: Assessment) -> list[Withholding]:
    """What the editions before this one still withhold, and every published one whose text this one may repeat."""
    is_before = and_(Assessment.reference == assessment.reference, Assessment.edition < assessment.edition)
    query = (
        select(Withholding)
        .join(Withholding.assessment)
        .where(
            Assessment.initiative_id.in_(initiatives_behind(session, assessment.initiative_id)),
            Assessment.id != assessment.id,
            or_(is_before, Assessment.status.in_(ORDERED)),
            Withholding.status == str(Status.APPROVED),
        )
        .order_by(Withholding.reference)
    )
    return list(session.scalars(query))


def _says_again(public: Mapping[str, Any], other: Withholding) -> bool:
    """Whether one of its texts stands anywhere; of what is too short or no text, whether it stands in its place."""
    secrets = secrets_of((text, "") for part in other.parts for text in part["texts"])
    if without_texts(public, secrets) != without_texts(public, ()):
        return True
    answer = answers_of(public).get(other.question, {}).get("value")
    return any(stands_in(answer, Extent(other.extent), part["value"]) for part in other.parts)


def stands_in(answer: Any, extent: Extent, value: Any) -> bool:
    """The same answer, row, field or words, wherever in the table they stand now."""
    if extent is Extent.WORDS:
        return is_there(answer, extent, value)
    if extent is Extent.ANSWER or not isinstance(answer, list):
        return bool(answer == value)
    rows = [row for row in answer if isinstance(row, dict)]
    return value in rows if extent is Extent.ROWS else any(value in row.values() for row in rows)
