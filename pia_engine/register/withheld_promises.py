"""Promises made in a risk that is withheld: in public there is one, and on which ground no more of it is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Commitment, Withholding
from pia_engine.permissions.registers import RISKS
from pia_engine.permissions.withholdings import public_answers
from pia_engine.questionnaires.hiding import Extent
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.language import Language
from pia_engine.register.withheld_parts import ground_name
from pia_engine.register.withholding import WITHHELD_WORDS
from pia_engine.workflows.withholding import Status

MADE_OF_A_RISK = "risk"
_PROMISE = "measures"
_STANDING = frozenset({"due_on", "owner"})
"""Fields of a risk that become the promise's text, and those that become its day and its keeper."""


@dataclass(frozen=True, slots=True)
class WithheldPromise:
    """What stands for one promise. Without a standing, neither its day nor what became of it is told."""

    ground: str
    mark: str
    has_standing: bool


def withheld_promises(
    session: Session, commitments: Iterable[Commitment], language: Language
) -> dict[str, WithheldPromise]:
    """Those of some commitments whose risk any edition under the same reference withholds, by their reference.

    A risk keeps its number from edition to edition, so a promise carried on stays as hidden as it was.
    """
    made_of = {
        each.reference: (each.assessment.reference, each.source_id)
        for each in commitments
        if each.source == MADE_OF_A_RISK and each.assessment is not None
    }
    if not made_of:
        return {}
    found = _withheld_risks(session, {about for about, _ in made_of.values()}, language)
    return {reference: found[risk] for reference, risk in made_of.items() if risk in found}


def _withheld_risks(
    session: Session, references: Iterable[str], language: Language
) -> dict[tuple[str, str], WithheldPromise]:
    """The first ground counts; one withholding that takes the standing is enough for it to be taken."""
    rows = session.scalars(
        select(Withholding)
        .join(Withholding.assessment)
        .where(
            Assessment.reference.in_(sorted(references)),
            Withholding.question == RISKS,
            Withholding.status == str(Status.APPROVED),
        )
        .order_by(Withholding.reference)
    )
    found: dict[tuple[str, str], WithheldPromise] = {}
    for each in rows:
        ground = language.say(ground_name(each))
        mark = language.say(Sentence(WITHHELD_WORDS, ground=ground))
        for risk, has_standing in _risks_of(session, each):
            key = (each.assessment.reference, risk)
            before = found.setdefault(key, WithheldPromise(ground, mark, has_standing))
            found[key] = replace(before, has_standing=before.has_standing and has_standing)
    return found


def _risks_of(session: Session, withholding: Withholding) -> Iterator[tuple[str, bool]]:
    """The numbers of the risks whose promise it withholds, and whether their standing is still told."""
    extent = Extent(withholding.extent)
    for part in withholding.parts:
        if extent is Extent.ANSWER:
            yield from ((str(row["id"]), False) for row in part["value"])
        elif extent is Extent.ROWS:
            yield str(part["value"]["id"]), False
        elif extent is Extent.CELLS and part["column"] in {_PROMISE, *_STANDING}:
            rows = public_answers(session, withholding.assessment).get(RISKS) or []
            if part["row"] <= len(rows):
                yield str(rows[part["row"] - 1]["id"]), part["column"] not in _STANDING
