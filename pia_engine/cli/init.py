"""`pia init`: make an installation, or say what of it is already there. Nothing that exists is ever overwritten."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import click

from pia_engine.cli.screen import open_app, say

if TYPE_CHECKING:
    from pathlib import Path

    from pia_engine.settings import Settings

DEMO_CITY = "City of Aldermere"


@click.command()
@click.option("--city-name", default="Your city", show_default=True, help="Stands on pages and in certificates.")
@click.option("--service-name", default="Privacy assessments", show_default=True)
@click.option("--introduction", default="", help="Two or three sentences for the public start page.")
@click.option("--contact-name", default="Privacy office", show_default=True, help="Whom people ask.")
@click.option("--contact-email", default="privacy-office@localhost", show_default=True)
@click.option("--time-zone", default="UTC", show_default=True, help="Due dates are days of this zone: Europe/Brussels.")
@click.option("--language", default="en", show_default=True)
@click.option("--brand-colour", default="#0b4f5c", show_default=True)
@click.option("--link-colour", default="#0b5c6b", show_default=True)
@click.option("--for-demo", is_flag=True, help="Leave the city to “pia demo”, which founds its own.")
def init(for_demo: bool, **city: str) -> None:
    """Create this installation: folders, keys, certificate authority, database, city. Safe to repeat."""
    from pia_engine.settings import Settings

    settings = Settings()
    _check_time_zone(city["time_zone"])
    say(f"Installation: {settings.instance}")
    _make_folders(settings)
    _make_authority(settings, DEMO_CITY if for_demo else city["city_name"])
    _make_secret_key(settings.secret_key_path)
    with open_app(writes=True):
        _upgrade_database()
        _make_log_key(settings)
        if not for_demo:
            _found_city(city)
        _build_pages(settings)


def _check_time_zone(name: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise click.BadParameter(
            f"“{name}” is not a time zone. Write it like Europe/Brussels.", param_hint="--time-zone"
        ) from None


def _make_folders(settings: Settings) -> None:
    """Only the account the program runs as may look inside."""
    for folder in (
        settings.instance,
        settings.keys_folder,
        settings.mail_folder,
        settings.documents_folder,
        settings.public_folder,
    ):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _make_authority(settings: Settings, city_name: str) -> None:
    """The keys folder must be empty for this, so it comes before the secret key."""
    from pia_engine import clock
    from pia_engine.documents.authority import ROOT, complete_authority, create_authority
    from pia_engine.documents.signers import open_keys

    if (settings.keys_folder / f"{ROOT}.key").exists():
        if complete_authority(settings.keys_folder, city_name=city_name, now=clock.now()):
            say("  time-stamp authority: made")
        open_keys(settings)
        say("  certificate authority: there already")
        return
    create_authority(settings.keys_folder, city_name=city_name, now=clock.now())
    say(f"  certificate authority: made for {city_name}")


def _make_secret_key(path: Path) -> None:
    from pia_engine.documents.key_files import sync_folder, write_new

    if path.exists():
        say("  secret key: there already")
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    write_new(draft, f"{secrets.token_urlsafe(64)}\n".encode(), 0o600)
    draft.rename(path)
    sync_folder(path.parent)
    say("  secret key: made")


def _upgrade_database() -> None:
    import flask_migrate

    from pia_engine.extensions import db, start_writing

    flask_migrate.upgrade()
    db.session.remove()
    start_writing()
    say("  database: up to date")


def _make_log_key(settings: Settings) -> None:
    """A key for a log that was never signed. One that is lost is not replaced here: watchers would raise the alarm."""
    from pia_engine.extensions import db
    from pia_engine.register.log_keys import FILE, make_log_key
    from pia_engine.register.log_store import find_newest_checkpoint

    if (settings.keys_folder / FILE).exists():
        say("  key of the transparency log: there already")
    elif find_newest_checkpoint(db.session()) is None:
        make_log_key(settings.keys_folder)
        say("  key of the transparency log: made")
    else:
        say("  key of the transparency log: MISSING. Restore it from the backup, or run “pia log new-key”.")


def _found_city(fields: dict[str, Any]) -> None:
    from pia_engine import clock
    from pia_engine.extensions import db
    from pia_engine.services.cities import find_city, found_city

    known = find_city(db.session())
    if known is not None:
        say(f"  city: there already, {known.name}")
        return
    name = fields.pop("city_name")
    found_city(db.session(), now=clock.now(), name=name, **fields)
    db.session.commit()
    say(f"  city: {name}")
    say("Next: “pia admin create” for the first administrator, then “pia serve”.")


def _build_pages(settings: Settings) -> None:
    from pia_engine.extensions import db
    from pia_engine.register.pages import build_all_pages
    from pia_engine.services.cities import find_city

    session = db.session()
    if find_city(session) is None:
        return
    build_all_pages(session, settings)
    say("  public pages: up to date")
