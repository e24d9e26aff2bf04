"""Whether a condition holds for the answers given, and how it reads in words; no code is ever evaluated."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pia_engine.errors import N_
from pia_engine.questionnaires.answers import choices
from pia_engine.questionnaires.definition import (
    AllOf,
    Answers,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operator,
    Question,
    Questionnaire,
    QuestionType,
    Value,
)
from pia_engine.questionnaires.values import is_answered, same_value
from pia_engine.questionnaires.wording import Sentence, all_of, any_of, plain

_COUNTED = frozenset({QuestionType.ANY_OF, QuestionType.ROWS, QuestionType.FILE, QuestionType.RISKS})
_Wanted = str | int | float | bool | tuple[str, ...]


def holds(condition: Condition, answers: Answers) -> bool:
    """A comparison with a question nobody answered never holds, not even `not_equals`; only `answered: false` does."""
    match condition:
        case AllOf(parts):
            return all(holds(part, answers) for part in parts)
        case AnyOf(parts):
            return any(holds(part, answers) for part in parts)
        case Not(part):
            return not holds(part, answers)
        case Comparison(question, operator, wanted):
            value = answers.get(question)
            if operator is Operator.ANSWERED:
                return is_answered(value) is wanted
            return value is not None and is_answered(value) and _COMPARISONS[operator](value, wanted)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison inside, in reading order."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons(part)
        case Not(part):
            yield from comparisons(part)
        case Comparison():
            yield condition


def deciding(condition: Condition, answers: Answers) -> Iterator[Comparison]:
    """The comparisons that make the condition come out as it does for these answers, and no others."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            outcome = holds(condition, answers)
            for part in parts:
                if holds(part, answers) is outcome:
                    yield from deciding(part, answers)
        case Not(part):
            yield from deciding(part, answers)
        case Comparison():
            yield condition


def describe(condition: Condition, questionnaire: Questionnaire) -> Sentence:
    """The condition as a person would say it: when “Whose data?” includes Children."""
    return Sentence(N_("when %(clause)s"), clause=clause(condition, questionnaire))


def clause(condition: Condition, questionnaire: Questionnaire, *, negated: bool = False) -> Sentence:
    """The same without the “when”. A negation is said inside the words, never as “not (…)”."""
    match condition:
        case AllOf(parts) | AnyOf(parts):
            join = all_of if isinstance(condition, AllOf) is not negated else any_of
            return join([_nested(part, questionnaire, negated) for part in parts])
        case Not(part):
            return clause(part, questionnaire, negated=not negated)
        case Comparison():
            return _compared(condition, questionnaire, negated)


def _nested(part: Condition, questionnaire: Questionnaire, negated: bool) -> Sentence:
    words = clause(part, questionnaire, negated=negated)
    while isinstance(part, Not):
        part = part.condition
    if isinstance(part, AllOf | AnyOf) and len(part.conditions) > 1:
        return Sentence("(%(words)s)", words=words)
    return words


def _compared(comparison: Comparison, questionnaire: Questionnaire, negated: bool) -> Sentence:
    question = questionnaire.find_question(comparison.question)
    name = plain(question.text if question else comparison.question)
    if comparison.operator is Operator.ANSWERED:
        is_there = comparison.value is not negated
        template = N_("“%(question)s” is answered") if is_there else N_("“%(question)s” is not answered")
        return Sentence(template, question=name)
    template = _words_for(comparison.operator, question)[negated]
    return Sentence(template, question=name, value=_in_words(comparison, question))


def _words_for(operator: Operator, question: Question | None) -> tuple[str, str]:
    several = question is not None and question.type in _COUNTED
    if operator is Operator.INCLUDES_ANY and not several:
        return _WORDS[Operator.EQUALS]
    return _WORDS_FOR_SEVERAL[operator] if several and operator in _WORDS_FOR_SEVERAL else _WORDS[operator]


def _in_words(comparison: Comparison, question: Question | None) -> Sentence:
    if isinstance(comparison.value, tuple):
        join = all_of if comparison.operator is Operator.INCLUDES_ALL else any_of
        return join([label_of(question, value) for value in comparison.value])
    return label_of(question, str(comparison.value))


def label_of(question: Question | None, value: str) -> Sentence:
    """What the person sees for a value: the label of an option, or the value itself."""
    for option in choices(question) if question else ():
        if option.value == value:
            return plain(option.label) if question and question.options else Sentence(option.label)
    return plain(value)


def _equals(value: Value, wanted: _Wanted) -> bool:
    return not isinstance(wanted, bool | tuple) and same_value(value, wanted)


def _not_equals(value: Value, wanted: _Wanted) -> bool:
    return not _equals(value, wanted)


def _chosen(value: Value) -> Sequence[object]:
    return value if isinstance(value, list) else (value,)


def _includes_any(value: Value, wanted: _Wanted) -> bool:
    return isinstance(wanted, tuple) and any(entry in _chosen(value) for entry in wanted)


def _includes_all(value: Value, wanted: _Wanted) -> bool:
    return isinstance(wanted, tuple) and all(entry in _chosen(value) for entry in wanted)


def _amount(value: Value) -> int | float | None:
    """Ticks and filled rows are counted, so that “six kinds or more” can be asked for."""
    if isinstance(value, list):
        return sum(1 for entry in value if is_answered([entry]))
    return None if isinstance(value, str) else value


def _at_least(value: Value, wanted: _Wanted) -> bool:
    amount = _amount(value)
    return amount is not None and isinstance(wanted, int | float) and amount >= wanted


def _less_than(value: Value, wanted: _Wanted) -> bool:
    amount = _amount(value)
    return amount is not None and isinstance(wanted, int | float) and amount < wanted


_COMPARISONS: Mapping[Operator, Callable[[Value, _Wanted], bool]] = {
    Operator.EQUALS: _equals,
    Operator.NOT_EQUALS: _not_equals,
    Operator.INCLUDES_ANY: _includes_any,
    Operator.INCLUDES_ALL: _includes_all,
    Operator.AT_LEAST: _at_least,
    Operator.LESS_THAN: _less_than,
}
_WORDS: Mapping[Operator, tuple[str, str]] = {
    Operator.EQUALS: (N_("“%(question)s” is %(value)s"), N_("“%(question)s” is not %(value)s")),
    Operator.NOT_EQUALS: (
        N_("“%(question)s” is something other than %(value)s"),
        N_("“%(question)s” is %(value)s or not answered"),
    ),
    Operator.INCLUDES_ANY: (
        N_("“%(question)s” includes %(value)s"),
        N_("“%(question)s” does not include %(value)s"),
    ),
    Operator.INCLUDES_ALL: (
        N_("“%(question)s” includes %(value)s"),
        N_("“%(question)s” does not include all of %(value)s"),
    ),
    Operator.AT_LEAST: (
        N_("“%(question)s” is %(value)s or more"),
        N_("“%(question)s” is not %(value)s or more"),
    ),
    Operator.LESS_THAN: (
        N_("“%(question)s” is less than %(value)s"),
        N_("“%(question)s” is not less than %(value)s"),
    ),
}
_WORDS_FOR_SEVERAL: Mapping[Operator, tuple[str, str]] = {
    Operator.AT_LEAST: (
        N_("“%(question)s” has %(value)s or more entries"),
        N_("“%(question)s” does not have %(value)s or more entries"),
    ),
    Operator.LESS_THAN: (
        N_("“%(question)s” has fewer than %(value)s entries"),
        N_("“%(question)s” does not have fewer than %(value)s entries"),
    ),
}
