"""The forms around an independent observer: appointing one, ending the appointment, and the statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, SelectField
from pia_engine.forms.contributions import SeenField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered

STATEMENT_LIMIT = 8000
REASON_LIMIT = 2000


class AppointmentForm(CityForm):
    """Who observes, whom they speak for, and on which days."""

    person = SelectField(
        _l("Who observes"),
        [Answered(_l("Choose who observes."))],
        help=Help(hint=_l("Somebody with an account who stands outside the line. An administrator gives accounts.")),
    )
    organisation = TextField(
        _l("Whom they speak for (you may leave this empty)"),
        max_length=200,
        autocomplete="off",
        help=Help(hint=_l("It is published beside the name. For example: Civil Rights Forum.")),
    )
    from_on = DateField(_l("From"), [Answered(_l("Give the first day."))])
    until_on = DateField(
        _l("Until"),
        [Answered(_l("Give the last day: nobody observes without an end."))],
        help=Help(hint=_l("The last day. Leave enough time to read the decision and to file a statement.")),
    )

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Fill in who can be chosen today."""
        self.person.choices = tuple(Choice(key, name) for key, name in people)

    def validate_until_on(self, field: Any) -> None:
        first: dt.date | None = self.from_on.data
        if field.data and first and field.data < first:
            raise ValidationError(_("The last day is before the first. Check both dates."))


class EndAppointmentForm(CityForm):
    """Why an appointment ends before its day."""

    reason = TextAreaField(
        _l("Why it ends early"),
        [Answered(_l("Say why the appointment ends early: the observer and others read it."))],
        max_length=REASON_LIMIT,
        counted=False,
        rows=4,
    )


class StatementForm(CityForm):
    """The statement of an observer. `seen` is the hash of the text that was previewed."""

    seen = SeenField()
    statement = TextAreaField(
        _l("Your statement"),
        [Answered(_l("Write your statement."))],
        max_length=STATEMENT_LIMIT,
        rows=14,
        help=Help(
            hint=_l(
                "What you read, what you conclude, and what you would watch. "
                "It is published under your name, word for word."
            )
        ),
    )
