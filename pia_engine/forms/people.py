"""The administrator's forms about people: an account, a designation, its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered
from pia_engine.forms.vendors import Reachable
from pia_engine.permissions.roles import DESIGNATED_ROLES, ROLE_DUTIES, ROLE_NAMES


class PersonForm(CityForm):
    """Who gets an account."""

    name = TextField(_l("Name"), [Answered(_l("Give the person’s name."))], max_length=200, autocomplete="off")
    email = TextField(
        _l("E-mail address"),
        [Answered(_l("Give the person’s e-mail address.")), Reachable()],
        max_length=254,
        input_type="email",
        autocomplete="off",
        help=Help(hint=_l("The person signs in with it, and messages go there.")),
    )
    job_title = TextField(
        _l("Job (you may leave this empty)"),
        max_length=200,
        autocomplete="off",
        help=Help(hint=_l("For example: Head of parking services.")),
    )


class DesignationForm(CityForm):
    """Which role, for whom, by whom and when."""

    role = RadiosField(_l("Role"), [Answered(_l("Choose a role."))])
    department = SelectField(
        _l("Department"),
        help=Help(hint=_l("Only agency officials act for one department; every other role is for the whole city.")),
    )
    designated_by = TextField(
        _l("Designated by"),
        [Answered(_l("Say who designated the person."))],
        max_length=200,
        autocomplete="off",
        help=Help(hint=_l("The office or person who decided, for example: Mayor.")),
    )
    instrument = TextField(
        _l("Decision or order"),
        [Answered(_l("Say where the designation is written down."))],
        max_length=300,
        autocomplete="off",
        help=Help(hint=_l("Where it is written down, for example: Administrative order 12/2026.")),
    )
    from_on = DateField(_l("From"), [Answered(_l("Give the first day."))])
    until_on = DateField(
        _l("Until (you may leave this empty)"),
        help=Help(hint=_l("The last day. Left empty, the designation holds until somebody ends it.")),
    )

    def offer(self, departments: Iterable[tuple[str, str]]) -> None:
        """Fill in what can be chosen today."""
        self.role.choices = tuple(
            Choice(str(role), _(ROLE_NAMES[role]), hint=_(ROLE_DUTIES[role])) for role in DESIGNATED_ROLES
        )
        self.department.choices = tuple(Choice(slug, name) for slug, name in departments)

    def validate_until_on(self, field: Any) -> None:
        first: dt.date | None = self.from_on.data
        if field.data and first and field.data < first:
            raise ValidationError(_("The last day is before the first. Check both dates."))


class DeputyForm(CityForm):
    """Who stands in, and on which days."""

    person = SelectField(_l("Who stands in"), [Answered(_l("Choose who stands in."))])
    from_on = DateField(_l("From"), [Answered(_l("Give the first day."))])
    until_on = DateField(
        _l("Until"),
        [Answered(_l("Give the last day: nobody stands in without an end."))],
        help=Help(hint=_l("The last day. From the day after, the deputy can do nothing in this role.")),
    )
    reason = TextField(
        _l("Why (you may leave this empty)"),
        max_length=300,
        autocomplete="off",
        help=Help(hint=_l("For example: leave. Others can read it, so write nothing about health.")),
    )

    def offer(self, people: Iterable[tuple[str, str]]) -> None:
        """Fill in who can be chosen today."""
        self.person.choices = tuple(Choice(key, name) for key, name in people)

    def validate_until_on(self, field: Any) -> None:
        first: dt.date | None = self.from_on.data
        if field.data and first and field.data < first:
            raise ValidationError(_("The last day is before the first. Check both dates."))


class EndForm(CityForm):
    """The last day of a designation."""

    until_on = DateField(_l("Last day"), [Answered(_l("Give the last day."))])
