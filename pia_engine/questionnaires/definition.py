"""The shapes of a questionnaire once it is read and found sound; nothing here reads files or judges answers."""

from __future__ import annotations

from collections import abc
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | list[str] | list[dict[str, str]]
"""One answer as plain JSON: strings for any_of; flat objects for rows, files, risks and principles; else a scalar."""

Answers: TypeAlias = abc.Mapping[str, Value]
"""Answers by question id. A question without an answer has no key, so that "empty" has one spelling only."""


OUTCOMES = ("no_pia", "delegated_review", "update", "full_pia")
"""What thresholds can lead to, weakest first."""


class QuestionType(StrEnum):
    """What kind of answer is asked for. Risks and principles are registers with entries of a fixed shape."""

    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    YES_NO = "yes_no"
    YES_NO_UNSURE = "yes_no_unsure"
    ONE_OF = "one_of"
    ANY_OF = "any_of"
    NUMBER = "number"
    DATE = "date"
    PERSON = "person"
    DEPARTMENT = "department"
    FILE = "file"
    ROWS = "rows"
    RISKS = "risks"
    PRINCIPLES = "principles"


class Operator(StrEnum):
    """The closed set of comparisons; a definition can express nothing else, so reading one runs no code."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    INCLUDES_ANY = "includes_any"
    INCLUDES_ALL = "includes_all"
    ANSWERED = "answered"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One question's answer held against one value."""

    question: str
    operator: Operator
    value: str | int | float | bool | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    condition: Condition


Condition: TypeAlias = Comparison | AllOf | AnyOf | Not


@dataclass(frozen=True, slots=True)
class Option:
    """A choice. An exclusive one ("none of these") cannot stand beside another."""

    value: str
    label: str
    hint: str = ""
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a repeating table; its cells are always kept as text, as they were typed."""

    id: str
    label: str
    type: QuestionType
    required: bool = True
    options: tuple[Option, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked. Who answers and whether the public will read it are always stated, never assumed.

    `required` means whenever it is shown, `required_when` only while that holds too; at most one of them is set.
    `ground` is why an internal answer is withheld unless somebody states another reason.
    """

    id: str
    type: QuestionType
    text: str
    answered_by: str
    public: bool
    foundation: int
    hint: str = ""
    guidance: str = ""
    example: str = ""
    required: bool = True
    max_length: int | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    unit: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    min_rows: int | None = None
    max_rows: int | None = None
    controls: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    ground: str = ""
    shown_when: Condition | None = None
    required_when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    intro: str
    foundation: int
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One criterion. It leads to an outcome, or adds points, or leads to an outcome once enough points are there."""

    id: str
    because: str
    when: Condition | None = None
    outcome: str | None = None
    points: int = 0
    points_needed: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Which answers lead to which outcome, weakest outcome first; a city's policy may hold its own."""

    outcomes: tuple[str, ...]
    default: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class MappedAnswer:
    """`question` starts from the answer to `source`; with `values`, only the values listed there are carried."""

    question: str
    source: str
    values: abc.Mapping[str, str] | None = field(default=None, hash=False)


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a questionnaire takes over from another one, declared by the questionnaire that receives it."""

    from_questionnaire: str
    answers: tuple[MappedAnswer, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A version of a questionnaire. The digest tells whether a version already in use was changed behind our back.

    `translations` are the same questionnaire in other languages, by their codes.
    """

    id: str
    version: int
    title: str
    purpose: str
    sections: tuple[Section, ...]
    thresholds: Thresholds | None = None
    mappings: tuple[Mapping, ...] = ()
    digest: str = ""
    language: str = "en"
    translations: abc.Mapping[str, Questionnaire] = field(default_factory=dict, repr=False, compare=False)
    _by_id: abc.Mapping[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = {question.id: question for section in self.sections for question in section.questions}
        object.__setattr__(self, "_by_id", found)

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(self._by_id.values())

    def question(self, question_id: str) -> Question:
        """The question with this id; raises KeyError when there is none."""
        return self._by_id[question_id]

    def find_question(self, question_id: str) -> Question | None:
        return self._by_id.get(question_id)

    def in_language(self, code: str) -> Questionnaire:
        """The same questionnaire in that language, or as it was written when nobody translated it."""
        wanted = code.replace("_", "-")
        found = self.translations.get(wanted) or self.translations.get(wanted.partition("-")[0])
        return found if found and wanted != self.language else self

    def section(self, section_id: str) -> Section:
        """The section with this id; raises KeyError when there is none."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def section_of(self, question_id: str) -> Section:
        """The section that asks this question; raises KeyError when none does."""
        for section in self.sections:
            if any(question.id == question_id for question in section.questions):
                return section
        raise KeyError(question_id)
