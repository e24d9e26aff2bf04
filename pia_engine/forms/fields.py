"""The field every other builds on, and the ones that take typed text or a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field, HiddenField

from pia_engine.forms import markup, posted
from pia_engine.forms.lengths import count_texts, refuse_longer
from pia_engine.forms.markup import Help, tag
from pia_engine.forms.printing import refuse_unprintable
from pia_engine.questionnaires.definition import Value
from pia_engine.questionnaires.values import LONG_TEXT_LIMIT, SHORT_TEXT_LIMIT

_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, and the id of the control to mend it in."""

    anchor: str
    sentence: str


class CityField(Field):
    """Prints itself whole: label or legend, hint, help, error, control."""

    is_group = False
    _form: Any
    _translations: Any

    def __init__(
        self,
        label: Any = None,
        validators: Sequence[Callable[[Any, Any], object]] | None = None,
        *,
        help: Help | None = None,
        size: str = "s",
        names_itself: bool = False,
        **wtforms: Any,
    ) -> None:
        super().__init__(label, list(validators or ()), **wtforms)
        self.help = help or Help()
        self.size = size
        self.names_itself = names_itself

    def __call__(self, **_options: object) -> Markup:
        css = markup.classes("govuk-form-group", "govuk-form-group--error" if self.errors else "")
        attributes = {"class": css, **self.group_attributes()}
        said = self.help.remarks
        below = markup.hints(self.id, said.hints) + markup.links(said.links, self.label.text)
        if not self.is_group:
            return tag("div", attributes, self._heading(), self.control(), below)
        fieldset = {"class": "govuk-fieldset", "aria-describedby": self.described_by()}
        return tag("div", attributes, tag("fieldset", fieldset, self._heading(), self.control()), below)

    def control(self) -> Markup:
        """The input itself."""
        raise NotImplementedError

    def answer(self) -> Value | None:
        """What was answered as plain JSON, or None when nothing was."""
        return self.data or None

    def group_attributes(self) -> dict[str, object]:
        return {}

    def described_by(self) -> str:
        said = self.help.remarks.marks or self.help.remarks.notes
        stands = (
            (said, "remarks"),
            (self.help.condition, "condition"),
            (self.help.hint, "hint"),
            (self.errors, "error"),
        )
        return " ".join(f"{self.id}-{name}" for present, name in stands if present)

    def problems(self) -> list[Problem]:
        """Each error with where to mend it, for the summary at the top of the page."""
        return [Problem(self.id, self.in_summary(sentence)) for sentence in self.errors]

    def in_summary(self, sentence: str) -> str:
        return f"{self.label.text} – {sentence}" if self.names_itself else sentence

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        self.data = self.parse(posted.one_text(valuelist))

    def parse(self, text: str) -> Any:
        """Turn one clean text into data; ValueError with a sentence refuses it."""
        return text

    def shown_value(self) -> str:
        if self.raw_data is not None:
            return posted.shown_again(self.raw_data)
        return "" if self.data is None else str(self.data)

    def control_attributes(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "aria-describedby": self.described_by(),
            "aria-invalid": "true" if self.errors else None,
        }

    def _heading(self) -> Markup:
        text = self.label.text
        title = markup.legend(text, self.size) if self.is_group else markup.label(self.id, text, self.size)
        return Markup("").join(
            (
                title,
                markup.remarks(self.id, self.help.remarks),
                markup.condition_note(self.id, self.help.condition),
                markup.hint(self.id, self.help.hint),
                markup.help_details(self.help, self.label.text),
                markup.error_message(self.id, list(self.errors)),
            )
        )


