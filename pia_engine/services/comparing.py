"""Any two states of an assessment's answers: what was handed in, each version, and how it stands now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from pia_engine.errors import N_, NotFound
from pia_engine.models import Assessment, Revision
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.questionnaires.definition import Question, Questionnaire, Value
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.questionnaires.values import is_answered, same_value

NOW = "now"


@dataclass(frozen=True, slots=True)
class State:
    """The answers at one time. `revision` is None for a sheet as it stands; `key` names it in an address."""

    key: str
    assessment: Assessment
    revision: Revision | None
    at: dt.datetime

    @property
    def is_now(self) -> bool:
        return self.key == NOW


@dataclass(frozen=True, slots=True)
class Compared:
    """One question in both states."""

    question: Question
    before: Value | None
    after: Value | None

    @property
    def is_changed(self) -> bool:
        return not same_value(self.before, self.after)


@dataclass(frozen=True, slots=True)
class ComparedSection:
    title: str
    questions: tuple[Compared, ...]


def list_states(session: Session, reference: str, stage: str) -> list[State]:
    """Every state on record, oldest first; the last is the newest version's present text, called `now`."""
    editions = list(
        session.scalars(
            select(Assessment)
            .where(Assessment.reference == reference, Assessment.stage == stage)
            .options(selectinload(Assessment.revisions).selectinload(Revision.submitter))
            .order_by(Assessment.edition)
        )
    )
    if not editions:
        raise NotFound(N_("There is no such assessment."))
    return [state for assessment in editions for state in _states_of(assessment, is_newest=assessment is editions[-1])]


def _states_of(assessment: Assessment, *, is_newest: bool) -> list[State]:
    """Revisions of the newest version are called by their number, those of older ones `v1-2`."""
    prefix = "" if is_newest else f"v{assessment.edition}-"
    handed_in = [State(f"{prefix}{each.number}", assessment, each, each.submitted_at) for each in assessment.revisions]
    key = NOW if is_newest else f"v{assessment.edition}"
    return [*handed_in, State(key, assessment, None, assessment.updated_at)]


def choose_states(states: Sequence[State], before: str, after: str) -> tuple[State, State]:
    """The two that are asked for; where none is named, the newest and the one before it."""
    known = {state.key: state for state in states}
    for key in (before, after):
        if key and key not in known:
            raise NotFound(N_("There is no such version of these answers."))
    last = known[after] if after else states[-1]
    earlier = {later.key: state for state, later in pairwise(states)}
    return known[before] if before else earlier.get(last.key, last), last


def compare_states(session: Session, before: State, after: State) -> list[ComparedSection]:
    """Both states question by question; what neither answers is left out, what is asked no more comes last."""
    old, new = _answers(session, before), _answers(session, after)
    asked = questionnaire_for(session, after.assessment.sheet)
    dropped = questionnaire_for(session, before.assessment.sheet)
    sections = [*_sections(asked, old, new, known=frozenset())]
    if dropped.digest != asked.digest:
        sections += _sections(dropped, old, new, known=frozenset(question.id for question in asked.questions))
    return sections


def _sections(
    asked: Questionnaire, old: dict[str, Value], new: dict[str, Value], *, known: frozenset[str]
) -> list[ComparedSection]:
    compared = []
    for section in asked.sections:
        questions = tuple(
            Compared(question, old.get(question.id), new.get(question.id))
            for question in section.questions
            if question.id not in known and (is_answered(old.get(question.id)) or is_answered(new.get(question.id)))
        )
        if questions:
            compared.append(ComparedSection(section.title, questions))
    return compared


def _answers(session: Session, state: State) -> dict[str, Value]:
    if state.revision is not None:
        return dict(state.revision.answers)
    sheet = state.assessment.sheet
    return answers_in_play(questionnaire_for(session, sheet), answers_of(sheet))
