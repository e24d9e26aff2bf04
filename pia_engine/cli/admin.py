"""`pia admin create`: the first administrator, who then designates everybody else on the site."""

from __future__ import annotations

import secrets
import sys

import click

from pia_engine.cli.screen import open_app, say

SHORTEST_PASSWORD = 12


@click.group()
def admin() -> None:
    """Look after administrators."""


@admin.command()
@click.option("--name", prompt="Full name")
@click.option("--email", prompt="E-mail address")
@click.option("--job-title", default="Administrator", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
def create(name: str, email: str, job_title: str, password_stdin: bool) -> None:
    """Give somebody an account as administrator. Administrators see no assessment's content."""
    from flask_security import hash_password

    from pia_engine import clock
    from pia_engine.extensions import db
    from pia_engine.permissions.roles import SYSTEM, Role
    from pia_engine.services.cities import get_city
    from pia_engine.services.people import add_person, designate

    password = _read_password() if password_stdin else secrets.token_urlsafe(15)
    with open_app(writes=True):
        session = db.session()
        now = clock.now()
        time_zone = get_city(session).time_zone
        account = {"name": name, "email": email, "job_title": job_title}
        person = add_person(session, **account, password_hash=hash_password(password), actor=SYSTEM, now=now)
        designate(
            session,
            person,
            Role.ADMINISTRATOR,
            department=None,
            designated_by="whoever installed the program",
            instrument="pia admin create",
            from_on=clock.day_of(now, time_zone),
            actor=SYSTEM,
            now=now,
        )
        session.commit()
    say(f"{name} can sign in as {email}.")
    if not password_stdin:
        say(f"Password: {password}")
        say("It is shown this once. Change it after the first sign-in.")


def _read_password() -> str:
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST_PASSWORD:
        raise click.UsageError(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    return password
