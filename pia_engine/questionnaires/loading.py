"""The questionnaires there are: shipped ones and a city's own, found sound or refused with every reason at once."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from pia_engine.errors import N_, NotFound, PiaError
from pia_engine.questionnaires.checking_files import check_file, check_files, files_in
from pia_engine.questionnaires.definition import Questionnaire
from pia_engine.questionnaires.source import Problem


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
    found = check_file(path)
    if found.questionnaire is None or found.problems:
        raise DefinitionError(found.problems)
    return found.questionnaire


def load_folder(path: Path) -> Catalogue:
    """Every `*.yaml` in the folder, checked together; raises DefinitionError with everything wrong in any of them."""
    return Catalogue(_load_together(path, known=()))


def load_catalogue(extra: Path | None = None) -> Catalogue:
    """The shipped questionnaires with a city's own folder on top: same id and version replaces, others are added."""
    shipped = shipped_catalogue()
    if extra is None or not extra.is_dir():
        return shipped
    return Catalogue((*shipped.questionnaires, *_load_together(extra, known=shipped.questionnaires)))


@functools.cache
def shipped_catalogue() -> Catalogue:
    """The questionnaires that come with the program; parsed once, since they cannot change while it runs."""
    with resources.as_file(resources.files(__package__).joinpath("definitions")) as folder:
        return load_folder(folder)


def _load_together(folder: Path, *, known: tuple[Questionnaire, ...]) -> tuple[Questionnaire, ...]:
    checked = check_files(files_in(folder), known=known)
    problems = [problem for found in checked for problem in found.problems]
    if problems:
        raise DefinitionError(problems)
    return tuple(found.questionnaire for found in checked if found.questionnaire)
