"""The form of the risk matrix: words for both scales, words for the levels, and a level for every field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from wtforms import HiddenField

from pia_engine.forms.choices import Choice, SelectField
from pia_engine.forms.fields import TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.policy import LEVELS, PolicySectionForm, level_name

SMALLEST, LARGEST, WORD_LIMIT = 3, 5, 60
RESIZE = "resize"


class MatrixForm(PolicySectionForm):
    """`rows` likelihoods and `columns` severities, each from the lowest."""

    rows = LARGEST
    columns = LARGEST

    def words(self, scale: str) -> list[Any]:
        """The fields of one scale: `likelihood` or `severity`."""
        length = self.rows if scale == "likelihood" else self.columns
        return [self[f"{scale}_{place}"] for place in range(1, length + 1)]

    def level_fields(self) -> list[Any]:
        return [self[f"level_{level}"] for level in LEVELS]

    def cells(self) -> list[list[Any]]:
        return [[self[_cell(row, column)] for column in range(self.columns)] for row in range(self.rows)]

    def content(self) -> dict[str, Any]:
        return {
            "matrix": {
                "likelihoods": [field.data or "" for field in self.words("likelihood")],
                "severities": [field.data or "" for field in self.words("severity")],
                "levels": {level: self[f"level_{level}"].data or "" for level in LEVELS},
                "cells": [[field.data or "" for field in row] for row in self.cells()],
            }
        }


def matrix_form(matrix: Mapping[str, Any]) -> type[MatrixForm]:
    """A form of the size of a stored matrix."""
    return _form(len(matrix["likelihoods"]), len(matrix["severities"]), matrix["levels"])


def posted_matrix_form(formdata: Any, levels: Mapping[str, str]) -> type[MatrixForm]:
    """A form of the size that was sent; one out of bounds counts as the largest."""
    return _form(_size(formdata, "likelihoods"), _size(formdata, "severities"), levels)


def matrix_data(matrix: Mapping[str, Any]) -> dict[str, Any]:
    """A stored matrix as the form's data."""
    data: dict[str, Any] = {f"level_{level}": matrix["levels"][level] for level in LEVELS}
    for scale, words in (("likelihood", matrix["likelihoods"]), ("severity", matrix["severities"])):
        data |= {f"{scale}_{place}": word for place, word in enumerate(words, start=1)}
    for row, levels in enumerate(matrix["cells"]):
        data |= {_cell(row, column): level for column, level in enumerate(levels)}
    return {
        **data,
        "likelihoods": len(matrix["likelihoods"]),
        "severities": len(matrix["severities"]),
        "wanted_likelihoods": str(len(matrix["likelihoods"])),
        "wanted_severities": str(len(matrix["severities"])),
    }


def resized(matrix: Mapping[str, Any], formdata: Any) -> dict[str, Any]:
    """The matrix in the size asked for: both ends stay, and a step that is new waits for its word."""
    down = _places(len(matrix["likelihoods"]), _size(formdata, "wanted_likelihoods"))
    across = _places(len(matrix["severities"]), _size(formdata, "wanted_severities"))
    return {
        "likelihoods": _picked(matrix["likelihoods"], down),
        "severities": _picked(matrix["severities"], across),
        "levels": matrix["levels"],
        "cells": [[matrix["cells"][row][column] for column in across] for row in down],
    }


def _places(old: int, new: int) -> list[int]:
    return [round(place * (old - 1) / (new - 1)) for place in range(new)]


def _picked(words: list[str], places: list[int]) -> list[str]:
    return [words[place] if place not in places[:number] else "" for number, place in enumerate(places)]


def _form(rows: int, columns: int, levels: Mapping[str, str]) -> type[MatrixForm]:
    sizes = [Choice(str(size), str(size)) for size in range(SMALLEST, LARGEST + 1)]
    choices = [Choice(level, level_name(levels, level)) for level in LEVELS]
    body: dict[str, Any] = {"rows": rows, "columns": columns}
    body["likelihoods"], body["severities"] = HiddenField(), HiddenField()
    body["wanted_likelihoods"] = SelectField(_("How many likelihoods"), choices=sizes)
    body["wanted_severities"] = SelectField(_("How many severities"), choices=sizes)
    body |= {f"likelihood_{n}": _word(_("Likelihood %(place)s", place=n), n, rows) for n in range(1, rows + 1)}
    body |= {f"severity_{n}": _word(_("Severity %(place)s", place=n), n, columns) for n in range(1, columns + 1)}
    names = {"low": _("Lowest level"), "medium": _("Middle level"), "high": _("Highest level")}
    body |= {f"level_{level}": TextField(names[level], max_length=WORD_LIMIT, width="10") for level in LEVELS}
    for row in range(rows):
        for column in range(columns):
            label = _("Likelihood %(row)s with severity %(column)s", row=row + 1, column=column + 1)
            body[_cell(row, column)] = SelectField(label, choices=choices)
    return type("PolicyMatrixForm", (MatrixForm,), body)


def _word(label: str, place: int, length: int) -> TextField:
    hint = _("The lowest") if place == 1 else (_("The highest") if place == length else "")
    return TextField(label, max_length=WORD_LIMIT, width="20", help=Help(hint=hint))


def _cell(row: int, column: int) -> str:
    return f"cell_{row + 1}_{column + 1}"


def _size(formdata: Any, name: str) -> int:
    text = formdata.get(name, "")
    found = int(text) if isinstance(text, str) and re.fullmatch("[0-9]", text) else LARGEST
    return min(max(found, SMALLEST), LARGEST)
