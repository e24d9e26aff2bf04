"""What an answer to each type of question may look like and how it reads; where answers are kept is not known here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pia_engine.errors import N_
from pia_engine.questionnaires import registers
from pia_engine.questionnaires.definition import Column, Option, Question, QuestionType, Value
from pia_engine.questionnaires.values import (
    LONG_TEXT_LIMIT,
    ROW_LIMIT,
    SHORT_TEXT_LIMIT,
    check_day,
    check_text,
    filled_rows,
    is_answered,
    show_day,
    show_number,
)
from pia_engine.questionnaires.wording import Sentence, all_of, plain

FILE_LIMIT = 20
FILE_FIELDS = ("id", "name", "type", "size")

YES, NO, UNSURE = "yes", "no", "unsure"

_YES_NO = (Option(YES, N_("Yes")), Option(NO, N_("No")))
_YES_NO_UNSURE = (*_YES_NO, Option(UNSURE, N_("Not sure")))
_LARGEST = 10**15
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?", re.ASCII)
_Shown = str | list[str] | list[dict[str, str]]


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


def check_value(question: Question, value: object) -> Sentence | None:
    """What is wrong with the value, as a sentence for the person who typed it; None when it fits.

    A table with gaps fits: people save half-filled rows. Whether it is finished, `check_complete` says.
    """
    return _CHECKS[question.type](question, value)


def check_complete(question: Question, value: Value) -> Sentence | None:
    """What a fitting answer still lacks before it counts as finished; None when nothing."""
    if question.type in _COMPLETE:
        return _COMPLETE[question.type](question, value)
    if question.type is not QuestionType.ROWS or not isinstance(value, list):
        return None
    rows = filled_rows(value)
    if len(rows) < (question.min_rows or 0):
        return Sentence(N_("Fill in at least %(least)s rows."), least=question.min_rows)
    for number, row in enumerate(rows, start=1):
        for column in question.columns:
            if column.required and not is_answered(row.get(column.id)):
                return Sentence(N_("Row %(row)s: fill in “%(column)s”."), row=number, column=column.label)
    return None


def show_value(question: Question, value: Value | None) -> _Shown:
    """The answer as people read it: labels for codes, a list for ticks and files, cells by column id for rows."""
    if question.type in _SHOWN_AS_LIST:
        return _SHOWN_AS_LIST[question.type](question, value)
    if value is None:
        return ""
    if isinstance(value, list):
        return [str(entry) for entry in value]
    shown = _show_single(question, value)
    return Sentence("%(number)s %(unit)s", number=shown, unit=question.unit) if question.unit and shown else shown


def _show_ticks(question: Question, value: Value | None) -> list[str]:
    entries = value if isinstance(value, list) else []
    return [_label(question, entry) for entry in entries if isinstance(entry, str)]


def _show_rows(question: Question, value: Value | None) -> list[dict[str, str]]:
    return [{c.id: _show_cell(c, row.get(c.id, "")) for c in question.columns} for row in filled_rows(value)]


def _show_files(_question: Question, value: Value | None) -> list[str]:
    return [str(entry.get("name", "")) for entry in filled_rows(value)]


def _show_cell(column: Column, cell: str) -> str:
    if column.type is QuestionType.ANY_OF:
        return "; ".join(_label(column, entry) for entry in cell.split())
    return _show_single(column, cell) if cell else ""


def _show_single(question: Question | Column, value: str | float) -> str:
    if question.type is QuestionType.NUMBER:
        return show_number(value)
    if question.type is QuestionType.DATE:
        return show_day(str(value))
    return _label(question, value) if choices(question) else str(value)


def _label(question: Question | Column, value: object) -> str:
    """A code that is no longer offered is shown as it is rather than dropped."""
    found = next((option.label for option in choices(question) if option.value == value), str(value))
    return Sentence(found) if not question.options else found


def _check_text(question: Question | Column, value: object) -> Sentence | None:
    return check_text(value, limit=text_limit(question), one_line=question.type is not QuestionType.LONG_TEXT)


def _check_date(_question: Question | Column, value: object) -> Sentence | None:
    return check_day(value)


def _check_choice(question: Question | Column, value: object) -> Sentence | None:
    if isinstance(value, str) and value in {option.value for option in choices(question)}:
        return None
    return Sentence(N_("Choose one of the answers offered."))


def _check_choices(question: Question | Column, value: object) -> Sentence | None:
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
        return Sentence(N_("Enter %(least)s or more."), least=show_number(question.minimum))
    if question.maximum is not None and value > question.maximum:
        return Sentence(N_("Enter %(most)s or less."), most=show_number(question.maximum))
    return None


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


def _check_choices_cell(column: Column, cell: object) -> Sentence | None:
    """Several ticks in one cell are kept with a space between them, because cells are texts."""
    return _check_choices(column, cell.split() if isinstance(cell, str) else None)


def _check_files(_question: Question, value: object) -> Sentence | None:
    """Only the program writes these, after it stored the file; anything else has been made up."""
    if not isinstance(value, list) or not all(_is_file(entry) for entry in value):
        return Sentence(N_("Attach the file again."))
    return Sentence(N_("Keep to %(most)s files."), most=FILE_LIMIT) if len(value) > FILE_LIMIT else None


def _is_file(entry: object) -> bool:
    if not isinstance(entry, dict) or set(entry) != set(FILE_FIELDS):
        return False
    return not any(check_text(cell, limit=SHORT_TEXT_LIMIT, one_line=True) for cell in entry.values())


_CHECKS: Mapping[QuestionType, Callable[[Question, object], Sentence | None]] = {
    QuestionType.SHORT_TEXT: _check_text,
    QuestionType.LONG_TEXT: _check_text,
    QuestionType.YES_NO: _check_choice,
    QuestionType.YES_NO_UNSURE: _check_choice,
    QuestionType.ONE_OF: _check_choice,
    QuestionType.ANY_OF: _check_choices,
    QuestionType.NUMBER: _check_number,
    QuestionType.DATE: _check_date,
    QuestionType.PERSON: _check_text,
    QuestionType.DEPARTMENT: _check_text,
    QuestionType.FILE: _check_files,
    QuestionType.ROWS: _check_rows,
    QuestionType.RISKS: registers.check_risks,
    QuestionType.PRINCIPLES: registers.check_principles,
}
_COMPLETE: Mapping[QuestionType, Callable[[Question, Value], Sentence | None]] = {
    QuestionType.RISKS: registers.check_risks_complete,
    QuestionType.PRINCIPLES: registers.check_principles_complete,
}
_CELL_CHECKS: Mapping[QuestionType, Callable[[Column, object], Sentence | None]] = {
    QuestionType.SHORT_TEXT: _check_text,
    QuestionType.LONG_TEXT: _check_text,
    QuestionType.YES_NO: _check_choice,
    QuestionType.ONE_OF: _check_choice,
    QuestionType.ANY_OF: _check_choices_cell,
    QuestionType.NUMBER: _check_number_cell,
    QuestionType.DATE: _check_date,
    QuestionType.PERSON: _check_text,
    QuestionType.DEPARTMENT: _check_text,
}
_SHOWN_AS_LIST: Mapping[QuestionType, Callable[[Question, Value | None], _Shown]] = {
    QuestionType.ANY_OF: _show_ticks,
    QuestionType.FILE: _show_files,
    QuestionType.ROWS: _show_rows,
    QuestionType.RISKS: registers.show_risks,
    QuestionType.PRINCIPLES: registers.show_principles,
}
