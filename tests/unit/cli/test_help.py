"""Every command says what it does."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from pia_engine.cli import pia


def commands(group: click.Group = pia, before: str = "pia") -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        yield f"{before} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")


@pytest.mark.parametrize(("name", "command"), [pytest.param(*found, id=found[0]) for found in commands()])
def test_each_command_has_a_sentence(name: str, command: click.Command) -> None:
    assert command.help, name
    assert command.help.rstrip().endswith("."), name
