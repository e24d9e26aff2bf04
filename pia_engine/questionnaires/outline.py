"""A tolerant view of a questionnaire's raw data, so that every check can run on a file that is partly wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pia_engine.questionnaires.answers import NO, UNSURE, YES, choices
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.source import DataPath, Source

Finding = tuple[DataPath, str]
"""Where something is wrong, and what."""


@dataclass(frozen=True, slots=True)
class Part:
    """A group of names and values in the file, and where it stands."""

    path: DataPath
    data: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.data.get(name)
        return value if isinstance(value, str) else ""

    def at(self, name: str) -> DataPath:
        return (*self.path, name)

    def parts(self, name: str) -> Iterator[Part]:
        """The groups in the list of this name; what is no group is passed over."""
        listed = self.data.get(name)
        for index, entry in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(entry, dict):
                yield Part((*self.at(name), index), entry)

    def groups(self) -> Iterator[tuple[str, Part]]:
        """The groups right inside this one, by their names."""
        for name, entry in self.data.items():
            if isinstance(entry, dict):
                yield name, Part(self.at(name), entry)

    def entries(self, name: str) -> list[object]:
        listed = self.data.get(name)
        return listed if isinstance(listed, list) else []

    def part(self, name: str) -> Part | None:
        value = self.data.get(name)
        return Part(self.at(name), value) if isinstance(value, dict) else None

    def texts(self, name: str) -> tuple[str, ...]:
        listed = self.data.get(name)
        return tuple(entry for entry in listed if isinstance(entry, str)) if isinstance(listed, list) else ()


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole file; `order` gives each question's place, the first one when an id appears twice."""

    root: Part
    questions: tuple[Part, ...]
    order: Mapping[str, int]

    def find(self, question_id: str) -> Part | None:
        return self.questions[self.order[question_id]] if question_id in self.order else None


def outline(source: Source) -> Outline:
    return _outline_of(source.data if isinstance(source.data, dict) else {})


def outline_of(questionnaire: Questionnaire) -> Outline:
    """As much of a sound questionnaire as checking conditions on its answers takes."""
    questions = [
        {"id": q.id, "type": q.type.value, "options": [{"value": option.value} for option in choices(q)]}
        for q in questionnaire.questions
    ]
    return _outline_of({"sections": [{"questions": questions}]})


def _outline_of(data: Mapping[str, Any]) -> Outline:
    root = Part((), data)
    questions = tuple(question for section in root.parts("sections") for question in section.parts("questions"))
    order: dict[str, int] = {}
    for place, question in enumerate(questions):
        if question.text("id"):
            order.setdefault(question.text("id"), place)
    return Outline(root, questions, order)


def option_values(question: Part) -> tuple[str, ...]:
    """The values a choice can have, as far as the file says."""
    if question.text("type") == "yes_no":
        return (YES, NO)
    if question.text("type") == "yes_no_unsure":
        return (YES, NO, UNSURE)
    return tuple(option.text("value") for option in question.parts("options") if option.text("value"))


def repeated(parts: Iterable[Part], name: str, kind: str) -> Iterator[Finding]:
    """Each value of this name that was used before, told once."""
    seen: Counter[str] = Counter()
    for part in parts:
        value = part.text(name)
        seen[value] += 1
        if value and seen[value] == 2:
            yield part.at(name), f"there is already {kind} “{value}”; expected a different {name}"
