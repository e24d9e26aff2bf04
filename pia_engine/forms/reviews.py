"""The forms of a review round, one for each page: changes noted at the questions, replies to what was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from pia_engine.forms.base import CityForm
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help

CHANGE_LIMIT = 4000


class TextsForm(CityForm):
    """The base of a form with one text for each of many things; most of them stay empty."""

    nothing_said = ""

    def texts(self) -> dict[str, str]:
        """What was written, by field; what was left empty is not among them."""
        written = {each.short_name: str(each.data or "") for each in self if isinstance(each, TextAreaField)}
        return {name: text for name, text in written.items() if text.strip()}

    def validate_one(self, pressed: str, *, emptied: Sequence[str] = ()) -> bool:
        """Whether all is sound and something was written; what is missing is said where `pressed` is a field."""
        sound = bool(self.validate())
        missing = list(emptied)
        if pressed in self and not (self[pressed].raw_data or [""])[0].strip():
            missing.append(pressed)
        elif sound and not missing and not self.texts():
            self.form_errors.append(self.nothing_said)
        for name in dict.fromkeys(missing):
            self[name].errors = [*self[name].errors, self.nothing_said]
        return sound and not self.form_errors and not missing


def note_name(question: str) -> str:
    """The field of the change noted at a question."""
    return f"change_{question}"


def reply_name(change_id: Any) -> str:
    """The field of the reply to a requested change."""
    return f"reply_{change_id}"


def build_notes_form(questions: Sequence[str]) -> type[TextsForm]:
    """Room for one change at each question."""
    nothing, hint = _("Say what should change."), _("The author sees this once you request the changes.")
    return _build(map(note_name, questions), nothing, lambda: _text(_("What should change"), hint))


def build_replies_form(changes: Sequence[Any]) -> type[TextsForm]:
    """Room for one reply to each requested change, given by its id."""
    asked = _("Say what you changed, or why you did not.")
    return _build(map(reply_name, changes), asked, lambda: _text(_("Your reply"), asked))


def emptied(form: TextsForm, stored: Mapping[str, str]) -> list[str]:
    """Fields that were saved with a text before and are sent empty now."""
    return [
        name for name, text in stored.items() if text and form[name].raw_data and not form[name].shown_value().strip()
    ]


def _build(names: Any, nothing: str, make: Callable[[], TextAreaField]) -> type[TextsForm]:
    return type("ReviewTextsForm", (TextsForm,), {"nothing_said": nothing, **{name: make() for name in names}})


def _text(label: str, hint: str) -> TextAreaField:
    return TextAreaField(label, max_length=CHANGE_LIMIT, counted=False, rows=4, help=Help(hint=hint))
