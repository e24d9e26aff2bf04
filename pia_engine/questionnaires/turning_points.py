"""Which single answer, had it been another, would lead to another outcome: found by trying, never by reasoning.

Only questions asked now that some rule looks at are tried, directly or through the questions they open and close.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pia_engine.errors import N_
from pia_engine.questionnaires.answers import check_value, choices, show_value
from pia_engine.questionnaires.conditions import comparisons, label_of
from pia_engine.questionnaires.definition import (
    Answers,
    Comparison,
    Operator,
    Question,
    Questionnaire,
    QuestionType,
    Thresholds,
    Value,
)
from pia_engine.questionnaires.progress import visible_questions
from pia_engine.questionnaires.thresholds import judge, questions_looked_at
from pia_engine.questionnaires.wording import Sentence, plain

MOST_TRIALS = 1_500

_LISTS = frozenset({QuestionType.ROWS, QuestionType.FILE, QuestionType.RISKS, QuestionType.PRINCIPLES})


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """One answer that was tried in the place of the present one; without a value, the question left empty."""

    question: Question
    value: Value | None
    words: str


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """An answer that leads to another outcome, and the rules that then lead there."""

    other: OtherAnswer
    outcome: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TurningPoints:
    """All that were found, in the order the questions are asked. `is_complete` is False when the trials ran out."""

    found: tuple[TurningPoint, ...]
    is_complete: bool


def find_turning_points(
    thresholds: Thresholds, answers: Answers, *, questionnaire: Questionnaire, most: int = MOST_TRIALS
) -> TurningPoints:
    """Try every other answer the rules can tell apart, one question at a time."""
    present = judge(thresholds, answers, questionnaire=questionnaire).outcome
    tried = list(islice(other_answers(thresholds, answers, questionnaire=questionnaire), most + 1))
    found = []
    for other in tried[:most]:
        then = judge(thresholds, with_answer(answers, other), questionnaire=questionnaire)
        if then.outcome != present:
            found.append(TurningPoint(other, then.outcome, tuple(rule.id for rule in then.decisive)))
    return TurningPoints(tuple(found), is_complete=len(tried) <= most)


def with_answer(answers: Answers, other: OtherAnswer) -> dict[str, Value]:
    """The answers with the other one in its place."""
    rest = {name: value for name, value in answers.items() if name != other.question.id}
    return rest if other.value is None else {**rest, other.question.id: other.value}


def other_answers(thresholds: Thresholds, answers: Answers, *, questionnaire: Questionnaire) -> Iterator[OtherAnswer]:
    """Every other answer to one question that may make a difference."""
    telling = [c for rule in thresholds.rules if rule.when for c in comparisons(rule.when)]
    telling += [c for q in questionnaire.questions if q.shown_when for c in comparisons(q.shown_when)]
    concerned = questions_concerned(thresholds, questionnaire)
    for question in visible_questions(questionnaire, answers):
        if question.id in concerned:
            about = [comparison for comparison in telling if comparison.question == question.id]
            yield from _others(question, answers.get(question.id), about)


def questions_concerned(thresholds: Thresholds, questionnaire: Questionnaire) -> frozenset[str]:
    """What rules look at, and what decides whether that is asked at all."""
    concerned: set[str] = set()
    waiting = list(questions_looked_at(thresholds))
    while waiting:
        question = questionnaire.find_question(waiting.pop())
        if question is not None and question.id not in concerned:
            concerned.add(question.id)
            waiting += [c.question for c in comparisons(question.shown_when)] if question.shown_when else []
    return frozenset(concerned)


def _others(question: Question, present: Value | None, about: list[Comparison]) -> Iterator[OtherAnswer]:
    for value, words in _candidates(question, present, about):
        if value != present and check_value(question, value) is None:
            yield OtherAnswer(question, value, words)
    if present is not None and not question.required:
        yield OtherAnswer(question, None, Sentence(N_("left empty")))


def _candidates(question: Question, present: Value | None, about: list[Comparison]) -> Iterator[tuple[Value, str]]:
    if question.type is QuestionType.ANY_OF:
        yield from _ticks(question, present)
    elif question.type in _LISTS:
        yield from _counts(question, about)
    elif choices(question):
        yield from ((option.value, label_of(question, option.value)) for option in choices(question))
    else:
        yield from _singles(question, present, about)


def _ticks(question: Question, present: Value | None) -> Iterator[tuple[Value, str]]:
    """One tick more, or one tick less; an exclusive choice stands alone."""
    ticked = [entry for entry in present if isinstance(entry, str)] if isinstance(present, list) else []
    alone = {option.value for option in question.options if option.exclusive}
    for option in question.options:
        label = plain(option.label)
        if option.value in ticked:
            if len(ticked) > 1:
                yield [each for each in ticked if each != option.value], Sentence(N_("without “%(tick)s”"), tick=label)
        elif option.exclusive:
            yield [option.value], Sentence(N_("only “%(tick)s”"), tick=label)
        else:
            others = [each for each in ticked if each not in alone]
            yield [*others, option.value], Sentence(N_("also “%(tick)s”"), tick=label) if others else label


def _counts(question: Question, about: list[Comparison]) -> Iterator[tuple[Value, str]]:
    """As many rows as some rule counts to, and one fewer."""
    if not question.columns:
        return
    column = question.columns[0]
    cell = column.options[0].value if column.options else _PLACEHOLDERS.get(column.type, "1")
    wanted = {int(c.value) + by for c in about if isinstance(c.value, int | float) for by in (-1, 0)} | {1}
    for count in sorted(number for number in wanted if 0 < number <= (question.max_rows or 500)):
        yield [{column.id: cell}] * count, Sentence(N_("%(count)s rows"), count=count)


def _singles(question: Question, present: Value | None, about: list[Comparison]) -> Iterator[tuple[Value, str]]:
    """The values that rules name and, for numbers, those beside them; any text at all where answering is enough."""
    named = [c.value for c in about if not isinstance(c.value, bool | tuple)]
    if question.type is QuestionType.NUMBER:
        near = {value + by for value in named if isinstance(value, int | float) for by in (-1, 0, 1)}
        yield from ((value, _shown(question, value)) for value in sorted(near))
        return
    yield from ((str(value), _shown(question, str(value))) for value in dict.fromkeys(named))
    if present is None and any(c.operator in (Operator.ANSWERED, Operator.NOT_EQUALS) for c in about):
        yield _PLACEHOLDERS.get(question.type, "?"), Sentence(N_("any answer"))


def _shown(question: Question, value: Value) -> str:
    shown = show_value(question, value)
    return shown if isinstance(shown, str) else str(value)


_PLACEHOLDERS: dict[QuestionType, str] = {QuestionType.DATE: "2000-01-01", QuestionType.NUMBER: "1"}
