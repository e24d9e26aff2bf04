"""`pia doctor`: is this installation well? Each finding says what to do about it."""

from __future__ import annotations

import ctypes.util
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import console, open_app, say
from pia_engine.errors import PiaError

if TYPE_CHECKING:
    from pia_engine.settings import Settings

SOUND_SQLITE = (3, 51, 3)
LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `mark` is good, note or bad."""

    mark: str
    subject: str
    what: str


@click.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Look the installation over. Exit 1 when something needs mending; notes alone do not."""
    from rich.table import Table

    from pia_engine.settings import Settings

    settings = Settings()
    findings = [finding for look in (_libraries, _keys, _mail, _scanner, _inside) for finding in look(settings)]
    table = Table(show_header=False, box=None)
    for finding in findings:
        table.add_row(finding.mark, finding.subject, finding.what)
    console.print(table)
    bad = sum(finding.mark == "bad" for finding in findings)
    say("Everything needed is there." if not bad else f"{bad} to mend.")
    context.exit(1 if bad else 0)


def _libraries(_settings: Settings) -> Iterator[Finding]:
    missing = [package for library, package in LIBRARIES.items() if ctypes.util.find_library(library) is None]
    if missing:
        yield Finding("bad", "PDF libraries", f"missing: install {' '.join(missing)}")
    else:
        yield Finding("good", "PDF libraries", "there")


def _keys(settings: Settings) -> Iterator[Finding]:
    from pia_engine import clock
    from pia_engine.documents.key_status import examine_keys

    if not settings.keys_folder.is_dir():
        yield Finding("bad", "Keys", f"no folder {settings.keys_folder}: run “pia init”")
        return
    lines = examine_keys(settings, now=clock.now())
    for line in lines:
        if line.problem:
            yield Finding("bad", "Keys", f"{line.what}: {line.problem} ({line.where})")
    if not any(line.problem for line in lines):
        ends = min(line.ends for line in lines if line.ends and line.certificate and not line.is_past)
        yield Finding("good", "Keys", f"valid until {ends.date()}; “pia keys status” says more")


def _mail(settings: Settings) -> Iterator[Finding]:
    if settings.smtp_url:
        yield Finding("good", "Mail", "goes through the server of PIA_SMTP_URL")
    else:
        yield Finding("note", "Mail", f"no PIA_SMTP_URL: messages are kept in {settings.mail_folder}, nothing is sent")


def _scanner(settings: Settings) -> Iterator[Finding]:
    from pia_engine.documents.scanning import open_scanner

    scanner = open_scanner(settings.clamav_url, seconds=5)
    if scanner is None:
        yield Finding("note", "Virus scanner", "no PIA_CLAMAV_URL: attached files are kept without being scanned")
    elif scanner.answers():
        yield Finding("good", "Virus scanner", f"answers at {settings.clamav_url}")
    else:
        yield Finding(
            "bad",
            "Virus scanner",
            f"does not answer at {settings.clamav_url}, so no file can be attached: start clamd or mend PIA_CLAMAV_URL",
        )


def _questionnaires(_settings: Settings) -> Iterator[Finding]:
    from pia_engine.extensions import db
    from pia_engine.services.questionnaires import check_used_questionnaires

    try:
        yield Finding("good", "Questions", f"{check_used_questionnaires(db.session)} versions in use, none changed")
    except PiaError as problem:
        yield Finding("bad", "Questions", str(problem))


def _inside(settings: Settings) -> Iterator[Finding]:
    """What only the application can see; when it does not start, that is the finding."""
    try:
        with open_app():
            looks: tuple[Callable[[Settings], Iterator[Finding]], ...] = (_database, _questionnaires, _jobs, _seals)
            for look in looks:
                yield from look(settings)
    except PiaError as problem:
        yield Finding("bad", "Application", str(problem))


def _database(settings: Settings) -> Iterator[Finding]:
    from pia_engine.extensions import db

    if db.engine.dialect.name == "sqlite":
        if sqlite3.sqlite_version_info < SOUND_SQLITE:
            yield Finding(
                "note",
                "SQLite",
                f"{sqlite3.sqlite_version}: versions before 3.51.3 can, very rarely, damage a file that several "
                "processes write. Back up daily; with many people at work use PostgreSQL.",
            )
        else:
            yield Finding("good", "SQLite", sqlite3.sqlite_version)
    yield from _migrations()


def _migrations() -> Iterator[Finding]:
    from alembic.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from flask import current_app

    from pia_engine.extensions import db

    folder = current_app.extensions["migrate"].directory
    head = ScriptDirectory(folder).get_current_head()
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == head:
        yield Finding("good", "Database", f"at version {head}")
    else:
        yield Finding("bad", "Database", f"at version {present or 'none'}, the program needs {head}: run “pia init”")


def _jobs(_settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.exc import DatabaseError

    from pia_engine.extensions import db
    from pia_engine.services.outbox import list_jobs

    try:
        dead = list_jobs(db.session(), state="dead")
    except DatabaseError:
        return
    if dead:
        kinds = ", ".join(sorted({job.kind for job in dead}))
        yield Finding("bad", "Jobs", f"{len(dead)} laid aside after too many tries ({kinds}): see Administration")
    else:
        yield Finding("good", "Jobs", "none laid aside")


def _seals(_settings: Settings) -> Iterator[Finding]:
    from sqlalchemy.exc import DatabaseError

    from pia_engine.extensions import db
    from pia_engine.services.log_status import about_seal

    try:
        lines = list(about_seal(db.session()))
    except DatabaseError:
        return
    for line in lines:
        yield Finding("good" if line.is_good else "bad", "Audit trail", line.text)
