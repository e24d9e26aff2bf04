"""The glossary: all words in order, and those that a text uses, so that the help of a question can explain them."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from flask_babel import get_locale
from flask_babel import gettext as _

from pia_engine.forms.terms_of_data import DATA_TERMS
from pia_engine.forms.terms_of_work import WORK_TERMS

MOST_IN_A_TEXT = 5


@dataclass(frozen=True, slots=True)
class Word:
    """A term in the reader's language."""

    anchor: str
    name: str
    meaning: str


def all_words() -> tuple[Word, ...]:
    """Every word in the order of the reader's alphabet."""
    return tuple(sorted(_words(str(get_locale())).values(), key=lambda word: word.name.casefold()))


def words_in(text: str) -> tuple[Word, ...]:
    """The words of the glossary that a text uses, each once, as they come, and not too many."""
    language = str(get_locale())
    known, pattern = _words(language), _pattern(language)
    anchors = dict.fromkeys(_anchors(language)[found.group().casefold()] for found in pattern.finditer(text))
    return tuple(known[anchor] for anchor in anchors)[:MOST_IN_A_TEXT]


@functools.cache
def _words(_language: str) -> dict[str, Word]:
    return {term.anchor: Word(term.anchor, _(term.name), _(term.meaning)) for term in (*DATA_TERMS, *WORK_TERMS)}


@functools.cache
def _anchors(language: str) -> dict[str, str]:
    """What a text may say, to the word it means. Only words for data: every page speaks of assessments and officers."""
    spelled = {spelling: term.anchor for term in DATA_TERMS for spelling in term.spellings}
    named = {_words(language)[term.anchor].name.casefold(): term.anchor for term in DATA_TERMS}
    return spelled | named


@functools.cache
def _pattern(language: str) -> re.Pattern[str]:
    longest_first = sorted(_anchors(language), key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b", re.IGNORECASE)
