"""A questionnaire file being tried out: what it asks now, and the answers, which live in this process only."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import Questionnaire, Value
from pia_engine.questionnaires.loading import DefinitionError, load_file
from pia_engine.questionnaires.progress import required_questions, visible_questions
from pia_engine.questionnaires.source import Problem
from pia_engine.services.answers import ReadSheet

EVERYONE = "everyone"


@dataclass
class Trial:
    """One file being tried out: what it asks now, what was answered, and as whom and in which language it is read."""

    path: Path
    role: str = EVERYONE
    language: str = ""
    answers: dict[str, Value] = field(default_factory=dict)
    questionnaire: Questionnaire | None = None
    problems: tuple[Problem, ...] = ()
    seen: tuple[int, int] = (0, 0)

    def look(self) -> None:
        """Read the file again when it changed. Answers stay where the questions still take them."""
        stamp = _stamp(self.path)
        if stamp == self.seen and (self.questionnaire or self.problems):
            return
        self.seen = stamp
        try:
            self.questionnaire, self.problems = load_file(self.path), ()
        except DefinitionError as error:
            self.questionnaire, self.problems = None, error.problems
            return
        self.answers = {name: value for name, value in self.answers.items() if self._takes(name, value)}
        self.role = self.role if self.role in self.roles() else EVERYONE
        self.language = self.language if self.language in self.languages() else self.questionnaire.language

    def roles(self) -> list[str]:
        """Who answers anything in this file, in the order they are first asked."""
        assert self.questionnaire is not None
        return list(dict.fromkeys(question.answered_by for question in self.questionnaire.questions))

    def languages(self) -> list[str]:
        assert self.questionnaire is not None
        return [self.questionnaire.language, *self.questionnaire.translations]

    def sheet(self) -> ReadSheet:
        """The answers as every page reads them."""
        assert self.questionnaire is not None
        words = self.questionnaire.in_language(self.language)
        return ReadSheet(
            questionnaire=words,
            answers=dict(self.answers),
            stored={},
            visible=visible_questions(words, self.answers),
            required=required_questions(words, self.answers),
            version=1,
        )

    def answering(self) -> frozenset[str]:
        return frozenset(self.roles() if self.role == EVERYONE else [self.role])

    def keep(self, values: dict[str, Value | None]) -> None:
        kept = {**self.answers, **values}
        self.answers = {name: value for name, value in kept.items() if value is not None}

    def _takes(self, name: str, value: Value) -> bool:
        question = self.questionnaire.find_question(name) if self.questionnaire else None
        return question is not None and check_value(question, value) is None


def _stamp(path: Path) -> tuple[int, int]:
    """Changes whenever the file does; a file that is gone has a stamp too."""
    try:
        found = path.stat()
    except OSError:
        return (-1, -1)
    return (found.st_mtime_ns, found.st_size)
