"""What a section's questions offer from the city's own directory, asked for only where a question needs it."""

from __future__ import annotations

from pia_engine import clock
from pia_engine.extensions import db
from pia_engine.models.offers import NOTHING_OFFERED, Offers
from pia_engine.questionnaires.definition import Question, QuestionType, Section
from pia_engine.services.history import SheetOwner
from pia_engine.services.offers import offers_for

_FROM_THE_CITY = frozenset({QuestionType.PERSON, QuestionType.DEPARTMENT, QuestionType.PRINCIPLES})


def offers_in(record: SheetOwner, section: Section) -> Offers:
    """The offers of a record, when this section has a question for them."""
    needed = any(_types_of(question) & _FROM_THE_CITY for question in section.questions)
    return offers_for(db.session, record, now=clock.now()) if needed else NOTHING_OFFERED


def _types_of(question: Question) -> set[QuestionType]:
    return {question.type, *(column.type for column in question.columns)}
