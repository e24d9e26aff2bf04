"""Which field asks which type of question. What surrounds a question on the page is put together in `questions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from wtforms.validators import ValidationError

from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import CityField, NumberField, TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.rows import RowColumn, RowsField
from pia_engine.questionnaires.answers import check_value, choices, text_limit
from pia_engine.questionnaires.definition import Column, Question, QuestionType

LONG_ANSWER = 600


class Fits:
    """The questionnaire's own judgement of a value, so that the page never accepts what the record would refuse."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def __call__(self, form: Any, field: CityField) -> None:
        answer = field.answer()
        if answer is None or field.problems() or field.process_errors:
            return
        refusal = check_value(self.question, answer)
        if refusal:
            raise ValidationError(refusal.translated(_))


def field_asking(question: Question, around: Help, *, reveals: Mapping[str, tuple[str, ...]]) -> Any:
    """The field for a question; `reveals` names, by option, the fields shown only while it is chosen."""
    options = _OPTIONS[question.type](question)
    if options.get("choices"):
        options["choices"] = choices_of(question, reveals)
    if question.type is QuestionType.ROWS:
        options["columns"] = [RowColumn(column.id, _cell(column)) for column in question.columns]
    make = _FIELDS[question.type]
    return make(question.text, [Fits(question)], help=around, size="m", names_itself=True, **options)


def choices_of(asked: Question | Column, reveals: Mapping[str, tuple[str, ...]]) -> list[Choice]:
    return [
        Choice(
            option.value,
            _(str(option.label)),
            option.hint,
            exclusive=option.exclusive,
            reveals=reveals.get(option.value, ()),
        )
        for option in choices(asked)
    ]


def _cell(column: Column) -> Any:
    options = {**_OPTIONS[column.type](column)}
    if column.type is QuestionType.LONG_TEXT:
        options |= {"rows": 3, "counted": False}
    if options.get("choices"):
        options["choices"] = choices_of(column, {})
    make = SelectField if column.options else _FIELDS[column.type]
    return make(column.label, help=Help(hint=column.hint), **options)


def _short_text(asked: Question | Column) -> dict[str, Any]:
    return {"max_length": text_limit(asked)}


def _long_text(asked: Question | Column) -> dict[str, Any]:
    limit = text_limit(asked)
    stated = isinstance(asked, Question) and asked.max_length is not None
    return {"max_length": limit, "counted": stated, "rows": 8 if limit > LONG_ANSWER else 5}


def _choice(asked: Question | Column) -> dict[str, Any]:
    return {"choices": choices(asked)}


def _number(asked: Question | Column) -> dict[str, Any]:
    if isinstance(asked, Column):
        return {}
    return {"minimum": asked.minimum, "maximum": asked.maximum, "unit": asked.unit}


def _date(_asked: Question | Column) -> dict[str, Any]:
    return {}


def _rows(asked: Question | Column) -> dict[str, Any]:
    stated = {"min_rows": asked.min_rows, "max_rows": asked.max_rows} if isinstance(asked, Question) else {}
    return {name: value for name, value in stated.items() if value is not None}


_FIELDS: Mapping[QuestionType, Callable[..., Any]] = {
    QuestionType.SHORT_TEXT: TextField,
    QuestionType.LONG_TEXT: TextAreaField,
    QuestionType.YES_NO: RadiosField,
    QuestionType.YES_NO_UNSURE: RadiosField,
    QuestionType.ONE_OF: RadiosField,
    QuestionType.ANY_OF: CheckboxesField,
    QuestionType.NUMBER: NumberField,
    QuestionType.DATE: DateField,
    QuestionType.ROWS: RowsField,
}

_OPTIONS: Mapping[QuestionType, Callable[[Question | Column], dict[str, Any]]] = {
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.LONG_TEXT: _long_text,
    QuestionType.YES_NO: _choice,
    QuestionType.YES_NO_UNSURE: _choice,
    QuestionType.ONE_OF: _choice,
    QuestionType.ANY_OF: _choice,
    QuestionType.NUMBER: _number,
    QuestionType.DATE: _date,
    QuestionType.ROWS: _rows,
}
