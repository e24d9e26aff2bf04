"""The form that makes a key for another system."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered


class ApiKeyForm(CityForm):
    """Which system, and until when."""

    name = TextField(
        _l("Which system uses the key"),
        [Answered(_l("Say which system uses the key."))],
        max_length=200,
        autocomplete="off",
        help=Help(hint=_l("One key for each system, for example “Purchasing system, award step”.")),
    )
    expires_on = DateField(
        _l("Last day"),
        [Answered(_l("Give the last day."))],
        help=Help(hint=_l("A year from today at most. Make a new key before this one runs out.")),
    )

    first: dt.date
    last: dt.date

    def validate_expires_on(self, field: Any) -> None:
        if field.data and not self.first <= field.data <= self.last:
            raise ValidationError(_("Choose a day from today until a year from today."))


def api_key_form(*, first: dt.date, last: dt.date, formdata: Any = None) -> ApiKeyForm:
    """The form with the days a key may end on; the latest is suggested."""
    given = {"formdata": formdata} if formdata is not None else {}
    form = ApiKeyForm(data={"expires_on": last}, **given)
    form.first, form.last = first, last
    return form
