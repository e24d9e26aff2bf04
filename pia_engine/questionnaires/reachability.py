"""Can a question ever be shown, or required? Tried out over the few answers that matter, where they are few."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

from pia_engine.questionnaires.answers import check_value, choices
from pia_engine.questionnaires.conditions import comparisons, holds
from pia_engine.questionnaires.definition import (
    AllOf,
    Condition,
    Question,
    Questionnaire,
    QuestionType,
    Value,
)

MAX_TRIALS = 3_000
MAX_TICKS = 8

_Named = str | int | float | bool | tuple[str, ...]
"""What a comparison holds an answer against."""

_UNTRIED = frozenset({QuestionType.FILE, QuestionType.RISKS, QuestionType.PRINCIPLES})


def unreachable_questions(questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions no combination of answers shows. Where there are too many combinations, none is accused."""
    asked = questionnaire.questions
    return tuple(q for q in asked if q.shown_when and not _may_hold(q.shown_when, questionnaire))


def never_required_questions(questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions which are never shown and required at once, although they say when they are required."""
    return tuple(
        question
        for question in questionnaire.questions
        if question.required_when
        and not _may_hold(_both(question.shown_when, question.required_when), questionnaire)
        and (question.shown_when is None or _may_hold(question.shown_when, questionnaire))
    )


def _both(shown: Condition | None, required: Condition) -> Condition:
    return AllOf((shown, required)) if shown else required


def _may_hold(condition: Condition, questionnaire: Questionnaire) -> bool:
    involved = _involved(condition, questionnaire)
    named: dict[str, list[_Named]] = {}
    for each in (condition, *(asked.shown_when for asked in involved if asked.shown_when)):
        for comparison in comparisons(each):
            named.setdefault(comparison.question, []).append(comparison.value)
    trials: list[list[Value | None]] = []
    for asked in involved:
        values = named[asked.id]
        if asked.type in _UNTRIED or len(_ticks_in(values)) > MAX_TICKS:
            return True
        trials.append(_telling_answers(asked, values))
        if math.prod(len(each) for each in trials) > MAX_TRIALS:
            return True
    return any(_holds_with(condition, involved, chosen) for chosen in itertools.product(*trials))


def _involved(condition: Condition, questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions the condition looks at, and those which theirs look at, in the order asked."""
    waiting, seen = [condition], set[str]()
    while waiting:
        for comparison in comparisons(waiting.pop()):
            if comparison.question not in seen:
                seen.add(comparison.question)
                shown_when = questionnaire.question(comparison.question).shown_when
                waiting += [shown_when] if shown_when else []
    return tuple(asked for asked in questionnaire.questions if asked.id in seen)


def _holds_with(condition: Condition, involved: tuple[Question, ...], chosen: tuple[Value | None, ...]) -> bool:
    answers: dict[str, Value] = {}
    for asked, value in zip(involved, chosen, strict=True):
        if value is not None and (asked.shown_when is None or holds(asked.shown_when, answers)):
            answers[asked.id] = value
    return holds(condition, answers)


def _telling_answers(question: Question, named: list[_Named]) -> list[Value | None]:
    """One answer for each way the conditions can tell answers apart, and no answer."""
    values = [value for value in named if not isinstance(value, bool)]
    telling: list[Value] = list(_candidates(question, values))
    return [None, *(value for value in telling if check_value(question, value) is None)]


def _ticks_in(named: Sequence[_Named]) -> set[str]:
    return {entry for value in named if isinstance(value, tuple) for entry in value}


def _candidates(question: Question, values: Sequence[_Named]) -> Iterator[Value]:
    if question.type is QuestionType.ANY_OF:
        yield from _ticks(question, values)
    elif question.type is QuestionType.ROWS:
        column = question.columns[0]
        offered = choices(column)
        cell = offered[0].value if offered else "2000-01-01" if column.type is QuestionType.DATE else "1"
        counts = {
            1,
            *(int(value) + by for value in values if isinstance(value, int | float) for by in (-1, 0)),
        }
        yield from ([{column.id: cell}] * count for count in sorted(counts) if 0 < count <= 500)
    elif question.type is QuestionType.NUMBER:
        near = [v + by for v in values if isinstance(v, int | float) for by in (-1, -0.5, 0, 0.5, 1)]
        yield from dict.fromkeys((*near, question.minimum or 0, question.maximum or 0))
    elif choices(question):
        yield from (option.value for option in choices(question))
    else:
        other = "2000-01-01" if question.type is QuestionType.DATE else "~"
        yield from (*(str(value) for value in values), other)


def _ticks(question: Question, values: Sequence[_Named]) -> Iterator[list[str]]:
    """Every mixture of the ticks that are mentioned; where ticks are counted, filled up with others."""
    named = sorted(_ticks_in(values))
    rest = [option.value for option in question.options if option.value not in named]
    counts = {0, 1, *(int(v) + by for v in values if isinstance(v, int | float) for by in (-1, 0))}
    for size in range(len(named) + 1):
        for ticked in itertools.combinations(named, size):
            for more in sorted(count for count in counts if count >= 0):
                filling = [entry for entry in rest if not _is_exclusive(question, entry)][:more]
                yield [*ticked, *filling]


def _is_exclusive(question: Question, value: str) -> bool:
    return any(option.exclusive for option in question.options if option.value == value)
