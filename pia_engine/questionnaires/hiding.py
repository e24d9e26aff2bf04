"""Withheld places of answers, and keeping their texts out of other texts: every occurrence, however it is spelled."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pia_engine.questionnaires.spelling import HAN, HANGUL, KANA, length, places, readings, spellings_sought
from pia_engine.questionnaires.values import row_is_filled


class Extent(StrEnum):  # stored: a change needs a migration
    """How much of an answer is withheld."""

    ANSWER = "answer"
    ROWS = "rows"
    CELLS = "cells"
    WORDS = "words"


SHORTEST: tuple[tuple[re.Pattern[str], int, int], ...] = (
    (re.compile(f"[{HAN}{HANGUL}]"), 2, 6),
    (re.compile(f"[{KANA}]"), 3, 8),
    (re.compile(""), 6, 16),
)
"""By what a text is written with, how many letters it needs at least, and a single sentence of it, to be looked for in
other texts: a shorter one is hidden in its own place only, as it may well be part of other words. A Chinese character
or a Korean syllable says as much as half a word does elsewhere, and names have two to four of them. Kana alone are
syllables, and two of them an ending or a particle. An alphabet needs six letters to say something of its own.
"""

_SENTENCES = re.compile(r"(?<=[.!?。！？؟])\s*|\n+")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text to hide, in the letters it is looked for with, and what stands in its place."""

    sought: tuple[str, ...]
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
    found = (Secret(spellings_sought(text), mark) for text, mark in texts)
    return tuple(secret for secret in found if secret.sought)


def texts_in(value: Any, shown: Any) -> tuple[str, ...]:
    """The texts of an answer that somebody wrote and that may be repeated elsewhere, with their single sentences."""
    found = {text: _needs(text)[0] for text in written_in(value, shown)}
    for text in list(found):
        for sentence in filter(None, map(str.strip, _SENTENCES.split(text))):
            found.setdefault(sentence, _needs(sentence)[1])
    return tuple(text for text, least in found.items() if length(text) >= least)


def hide(text: str, secrets: Sequence[Secret]) -> str:
    """The text with a mark for each secret in it; of secrets that overlap nothing is left, and one mark."""
    found = sorted({(*place, mark) for sought, mark in _met(text, secrets) for place in places(text, sought)})
    pieces, end = [], 0
    for start, stop, mark in found:
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
        return next(_met(value, secrets), None) is not None
    entries = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return any(holds(each, secrets) for each in entries)


def written_in(value: Any, shown: Any) -> tuple[str, ...]:
    """The texts of an answer that somebody wrote: those shown as they are stored. Codes of choices are none."""
    return tuple(dict.fromkeys(_written(value, shown)))


def _met(text: str, secrets: Sequence[Secret]) -> Iterator[tuple[str, str]]:
    """Which letters of the secrets stand in a text at all, each with its mark: few do, and this has to be quick."""
    found = tuple(readings(text))
    for secret in secrets:
        for sought in secret.sought:
            for letters in found:
                if sought in letters:
                    yield sought, secret.mark
                    break


def _needs(text: str) -> tuple[int, int]:
    """How many letters a text has to have, and a sentence, to be looked for elsewhere."""
    letters = next(iter(readings(text)))
    return next((least, of_sentence) for pattern, least, of_sentence in SHORTEST if pattern.search(letters))


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
