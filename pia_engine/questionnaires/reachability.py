"""Can a question ever be shown? Tried out over the few answers that matter to its condition, where they are few."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from pia_engine.questionnaires.answers import check_value, choices
from pia_engine.questionnaires.conditions import comparisons, holds
from pia_engine.questionnaires.definition import Comparison, Question, Questionnaire, QuestionType, Value

MAX_TRIALS = 3_000
MAX_TICKS = 8


def unreachable_questions(questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions no combination of answers shows. Where there are too many combinations, none is accused."""
    return tuple(question for question in questionnaire.questions if not _may_be_shown(question, questionnaire))


def _may_be_shown(question: Question, questionnaire: Questionnaire) -> bool:
    if question.shown_when is None:
        return True
    involved = _involved(question, questionnaire)
    mentioned = [c for q in (*involved, question) if q.shown_when for c in comparisons(q.shown_when)]
    if any(len(_named_ticks(asked, mentioned)) > MAX_TICKS for asked in involved):
        return True
    trials = [_telling_answers(asked, mentioned) for asked in involved]
    if math.prod(len(values) for values in trials) > MAX_TRIALS:
        return True
    return any(_shows(question, involved, chosen) for chosen in itertools.product(*trials))


def _involved(question: Question, questionnaire: Questionnaire) -> tuple[Question, ...]:
    """The questions its condition looks at, and those which theirs look at, in the order asked."""
    waiting, seen = [question], set[str]()
    while waiting:
        condition = waiting.pop().shown_when
        for comparison in comparisons(condition) if condition else ():
            if comparison.question not in seen:
                seen.add(comparison.question)
                waiting.append(questionnaire.question(comparison.question))
    return tuple(asked for asked in questionnaire.questions if asked.id in seen)


def _shows(question: Question, involved: tuple[Question, ...], chosen: tuple[Value | None, ...]) -> bool:
    answers: dict[str, Value] = {}
    for asked, value in zip(involved, chosen, strict=True):
        if value is not None and (asked.shown_when is None or holds(asked.shown_when, answers)):
            answers[asked.id] = value
    return question.shown_when is None or holds(question.shown_when, answers)


def _telling_answers(question: Question, mentioned: list[Comparison]) -> list[Value | None]:
    """One answer for each way the conditions can tell answers apart, and no answer."""
    values = [c.value for c in mentioned if c.question == question.id and not isinstance(c.value, bool)]
    telling: list[Value] = list(_candidates(question, values))
    return [None, *(value for value in telling if check_value(question, value) is None)]


def _named_ticks(question: Question, mentioned: list[Comparison]) -> set[str]:
    ticks = (c.value for c in mentioned if c.question == question.id and isinstance(c.value, tuple))
    return {entry for value in ticks for entry in value}


def _candidates(question: Question, values: list[str | int | float | tuple[str, ...]]) -> Iterator[Value]:
    if question.type is QuestionType.ANY_OF:
        yield from _ticks(question, values)
    elif question.type is QuestionType.ROWS:
        column = question.columns[0]
        cell = column.options[0].value if column.options else "2000-01-01" if column.type == "date" else "1"
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


def _ticks(question: Question, values: list[str | int | float | tuple[str, ...]]) -> Iterator[list[str]]:
    """Every mixture of the ticks that are mentioned; where ticks are counted, filled up with others."""
    named = sorted({entry for value in values if isinstance(value, tuple) for entry in value})
    rest = [option.value for option in question.options if option.value not in named]
    counts = {0, 1, *(int(v) + by for v in values if isinstance(v, int | float) for by in (-1, 0))}
    for size in range(len(named) + 1):
        for ticked in itertools.combinations(named, size):
            for more in sorted(count for count in counts if count >= 0):
                filling = [entry for entry in rest if not _is_exclusive(question, entry)][:more]
                yield [*ticked, *filling]


def _is_exclusive(question: Question, value: str) -> bool:
    return any(option.exclusive for option in question.options if option.value == value)
