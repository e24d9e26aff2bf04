"""Fields the policy's forms are made of: rows that can be put in another order, whole numbers, unseen marks."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import HiddenField

from pia_engine.forms import posted
from pia_engine.forms.fields import CityField, NumberField
from pia_engine.forms.markup import tag
from pia_engine.forms.rows import RowsField

_MOVES = {"up": -1, "down": 1}


class MarkField(HiddenField):
    """A short mark carried through the form unseen; what is none of ours counts as none."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""
        self.data = text if re.fullmatch("[0-9a-z_]{1,80}", text) else ""


class RowIdField(CityField):
    """The id of a row: it goes along with the row, and nobody sees it."""

    def __call__(self, **_options: object) -> Markup:
        return tag("input", {"type": "hidden", "name": self.name, "value": self.shown_value()})

    def parse(self, text: str) -> str:
        return text if re.fullmatch("[0-9a-z_-]{1,80}", text) else ""


class WholeNumberField(NumberField):
    """A number without a fraction."""

    def parse(self, text: str) -> int | float | None:
        number = super().parse(text)
        if isinstance(number, float):
            raise ValueError(_("Write a whole number, for example 12."))
        return number


class OrderedRowsField(RowsField):
    """Rows whose order means something: each has a button to move it up and one to move it down."""

    def _sent_rows(self, formdata: Any) -> dict[int, dict[str, list[Any]]]:
        sent = super()._sent_rows(formdata)
        for direction, step in _MOVES.items():
            for value in formdata.getlist(f"{self.name}-{direction}"):
                self.pressed = True
                sent = _moved(sent, value, step)
        return sent

    def _remove_button(self, number: int) -> Markup:
        moves = [self._move_button(number, direction) for direction in _MOVES if self._may_move(number, direction)]
        return tag("div", {"class": "app-row__buttons"}, *moves, super()._remove_button(number))

    def _may_move(self, number: int, direction: str) -> bool:
        return number > 1 if direction == "up" else number < len(self.rows)

    def _move_button(self, number: int, direction: str) -> Markup:
        button = {
            "type": "submit",
            "class": "app-row__move",
            "name": f"{self.name}-{direction}",
            "value": number - 1,
            "formaction": f"#{self.id}-row-{number + _MOVES[direction]}",
        }
        words = {
            "up": _("Move row %(number)s up", number=number),
            "down": _("Move row %(number)s down", number=number),
        }
        return tag("button", button, words[direction])


def _moved(sent: dict[int, dict[str, list[Any]]], value: object, step: int) -> dict[int, dict[str, list[Any]]]:
    """The rows with the named one exchanged for its neighbour; anything else leaves them as they are."""
    place = posted.one_text([value]) if isinstance(value, str) else ""
    order = sorted(sent)
    if not re.fullmatch("[0-9]{1,3}", place) or int(place) not in order:
        return sent
    here = order.index(int(place))
    there = here + step
    if not 0 <= there < len(order):
        return sent
    order[here], order[there] = order[there], order[here]
    return {number: sent[key] for number, key in enumerate(order)}
