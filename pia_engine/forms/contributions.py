"""The forms around a request to an expert: asking, and signing off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from pia_engine.forms import posted
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered

TEXT_LIMIT = 4000


class NotBefore:
    """Refuses a day that has passed."""

    def __init__(self, day: dt.date) -> None:
        self.day = day

    def __call__(self, form: Any, field: Any) -> None:
        if field.data is not None and field.data < self.day:
            raise ValidationError(_("This day has passed. Choose a later one, or leave it open."))


class AskForm(CityForm):
    """The base of the form that asks an expert; who and which sections come from the record."""


def build_ask_form(
    *, people: Mapping[str, str], topics: Mapping[str, str], sections: Mapping[str, str], today: dt.date
) -> type[AskForm]:
    """Each mapping holds what may be chosen, value to label, in the order shown."""
    fields: dict[str, Any] = {
        "person": SelectField(
            _("Whom do you ask?"), [Answered(_("Choose whom you ask."))], choices=_choices(people), size="m"
        ),
        "topic": RadiosField(
            _("What expertise do you ask for?"),
            [Answered(_("Choose what expertise you ask for."))],
            choices=_choices(topics),
            size="m",
        ),
        "sections": CheckboxesField(
            _("For which sections?"),
            [Answered(_("Choose at least one section."))],
            choices=_choices(sections),
            size="m",
            help=Help(hint=_("The sign-off covers exactly these. A later change in one of them makes it void.")),
        ),
        "text": TextAreaField(
            _("What should they look at?"),
            [Answered(_("Say what you ask them to look at."))],
            max_length=TEXT_LIMIT,
            counted=False,
            rows=5,
            size="m",
            help=Help(hint=_("They get these words by e-mail and see them in their work.")),
        ),
        "due_on": DateField(
            _("By when? (optional)"),
            [NotBefore(today)],
            size="m",
            help=Help(hint=_("A late sign-off holds nothing up, but everybody sees that it is not there.")),
        ),
    }
    return type("ContributionForm", (AskForm,), fields)


class SeenField(HiddenField):
    """The digest of what the expert was shown, carried through the form unseen."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = posted.one_text(valuelist)


class SignOffForm(CityForm):
    """The expert's sign-off: a statement, and the confirmation that the sections were read."""

    seen = SeenField()
    statement = TextAreaField(
        _l("Your statement"),
        [Answered(_l("Say what you examined and what you conclude."))],
        max_length=TEXT_LIMIT,
        counted=False,
        rows=6,
        size="m",
        help=Help(hint=_l("What you examined, what you conclude, and what you would watch. It stands in the record.")),
    )
    is_read = CheckboxesField(
        _l("Confirmation"),
        [Answered(_l("Tick the confirmation once you have read the sections."))],
        choices=(Choice("yes", _l("I have read these sections as they are now, and I sign them off.")),),
        size="m",
    )

    def look_again(self, seen: str) -> None:
        """The page shows other answers than before: the confirmation is asked for anew."""
        self.seen.data, self.is_read.data = seen, []


def _choices(offered: Mapping[str, str]) -> list[Choice]:
    return [Choice(value, label) for value, label in offered.items()]
