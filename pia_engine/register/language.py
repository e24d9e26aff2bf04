"""How published things speak: sentences and dates in the city's language, without a request or a web framework."""

from __future__ import annotations

import datetime as dt
import functools
import gettext
from collections.abc import Callable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from pia_engine.documents.rendering import day_pattern
from pia_engine.questionnaires.wording import Sentence
from pia_engine.templating import document_words

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


@dataclass(frozen=True, slots=True)
class Language:
    """One language in one time zone."""

    code: str
    time_zone: str
    translate: Callable[[str], str]

    def say(self, text: object) -> str:
        """A sentence in this language; anything that is no known sentence stays as it is."""
        if isinstance(text, Sentence):
            return text.translated(self.translate)
        return self.translate(str(text)) if text else ""

    def day(self, day: str | dt.date) -> str:
        """“3 November 2026”; a date or its ISO text."""
        if not day:
            return ""
        known = dt.date.fromisoformat(day[:10]) if isinstance(day, str) else day
        return str(format_date(known, day_pattern(locale_of(self.code)), locale=locale_of(self.code)))

    def number(self, number: str | int | float | None) -> str:
        """A number as the language writes it, a dash for none; words stay as they are."""
        if number is None:
            return "–"
        return number if isinstance(number, str) else str(format_decimal(number, locale=locale_of(self.code)))

    def day_of(self, instant: str | dt.datetime) -> str:
        """The day of an instant where the city is."""
        return self._in_city(instant, day_pattern(locale_of(self.code)))

    def moment(self, instant: str | dt.datetime) -> str:
        """Day and time where the city is."""
        return self._in_city(instant, f"{day_pattern(locale_of(self.code))}, HH:mm")

    def _in_city(self, instant: str | dt.datetime, pattern: str) -> str:
        known = dt.datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        return str(format_datetime(known, pattern, tzinfo=ZoneInfo(self.time_zone), locale=locale_of(self.code)))

    @property
    def direction(self) -> str:
        return "rtl" if self.code.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr"


def language_of(code: str, time_zone: str) -> Language:
    """The language with this code: as the installation says it, else as documents do, and in English where neither."""
    return Language(code, time_zone, _translations(code).gettext)


@functools.cache
def _translations(code: str) -> gettext.NullTranslations:
    return document_words(code)


@functools.cache
def locale_of(code: str) -> Locale:
    """The nearest locale to a language code; English for an unknown one."""
    try:
        return Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")
