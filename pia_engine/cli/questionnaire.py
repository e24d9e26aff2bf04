"""`pia questionnaire`: for whoever writes questionnaires, before the city uses them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pia_engine.cli.preview import preview
from pia_engine.cli.screen import say

if TYPE_CHECKING:
    from pia_engine.questionnaires.checking_files import CheckedFile
    from pia_engine.questionnaires.definition import Questionnaire
    from pia_engine.questionnaires.source import Problem

DOCUMENT = Path("docs/reference/questionnaires.md")

_PLACE = click.Path(exists=True, path_type=Path)


@click.group()
def questionnaire() -> None:
    """Check questionnaire files, and look at them."""


@questionnaire.command()
@click.argument("places", nargs=-1, required=True, type=_PLACE, metavar="FILE_OR_FOLDER...")
@click.pass_context
def check(context: click.Context, places: tuple[Path, ...]) -> None:
    """Report everything that is wrong in questionnaire files and folders, by file and line. Exit 1 when anything is.

    Where there is an installation, a version that people have answered already must not have changed either.
    """
    from pia_engine.questionnaires.loading import shipped_catalogue

    checked = _check_with_neighbours(_files_at(places), known=shipped_catalogue().questionnaires)
    changed = _changed_since_use([found.questionnaire for found in checked if found.questionnaire])
    is_good = True
    for found in checked:
        problems = [*found.problems, *_change_problems(found, changed)]
        for problem in sorted(problems):
            say(str(problem))
        if found.questionnaire and not problems:
            say(_praise(found.path, found.questionnaire))
        is_good = is_good and not problems
    context.exit(0 if is_good else 1)


@questionnaire.command()
def schema() -> None:
    """Print the JSON Schema of questionnaire files, for editors that complete and check while you type."""
    from pia_engine.questionnaires.schema import schema_text

    click.echo(schema_text(), nl=False)


@questionnaire.command()
@click.option("--write", is_flag=True, help=f"Write {DOCUMENT} instead of printing.")
def reference(write: bool) -> None:
    """Print the reference of the questionnaire language."""
    from pia_engine.questionnaires.reference import reference_document

    if not write:
        click.echo(reference_document(), nl=False)
        return
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(reference_document(), encoding="utf-8")
    say(f"Written: {DOCUMENT}")


def _files_at(places: Iterable[Path]) -> list[Path]:
    from pia_engine.questionnaires.checking_files import files_in

    found: dict[Path, None] = {}
    for place in places:
        files = files_in(place) if place.is_dir() else [place]
        if not files:
            raise click.UsageError(f"there is no questionnaire file (*.yaml) in {place}")
        found.update(dict.fromkeys(files))
    return list(found)


def _check_with_neighbours(paths: Sequence[Path], *, known: tuple[Questionnaire, ...]) -> list[CheckedFile]:
    """A file may take answers from those beside it, also when only that one file was asked about."""
    from pia_engine.questionnaires.checking_files import check_file, check_files, files_in

    asked = {path.resolve() for path in paths}
    beside = {each.resolve() for folder in {path.resolve().parent for path in paths} for each in files_in(folder)}
    neighbours = (check_file(path).questionnaire for path in sorted(beside - asked))
    return check_files(paths, known=(*known, *filter(None, neighbours)))


def _praise(path: Path, found: Questionnaire) -> str:
    languages = ", ".join((found.language, *sorted(found.translations)))
    count = len(found.questions)
    asked = "1 question" if count == 1 else f"{count} questions"
    return f"{path}: good. “{found.title}”, version {found.version}, {asked}, in {languages}."


def _change_problems(found: CheckedFile, changed: Sequence[Questionnaire]) -> Iterable[Problem]:
    held = found.questionnaire
    if held is not None and held in changed:
        text = (
            f"“{held.id}” version {held.version} was changed after people had answered it; expected the old file, "
            f"and the changes in a new file with version {held.version + 1} or higher"
        )
        yield found.source.problem(("version",), text)


def _changed_since_use(questionnaires: Sequence[Questionnaire]) -> list[Questionnaire]:
    from sqlalchemy import create_engine, inspect
    from sqlalchemy.exc import DatabaseError
    from sqlalchemy.orm import Session

    from pia_engine.models import KnownQuestionnaire
    from pia_engine.services.questionnaires import changed_since_use
    from pia_engine.settings import Settings

    settings = Settings()
    if not settings.database_url and not (settings.instance / "pia.db").is_file():
        return []
    engine = create_engine(settings.database)
    try:
        if not inspect(engine).has_table(KnownQuestionnaire.__tablename__):
            return []
        with Session(engine) as session:
            return changed_since_use(session, questionnaires)
    except DatabaseError:
        say("The database cannot be read, so nobody has looked whether a version in use was changed.")
        return []
    finally:
        engine.dispose()


questionnaire.add_command(preview)
