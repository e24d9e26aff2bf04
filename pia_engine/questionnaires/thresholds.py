"""Which outcome the answers lead to, and why: each rule that fired, and what each other rule would have needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pia_engine.errors import N_
from pia_engine.questionnaires.answers import show_value
from pia_engine.questionnaires.conditions import clause, comparisons, deciding, describe, holds, label_of
from pia_engine.questionnaires.definition import (
    AllOf,
    Answers,
    AnyOf,
    Comparison,
    Condition,
    Operator,
    Questionnaire,
    QuestionType,
    Rule,
    Thresholds,
)
from pia_engine.questionnaires.progress import answers_in_play, visible_questions
from pia_engine.questionnaires.wording import Sentence, any_of

_TABLES = frozenset({QuestionType.ROWS, QuestionType.RISKS, QuestionType.PRINCIPLES})


@dataclass(frozen=True, slots=True)
class DecidingAnswer:
    """An answer that made a rule fire, as the person gave it and read it."""

    question: str
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that fired. Without an outcome of its own it added `points` to a rule that counts them."""

    id: str
    because: str
    source: str
    outcome: str | None
    points: int
    answers: tuple[DecidingAnswer, ...]


@dataclass(frozen=True, slots=True)
class QuietRule:
    """A rule that did not fire: `needs` says when it would, `nearly` that one more answer would do."""

    id: str
    because: str
    source: str
    outcome: str | None
    points: int
    needs: Sentence
    nearly: bool


