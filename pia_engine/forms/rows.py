"""A question answered by several rows. Adding and removing rows are ordinary submit buttons."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms.utils import unset_value

from pia_engine.forms import posted
from pia_engine.forms.fields import CityField, Problem
from pia_engine.forms.markup import tag
from pia_engine.forms.offers import SuggestedField
from pia_engine.questionnaires.definition import Value
from pia_engine.questionnaires.values import ROW_LIMIT

_PLACE = re.compile(r"([0-9]+)-(.+)", re.DOTALL)
_LONGEST_INDEX = 9


@dataclass(frozen=True, slots=True)
class RowColumn:
    """One column: its id and the field asked in each row, as made by calling a field class in a form body."""

    id: str
    field: Any


class RowsField(CityField):
    """Data is a list of flat objects of strings; rows left blank are no answer. `pressed` tells of a row button."""

    is_group = True

    def __init__(
        self,
        *args: Any,
        columns: Sequence[RowColumn] = (),
        min_rows: int = 1,
        max_rows: int = ROW_LIMIT,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = tuple(columns)
        self.max_rows = min(max_rows, ROW_LIMIT)
        self.min_rows = max(1, min(min_rows, self.max_rows))
        self.rows: list[list[CityField]] = []
        self.stored: list[dict[str, Any]] = []
        self.pressed = False

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        super().process(None, data, extra_filters)
        self.rows = []
        self.pressed = False
        self.stored = [row for row in self.data if isinstance(row, dict)] if isinstance(self.data, list) else []
        if formdata is None:
            for row in self.stored[:ROW_LIMIT]:
                self._add_row(None, row)
        else:
            self._read(formdata)
        while len(self.rows) < self.min_rows:
            self._add_row(None, {})
        self.data = self.answer() or []

    def _read(self, formdata: Any) -> None:
        """Number the rows anew without the removed one, then read each as if it had been sent so."""
        self.raw_data = []
        sent = self._sent_rows(formdata)
        for index in self._removed(formdata) & set(sent):
            del sent[index]
        if len(sent) > self.max_rows:
            self._refuse_more()
        for _old, values in sorted(sent.items())[:ROW_LIMIT]:
            self._add_row(MultiDict(self._renamed(values)), {})
        if f"{self.name}-add" in formdata:
            self.pressed = True
            self._add_blank()

    def _sent_rows(self, formdata: Any) -> dict[int, dict[str, list[Any]]]:
        sent: dict[int, dict[str, list[Any]]] = {}
        prefix = f"{self.name}-"
        for key in formdata:
            place = _PLACE.fullmatch(key[len(prefix) :]) if key.startswith(prefix) else None
            if place and len(place[1]) > _LONGEST_INDEX:
                self.process_errors = [posted.unreadable()]
            elif place:
                sent.setdefault(int(place[1]), {})[place[2]] = formdata.getlist(key)
        return sent

    def _removed(self, formdata: Any) -> set[int]:
        values = formdata.getlist(f"{self.name}-remove")
        self.pressed = self.pressed or bool(values)
        return {int(value) for value in values if isinstance(value, str) and re.fullmatch("[0-9]{1,3}", value)}

    def _renamed(self, values: dict[str, list[Any]]) -> list[tuple[str, Any]]:
        position = len(self.rows)
        return [(f"{self.name}-{position}-{rest}", value) for rest, sent in values.items() for value in sent]

    def _add_blank(self) -> None:
        if len(self.rows) < self.max_rows:
            self._add_row(None, {})
        else:
            self._refuse_more()

    def _refuse_more(self) -> None:
        sentence = _("This question takes no more than %(most)s rows.", most=self.max_rows)
        self.process_errors = [*self.process_errors, sentence]

    def _add_row(self, formdata: Any, stored: dict[str, Any]) -> None:
        position, cells = len(self.rows), []
        for column in self.columns:
            cell = column.field.bind(
                form=None,
                name=f"{self.name}-{position}-{column.id}",
                _meta=self.meta,
                translations=self._translations,
            )
            if isinstance(cell, SuggestedField):
                cell.keep(str(row.get(column.id, "")) for row in self.stored)
            cell.process(formdata, stored.get(column.id, unset_value))
            cells.append(cell)
        self.rows.append(cells)

    def answer(self) -> Value | None:
        rows = [
            {
                column.id: _as_text(cell.answer())
                for column, cell in zip(self.columns, cells, strict=True)
                if cell.answer() is not None
            }
            for cells in self.rows
        ]
        return [row for row in rows if row] or None

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        own = super().validate(form, extra_validators)
        cells_hold = [cell.validate(form) for cells in self.rows for cell in cells if not _is_blank(cells)]
        return own and all(cells_hold)

    def problems(self) -> list[Problem]:
        own = [Problem(f"{self.id}-rows", self.in_summary(sentence)) for sentence in self.errors]
        for number, cells in enumerate(self.rows, start=1):
            where = _("Row %(number)s", number=number)
            for cell in cells:
                for problem in cell.problems():
                    sentence = f"{where}, {cell.label.text}: {problem.sentence}"
                    own.append(Problem(problem.anchor, self.in_summary(sentence)))
        return own

    def control(self) -> Markup:
        rows = (self._printed_row(number, cells) for number, cells in enumerate(self.rows, start=1))
        lists = (cell.suggestions() for cell in self.rows[0] if isinstance(cell, SuggestedField))
        box = {"class": "app-rows", "id": f"{self.id}-rows", "tabindex": "-1"}
        return tag("div", box, *rows, self._add_button(), *lists)

    def _printed_row(self, number: int, cells: list[CityField]) -> Markup:
        legend = tag("legend", {"class": "app-row__legend"}, _("Row %(number)s", number=number))
        body = tag("div", {"class": "app-row__cells"}, *(cell() for cell in cells))
        row = {"class": "app-row", "id": f"{self.id}-row-{number}", "tabindex": "-1"}
        return tag("fieldset", row, legend, body, self._remove_button(number))

    def _remove_button(self, number: int) -> Markup:
        if len(self.rows) == 1:
            return Markup("")
        button = {
            "type": "submit",
            "class": "app-row__remove",
            "name": f"{self.name}-remove",
            "value": number - 1,
            "formaction": f"#{self.id}-rows",
        }
        return tag("button", button, _("Remove row %(number)s", number=number))

    def _add_button(self) -> Markup:
        if len(self.rows) >= self.max_rows:
            full = _("All %(most)s rows this question takes are in use.", most=self.max_rows)
            return tag("p", {"class": "govuk-hint app-rows__full"}, full)
        button = {
            "type": "submit",
            "class": "govuk-button govuk-button--secondary app-rows__add",
            "name": f"{self.name}-add",
            "value": "1",
            "formaction": f"#{self.id}-row-{len(self.rows) + 1}",
        }
        return tag("button", button, _("Add another row"))


def _as_text(answer: object) -> str:
    """A cell's answer as the text it is kept as; several ticks stand with spaces between them."""
    return " ".join(answer) if isinstance(answer, list) else str(answer)


def _is_blank(cells: list[CityField]) -> bool:
    return all(cell.answer() is None and not cell.process_errors for cell in cells)
