"""`pia log`: how the city's own transparency log stands, and how to watch or witness another city's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import open_app, say
from pia_engine.cli.watching import NOT_LOOKED, watching, witnessing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def log() -> None:
    """Look after the city's transparency log, or watch another city's."""


@log.command()
@click.pass_context
def status(context: click.Context) -> None:
    """Say how the log of this installation stands. Exit 1 when it does not hold together."""
    from pia_engine.extensions import db
    from pia_engine.services.log_status import log_status
    from pia_engine.settings import Settings

    with open_app():
        lines = list(log_status(db.session(), Settings()))
    for line in lines:
        say(line.text)
    context.exit(0 if all(line.is_good for line in lines) else 1)


@log.command("new-key")
@click.confirmation_option(prompt="Everybody who watches the log will be warned that its key changed. Go on?")
def new_key() -> None:
    """Sign the log with a new key from now on: after the old one leaked, or was lost. The entries stay as they are."""
    from pia_engine import clock
    from pia_engine.extensions import db
    from pia_engine.register.log_keys import lay_log_key_aside, make_log_key, open_log_key
    from pia_engine.services.outbox import queue_job
    from pia_engine.settings import Settings

    settings, now = Settings(), clock.now()
    with open_app(writes=True):
        old = lay_log_key_aside(settings.keys_folder, now)
        make_log_key(settings.keys_folder)
        verifier = open_log_key(settings.keys_folder, settings.public_url).verifier
        queue_job(db.session(), "log", key=f"log:key:{verifier.key.hex()}", payload={}, now=now)
        db.session.commit()
    if old is not None:
        say(f"The old key lies in {old}. Destroy it when the case is closed.")
    say(f"The new public key is {verifier.text()}")
    say("The worker signs the log with it. Announce the new key where people look, and say why it changed.")


@log.command()
@click.argument("url")
@click.option("--state", type=_FILE, help="File that remembers what was seen; one for each log.")
@click.option("--key", help="The public key of the log, or its new one, if you have it from a source you trust.")
@click.option("--whole", is_flag=True, help="Read every entry again, not only the new ones.")
@click.pass_context
def monitor(context: click.Context, url: str, state: Path | None, key: str | None, whole: bool) -> None:
    """Check the log at URL against what was seen of it before, and say what is new.

    Exit 1 when it was changed, cut or wrongly signed, 2 when it could not be looked at or has stood still for days.
    """
    with watching(url, state, key) as watch:
        looked = watch.look(context, whole=whole)
        watch.remember(looked)
    watch.report(looked)
    if warning := watch.warning(looked):
        say(warning)
        context.exit(NOT_LOOKED)


@log.command()
@click.argument("url")
@click.option("--key", "key_file", type=_FILE, required=True, help="File with your secret key.")
@click.option("--name", help="Makes the file with your key, under this name: otherton.example/witness.")
@click.option("--log-key", help="The public key of the log, or its new one, if you have it from a source you trust.")
@click.option("--out", type=_FILE, help="File for the cosigned checkpoint; without it, it is printed.")
@click.pass_context
def witness(
    context: click.Context,
    url: str,
    *,
    key_file: Path,
    name: str | None,
    log_key: str | None,
    out: Path | None,
) -> None:
    """Check the log at URL as `pia log monitor` does, then put your own signature, with the time, below its root.

    What the key has signed is remembered beside it, for each log by the log's own name.
    """
    from pia_engine import clock
    from pia_engine.register.log_memory import write_whole
    from pia_engine.register.signed_notes import cosign

    own_name, own_key = _own_key(key_file, name)
    with witnessing(context, url, key_file, log_key) as watch:
        looked = watch.look(context, whole=False)
        watch.remember(looked)
    if warning := watch.warning(looked):
        click.echo(warning, err=True)
    moment = int(clock.now().timestamp())
    cosigned = cosign(looked.note, name=own_name, key=own_key, moment=moment).document()
    if out is None:
        say(cosigned.decode().removesuffix("\n"))
        return
    watch.report(looked)
    write_whole(out, cosigned)
    say(f"Cosigned as {own_name}: {out}")


def _own_key(path: Path, name: str | None) -> tuple[str, Ed25519PrivateKey]:
    """The witness's key from its file; made, with a name, when there is none yet."""
    from pia_engine.errors import Invalid
    from pia_engine.register.signed_notes import BAD_SECRET, COSIGNATURE, read_secret, verifier_of

    if name and not path.exists():
        _make_own_key(path, name)
    if not path.exists():
        raise click.UsageError(f"{path} is not there. Make a key of your own with --name, as otherton.example/witness.")
    try:
        own_name, key = read_secret(path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise Invalid(BAD_SECRET) from None
    if name and name != own_name:
        raise click.UsageError(f"{path} holds a key named {own_name}. Leave --name out, or name another file.")
    say_to_others = verifier_of(own_name, key, kind=COSIGNATURE).text()
    click.echo(f"Your public key, for others: {say_to_others}", err=True)
    return own_name, key


def _make_own_key(path: Path, name: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from pia_engine.register.signed_notes import secret_text

    text = secret_text(name, Ed25519PrivateKey.generate())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")
