"""Questionnaires from files: every problem reported at once, and a catalogue of what was found sound."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from pia_engine.errors import N_, NotFound, PiaError
from pia_engine.questionnaires.checking import find_problems
from pia_engine.questionnaires.checking_mappings import mapping_problems
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.parsing import parse_questionnaire
from pia_engine.questionnaires.reachability import unreachable_questions
from pia_engine.questionnaires.source import Problem, Source, read_file


class DefinitionError(PiaError):
    """One or more questionnaire files are not sound; `problems` holds every one, by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        listed = "\n".join(str(problem) for problem in self.problems)
        super().__init__(
            N_("The questionnaires cannot be used until this is mended:\n%(problems)s"),
            who_can_help=N_("whoever looks after the questionnaire files"),
            problems=listed,
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All questionnaires there are, by id and version. Versions in use stay, because records keep theirs."""

    questionnaires: tuple[Questionnaire, ...]
    _by_key: Mapping[tuple[str, int], Questionnaire] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {(found.id, found.version): found for found in self.questionnaires}
        object.__setattr__(self, "_by_key", by_key)

    def get(self, questionnaire_id: str, version: int) -> Questionnaire:
        try:
            return self._by_key[questionnaire_id, version]
        except KeyError:
            raise NotFound(
                N_("There is no version %(version)s of the questionnaire “%(id)s”."),
                who_can_help=N_("whoever looks after the questionnaire files"),
                id=questionnaire_id,
                version=version,
            ) from None

    def newest(self, questionnaire_id: str) -> Questionnaire:
        versions = self.versions(questionnaire_id)
        if not versions:
            raise NotFound(
                N_("There is no questionnaire “%(id)s”."),
                who_can_help=N_("whoever looks after the questionnaire files"),
                id=questionnaire_id,
            )
        return self.get(questionnaire_id, versions[-1])

    def versions(self, questionnaire_id: str) -> tuple[int, ...]:
        return tuple(sorted(version for found, version in self._by_key if found == questionnaire_id))

    def ids(self) -> tuple[str, ...]:
        return tuple(sorted({found for found, _ in self._by_key}))


def load_file(path: Path) -> Questionnaire:
    """The questionnaire in one file; raises DefinitionError with everything that is wrong in it."""
    questionnaire, problems = _checked(read_file(path))
    if questionnaire is None or problems:
        raise DefinitionError(problems)
    return questionnaire


def load_folder(path: Path) -> Catalogue:
    """Every `*.yaml` in the folder, checked together; raises DefinitionError with everything wrong in any of them."""
    return Catalogue(tuple(found for _, found in _load_sources(_files_in(path), known=())))


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """The shipped questionnaires with a city's own folder on top: same id and version replaces, others are added."""
    shipped = shipped_catalogue()
    if extra is None or not extra.is_dir():
        return shipped
    own = [found for _, found in _load_sources(_files_in(extra), known=shipped.questionnaires)]
    return Catalogue((*shipped.questionnaires, *own))


@functools.cache
def shipped_catalogue() -> Catalogue:
    """The questionnaires that come with the program; parsed once, since they cannot change while it runs."""
    with resources.as_file(resources.files(__package__).joinpath("definitions")) as folder:
        return load_folder(folder)


def file_problems(path: Path) -> tuple[Problem, ...]:
    """What is wrong in one file, without raising: for a report about many files."""
    return tuple(_checked(read_file(path))[1])


def _files_in(folder: Path) -> list[Path]:
    """Files beginning with a dot or tilde are what editors leave behind."""
    found = (path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    return sorted(path for path in found if not path.name.startswith((".", "~")))


def _checked(source: Source) -> tuple[Questionnaire | None, list[Problem]]:
    """Whether a question is reachable can only be tried out once everything else is sound."""
    problems = find_problems(source)
    if problems or not isinstance(source.data, dict):
        return None, problems
    questionnaire = parse_questionnaire(source.data)
    return questionnaire, list(_unreachable(source, questionnaire))


def _unreachable(source: Source, questionnaire: Questionnaire) -> Iterator[Problem]:
    for question in unreachable_questions(questionnaire):
        section = questionnaire.section_of(question.id)
        place = (
            "sections",
            questionnaire.sections.index(section),
            "questions",
            section.questions.index(question),
            "shown_when",
        )
        text = f"“{question.id}” can never be shown; expected a condition that some answers meet"
        yield source.problem(place, text)


def _load_sources(paths: Iterable[Path], *, known: tuple[Questionnaire, ...]) -> list[tuple[Source, Questionnaire]]:
    """`known` are questionnaires from elsewhere which these files may refer to."""
    loaded: list[tuple[Source, Questionnaire]] = []
    problems: list[Problem] = []
    for path in paths:
        source = read_file(path)
        questionnaire, found = _checked(source)
        problems += found
        if questionnaire is not None:
            problems += _name_problems(path, source, questionnaire)
            loaded.append((source, questionnaire))
    everything = (*known, *(questionnaire for _, questionnaire in loaded))
    for source, questionnaire in loaded:
        problems += mapping_problems(source, questionnaire, others=everything)
    if problems:
        raise DefinitionError(problems)
    return loaded


def _name_problems(path: Path, source: Source, questionnaire: Questionnaire) -> Iterator[Problem]:
    """The name says what is inside, which also keeps two files from holding the same version."""
    expected = f"{questionnaire.id}.v{questionnaire.version}.yaml"
    if path.name != expected:
        text = f"the file holds “{questionnaire.id}” version {questionnaire.version}; expected the name {expected}"
        yield source.problem(("version",), text)
