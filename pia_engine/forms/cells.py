"""Which field asks which column of a repeating question. A cell is kept as one text, whatever asked for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from pia_engine.forms.choices import CheckboxesField, Choice, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import NumberField, TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.offers import SuggestedField, offered_for
from pia_engine.models.offers import Offers
from pia_engine.questionnaires.answers import choices, text_limit
from pia_engine.questionnaires.definition import Column, Question, QuestionType


class CheckboxesCell(CheckboxesField):
    """Any of several options; what was ticked is kept as one text, with spaces between."""

    def process_data(self, value: Any) -> None:
        self.data = value.split() if isinstance(value, str) else []


def cell_asking(question: Question, column: Column, offers: Offers) -> Any:
    """The field asked in each row for one column."""
    around = {"help": Help(hint=column.hint)}
    if column.type in (QuestionType.PERSON, QuestionType.DEPARTMENT):
        return _offered(question, column, offers)(column.label, **around)
    return _FIELDS[column.type](column.label, **around, **_options(column))


def _offered(question: Question, column: Column, offers: Offers) -> Callable[..., Any]:
    offered = offered_for(column.type, offers)
    if not offered:
        return TextField
    list_id = f"{question.id}-{column.id}-offered"
    return lambda label, **around: SuggestedField(label, offered=offered, list_id=list_id, **around)


def _options(column: Column) -> dict[str, Any]:
    if column.type is QuestionType.LONG_TEXT:
        return {"max_length": text_limit(column), "rows": 3, "counted": False}
    if column.type is QuestionType.SHORT_TEXT:
        return {"max_length": text_limit(column)}
    offered = choices(column)
    if not offered:
        return {}
    return {"choices": [Choice(o.value, _(str(o.label)), o.hint, exclusive=o.exclusive) for o in offered]}


_FIELDS: Mapping[QuestionType, Callable[..., Any]] = {
    QuestionType.SHORT_TEXT: TextField,
    QuestionType.LONG_TEXT: TextAreaField,
    QuestionType.YES_NO: SelectField,
    QuestionType.ONE_OF: SelectField,
    QuestionType.ANY_OF: CheckboxesCell,
    QuestionType.NUMBER: NumberField,
    QuestionType.DATE: DateField,
}
