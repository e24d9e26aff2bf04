"""A date asked for in three named boxes, and how what people write in them is read."""

from __future__ import annotations

import datetime
from typing import Any

from babel.dates import get_month_names
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms.utils import unset_value

from pia_engine.forms import markup, posted
from pia_engine.forms.fields import CityField, Problem
from pia_engine.forms.markup import tag
from pia_engine.questionnaires.definition import Value

PARTS = ("day", "month", "year")
FIRST_YEAR, LAST_YEAR = 1900, 2199


class DateField(CityField):
    """Data is a `datetime.date` or None; the boxes are named `<name>-day`, `<name>-month` and `<name>-year`."""

    is_group = True

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.typed = dict.fromkeys(PARTS, "")
        self.wrong_parts: tuple[str, ...] = ()
        super().process(None, data, extra_filters)
        if formdata is None:
            return
        self.data = None
        self.raw_data = [value for part in PARTS for value in formdata.getlist(f"{self.name}-{part}")]
        try:
            self.data = self._read(formdata)
        except ValueError as refusal:
            self.process_errors = [*self.process_errors, str(refusal)]

    def process_data(self, value: Any) -> None:
        self.data = _stored_date(value)
        if self.data:
            self.typed = {
                "day": str(self.data.day),
                "month": str(self.data.month),
                "year": str(self.data.year),
            }

    def answer(self) -> Value | None:
        return self.data.isoformat() if self.data else None

    def _read(self, formdata: Any) -> datetime.date | None:
        sent = {part: formdata.getlist(f"{self.name}-{part}") for part in PARTS}
        self.typed = {part: posted.shown_again(values) for part, values in sent.items()}
        self.wrong_parts = PARTS
        texts = {part: posted.one_text(values) for part, values in sent.items()}
        if not any(texts.values()):
            self.wrong_parts = ()
            return None
        return self._as_date(texts)

    def _as_date(self, texts: dict[str, str]) -> datetime.date:
        self._refuse(
            (part for part in PARTS if not texts[part]),
            _("Fill in the day, the month and the year, for example 27 3 2027."),
        )
        texts = {**texts, "month": _month_number(texts["month"])}
        self._refuse(
            (part for part in PARTS if not (texts[part].isdecimal() and len(texts[part]) <= 4)),
            _("Write the day, the month and the year in digits, for example 27 3 2027."),
        )
        day, month, year = (int(texts[part]) for part in PARTS)
        in_range = FIRST_YEAR <= year <= LAST_YEAR
        years = {"first": FIRST_YEAR, "last": LAST_YEAR}
        self._refuse(
            () if in_range else ("year",),
            _("Write the year with four digits, between %(first)s and %(last)s.", **years),
        )
        self._refuse(() if 1 <= month <= 12 else ("month",), _("The month must be between 1 and 12."))
        try:
            return datetime.date(year, month, day)
        except ValueError:
            self.wrong_parts = ("day",)
            raise ValueError(_("This day does not exist in that month. Check the date.")) from None

    def _refuse(self, wrong: Any, sentence: str) -> None:
        self.wrong_parts = tuple(wrong)
        if self.wrong_parts:
            raise ValueError(sentence)

    def problems(self) -> list[Problem]:
        part = self.wrong_parts[0] if self.wrong_parts else "day"
        return [Problem(f"{self.id}-{part}", self.in_summary(sentence)) for sentence in self.errors]

    def control(self) -> Markup:
        labels = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
        boxes = (self._box(part, labels[part]) for part in PARTS)
        return tag("div", {"class": "govuk-date-input", "id": self.id}, *boxes)

    def _box(self, part: str, text: str) -> Markup:
        wrong = bool(self.errors) and part in (self.wrong_parts or PARTS)
        box_id, width = f"{self.id}-{part}", "4" if part == "year" else "2"
        css = f"govuk-input govuk-date-input__input govuk-input--width-{width}"
        box = {
            "class": markup.classes(css, "govuk-input--error" if wrong else ""),
            "id": box_id,
            "name": f"{self.name}-{part}",
            "type": "text",
            "inputmode": "numeric",
            "autocomplete": "off",
            "value": self.typed[part],
            "aria-invalid": "true" if wrong else None,
        }
        label = tag("label", {"class": "govuk-label govuk-date-input__label", "for": box_id}, text)
        group = tag("div", {"class": "govuk-form-group"}, label, tag("input", box))
        return tag("div", {"class": "govuk-date-input__item"}, group)


def _stored_date(value: object) -> datetime.date | None:
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _month_number(text: str) -> str:
    """The month as digits when somebody wrote its name, else the text as it was."""
    wanted = text.casefold().rstrip(".")
    for width in ("wide", "abbreviated"):
        for number, name in get_month_names(width, locale=get_locale() or "en").items():
            if name.casefold().rstrip(".") == wanted:
                return str(number)
    return text
