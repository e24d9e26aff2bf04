"""`pia verify`: is this document genuine, and is it what the city published?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import open_app, say

if TYPE_CHECKING:
    from pia_engine.register.verification import PublishedDocument


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trust",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the city's certificates (*.crt), to check without its installation.",
)
@click.pass_context
def verify(context: click.Context, file: Path, trust: Path | None) -> None:
    """Say who signed FILE and when, and whether one byte changed. Exit 0 when it is genuine, 1 when not."""
    from pia_engine.register.verification import verify_file
    from pia_engine.settings import Settings

    data = file.read_bytes()
    if trust is not None:
        verdict = verify_file(data, trust=trust)
    else:
        with open_app():
            verdict = verify_file(data, trust=Settings().keys_folder, published=_find_published)
    say(verdict.headline)
    for sentence in verdict.sentences:
        say(f"  {sentence}")
    context.exit(0 if verdict.valid else 1)


def _find_published(digest: str) -> PublishedDocument | None:
    from pia_engine.extensions import db
    from pia_engine.register.verification import PublishedDocument
    from pia_engine.services.publications import find_by_pdf

    found = find_by_pdf(db.session(), digest)
    if found is None:
        return None
    note = "" if found.is_current else "a newer one has taken its place in the register."
    return PublishedDocument(found.reference, found.title, found.published_at, found.is_current, note)
