"""`pia demo`: load the fictional city of Aldermere, list its assessments, say who can sign in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import console, open_app, say
from pia_engine.errors import N_, NotPossible

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from pia_engine.settings import Settings


@click.command()
@click.option("--list", "lists", is_flag=True, help="List the assessments with reference, status and public address.")
@click.option("--without-logins", is_flag=True, hidden=True, help="Leave the table to the server.")
def demo(lists: bool, without_logins: bool) -> None:
    """Load the demo city into an empty installation. A second time changes nothing."""
    if lists:
        with open_app() as app:
            print_assessments(app)
        return
    load()
    if not without_logins:
        with open_app() as app:
            print_welcome(app)


def load() -> None:
    """Replay the demo's history. One that was cut short is cleared away and begun again."""
    with open_app() as app:
        settings: Settings = app.extensions["pia-settings"]
        half_done = _marker(settings).exists()
        if not half_done and _is_loaded():
            say("The demo city is there already; nothing was changed.")
            return
    if half_done:
        _clear(settings)
    _marker(settings).touch()
    with open_app() as app:
        _replay(app)
    _marker(settings).unlink()


def _replay(app: Flask) -> None:
    import flask_migrate

    from pia_engine.demo.story import load_demo
    from pia_engine.extensions import db
    from pia_engine.register.pages import build_all_pages

    flask_migrate.upgrade()
    db.session.remove()
    say("Loading the demo city: its history is replayed, its documents are typeset and signed. About a minute.")
    if console.is_terminal:
        with console.status("…") as status:
            load_demo(app, status.update)
    else:
        load_demo(app, say)
    build_all_pages(db.session(), app.extensions["pia-settings"])


def _is_loaded() -> bool:
    from pia_engine.extensions import db
    from pia_engine.services.cities import find_city

    city = find_city(db.session())
    if city is None:
        return False
    if not city.is_demo:
        raise NotPossible(N_("This installation belongs to a city. Set PIA_INSTANCE to give the demo its own folder."))
    return True


def _marker(settings: Settings) -> Path:
    """There while the demo is being loaded: what stands beside it is a demo half told, and nothing else."""
    return settings.instance / ".demo-loading"


def _clear(settings: Settings) -> None:
    if not settings.database.startswith("sqlite"):
        raise NotPossible(N_("Loading the demo was cut short. Empty the database, then run “pia demo” again."))
    say("Loading the demo was cut short the last time; it begins again.")
    for ending in ("", "-wal", "-shm"):
        (settings.instance / f"pia.db{ending}").unlink(missing_ok=True)
    for folder in (settings.mail_folder, settings.documents_folder, settings.public_folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)


def print_assessments(app: Flask) -> None:
    """Every demo assessment, one line each; plain enough to be read by another program."""
    from pia_engine.demo.listing import list_demo

    for line in list_demo(app):
        say(f"{line.reference}  {line.status:<28}  {line.url or '(not public)'}  {line.title}")


def print_welcome(app: Flask) -> None:
    """Who can sign in, and the three addresses worth opening."""
    from rich.table import Table

    from pia_engine.demo.listing import list_demo
    from pia_engine.demo.people import PASSWORD, PERSONAS

    table = Table(title=f"Demo logins, all with the password {PASSWORD}", title_justify="left")
    for heading in ("Sign in as", "Name", "Role"):
        table.add_column(heading)
    for persona in PERSONAS:
        table.add_row(persona.email, persona.name, persona.role_name)
    console.print(table)
    public_url = app.extensions["pia-settings"].public_url
    published = next((line for line in list_demo(app) if line.url), None)
    say(f"Public register:      {public_url}/")
    say(f"Sign in:              {public_url}/sign-in")
    if published:
        say(f"A published one:      {published.url}  ({published.title})")
