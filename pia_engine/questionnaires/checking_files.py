"""Whole files, alone and together: everything wrong in each, with its line, and the questionnaire it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pia_engine.questionnaires.checking import find_problems
from pia_engine.questionnaires.checking_mappings import mapping_problems
from pia_engine.questionnaires.definition import Question, Questionnaire
from pia_engine.questionnaires.parsing import parse_questionnaire
from pia_engine.questionnaires.reachability import never_required_questions, unreachable_questions
from pia_engine.questionnaires.source import DataPath, Problem, Source, read_file

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file with what was found wrong, by line; `questionnaire` is there as soon as it can be read as one."""

    path: Path
    source: Source
    questionnaire: Questionnaire | None
    problems: tuple[Problem, ...]


def files_in(folder: Path) -> list[Path]:
    """The questionnaire files of a folder. Files beginning with a dot or tilde are what editors leave behind."""
    found = (path for path in folder.iterdir() if path.suffix in _SUFFIXES)
    return sorted(path for path in found if not path.name.startswith((".", "~")))


def check_file(path: Path) -> CheckedFile:
    """One file by itself: its name and the questionnaires it takes answers from are not looked at."""
    source = read_file(path)
    problems = find_problems(source)
    if problems or not isinstance(source.data, dict):
        return CheckedFile(path, source, None, tuple(problems))
    questionnaire = parse_questionnaire(source.data)
    # Whether a condition can be met is tried out only once everything else is sound.
    return CheckedFile(path, source, questionnaire, tuple(_unmet_conditions(source, questionnaire)))


def check_files(paths: Iterable[Path], *, known: tuple[Questionnaire, ...]) -> list[CheckedFile]:
    """The files as they would be used together; `known` are questionnaires from elsewhere they may refer to."""
    checked = [check_file(path) for path in paths]
    everything = (*known, *(found.questionnaire for found in checked if found.questionnaire))
    return [_among(found, everything) for found in checked]


def _among(found: CheckedFile, everything: tuple[Questionnaire, ...]) -> CheckedFile:
    if found.questionnaire is None:
        return found
    around = [
        *_name_problems(found.path, found.source, found.questionnaire),
        *mapping_problems(found.source, found.questionnaire, others=everything),
    ]
    problems = tuple(sorted({*found.problems, *around}))
    return CheckedFile(found.path, found.source, found.questionnaire, problems)


def _unmet_conditions(source: Source, questionnaire: Questionnaire) -> Iterator[Problem]:
    for question in unreachable_questions(questionnaire):
        text = f"“{question.id}” can never be shown; expected a condition that some answers meet"
        yield source.problem((*_place_of(question, questionnaire), "shown_when"), text)
    for question in never_required_questions(questionnaire):
        text = f"“{question.id}” can never be required; expected a condition that some answers meet while it is shown"
        yield source.problem((*_place_of(question, questionnaire), "required_when"), text)


def _place_of(question: Question, questionnaire: Questionnaire) -> DataPath:
    section = questionnaire.section_of(question.id)
    number = questionnaire.sections.index(section)
    return ("sections", number, "questions", section.questions.index(question))


def _name_problems(path: Path, source: Source, questionnaire: Questionnaire) -> Iterator[Problem]:
    """The name says what is inside, which also keeps two files from holding the same version."""
    expected = f"{questionnaire.id}.v{questionnaire.version}.yaml"
    if path.name != expected:
        text = f"the file holds “{questionnaire.id}” version {questionnaire.version}; expected the name {expected}"
        yield source.problem(("version",), text)
