"""`pia questionnaire preview`: a questionnaire file in the browser, for whoever writes it, before the city uses it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pia_engine.cli.screen import say
from pia_engine.errors import N_, PiaError

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.serving import BaseWSGIServer

HERE = "127.0.0.1"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--port", type=click.IntRange(0, 65535), default=8090, show_default=True, help="0 chooses a free one.")
def preview(file: Path, port: int) -> None:
    """Show the questionnaire in FILE in the browser of this machine, to fill in and look at.

    Answers are kept until this is stopped, and nowhere else. Change the file, load the page again, and see.
    """
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = open_server(build_preview(file), port)
    say(f"Preview of {file}: http://{HERE}:{server.port}/")
    say("Nothing is stored. Stop with Ctrl-C.")
    try:
        server.serve_forever()
    finally:
        server.server_close()
    say("Stopped.")


def build_preview(file: Path) -> Flask:
    """An application with the pages of one file and nothing else: no city, no database, no signing in."""
    import secrets

    from flask import Flask

    from pia_engine.app import set_up_templates
    from pia_engine.extensions import babel, csrf
    from pia_engine.settings import Settings
    from pia_engine.templating import template_folder
    from pia_engine.web import headers, trial_pages
    from pia_engine.web.trial import Trial

    app = Flask("pia_engine", template_folder=str(template_folder()), static_folder="static")
    app.config.update(
        SECRET_KEY=secrets.token_urlsafe(32),
        SESSION_COOKIE_NAME="pia-preview",
        SESSION_COOKIE_SAMESITE="Lax",
        TRUSTED_HOSTS=[HERE, "localhost"],
        WTF_CSRF_TIME_LIMIT=None,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_CONTENT_LENGTH=4 * 1024 * 1024,
    )
    app.extensions["pia-settings"] = Settings.model_construct(public_url=f"http://{HERE}")
    app.extensions["pia-trial"] = Trial(file)
    set_up_templates(app)
    babel.init_app(app, locale_selector=trial_pages.chosen_locale)
    csrf.init_app(app)
    headers.init_app(app)
    trial_pages.init_app(app)
    return app


def open_server(app: Flask, port: int) -> BaseWSGIServer:
    """A server on this machine's own address. Raises PiaError when the port is taken."""
    import socket

    from werkzeug.serving import make_server

    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HERE, port))
    except OSError as error:
        listening.close()
        raise PiaError(
            N_("Port %(port)s cannot be used (%(why)s). Choose another with --port."), port=port, why=error.strerror
        ) from error
    listening.listen()
    return make_server(HERE, port, app, threaded=True, fd=listening.detach())
