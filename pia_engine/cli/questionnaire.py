"""`pia questionnaire`: for whoever writes questionnaires, before the city uses them."""

from __future__ import annotations

from pathlib import Path

import click

from pia_engine.cli.screen import say

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def questionnaire() -> None:
    """Check questionnaire files."""


@questionnaire.command()
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.pass_context
def check(context: click.Context, files: tuple[Path, ...]) -> None:
    """Report everything that is wrong in FILES, by file and line. Exit 1 when anything is."""
    from pia_engine.questionnaires.loading import file_problems, load_file

    is_good = True
    for file in files:
        problems = file_problems(file)
        if problems:
            is_good = False
            for problem in problems:
                say(str(problem))
            continue
        found = load_file(file)
        say(f"{file}: good. “{found.title}”, version {found.version}, {len(found.questions)} questions.")
    context.exit(0 if is_good else 1)
