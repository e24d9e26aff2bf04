"""`pia verify`: is this document genuine, and is it what the city published? Is this case file whole?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from pia_engine.cli.screen import open_app, say

if TYPE_CHECKING:
    from pia_engine.documents.trust import Trust
    from pia_engine.register.trust_bundles import Bundle
    from pia_engine.register.verification import Verdict


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--trust",
    type=click.Path(exists=True, path_type=Path),
    help="The city's bundle for checking (bundle.zip, or the folder it was unpacked to), or a folder with its "
    "certificates (*.crt), to check without its installation.",
)
@click.option("--offline", is_flag=True, help="With --trust: do not ask the city's site what became of the document.")
@click.option(
    "--root", metavar="SHA256", help="With --trust: believe no root certificate but the one with this fingerprint."
)
@click.option("--full", is_flag=True, help="Also follow every signature through what came after it. Slow.")
@click.pass_context
def verify(
    context: click.Context, file: Path, *, trust: Path | None, offline: bool, root: str | None, full: bool
) -> None:
    """Say whether FILE is genuine and still stands, who signed it and when, and what was changed.

    FILE is a signed PDF, or a case file (ZIP). Exit 0 when it is genuine, 1 when not. With --trust and --offline
    nothing is asked of any network; with --trust alone, only the site of the city that the bundle names, and nothing of
    FILE is sent there.
    """
    from pia_engine.documents.archives import is_archive

    if offline and trust is None:
        raise click.UsageError("--offline goes with --trust: without it, the installation here is asked.")
    if root and trust is None:
        raise click.UsageError("--root goes with --trust: without it, the installation here is asked.")
    with file.open("rb") as opened:
        if is_archive(opened.read(4)):
            context.exit(_verify_case_file(opened, trust, root=root))
    context.exit(_verify_pdf(file, trust, offline=offline, root=root, full=full))


def _verify_pdf(file: Path, trust: Path | None, *, offline: bool, root: str | None, full: bool) -> int:
    from pia_engine.documents.checking import LARGEST_FILE
    from pia_engine.register.verdict_lines import lines_of
    from pia_engine.register.verification import too_large

    data, notes = b"", list[str]()
    if file.stat().st_size > LARGEST_FILE:
        verdict = too_large()
    else:
        data = file.read_bytes()
        verdict, notes = _here(data) if trust is None else _by_bundle(data, trust, offline=offline, root=root)
    say(verdict.headline)
    for line in [*lines_of(verdict), *notes]:
        say(f"  {line}")
    if full and data:
        _say_fully(data)
    return 0 if verdict.valid else 1


def _here(data: bytes) -> tuple[Verdict, list[str]]:
    """By the register of the installation on this computer."""
    from pia_engine.documents.storage import open_storage
    from pia_engine.extensions import db
    from pia_engine.register.verification import verify_file
    from pia_engine.services.known_documents import register_of
    from pia_engine.settings import Settings

    settings = Settings()
    with open_app():
        register = register_of(db.session(), open_storage(settings.documents_folder))
        return verify_file(data, trust=settings.keys_folder, register=register), []


def _by_bundle(data: bytes, path: Path, *, offline: bool, root: str | None) -> tuple[Verdict, list[str]]:
    """By a bundle, with what the city's site adds to it, or as of its day."""
    from pia_engine.register.trust_bundles import open_bundle
    from pia_engine.register.verdict_words import in_words
    from pia_engine.register.verification import Register, verify_file

    bundle = open_bundle(path)
    believed, notes = _believed(bundle.trust, root), list[str]()
    if not offline and bundle.log is not None and bundle.site:
        bundle, notes = _with_news(bundle)
    log = bundle.log
    verdict = verify_file(data, trust=bundle.trust, register=Register(log.find, is_own=False) if log else None)
    if log is not None and log.as_of is not None:
        notes.append(f"As of {in_words(log.as_of)}, when the newest entry of the log that was read was made.")
    return verdict, [*notes, *believed]


def _believed(trust: Trust, root: str | None) -> list[str]:
    """Whom the answer will rest on. Raises Invalid for another root than the one asked for."""
    from pia_engine import clock
    from pia_engine.register.believed import check_root, lines_on

    if root:
        check_root(trust, root)
    return list(lines_on(trust, now=clock.now()))


def _with_news(bundle: Bundle) -> tuple[Bundle, list[str]]:
    from pia_engine.register.log_fetching import LogSite, NotAnswered, NotThere
    from pia_engine.register.trust_bundles import with_news

    try:
        return with_news(bundle, LogSite(f"{bundle.site}/log")), []
    except (NotAnswered, NotThere) as silent:
        return bundle, [f"The city's site was asked in vain: {silent}"]


def _say_fully(data: bytes) -> None:
    from pia_engine.documents.examining import examine_fully

    say("Every signature, followed through what came after it:")
    followed = examine_fully(data)
    if followed is None:
        say("  That took too much time or memory and was stopped.")
    for name, sentence in followed or ():
        say(f"  {name}: {sentence}.")


def _verify_case_file(file: BinaryIO, path: Path | None, *, root: str | None) -> int:
    from pia_engine.documents.case_checking import FOREIGN
    from pia_engine.documents.examining import FULL, LIMITS, examine_case_file

    trust = _trust_of(path)
    believed = _believed(trust, root) if trust and path else []
    is_large = file.seek(0, 2) > LIMITS.largest
    if is_large:
        say(f"The file has more than {LIMITS.largest // 1024**2} MB. Checking it may take up to 20 minutes.")
    verdict = examine_case_file(file, trust=trust, limits=FULL if is_large else LIMITS)
    say(verdict.headline)
    for sentence in [*verdict.sentences, *believed]:
        say(f"  {sentence}")
    if verdict.headline == FOREIGN:
        say("  Name the bundle or folder with the city's certificates with --trust to find out whose seal it is.")
    return 0 if verdict.valid else 1


def _trust_of(path: Path | None) -> Trust | None:
    """Whom to trust; nobody where there are no certificates, so that the rest is checked none the less."""
    from pia_engine.documents.trust import read_trust
    from pia_engine.register.trust_bundles import open_bundle
    from pia_engine.settings import Settings

    place = path or Settings().keys_folder
    if place.is_file():
        return open_bundle(place).trust
    return read_trust(place) if any(place.glob("*.crt")) else None
