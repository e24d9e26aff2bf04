"""Withheld places of answers, and keeping their texts out of other texts: every occurrence, however it is spelled.

Found is also what differs in letter case, in line breaks or in the Unicode form, or is escaped for HTML or an address.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal
from urllib.parse import quote, quote_plus

from pia_engine.questionnaires.values import row_is_filled


class Extent(StrEnum):  # stored: a change needs a migration
    """How much of an answer is withheld."""

    ANSWER = "answer"
    ROWS = "rows"
    CELLS = "cells"
    WORDS = "words"


SHORTEST_TEXT = 6
"""A shorter text is hidden in its own place only: it may well be part of other words."""

SHORTEST_SENTENCE = 16
_SENTENCES = re.compile(r"(?<=[.!?。！？؟])\s*|\n+")
_FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text to hide, as it may be spelled, and what stands in its place."""

    pattern: re.Pattern[str]
    mark: str


def is_there(answer: Any, extent: Extent, value: Any, *, row: int = 0, column: str = "") -> bool:
    """Whether a stored answer still says this very thing in its place; rows count from 1, words may stand anywhere."""
    if extent is Extent.ANSWER:
        return bool(answer == value)
    if extent is Extent.WORDS:
        return holds(answer, secrets_of([(value, "")]))
    if not isinstance(answer, list) or not 1 <= row <= len(answer) or not isinstance(answer[row - 1], dict):
        return False
    found = answer[row - 1]
    return bool((found.get(column) if column else found) == value)


def secrets_of(texts: Iterable[tuple[str, str]]) -> tuple[Secret, ...]:
    """Each text with its mark, ready to be looked for."""
    return tuple(Secret(_pattern(text), mark) for text, mark in texts if text.strip())


def texts_in(value: Any, shown: Any) -> tuple[str, ...]:
    """The texts of an answer that somebody wrote and that may be repeated elsewhere, with their single sentences."""
    found = dict.fromkeys(_written(value, shown))
    sentences = [each.strip() for text in found for each in _SENTENCES.split(text)]
    found |= dict.fromkeys(each for each in sentences if len(each) >= SHORTEST_SENTENCE)
    return tuple(text for text in found if len(text) >= SHORTEST_TEXT)


def hide(text: str, secrets: Sequence[Secret]) -> str:
    """The text with a mark for each secret in it; of secrets that overlap nothing is left, and one mark."""
    places = sorted(place for secret in secrets for place in _places(text, secret))
    pieces, end = [], 0
    for start, stop, mark in places:
        if start >= end:
            pieces += [text[end:start], mark]
        end = max(end, stop)
    return "".join([*pieces, text[end:]])


def hide_in(value: Any, secrets: Sequence[Secret], *, but_for: Container[str] = ()) -> Any:
    """The same for a whole document, but for the values of some keys. A hash of a changed text is left out."""
    if isinstance(value, str):
        return hide(value, secrets)
    if isinstance(value, list | tuple):
        return [hide_in(each, secrets, but_for=but_for) for each in value]
    if not isinstance(value, dict):
        return value
    hidden = {key: each if key in but_for else hide_in(each, secrets, but_for=but_for) for key, each in value.items()}
    if "sha256" in value and hidden != value:
        hidden["sha256"] = None
    return hidden


def holds(value: Any, secrets: Sequence[Secret]) -> bool:
    """Whether any text of a document holds any of the secrets."""
    if isinstance(value, str):
        return any(secret.pattern.search(value) for secret in secrets)
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(holds(each, secrets) for each in entries)


def _places(text: str, secret: Secret) -> Iterator[tuple[int, int, str]]:
    """Where a secret stands, also where it overlaps itself."""
    found = secret.pattern.search(text)
    while found:
        yield found.start(), found.end(), secret.mark
        found = secret.pattern.search(text, found.start() + 1)


def _pattern(text: str) -> re.Pattern[str]:
    text = text.strip()
    plain = [text, *(unicodedata.normalize(form, text) for form in _FORMS)]
    spelled = [*plain, *(html.escape(each) for each in plain), *(html.escape(each, quote=False) for each in plain)]
    spelled += [spell(each, safe="") for each in plain for spell in (quote, quote_plus)]
    spelled += [quote(each) for each in plain]
    choices = sorted(dict.fromkeys(r"\s+".join(map(re.escape, each.split())) for each in spelled), key=len)
    return re.compile("|".join(reversed(choices)), re.IGNORECASE)


def _written(value: Any, shown: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value == shown:
            yield value.strip()
    elif isinstance(value, dict) and isinstance(shown, dict):
        for key, cell in value.items():
            if key != "id":
                yield from _written(cell, shown.get(key))
    elif isinstance(value, list) and isinstance(shown, list):
        filled = [each for each in value if not isinstance(each, dict) or row_is_filled(each)]
        for each, said in zip(filled, shown, strict=False):
            yield from _written(each, said)
