"""What a signed-in person typed and cannot save any more, to be shown once more so that they can copy it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from werkzeug.exceptions import HTTPException

from pia_engine.web.context import is_signed_in

MOST = 100_000
SHORTEST = 10
_OF_THE_FORM = frozenset({"csrf_token", "asked", "carried", "merging", "save", "seen", "writer"})
_BY_HAND = "navigate"


def typed_to_copy() -> list[str]:
    """The texts of the form that was just sent. What a script sends by itself has no reader, so it gets none."""
    mode = request.headers.get("Sec-Fetch-Mode", _BY_HAND)
    if request.method != "POST" or mode != _BY_HAND or not is_signed_in():
        return []
    try:
        sent = [(name, value.strip()) for name, value in request.form.items(multi=True)]
    except HTTPException:
        return []
    return _within_bounds(value for name, value in sent if _is_text(name, value))


def _is_text(name: str, value: str) -> bool:
    """Several words, or a writing without spaces between them: no password, no id, no mark of the form itself."""
    if name in _OF_THE_FORM or "password" in name or len(value) < SHORTEST:
        return False
    return not value.isascii() or len(value.split()) > 1


def _within_bounds(texts: Iterable[str]) -> list[str]:
    """As much of the texts as one page shows."""
    left, kept = MOST, []
    for text in texts:
        if left > 0:
            kept.append(text[:left])
            left -= len(text)
    return kept
