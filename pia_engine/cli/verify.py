"""`pia verify`: is this document genuine, and is it what the city published? Is this case file whole?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

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
    """Say who signed FILE and when, and whether one byte changed. Exit 0 when it is genuine, 1 when not.

    FILE is a signed PDF, or a case file (ZIP). A case file is checked from its bytes alone, without the database.
    """
    from pia_engine.documents.archives import is_archive
    from pia_engine.register.verification import verify_file
    from pia_engine.settings import Settings

    with file.open("rb") as opened:
        if is_archive(opened.read(4)):
            context.exit(_verify_case_file(opened, trust or Settings().keys_folder))
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


def _verify_case_file(file: BinaryIO, folder: Path) -> int:
    from pia_engine.documents.case_checking import FOREIGN, verify_case_file
    from pia_engine.documents.checking import read_trust

    trust = read_trust(folder) if any(folder.glob("*.crt")) else None
    verdict = verify_case_file(file, trust=trust)
    say(verdict.headline)
    for sentence in verdict.sentences:
        say(f"  {sentence}")
    if verdict.headline == FOREIGN:
        say("  Name the folder with the city's certificates with --trust to find out whose seal it is.")
    return 0 if verdict.valid else 1


def _find_published(digest: str) -> PublishedDocument | None:
    from pia_engine.extensions import db
    from pia_engine.services.known_documents import find_document

    return find_document(db.session(), digest)
