"""The `pia` command, one file per group. Exit 0 is good, 1 says the thing asked about is not, 2 wrong use."""

from __future__ import annotations

import os
import sys

import click

from pia_engine import __version__
from pia_engine.cli.admin import admin
from pia_engine.cli.demo import demo
from pia_engine.cli.disclosure import verify_disclosure
from pia_engine.cli.doctor import doctor
from pia_engine.cli.init import init
from pia_engine.cli.keys import keys
from pia_engine.cli.log import log
from pia_engine.cli.questionnaire import questionnaire
from pia_engine.cli.serve import serve, worker
from pia_engine.cli.upkeep import audit, sweep
from pia_engine.cli.verify import verify
from pia_engine.cli.workflow import workflow
from pia_engine.errors import PiaError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="PIA Engine")
def pia() -> None:
    """Privacy impact assessments of a city, from a department's first idea to the public page."""


for command in (admin, audit, demo, doctor, init, keys, log, questionnaire, serve, sweep, verify, worker, workflow):
    pia.add_command(command)
pia.add_command(verify_disclosure)


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code; what went wrong is a sentence, never a traceback."""
    os.umask(0o077)  # what the program writes is for its own account alone
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        result = pia.main(arguments, prog_name="pia", standalone_mode=False)
    except PiaError as problem:
        click.echo(str(problem), err=True)
        if problem.who_can_help:
            click.echo(f"Who can help: {problem.who_can_help}.", err=True)
        return 1
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 130
    return result if isinstance(result, int) else 0
