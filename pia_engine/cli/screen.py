"""What commands print with, and how they open the application. What they print stands in each command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from flask import Flask

console = Console(highlight=False)


def say(text: str) -> None:
    """Print a line as it is: square brackets in it are text, not markup."""
    console.print(text, markup=False, soft_wrap=True)


@contextlib.contextmanager
def open_app(*, writes: bool = False) -> Iterator[Flask]:
    """The application in its context; with `writes`, its session may change the database."""
    from pia_engine import create_app
    from pia_engine.extensions import db, start_writing

    app = create_app()
    with app.app_context():
        if writes:
            start_writing()
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
