"""A person's own forms about reminders: how often, and until when one thing is put off."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.dates import DateField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered


class RemindersForm(CityForm):
    """How often a message comes with what is due."""

    reminders = RadiosField(
        _l("How often do you want to be reminded?"),
        [Answered(_l("Choose how often you want to be reminded."))],
        help=Help(hint=_l("By e-mail, in the morning, and only when there is something to say.")),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reminders.choices = (
            Choice("daily", _("Every day"), hint=_("What is overdue, due soon, or has waited for more than a week.")),
            Choice("weekly", _("Once a week, on Monday"), hint=_("The same, for the week.")),
            Choice("overdue", _("Only what is overdue"), hint=_("On each day on which something of yours is overdue.")),
        )


class PutOffForm(CityForm):
    """From which day on one is reminded again."""

    until_on = DateField(_l("Remind me again from"), [Answered(_l("Give the day."))])

    def allow(self, today: dt.date, last: dt.date, last_in_words: str) -> None:
        """Set which days fit; they are checked with the rest of the form."""
        self.present, self.last, self.last_in_words = today, last, last_in_words

    def validate_until_on(self, field: Any) -> None:
        if field.data and not self.present < field.data <= self.last:
            raise ValidationError(_("Choose a day from tomorrow to %(last)s.", last=self.last_in_words))
