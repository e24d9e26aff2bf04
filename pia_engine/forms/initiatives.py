"""The form that registers an initiative."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered


class InitiativeForm(CityForm):
    """What is asked of a department's first idea."""

    title = TextField(
        _l("Name of the initiative"),
        [Answered(_l("Give the initiative a name."))],
        max_length=200,
        help=Help(hint=_l("The name residents would use, for example “Cameras on routes to school”.")),
    )
    summary = TextAreaField(
        _l("What is planned, and why"),
        [Answered(_l("Say in two sentences what is planned, and why."))],
        max_length=600,
        help=Help(hint=_l("Two plain sentences: what will be done, and what gets better for whom.")),
    )
    department = RadiosField(_l("Department"), [Answered(_l("Choose the department this initiative belongs to."))])
    change_kind = RadiosField(_l("What kind of change it is"), [Answered(_l("Choose what kind of change this is."))])
    procurement = TextField(
        _l("Procurement number (optional)"),
        max_length=80,
        width="20",
        help=Help(hint=_l("The number of the tender or contract, if there is one.")),
    )
    target_on = DateField(
        _l("When it should start (optional)"),
        help=Help(hint=_l("Your best guess, for example 27 3 2027.")),
    )


def initiative_form(
    departments: Mapping[uuid.UUID, str], change_kinds: Mapping[str, str], formdata: Any = None
) -> InitiativeForm:
    """The form with the departments the person acts for; the only one is chosen already."""
    form = InitiativeForm(formdata=formdata) if formdata is not None else InitiativeForm()
    form.department.choices = tuple(Choice(str(each), name) for each, name in departments.items())
    form.change_kind.choices = tuple(Choice(value, text) for value, text in change_kinds.items())
    if len(departments) == 1 and not form.department.data:
        form.department.data = str(next(iter(departments)))
    return form
