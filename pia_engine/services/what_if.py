"""What a policy version's threshold rules would have made of every initial assessment so far. Nothing is kept.

Read in batches and counted as it goes, so that ten thousand assessments take no more memory than one page of them.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from pia_engine.models import AnswerSheet, Assessment, Determination, Initiative, PolicyVersion, Revision
from pia_engine.models.catalogue import catalogue_of
from pia_engine.models.policy_rules import read_rules
from pia_engine.questionnaires.definition import Questionnaire, Thresholds
from pia_engine.questionnaires.parsing import parse_thresholds
from pia_engine.questionnaires.thresholds import Judgement, judge, questions_looked_at

BATCH = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """One assessment that would have come out otherwise, and the sentences of the rules that make the difference."""

    reference: str
    title: str
    before: str
    after: str
    determined: str
    because: tuple[str, ...]
    is_stronger: bool


@dataclass(slots=True)
class Trial:
    """How the rules compare. `matrix` counts by outcome before and after; `missing` by the questions not asked then."""

    matrix: Counter[tuple[str, str]] = field(default_factory=Counter)
    missing: Counter[tuple[str, ...]] = field(default_factory=Counter)
    determined: int = 0
    agreed_before: int = 0
    agreed_after: int = 0
    changed: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def compared(self) -> int:
        return self.matrix.total()

    @property
    def not_comparable(self) -> int:
        return self.missing.total()


def try_rules(session: Session, thresholds: Thresholds, *, page: int = 1, size: int = 25) -> Trial:
    """Judge the answers of every initial assessment ever submitted, as it was submitted last, by these rules too.

    Newest first; `differences` holds one page of those that come out otherwise.
    """
    trial, rules_then = Trial(), _RulesThen(session)
    looked_at, shown = questions_looked_at(thresholds), range((page - 1) * size, page * size)
    for row in _submitted(session):
        questionnaire = catalogue_of(session).get(row.questionnaire, row.questionnaire_version)
        missing = tuple(sorted(name for name in looked_at if questionnaire.find_question(name) is None))
        then = rules_then.of(row.policy_version_id, questionnaire)
        if missing or then is None:
            trial.missing[missing] += 1
            continue
        before = judge(then, row.answers, questionnaire=questionnaire)
        after = judge(thresholds, row.answers, questionnaire=questionnaire)
        _count(trial, row, before, after)
        if before.outcome != after.outcome:
            if trial.changed in shown:
                trial.differences.append(_difference(row, before, after, outcomes=thresholds.outcomes))
            trial.changed += 1
    return trial


def _count(trial: Trial, row: Row[Any], before: Judgement, after: Judgement) -> None:
    trial.matrix[before.outcome, after.outcome] += 1
    if row.determined:
        trial.determined += 1
        trial.agreed_before += before.outcome == row.determined
        trial.agreed_after += after.outcome == row.determined


def _difference(row: Row[Any], before: Judgement, after: Judgement, *, outcomes: Sequence[str]) -> Difference:
    """A stronger outcome comes from the rules that fire now, a weaker one from those that no longer do."""
    is_stronger = outcomes.index(after.outcome) > outcomes.index(before.outcome)
    rules = after.decisive if is_stronger else before.decisive
    return Difference(
        reference=row.reference,
        title=row.title,
        before=before.outcome,
        after=after.outcome,
        determined=row.determined or "",
        because=tuple(rule.because for rule in rules),
        is_stronger=is_stronger,
    )


class _RulesThen:
    """The rules each assessment was begun under, read once per policy version and questionnaire version."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[uuid.UUID, str, int], Thresholds | None] = {}

    def of(self, policy_id: uuid.UUID, questionnaire: Questionnaire) -> Thresholds | None:
        key = (policy_id, questionnaire.id, questionnaire.version)
        if key not in self._known:
            policy = self._session.get_one(PolicyVersion, policy_id)
            own = read_rules(policy).thresholds.get(questionnaire.id)
            self._known[key] = parse_thresholds(own) if own else questionnaire.thresholds
        return self._known[key]


def _submitted(session: Session) -> Iterator[Row[Any]]:
    last: uuid.UUID | None = None
    while rows := session.execute(_batch(last)).all():
        yield from rows
        last = rows[-1].id


def _batch(before: uuid.UUID | None) -> Select[Any]:
    """The next initial assessments that were submitted at least once, each with its newest revision."""
    newer = aliased(Revision)
    newest = select(func.max(newer.number)).where(newer.assessment_id == Assessment.id).scalar_subquery()
    query = (
        select(
            Assessment.id,
            Assessment.reference,
            Assessment.policy_version_id,
            Initiative.title,
            AnswerSheet.questionnaire,
            AnswerSheet.questionnaire_version,
            Revision.answers,
            Determination.outcome.label("determined"),
        )
        .join(Initiative, Initiative.id == Assessment.initiative_id)
        .join(AnswerSheet, AnswerSheet.id == Assessment.sheet_id)
        .join(Revision, Revision.assessment_id == Assessment.id)
        .outerjoin(Determination, Determination.assessment_id == Assessment.id)
        .where(Assessment.stage == "initial", Revision.number == newest)
    )
    if before is not None:
        query = query.where(Assessment.id < before)
    return query.order_by(Assessment.id.desc()).limit(BATCH)
