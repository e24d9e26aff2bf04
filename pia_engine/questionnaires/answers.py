"""What an answer may look like and how it reads; where answers are kept is not known here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence

from pia_engine.errors import N_
from pia_engine.questionnaires.definition import Column, Option, Question, QuestionType, Value
from pia_engine.questionnaires.wording import Sentence, all_of, plain

SHORT_TEXT_LIMIT = 300
LONG_TEXT_LIMIT = 20_000
ROW_LIMIT = 500

YES, NO, UNSURE = "yes", "no", "unsure"

_YES_NO = (Option(YES, N_("Yes")), Option(NO, N_("No")))
_YES_NO_UNSURE = (*_YES_NO, Option(UNSURE, N_("Not sure")))
_LARGEST = 10**15
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"), N_("July"),
    N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
# Control characters and halves of surrogate pairs survive in no PDF, XML or database text column.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def choices(question: Question | Column) -> tuple[Option, ...]:
    """What there is to choose from, with the choices that yes/no questions need not spell out."""
    if question.type is QuestionType.YES_NO:
        return _YES_NO
    if question.type is QuestionType.YES_NO_UNSURE:
        return _YES_NO_UNSURE
    return question.options


def text_limit(question: Question | Column) -> int:
    """How many characters fit; every text has a limit, stated or not."""
    stated = question.max_length if isinstance(question, Question) else None
    return stated or (LONG_TEXT_LIMIT if question.type is QuestionType.LONG_TEXT else SHORT_TEXT_LIMIT)


def normal_text(text: str) -> str:
    """Browsers send line ends as two characters; people count, and compare, one."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_answered(value: object) -> bool:
    """Whether anything was said: blank text, nothing ticked and empty rows are no answer."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list):
        return any(_row_is_filled(entry) if isinstance(entry, dict) else is_answered(entry) for entry in value)
    return value is not None


def same_value(one: Value | None, other: Value | None) -> bool:
    """Whether two answers say the same: the order of ticks and the kind of line end do not matter."""
    if not is_answered(one) or not is_answered(other):
        return is_answered(one) == is_answered(other)
    if isinstance(one, str) and isinstance(other, str):
        return normal_text(one).strip() == normal_text(other).strip()
    if isinstance(one, list) and isinstance(other, list):
        return _comparable(one) == _comparable(other)
    return not isinstance(one, str | list) and not isinstance(other, str | list) and one == other


def check_value(question: Question, value: object) -> Sentence | None:
    """What is wrong with the value, as a sentence for the person who typed it; None when it fits.

    A table with gaps fits: people save half-filled rows. Whether it is finished, `check_complete` says.
    """
    return _CHECKS[question.type](question, value)


def check_complete(question: Question, value: Value) -> Sentence | None:
    """What a fitting answer still lacks before it counts as finished; None when nothing."""
    if question.type is not QuestionType.ROWS or not isinstance(value, list):
        return None
    rows = [row for row in value if isinstance(row, dict) and _row_is_filled(row)]
    if len(rows) < (question.min_rows or 0):
        return Sentence(N_("Fill in at least %(least)s rows."), least=question.min_rows)
    for number, row in enumerate(rows, start=1):
        for column in question.columns:
            if column.required and not is_answered(row.get(column.id)):
                return Sentence(N_("Row %(row)s: fill in “%(column)s”."), row=number, column=column.label)
    return None


def show_value(question: Question, value: Value | None) -> str | list[str] | list[dict[str, str]]:
    """The answer as people read it: labels for codes, a list for ticks, cells by column id for rows."""
    if value is None:
        return [] if question.type in (QuestionType.ANY_OF, QuestionType.ROWS) else ""
    if question.type is QuestionType.ROWS:
        rows = [row for row in _entries(value) if isinstance(row, dict) and _row_is_filled(row)]
        return [{c.id: _show_single(c, row.get(c.id, "")) for c in question.columns} for row in rows]
    if question.type is QuestionType.ANY_OF:
        return [_label(question, entry) for entry in _entries(value) if isinstance(entry, str)]
    if isinstance(value, list):
        return [str(entry) for entry in value]
    shown = _show_single(question, value)
    return Sentence("%(number)s %(unit)s", number=shown, unit=question.unit) if question.unit and shown else shown


def _show_single(question: Question | Column, value: str | float) -> str:
    if question.type is QuestionType.NUMBER:
        return _show_number(value)
    if question.type is QuestionType.DATE:
        return _show_date(str(value))
    return _label(question, value) if choices(question) else str(value)


def _show_number(value: str | float) -> str:
    if isinstance(value, str):
        return value
    whole = isinstance(value, int) or value.is_integer()
    return f"{int(value):,}" if whole else f"{value:,}"


def _show_date(value: str) -> str:
    day = _parsed_day(value)
    if day is None:
        return value
    month = Sentence(_MONTHS[day.month - 1])
    return Sentence(N_("%(day)s %(month)s %(year)s"), day=day.day, month=month, year=day.year)


def _label(question: Question | Column, value: object) -> str:
    """A code that is no longer offered is shown as it is rather than dropped."""
    found = next((option.label for option in choices(question) if option.value == value), str(value))
    return Sentence(found) if not question.options else found


def _entries(value: Value) -> list[str] | list[dict[str, str]]:
    return value if isinstance(value, list) else []


def _comparable(entries: list[str] | list[dict[str, str]]) -> Sequence[object]:
    if all(isinstance(entry, str) for entry in entries):
        return sorted(str(entry) for entry in entries)
    rows = [entry for entry in entries if isinstance(entry, dict) and _row_is_filled(entry)]
    return [{key: normal_text(cell).strip() for key, cell in row.items() if is_answered(cell)} for row in rows]


def _row_is_filled(row: Mapping[str, object]) -> bool:
    return any(is_answered(cell) for cell in row.values())


def _parsed_day(value: str) -> dt.date | None:
    if not _ISO_DAY.fullmatch(value):
        return None
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


def _check_text(question: Question | Column, value: object) -> Sentence | None:
    if not isinstance(value, str):
        return Sentence(N_("Answer with text."))
    if _UNPRINTABLE.search(value):
        return Sentence(N_("The text contains a character that cannot be stored. Type that part again."))
    text = normal_text(value)
    if question.type is QuestionType.SHORT_TEXT and "\n" in text.strip():
        return Sentence(N_("Write this on a single line."))
    over = len(text) - text_limit(question)
    if over > 0:
        return Sentence(
            N_("Shorten the text to %(limit)s characters. It is %(over)s too long."),
            limit=f"{text_limit(question):,}",
            over=f"{over:,}",
        )
    return None


def _check_choice(question: Question | Column, value: object) -> Sentence | None:
    if isinstance(value, str) and value in {option.value for option in choices(question)}:
        return None
    return Sentence(N_("Choose one of the answers offered."))


def _check_choices(question: Question, value: object) -> Sentence | None:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        return Sentence(N_("Choose from the answers offered."))
    offered = {option.value: option for option in question.options}
    if any(entry not in offered for entry in value) or len(set(value)) != len(value):
        return Sentence(N_("Choose from the answers offered."))
    exclusive = [plain(offered[entry].label) for entry in value if offered[entry].exclusive]
    if exclusive and len(value) > 1:
        return Sentence(N_("Choose either “%(alone)s” or other answers, not both."), alone=all_of(exclusive))
    return None


def _check_number(question: Question, value: object) -> Sentence | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        return Sentence(N_("Enter a number."))
    if question.minimum is not None and value < question.minimum:
        return Sentence(N_("Enter %(least)s or more."), least=_show_number(question.minimum))
    if question.maximum is not None and value > question.maximum:
        return Sentence(N_("Enter %(most)s or less."), most=_show_number(question.maximum))
    return None


def _check_date(_question: Question | Column, value: object) -> Sentence | None:
    if isinstance(value, str) and _parsed_day(value):
        return None
    return Sentence(N_("Enter a real date with day, month and year."))


def _check_rows(question: Question, value: object) -> Sentence | None:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return Sentence(N_("Fill in the table row by row."))
    most = question.max_rows or ROW_LIMIT
    if len(value) > most:
        return Sentence(N_("Keep to %(most)s rows."), most=most)
    columns = {column.id: column for column in question.columns}
    found = (_check_row(columns, number, row) for number, row in enumerate(value, start=1))
    return next(filter(None, found), None)


def _check_row(columns: Mapping[str, Column], number: int, row: Mapping[str, object]) -> Sentence | None:
    for column_id, cell in row.items():
        column = columns.get(column_id)
        if column is None:
            return Sentence(N_("Row %(row)s has a cell that this table does not have."), row=number)
        if cell != "" and (wrong := _CELL_CHECKS[column.type](column, cell)):
            return Sentence(N_("Row %(row)s, “%(column)s”: %(wrong)s"), row=number, column=column.label, wrong=wrong)
    return None


def _check_number_cell(_column: Column, cell: object) -> Sentence | None:
    if isinstance(cell, str) and _NUMBER.fullmatch(cell.strip()):
        return None
    return Sentence(N_("Enter a number."))


_CHECKS: Mapping[QuestionType, Callable[[Question, object], Sentence | None]] = {
    QuestionType.SHORT_TEXT: _check_text,
    QuestionType.LONG_TEXT: _check_text,
    QuestionType.YES_NO: _check_choice,
    QuestionType.YES_NO_UNSURE: _check_choice,
    QuestionType.ONE_OF: _check_choice,
    QuestionType.ANY_OF: _check_choices,
    QuestionType.NUMBER: _check_number,
    QuestionType.DATE: _check_date,
    QuestionType.ROWS: _check_rows,
}
_CELL_CHECKS: Mapping[QuestionType, Callable[[Column, object], Sentence | None]] = {
    QuestionType.SHORT_TEXT: _check_text,
    QuestionType.LONG_TEXT: _check_text,
    QuestionType.ONE_OF: _check_choice,
    QuestionType.NUMBER: _check_number_cell,
    QuestionType.DATE: _check_date,
}
