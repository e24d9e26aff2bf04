"""What an answer is made of: blank or not, the same or not, and how texts, numbers and days are judged and read."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from pia_engine.errors import N_
from pia_engine.questionnaires.definition import Value
from pia_engine.questionnaires.wording import Sentence

SHORT_TEXT_LIMIT = 300
LONG_TEXT_LIMIT = 20_000
ROW_LIMIT = 500

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
# Control characters and halves of surrogate pairs survive in no PDF, XML or database text column.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def normal_text(text: str) -> str:
    """Browsers send line ends as two characters; people count, and compare, one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_answered(value: object) -> bool:
    """Whether anything was said: blank text, nothing ticked and empty rows are no answer."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list):
        return any(row_is_filled(entry) if isinstance(entry, dict) else is_answered(entry) for entry in value)
    return value is not None


def row_is_filled(row: Mapping[str, object]) -> bool:
    return any(is_answered(cell) for cell in row.values())


def filled_rows(value: object) -> list[dict[str, str]]:
    """The rows that say anything; what is no row is passed over."""
    entries = value if isinstance(value, list) else []
    return [row for row in entries if isinstance(row, dict) and row_is_filled(row)]


def same_value(one: Value | None, other: Value | None) -> bool:
    """Whether two answers say the same: the order of ticks and the kind of line end do not matter."""
    if not is_answered(one) or not is_answered(other):
        return is_answered(one) == is_answered(other)
    if isinstance(one, str) and isinstance(other, str):
        return normal_text(one).strip() == normal_text(other).strip()
    if isinstance(one, list) and isinstance(other, list):
        return _comparable(one) == _comparable(other)
    return not isinstance(one, str | list) and not isinstance(other, str | list) and one == other


def _comparable(entries: list[str] | list[dict[str, str]]) -> Sequence[object]:
    if all(isinstance(entry, str) for entry in entries):
        return sorted(str(entry) for entry in entries)
    rows = filled_rows(entries)
    return [{key: normal_text(cell).strip() for key, cell in row.items() if is_answered(cell)} for row in rows]


def check_text(value: object, *, limit: int, one_line: bool) -> Sentence | None:
    """What is wrong with a text, for the person who typed it."""
    if not isinstance(value, str):
        return Sentence(N_("Answer with text."))
    if _UNPRINTABLE.search(value):
        return Sentence(N_("The text contains a character that cannot be stored. Type that part again."))
    text = normal_text(value)
    if one_line and "\n" in text.strip():
        return Sentence(N_("Write this on a single line."))
    over = len(text) - limit
    if over > 0:
        return Sentence(
            N_("Shorten the text to %(limit)s characters. It is %(over)s too long."),
            limit=f"{limit:,}",
            over=f"{over:,}",
        )
    return None


def check_day(value: object) -> Sentence | None:
    if isinstance(value, str) and parsed_day(value):
        return None
    return Sentence(N_("Enter a real date with day, month and year."))


def parsed_day(value: str) -> dt.date | None:
    if not _ISO_DAY.fullmatch(value):
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def show_day(value: str) -> str:
    """“4 April 2026”; a text that is no day is shown as it is."""
    day = parsed_day(value)
    if day is None:
        return value
    month = Sentence(_MONTHS[day.month - 1])
    return Sentence(N_("%(day)s %(month)s %(year)s"), day=day.day, month=month, year=day.year)


def show_number(value: str | float) -> str:
    if isinstance(value, str):
        return value
    whole = isinstance(value, int) or value.is_integer()
    return f"{int(value):,}" if whole else f"{value:,}"
