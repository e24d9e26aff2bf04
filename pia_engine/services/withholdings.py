"""Withholdings: propose that a part of an answer is not published, decide it, and say what the public will read.

What becomes of them after publication is in `disclosures`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import Assessment, Withholding
from pia_engine.models.policy_rules import Ground, read_rules
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.signatures import newest_revision
from pia_engine.permissions.vocabulary import Permission
from pia_engine.permissions.withholdings import (
    ORDERED,
    is_still_there,
    public_answers,
    withholdings_of,
)
from pia_engine.questionnaires.hiding import Extent, is_there, written_in
from pia_engine.questionnaires.values import normal_text
from pia_engine.register.entries import draft_record
from pia_engine.register.withheld_parts import ground_name, parts_of, withheld_parts
from pia_engine.register.withholding import WithheldPart, answers_of, is_free_text, new_salt, project, texts_of
from pia_engine.services.foundations import foundation_standings
from pia_engine.services.notices import queue_notices
from pia_engine.services.references import next_reference
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows.withholding import Action, Status

__all__ = [
    "Misplaced", "NewWithholding", "Place", "answers_of", "approve_withholding", "check_can_propose",
    "get_withholding", "ground_name", "grounds_of", "is_changed", "lift_withholding", "list_withholdings", "parts_of",
    "project", "propose_withholding", "public_draft", "refuse_withholding", "take_back_withholding", "withheld_parts",
]  # fmt: skip

LONGEST_TEXT = 4000
SHORTEST_WORDS = 2
OVER = frozenset({"rejected", "withdrawn"})
OPEN = (Status.PROPOSED, Status.APPROVED)
Place = tuple[int, str]
"""A row of a table, counted from 1, and a column of it; without a column, the row."""


@dataclass(frozen=True, slots=True)
class NewWithholding:
    """What is proposed. `places` are the rows or fields, `words` the exact words, each for its extent."""

    question: str
    extent: Extent
    ground: str
    reason: str
    places: tuple[Place, ...] = ()
    words: str = ""


class Misplaced(Invalid):
    """A proposal that does not fit, said where it was made."""

    def __init__(self, sentence: str, *, at: str, **values: object) -> None:
        super().__init__(sentence, who_can_help="", place="", **values)
        self.field = at


def check_can_propose(session: Session, assessment: Assessment, *, actor: Actor) -> None:
    """Raises NotAllowed, or NotPossible when there is no text yet or its publication is ordered."""
    check_may(actor, Permission.WITHHOLDING_PROPOSE, assessment)
    if assessment.stage != "full" or assessment.status in OVER:
        raise NotPossible(N_("Nothing of this is published, so there is nothing to withhold."))
    if assessment.status in ORDERED:
        raise NotPossible(
            N_("This version is published, or being published. Write a new version to withhold something in it.")
        )
    if not has_text(session, assessment):
        raise NotPossible(N_("The answers were not handed in yet, so there is no text to look at."))


def has_text(session: Session, assessment: Assessment) -> bool:
    """Whether a text was handed in that something can be withheld of."""
    return assessment.stage == "full" and newest_revision(session, assessment.id) is not None


def propose_withholding(
    session: Session,
    assessment: Assessment,
    new: NewWithholding,
    *,
    actor: Actor,
    now: dt.datetime,
    answers: Mapping[str, Mapping[str, Any]],
) -> Withholding:
    """Propose it; the senior privacy official is told. `answers` are those of `public_draft`."""
    session.refresh(assessment, with_for_update=True)  # nothing is proposed while publication is being ordered
    check_can_propose(session, assessment, actor=actor)
    _check_reasons(assessment, new)
    parts = _parts(answers, new)
    _check_new(session, assessment, new, parts)
    proposed = Withholding(
        reference=next_reference(session, "WTH", now),
        assessment=assessment,
        department_id=assessment.department_id,
        author_id=actor.person_id,
        question=new.question,
        extent=str(new.extent),
        parts=parts,
        ground=new.ground,
        reason=new.reason.strip(),
    )
    details = {"question": new.question, "extent": str(new.extent), "ground": new.ground, "parts": len(parts)}
    event = begin_life(
        session, proposed, "withholding:proposed", actor=actor, now=now, reason=proposed.reason, details=details
    )
    queue_notices(session, proposed, (str(Role.SENIOR_PRIVACY_OFFICIAL),), event=event, actor=actor, now=now)
    return proposed


def approve_withholding(
    session: Session, proposed: Withholding, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Somebody else's yes: the public will read the ground in its place."""
    apply_action(session, proposed, Action.APPROVE, actor=actor, now=now, reason=reason)
    _decided(session, proposed, actor=actor, now=now)


