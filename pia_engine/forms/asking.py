"""Which field asks which type of question. What surrounds a question on the page is put together in `questions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from wtforms.validators import ValidationError

from pia_engine.forms.cells import cell_asking
from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import CityField, NumberField, TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.offers import OfferedField, offered_for
from pia_engine.forms.principles import PrinciplesField
from pia_engine.forms.rows import RowColumn, RowsField
from pia_engine.models.offers import NOTHING_OFFERED, Offers
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


def field_asking(
    question: Question, around: Help, *, reveals: Mapping[str, tuple[str, ...]], offers: Offers = NOTHING_OFFERED
) -> Any:
    """The field for a question; `reveals` names, by option, the fields shown only while it is chosen."""
    make, options = _FIELDS[question.type](question, offers)
    if options.get("choices"):
        options["choices"] = choices_of(question, reveals)
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


def _short_text(asked: Question, _offers: Offers) -> _Made:
    return TextField, {"max_length": text_limit(asked)}


def _long_text(asked: Question, _offers: Offers) -> _Made:
    limit = text_limit(asked)
    counted = asked.max_length is not None
    return TextAreaField, {"max_length": limit, "counted": counted, "rows": 8 if limit > LONG_ANSWER else 5}


def _one(asked: Question, _offers: Offers) -> _Made:
    return RadiosField, {"choices": choices(asked)}


def _several(asked: Question, _offers: Offers) -> _Made:
    return CheckboxesField, {"choices": choices(asked)}


def _number(asked: Question, _offers: Offers) -> _Made:
    return NumberField, {"minimum": asked.minimum, "maximum": asked.maximum, "unit": asked.unit}


def _date(_asked: Question, _offers: Offers) -> _Made:
    return DateField, {}


def _offered(asked: Question, offers: Offers) -> _Made:
    offered = offered_for(asked.type, offers)
    return (OfferedField, {"offered": offered}) if offered else (TextField, {"max_length": text_limit(asked)})


def _principles(_asked: Question, offers: Offers) -> _Made:
    policy = offers.policy
    return PrinciplesField, {"principles": policy.principles, "authorities": policy.authorities} if policy else {}


def _rows(asked: Question, offers: Offers) -> _Made:
    bounds = {"min_rows": asked.min_rows, "max_rows": asked.max_rows}
    columns = [RowColumn(column.id, cell_asking(asked, column, offers)) for column in asked.columns]
    return RowsField, {"columns": columns, **{name: bound for name, bound in bounds.items() if bound is not None}}


_Made = tuple[Callable[..., Any], dict[str, Any]]

_FIELDS: Mapping[QuestionType, Callable[[Question, Offers], _Made]] = {
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.LONG_TEXT: _long_text,
    QuestionType.YES_NO: _one,
    QuestionType.YES_NO_UNSURE: _one,
    QuestionType.ONE_OF: _one,
    QuestionType.ANY_OF: _several,
    QuestionType.NUMBER: _number,
    QuestionType.DATE: _date,
    QuestionType.PERSON: _offered,
    QuestionType.DEPARTMENT: _offered,
    QuestionType.ROWS: _rows,
    QuestionType.PRINCIPLES: _principles,
}
