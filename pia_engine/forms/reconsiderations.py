"""The form by which somebody reports a cause to look again: a change, an incident or a complaint."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered, AnsweredWith

TEXT_LIMIT = 4000


class _Happened:
    """An incident or a complaint lies behind us; a change may lie ahead, or have no day."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors or form["cause"].data in ("", None, "change"):
            return
        if field.data is None:
            raise StopValidation(_("Give the day it happened or reached you."))
        if field.data > form.on:
            raise StopValidation(_("This day lies ahead. Give the day it happened or reached you."))


class ReportForm(CityForm):
    """What happened, when, and for a change which of the watched facts are other than before."""

    on: dt.date
    cause = RadiosField(_l("What do you report?"), [Answered(_l("Choose what you report."))])
    facts = CheckboxesField(
        _l("What has changed, or will change?"),
        [AnsweredWith("cause", "change", _l("Choose at least one thing that has changed or will change."))],
    )
    text = TextAreaField(
        _l("What happened"),
        [Answered(_l("Say what happened."))],
        max_length=TEXT_LIMIT,
        rows=8,
        help=Help(
            hint=_l(
                "What was assessed, and what is so now? Name no residents and no colleagues: "
                "who was concerned, how many, and what it meant for them is enough."
            )
        ),
    )
    happened_on = DateField(
        _l("When"),
        [_Happened()],
        help=Help(hint=_l("The day it happened or reached you. A change may lie ahead, or have no day yet.")),
    )


def report_form(
    kinds: Mapping[str, tuple[str, str]], facts: Mapping[str, str], *, today: dt.date, formdata: Any = None
) -> ReportForm:
    """The form with what can be reported (name and hint of each) and the watched facts."""
    form = ReportForm(formdata=formdata) if formdata is not None else ReportForm()
    form.on = today
    reveals = {"change": ("facts",)}
    form.cause.choices = tuple(
        Choice(kind, name, hint, reveals=reveals.get(kind, ())) for kind, (name, hint) in kinds.items()
    )
    form.facts.choices = tuple(Choice(fact, words) for fact, words in facts.items())
    return form
