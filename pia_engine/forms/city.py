"""The administrator's form about the city: what public pages say of it and how they look."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, SelectField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.policy_fields import MarkField
from pia_engine.forms.validators import Answered
from pia_engine.forms.vendors import Reachable
from pia_engine.register.stylesheet import COLOUR, LIGHT, contrast

NEEDED_CONTRAST = 4.5
_PLACE = re.compile(r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+|UTC")


class ReadableColour:
    """Refuses what is no colour, and a colour white cannot be told from."""

    def __call__(self, form: Any, field: Any) -> None:
        colour = field.data or ""
        if not COLOUR.fullmatch(colour):
            raise ValidationError(_("Write the colour as # and six digits or letters, for example #0b4f5c."))
        found = contrast(colour, LIGHT)
        if found < NEEDED_CONTRAST:
            raise ValidationError(
                _(
                    "This colour is too pale: its contrast with white is %(found)s to 1, and people need"
                    " at least %(needed)s to 1 to read it. Choose a darker one.",
                    found=f"{found:.1f}",
                    needed=f"{NEEDED_CONTRAST:.1f}",
                )
            )


class CityDetailsForm(CityForm):
    """The city's record, as the administrator may change it. `seen` says which settings the page was made from."""

    seen = MarkField()
    name = TextField(_l("Name of the city"), [Answered(_l("Give the city’s name."))], max_length=200)
    service_name = TextField(
        _l("Name of this service"),
        [Answered(_l("Give this service a name."))],
        max_length=200,
        help=Help(hint=_l("It stands beside the city’s name on every page.")),
    )
    introduction = TextAreaField(
        _l("Introduction"),
        [Answered(_l("Say in a few sentences what the public pages are about."))],
        max_length=1200,
        rows=5,
        help=Help(hint=_l("The first words on the public page. Plain words, two or three sentences.")),
    )
    contact_name = TextField(
        _l("Whom to ask about privacy"), [Answered(_l("Name the office or person to ask."))], max_length=200
    )
    contact_email = TextField(
        _l("Their e-mail address"),
        [Answered(_l("Give an e-mail address.")), Reachable()],
        max_length=254,
        input_type="email",
    )
    time_zone = SelectField(
        _l("Time zone"),
        [Answered(_l("Choose the time zone."))],
        help=Help(hint=_l("Due dates are days in this zone.")),
    )
    language = SelectField(_l("Language"), [Answered(_l("Choose the language."))])
    brand_colour = TextField(
        _l("Main colour"),
        [Answered(_l("Give a colour.")), ReadableColour()],
        max_length=7,
        width="10",
        autocomplete="off",
        help=Help(hint=_l("Buttons and lines. White text stands on it. Write it like #0b4f5c.")),
    )
    link_colour = TextField(
        _l("Colour of links"),
        [Answered(_l("Give a colour.")), ReadableColour()],
        max_length=7,
        width="10",
        autocomplete="off",
        help=Help(hint=_l("It stands on white. Write it like #0b5c6b.")),
    )

    def offer(self, languages: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen: the world’s time zones, and the languages there are texts for."""
        zones = sorted(zone for zone in available_timezones() if _PLACE.fullmatch(zone))
        self.time_zone.choices = tuple(Choice(zone, zone.replace("_", " ")) for zone in zones)
        self.language.choices = tuple(Choice(code, name) for code, name in languages)

    def changes(self) -> dict[str, str]:
        """What was posted, by the name of the column."""
        return {name: field.data for name, field in self.asked().items()}

    def asked(self) -> dict[str, Any]:
        """The fields that stand for settings, by the name of the column."""
        return {field.name: field for field in self if field.name not in ("seen", "csrf_token")}
