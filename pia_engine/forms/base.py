"""The form every other builds on: what was posted and nothing else, its fields in order, and its problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import SUBMIT_METHODS
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field

from pia_engine.forms.choices import ChoiceField
from pia_engine.forms.fields import CityField, Problem
from pia_engine.forms.rows import RowsField


class CityForm(FlaskForm):  # type: ignore[misc]
    """Reads the posted form only: a JSON body or an empty post never passes for an answered one."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return CombinedMultiDict((request.files, request.form)) if _is_submitted() else None

    def shown_fields(self) -> Iterator[CityField]:
        """The fields to print in order; those revealed by a choice are printed by that choice."""
        choices = (choice for each in self if isinstance(each, ChoiceField) for choice in each.choices)
        revealed = {name for choice in choices for name in choice.reveals}
        for each in self:
            if isinstance(each, CityField) and each.short_name not in revealed:
                yield each

    def rows_changed(self) -> RowsField | None:
        """The repeating question whose "Add another row" or "Remove row" was pressed, if one was."""
        return next((each for each in self if isinstance(each, RowsField) and each.pressed), None)

    def problems(self) -> list[Problem]:
        """Everything to mend, in the order of the page."""
        whole = [Problem("", str(sentence)) for sentence in self.form_errors]
        return whole + [problem for each in self for problem in _problems_of(each)]


def _problems_of(each: Field) -> list[Problem]:
    if isinstance(each, CityField):
        return each.problems()
    return [Problem("", str(sentence)) for sentence in each.errors]


def _is_submitted() -> bool:
    return bool(request) and request.method in SUBMIT_METHODS
