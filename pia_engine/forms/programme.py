"""The form that chooses the time the programme's figures are for. It is read from the address, so it can be shared."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from pia_engine.forms.base import CityForm
from pia_engine.forms.dates import DateField
from pia_engine.forms.validators import Answered

MOST_YEARS = 20


class DatesForm(CityForm):
    """Two days that people choose themselves; the last one is not to come, and both lie within some years."""

    class Meta(CityForm.Meta):
        csrf = False

    from_on = DateField(_l("First day"), [Answered(_l("Give the first day."))], size="s")
    until_on = DateField(_l("Last day"), [Answered(_l("Give the last day."))], size="s")

    def is_sound(self, *, today: dt.date) -> bool:
        """Whether the two days make a time to count; what is wrong stands at the fields."""
        if not self.validate():
            return False
        refusal = self._refusal(today)
        if refusal:
            name, sentence = refusal
            self[name].errors = [sentence]
        return refusal is None

    def _refusal(self, today: dt.date) -> tuple[str, Any] | None:
        if self.until_on.data > today:
            return "until_on", _("The last day has to be today or earlier: what is to come cannot be counted.")
        if self.from_on.data > self.until_on.data:
            return "from_on", _("The first day has to lie before the last day.")
        if self.until_on.data.year - self.from_on.data.year > MOST_YEARS:
            return "from_on", _("Choose at most %(years)s years.", years=MOST_YEARS)
        return None
