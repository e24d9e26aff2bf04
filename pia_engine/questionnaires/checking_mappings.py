"""Do mappings fit the questionnaires they carry answers from? Needs more than one file at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pia_engine.questionnaires.answers import choices
from pia_engine.questionnaires.definition import MappedAnswer, Question, Questionnaire, QuestionType
from pia_engine.questionnaires.source import DataPath, Problem, Source

_TEXTS = frozenset({QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT})
_WORDS = _TEXTS | {QuestionType.PERSON, QuestionType.DEPARTMENT}


def mapping_problems(
    source: Source, questionnaire: Questionnaire, *, others: tuple[Questionnaire, ...]
) -> Iterator[Problem]:
    """Sources that do not exist in any version, and answers that could never fit."""
    for number, mapping in enumerate(questionnaire.mappings):
        path: DataPath = ("mappings", number)
        versions = [other for other in others if other.id == mapping.from_questionnaire]
        if not versions:
            known = ", ".join(sorted({other.id for other in others}))
            text = f"there is no questionnaire “{mapping.from_questionnaire}”; expected one of {known}"
            yield source.problem((*path, "from"), text)
            continue
        asked = {q.id: q for other in sorted(versions, key=lambda v: v.version) for q in other.questions}
        for place, mapped in enumerate(mapping.answers):
            target = questionnaire.question(mapped.question)
            for name, text in _misfits(mapped, asked, target=target, there=mapping.from_questionnaire):
                yield source.problem((*path, "answers", place, name), text)


def _misfits(
    mapped: MappedAnswer, asked: Mapping[str, Question], *, target: Question, there: str
) -> Iterator[tuple[str, str]]:
    origin = asked.get(mapped.source)
    if origin is None:
        yield (
            "source",
            f"“{there}” has no question “{mapped.source}”; expected the id of one of its questions",
        )
        return
    offered = {option.value for option in choices(origin)}
    for value in mapped.values or ():
        if value not in offered:
            expected = f"one of {', '.join(sorted(offered))}" if offered else "“values” only for a choice"
            yield "values", f"“{value}” is no option of “{mapped.source}” there; expected {expected}"
    if not _can_fit(origin, target, translated=mapped.values is not None):
        yield (
            "source",
            f"“{mapped.source}” ({origin.type}) can never fill “{target.id}” ({target.type}); expected a fitting type",
        )


def _can_fit(origin: Question, target: Question, *, translated: bool) -> bool:
    if QuestionType.FILE in (origin.type, target.type):
        return False  # a file stays with the record it was attached to
    if origin.type in _WORDS and target.type in _TEXTS:
        return True
    if origin.type is QuestionType.ROWS and target.type is QuestionType.ROWS:
        return bool({column.id for column in origin.columns} & {column.id for column in target.columns})
    here = {option.value for option in choices(target)}
    there = {option.value for option in choices(origin)}
    if here and there:
        narrows = origin.type is QuestionType.ANY_OF and target.type is not QuestionType.ANY_OF
        return not narrows and (translated or bool(here & there))
    return origin.type is target.type
