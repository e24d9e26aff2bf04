"""`pia workflow diagram`: the tables the records live by, as a document."""

from __future__ import annotations

from pathlib import Path

import click

from pia_engine.cli.screen import say

DOCUMENT = Path("docs/reference/workflows.md")


@click.group()
def workflow() -> None:
    """Show the workflow tables."""


@workflow.command()
@click.option("--write", is_flag=True, help=f"Write {DOCUMENT} instead of printing.")
def diagram(write: bool) -> None:
    """Print every workflow as a Mermaid diagram with its table."""
    from pia_engine.workflows.diagram import workflows_document

    if not write:
        click.echo(workflows_document(), nl=False)
        return
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(workflows_document(), encoding="utf-8")
    say(f"Written: {DOCUMENT}")
