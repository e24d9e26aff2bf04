"""Pieces of evidence for the foundations that come from beside the assessment: who was heard, and what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.errors import N_
from pia_engine.models import AnnualAudit, Assessment, Consultation, Observer, Reconsideration
from pia_engine.questionnaires.answers import show_value
from pia_engine.questionnaires.definition import Question, QuestionType
from pia_engine.questionnaires.wording import Sentence
from pia_engine.workflows import annual_audit, reconsideration

_DAY = Question("day", QuestionType.DATE, "", "", public=True, foundation=5)
_TO_BE_DONE = [str(each) for each in annual_audit.Status if each not in annual_audit.FINAL]


@dataclass(frozen=True, slots=True)
class Fact:
    """One piece of evidence: whether it is there, and the sentence that says so. None tells and decides nothing."""

    holds: bool | None
    sentence: Sentence


def day_in_words(day: dt.date) -> object:
    """A day that can still be translated, written as answers write it."""
    return show_value(_DAY, day.isoformat())


def heard(session: Session, assessment: Assessment) -> Iterator[Fact]:
    """Officials and people from outside who were asked, and the observer. The policy asks for neither, so they only
    tell."""
    asked, replied = session.execute(
        select(func.count(Consultation.id), func.count(Consultation.replied_on)).where(
            Consultation.assessment_id == assessment.id, Consultation.removed_at.is_(None)
        )
    ).one()
    if asked:
        sentence = N_("On record: %(asked)s asked for their view, %(replied)s of them replied.")
        yield Fact(None, Sentence(sentence, asked=asked, replied=replied))
    appointed, filed = session.execute(
        select(func.count(Observer.id), func.count(Observer.filed_at)).where(
            Observer.initiative_id == assessment.initiative_id
        )
    ).one()
    if filed:
        yield Fact(None, Sentence(N_("An independent observer has filed a statement.")))
    elif appointed:
        yield Fact(None, Sentence(N_("An independent observer may look at it.")))


def late_audit(session: Session, assessment: Assessment, today: dt.date) -> Iterator[Fact]:
    """An audit whose day has passed."""
    due_on = session.scalar(
        select(func.min(AnnualAudit.due_on)).where(
            AnnualAudit.assessment_id == assessment.id, AnnualAudit.status.in_(_TO_BE_DONE), AnnualAudit.due_on < today
        )
    )
    if due_on is not None:
        yield Fact(False, Sentence(N_("The audit due on %(day)s is not concluded."), day=day_in_words(due_on)))


def undecided_causes(session: Session, assessment: Assessment) -> Iterator[Fact]:
    """Changes, incidents, complaints and the like that nobody has decided on."""
    waiting = session.scalar(
        select(func.count(Reconsideration.id)).where(
            Reconsideration.initiative_id == assessment.initiative_id,
            Reconsideration.status == reconsideration.Status.RAISED,
        )
    )
    if waiting:
        yield Fact(False, Sentence(N_("Causes to look again that nobody has decided on: %(count)s."), count=waiting))
