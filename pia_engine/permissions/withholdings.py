"""Guards of what the public does not read: of a withholding itself, and of publishing a text that has some."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, Withholding, WorkflowRecord
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.signatures import newest_revision
from pia_engine.questionnaires.hiding import Extent, is_there
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.workflows import full_assessment
from pia_engine.workflows.withholding import Status

ORDERED = frozenset({"publishing", "published", "superseded", "retracted"})
"""Statuses of an assessment in which its publication is ordered or done."""


def withholdings_of(session: Session, assessment: Assessment, statuses: Iterable[str] = ()) -> list[Withholding]:
    """Every withholding of one edition in the order they were proposed, or those with one of these statuses."""
    query = select(Withholding).where(Withholding.assessment_id == assessment.id).order_by(Withholding.reference)
    wanted = [str(status) for status in statuses]
    return list(session.scalars(query.where(Withholding.status.in_(wanted)) if wanted else query))


def public_answers(session: Session, assessment: Assessment) -> dict[str, Any]:
    """What the public would read of the text handed in last, as it is stored."""
    revision = newest_revision(session, assessment.id)
    questionnaire = questionnaire_for(session, assessment.sheet)
    answers = revision.answers if revision else answers_in_play(questionnaire, answers_of(assessment.sheet))
    public = {question.id for question in questionnaire.questions if question.public}
    return {question: value for question, value in answers.items() if question in public}


def is_still_there(answers: Mapping[str, Any], withholding: Withholding) -> bool:
    """Whether the text still says everything that is withheld in its place."""
    return all(
        is_there(
            answers.get(withholding.question),
            Extent(withholding.extent),
            part["value"],
            row=part["row"],
            column=part["column"],
        )
        for part in withholding.parts
    )


def its_publication_is_not_ordered(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Guard: what is published stays as it is; afterwards a part can be disclosed, or a new version written."""
    about = cast(Withholding, record).assessment
    if about.status in ORDERED:
        raise NotPossible(
            N_("This version is published, or being published. What it withholds can be disclosed, not changed."),
            place=f"assessments:{about.reference}",
        )


def its_edition_is_published(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    about = cast(Withholding, record).assessment
    if about.status not in (
        full_assessment.Status.PUBLISHED,
        full_assessment.Status.SUPERSEDED,
        full_assessment.Status.RETRACTED,
    ):
        raise NotPossible(
            N_("Nothing of this version is published, so there is nothing to disclose. Lift the withholding instead."),
            place=f"assessments:{about.reference}",
        )


def what_is_withheld_is_still_there(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    withholding = cast(Withholding, record)
    if not is_still_there(public_answers(session, withholding.assessment), withholding):
        raise NotPossible(
            N_(
                "The text was changed: what %(reference)s withholds is not there any more. "
                "Take it back or lift it, then propose anew."
            ),
            place=f"withholdings:{withholding.reference}",
            reference=withholding.reference,
        )


def withholdings_are_settled(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    """Guard of publishing: every proposal decided, and every withheld part in its place."""
    assessment = cast(Assessment, record)
    for each in withholdings_of(session, assessment, [Status.PROPOSED]):
        raise NotPossible(
            N_("%(reference)s is not decided yet. Whoever decides it approves or refuses that a part is withheld."),
            place=f"withholdings:{each.reference}",
            reference=each.reference,
        )
    for each in withholdings_of(session, assessment, [Status.APPROVED]):
        what_is_withheld_is_still_there(session, each, actor)