@dataclass(frozen=True, slots=True)
class ThresholdResult:
    """`open_questions` are unanswered ones which rules look at: their answers may still change the outcome."""

    outcome: str
    fired: tuple[FiredRule, ...]
    quiet: tuple[QuietRule, ...]
    points: int
    open_questions: tuple[str, ...]

    @property
    def nearly(self) -> tuple[QuietRule, ...]:
        return tuple(rule for rule in self.quiet if rule.nearly)

    @property
    def decisive(self) -> tuple[FiredRule, ...]:
        """The fired rules that led to this very outcome."""
        return tuple(rule for rule in self.fired if rule.outcome == self.outcome)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The bare outcome without words: enough to compare many assessments, or many answers to one."""

    outcome: str
    fired: tuple[Rule, ...]
    points: int

    @property
    def decisive(self) -> tuple[Rule, ...]:
        """The fired rules that led to this very outcome."""
        return tuple(rule for rule in self.fired if rule.outcome == self.outcome)


def judge(thresholds: Thresholds, answers: Answers, *, questionnaire: Questionnaire) -> Judgement:
    """The strongest outcome any rule leads to. Answers to questions no longer shown do not count."""
    in_play = answers_in_play(questionnaire, answers)
    points = sum(r.points for r in thresholds.rules if r.when and r.points and holds(r.when, in_play))
    fired = tuple(rule for rule in thresholds.rules if _fires(rule, in_play, points))
    reached = [rule.outcome for rule in fired if rule.outcome] + [thresholds.default]
    return Judgement(max(reached, key=thresholds.outcomes.index), fired, points)


def evaluate(thresholds: Thresholds, answers: Answers, *, questionnaire: Questionnaire) -> ThresholdResult:
    """The judgement in words: each rule that fired with the answers behind it, and what every other rule needs."""
    found = judge(thresholds, answers, questionnaire=questionnaire)
    in_play = answers_in_play(questionnaire, answers)
    quiet = [rule for rule in thresholds.rules if rule not in found.fired]
    return ThresholdResult(
        outcome=found.outcome,
        fired=tuple(_fired(rule, in_play, questionnaire) for rule in found.fired),
        quiet=tuple(_quiet(rule, in_play, questionnaire=questionnaire, points=found.points) for rule in quiet),
        points=found.points,
        open_questions=_open_questions(thresholds, answers, questionnaire),
    )


def questions_looked_at(thresholds: Thresholds) -> frozenset[str]:
    """The ids of all questions that some rule looks at."""
    return frozenset(c.question for rule in thresholds.rules if rule.when for c in comparisons(rule.when))


def _fires(rule: Rule, answers: Answers, points: int) -> bool:
    if rule.points_needed is not None:
        return points >= rule.points_needed
    return rule.when is not None and holds(rule.when, answers)


def _fired(rule: Rule, answers: Answers, questionnaire: Questionnaire) -> FiredRule:
    decided_by = deciding(rule.when, answers) if rule.when else ()
    found = filter(None, (_deciding_answer(comparison, answers, questionnaire) for comparison in decided_by))
    shown = tuple(dict.fromkeys(found))
    return FiredRule(rule.id, rule.because, rule.source, rule.outcome, rule.points, shown)


def _deciding_answer(comparison: Comparison, answers: Answers, questionnaire: Questionnaire) -> DecidingAnswer | None:
    question = questionnaire.find_question(comparison.question)
    if question is None:
        return None
    value = answers.get(question.id)
    if value is None:
        return DecidingAnswer(question.id, question.text, Sentence(N_("Not answered")))
    if comparison.operator in (Operator.INCLUDES_ANY, Operator.INCLUDES_ALL) and isinstance(value, list):
        wanted = comparison.value if isinstance(comparison.value, tuple) else ()
        matched = [label_of(question, entry) for entry in value if isinstance(entry, str) and entry in wanted]
        if matched:
            return DecidingAnswer(question.id, question.text, _listed(matched))
    if question.type in _TABLES and isinstance(value, list):
        return DecidingAnswer(question.id, question.text, Sentence(N_("%(count)s rows"), count=len(value)))
    shown = show_value(question, value)
    words = _listed([str(entry) for entry in shown]) if isinstance(shown, list) else shown
    return DecidingAnswer(question.id, question.text, words)


def _listed(parts: Sequence[str]) -> Sentence:
    joined: str = parts[0]
    for part in parts[1:]:
        joined = Sentence("%(before)s; %(next)s", before=joined, next=part)
    return joined if isinstance(joined, Sentence) else Sentence("%(only)s", only=joined)


def _quiet(rule: Rule, answers: Answers, *, questionnaire: Questionnaire, points: int) -> QuietRule:
    if rule.points_needed is not None:
        short = rule.points_needed - points
        needs = Sentence(
            N_("when the points reach %(needed)s; there are %(points)s now"),
            needed=rule.points_needed,
            points=points,
        )
        nearly = points > 0 and short == 1
    else:
        when = rule.when or AllOf(())
        lacking = _lacking(when, answers)
        nearly = bool(lacking)
        needs = _needs(lacking, questionnaire) if lacking else describe(when, questionnaire)
    return QuietRule(rule.id, rule.because, rule.source, rule.outcome, rule.points, needs, nearly)


def _lacking(condition: Condition, answers: Answers) -> list[Condition]:
    """What one more answer would fulfil: the single unmet demand of each group of demands that is met but for it.

    Only a group with several demands can be nearly met; with one demand it is met or it is not.
    """
    if isinstance(condition, AnyOf):
        return [part for each in condition.conditions for part in _lacking(each, answers)]
    if not isinstance(condition, AllOf) or len(condition.conditions) < 2:
        return []
    unmet = [part for part in condition.conditions if not holds(part, answers)]
    return unmet if len(unmet) == 1 else []


def _needs(lacking: list[Condition], questionnaire: Questionnaire) -> Sentence:
    parts = [clause(part, questionnaire) for part in lacking]
    return Sentence(N_("it only lacks this: %(clause)s"), clause=any_of(parts))


def _open_questions(thresholds: Thresholds, answers: Answers, questionnaire: Questionnaire) -> tuple[str, ...]:
    looked_at = questions_looked_at(thresholds)
    in_play = answers_in_play(questionnaire, answers)
    asked = visible_questions(questionnaire, answers)
    return tuple(question.id for question in asked if question.id in looked_at and question.id not in in_play)