def refuse_withholding(session: Session, proposed: Withholding, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """It will be published."""
    apply_action(session, proposed, Action.REFUSE, actor=actor, now=now, reason=reason)
    _decided(session, proposed, actor=actor, now=now)


def take_back_withholding(
    session: Session, withholding: Withholding, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Whoever proposes can think again until it is decided."""
    apply_action(session, withholding, Action.TAKE_BACK, actor=actor, now=now, reason=reason)


def lift_withholding(session: Session, approved: Withholding, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Before publication, let the public read an approved one after all: what two decided is no one's to undo alone."""
    apply_action(session, approved, Action.LIFT, actor=actor, now=now, reason=reason)


def get_withholding(session: Session, reference: str) -> Withholding:
    found = session.scalars(select(Withholding).where(Withholding.reference == reference)).one_or_none()
    if found is None:
        raise NotFound(N_("There is no withholding with this reference."))
    return found


def list_withholdings(session: Session, assessment: Assessment, *, is_open: bool = False) -> list[Withholding]:
    """The withholdings of one edition in the order they were proposed; `is_open`: those that hold or may come to."""
    return withholdings_of(session, assessment, OPEN if is_open else ())


def open_parts(session: Session, assessment: Assessment) -> tuple[WithheldPart, ...]:
    """What the public would not read if every open proposal were approved."""
    return withheld_parts(session, assessment, statuses=OPEN)


def grounds_of(assessment: Assessment) -> tuple[Ground, ...]:
    """The grounds of the policy the assessment was begun under."""
    return read_rules(assessment.policy_version).withholding_grounds


def is_changed(session: Session, withholding: Withholding) -> bool:
    """Whether the text was changed so that what is withheld is not there any more."""
    if withholding.status not in OPEN:
        return False
    return not is_still_there(public_answers(session, withholding.assessment), withholding)


def public_draft(session: Session, assessment: Assessment, *, now: dt.datetime, public_url: str) -> dict[str, Any]:
    """The complete public record as it would be if it were published now."""
    return draft_record(
        session,
        assessment,
        as_published_at=now,
        public_url=public_url,
        standings=foundation_standings(session, assessment),
    )


def _decided(session: Session, proposed: Withholding, *, actor: Actor, now: dt.datetime) -> None:
    proposed.decided_by, proposed.decided_at = actor.person_id, now
    session.flush()


def _check_reasons(assessment: Assessment, new: NewWithholding) -> None:
    if new.ground not in {ground.id for ground in grounds_of(assessment)}:
        raise Misplaced(N_("Choose one of the grounds of the city's policy."), at="ground")
    if not new.reason.strip():
        raise Misplaced(N_("Say why this part must not be public."), at="reason")
    if len(new.reason) > LONGEST_TEXT:
        raise Misplaced(N_("The text is longer than %(most)s characters. Shorten it."), at="reason", most=LONGEST_TEXT)


def _parts(answers: Mapping[str, Mapping[str, Any]], new: NewWithholding) -> list[dict[str, Any]]:
    """What is withheld, place by place, each with its own salt. Raises Invalid for a place that is not there."""
    answer = answers.get(new.question)
    if answer is None:
        raise Misplaced(N_("Choose a question whose answer is public."), at="question")
    if new.extent is Extent.WORDS:
        return [_words(answer, new)]
    places = [(0, "")] if new.extent is Extent.ANSWER else sorted(set(new.places))
    if not places:
        raise Misplaced(N_("Choose what is withheld."), at=str(new.extent))
    return [_part(answer, new.extent, place) for place in places]


def _words(answer: Mapping[str, Any], new: NewWithholding) -> dict[str, Any]:
    words = normal_text(new.words).strip()
    if not SHORTEST_WORDS <= len(words) <= LONGEST_TEXT:
        raise Misplaced(
            N_("Write the words exactly as they stand in the answer, %(least)s to %(most)s characters."),
            at="words",
            least=SHORTEST_WORDS,
            most=LONGEST_TEXT,
        )
    if not is_there(written_in(answer["value"], answer["shown"]), Extent.WORDS, words):
        raise Misplaced(N_("These words do not stand in the answer. Copy them from it."), at="words")
    return {"row": 1, "column": "", "value": words, "texts": [words], "salt": new_salt()}


def _part(answer: Mapping[str, Any], extent: Extent, place: Place) -> dict[str, Any]:
    row, column = place
    value = answer["value"]
    if extent is not Extent.ANSWER:
        rows = value if isinstance(value, list) else []
        if not 1 <= row <= len(rows) or not isinstance(rows[row - 1], dict):
            raise Misplaced(N_("Choose rows of the table as it is now."), at=str(extent))
        value = rows[row - 1].get(column) if column else rows[row - 1]
        is_text = not column or is_free_text(answer, row, column)
        if bool(column) is not (extent is Extent.CELLS) or not value or not is_text:
            raise Misplaced(N_("Choose rows of the table as it is now."), at=str(extent))
    texts = texts_of(answer, extent, row=row, column=column)
    return {"row": row, "column": column, "value": value, "texts": list(texts), "salt": new_salt()}


def _check_new(session: Session, assessment: Assessment, new: NewWithholding, parts: list[dict[str, Any]]) -> None:
    """Nothing is withheld twice."""
    for other in list_withholdings(session, assessment, is_open=True):
        if other.question != new.question:
            continue
        same = {_key(part) for part in other.parts} & {_key(part) for part in parts}
        if Extent.ANSWER in (other.extent, new.extent) or (other.extent == new.extent and same):
            raise NotPossible(
                N_("%(reference)s withholds this answer or the same part of it already."),
                place=f"withholdings:{other.reference}",
                reference=other.reference,
            )


def _key(part: Mapping[str, Any]) -> tuple[Any, ...]:
    return part["row"], part["column"], str(part["value"]).casefold()
