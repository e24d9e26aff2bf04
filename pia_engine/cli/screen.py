"""What commands print with, and how they open the application. What they print stands in each command."""

from __future__ import annotations

import contextlib
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from flask import Flask

console = Console(highlight=False)
_EMBEDDING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def say(text: str) -> None:
    """Print a line as it is: square brackets in it are text, and nothing in it steers the terminal.

    What is printed may come from a file somebody else made, such as the title of a case file.
    """
    console.print("".join(map(_visible, text)), markup=False, soft_wrap=True)


def _visible(char: str) -> str:
    """A character that would be obeyed rather than shown, as its number."""
    steers = unicodedata.category(char) == "Cc" or unicodedata.bidirectional(char) in _EMBEDDING
    return f"\\u{ord(char):04x}" if steers and char != "\n" else char


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