class TextField(CityField):
    """One line of text."""

    def __init__(
        self,
        *args: Any,
        max_length: int = SHORT_TEXT_LIMIT,
        input_type: str = "text",
        autocomplete: str = "",
        width: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.max_length = max_length
        self.input_type = input_type
        self.autocomplete = autocomplete
        self.width = width

    def parse(self, text: str) -> str:
        line = refuse_longer(" ".join(text.split()), self.max_length)
        return refuse_unprintable(line) if self.input_type == "text" else line

    def control(self) -> Markup:
        css = (
            "govuk-input",
            f"govuk-input--width-{self.width}" if self.width else "",
            "govuk-input--error" if self.errors else "",
        )
        secret = self.input_type == "password"
        attributes = {
            "class": markup.classes(*css),
            "type": self.input_type,
            "value": None if secret else self.shown_value(),
            "autocomplete": self.autocomplete,
            "dir": "auto" if self.input_type == "text" else None,
        }
        return tag("input", {**self.control_attributes(), **attributes})


class TextAreaField(CityField):
    """Several lines of text, with a count of what is left when the limit is worth showing."""

    def __init__(
        self, *args: Any, max_length: int | None = None, counted: bool = True, rows: int = 6, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.counted = counted and max_length is not None
        self.max_length = max_length or LONG_TEXT_LIMIT
        self.rows = rows

    def parse(self, text: str) -> str:
        return refuse_unprintable(refuse_longer(text, self.max_length))

    def described_by(self) -> str:
        return f"{super().described_by()} {self.id}-info".strip() if self.counted else super().described_by()

    def group_attributes(self) -> dict[str, object]:
        if not self.counted:
            return {}
        return {"data-module": "govuk-character-count", "data-maxlength": self.max_length, **count_texts()}

    def control(self) -> Markup:
        css = (
            "govuk-textarea",
            "govuk-js-character-count" if self.counted else "",
            "govuk-textarea--error" if self.errors else "",
        )
        attributes = {
            "class": markup.classes(*css),
            "rows": self.rows,
            "dir": "auto",
        }
        text = "\n" + self.shown_value()
        return tag("textarea", {**self.control_attributes(), **attributes}, text) + self._limit_note()

    def _limit_note(self) -> Markup:
        if not self.counted:
            return Markup("")
        css = "govuk-hint govuk-character-count__message"
        sentence = _("You can write up to %(count)s characters.", count=self.max_length)
        return tag("div", {"class": css, "id": f"{self.id}-info"}, sentence)


class NumberField(CityField):
    """A number within bounds, in the unit the question names."""

    def __init__(
        self,
        *args: Any,
        minimum: float | None = None,
        maximum: float | None = None,
        unit: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.minimum = minimum
        self.maximum = maximum
        self.unit = unit

    def answer(self) -> Value | None:
        number: int | float | None = self.data
        return number

    def parse(self, text: str) -> int | float | None:
        plain = "".join(text.split()).replace("\N{MINUS SIGN}", "-")
        if not plain:
            return None
        if _GROUPED.fullmatch(plain):
            plain = plain.replace(",", "")
        if not _NUMBER.fullmatch(plain):
            raise ValueError(_("Write a number in digits, for example 12 or 12.5."))
        number = float(plain) if "." in plain else int(plain)
        self._refuse_outside(number)
        return number

    def _refuse_outside(self, number: float) -> None:
        if self.minimum is not None and number < self.minimum:
            raise ValueError(_("The number must be %(bound)s or more.", bound=self.minimum))
        if self.maximum is not None and number > self.maximum:
            raise ValueError(_("The number must be %(bound)s or less.", bound=self.maximum))

    def control(self) -> Markup:
        css = ("govuk-input govuk-input--width-10", "govuk-input--error" if self.errors else "")
        attributes = {"class": markup.classes(*css), "type": "text", "inputmode": "decimal"}
        value = {"value": self.shown_value(), "autocomplete": "off"}
        unit = {"class": "govuk-input__suffix", "id": f"{self.id}-unit"}
        box = tag("input", {**self.control_attributes(), **attributes, **value})
        if not self.unit:
            return box
        return tag("div", {"class": "govuk-input__wrapper"}, box, tag("div", unit, self.unit))

    def described_by(self) -> str:
        return f"{super().described_by()} {self.id}-unit".strip() if self.unit else super().described_by()


class VersionField(HiddenField):
    """The version of the record the person was looking at, carried through the form unseen."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = posted.one_text(valuelist)
        if not re.fullmatch("[0-9]{1,9}", text):
            raise ValueError(_("This page has lost its place. Open it again, then save once more."))
        self.data = int(text)
