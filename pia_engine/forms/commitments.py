"""The forms around a commitment: its steps, another day, another keeper, and one made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from pia_engine.forms.actions import REASON_LIMIT
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered

TEXT_LIMIT = 2000
PUBLIC, INTERNAL = "public", "internal"


def _reason(label: Any, hint: Any, missing: Any = None) -> TextAreaField:
    checks = [Answered(missing)] if missing else []
    return TextAreaField(label, checks, max_length=REASON_LIMIT, counted=False, help=Help(hint=hint))


def _keeper(hint: Any) -> SelectField:
    return SelectField(_l("Who keeps it"), [Answered(_l("Choose who keeps it."))], help=Help(hint=hint))


class ReportForm(CityForm):
    """The keeper says what shows that it was kept."""

    reason = _reason(
        _l("What shows that it was kept"),
        _l("What was done, when and by whom, and where it can be seen: a file, a page, a place. Links may stand here."),
        _l("Say what shows that it was kept."),
    )


class AcceptForm(CityForm):
    """Somebody else has looked at the evidence."""

    reason = _reason(_l("A word on it (optional)"), _l("For example what you looked at yourself."))


class ReturnForm(CityForm):
    """The evidence does not show it."""

    reason = _reason(
        _l("What the evidence does not show"),
        _l("The keeper gets these words."),
        _l("Say what the evidence does not show."),
    )


class DropForm(CityForm):
    """The city does not keep it any more."""

    reason = _reason(
        _l("Why it is dropped"),
        _l("It was promised to people. Say why it is not needed any more, or what takes its place."),
        _l("Say why it is dropped."),
    )


STEP_FORMS: dict[str, type[CityForm]] = {
    "report": ReportForm,
    "accept": AcceptForm,
    "return": ReturnForm,
    "drop": DropForm,
}


class PostponeForm(CityForm):
    """Another day, and why."""

    due_on = DateField(
        _l("New day"),
        [Answered(_l("Give the new day."))],
        help=Help(hint=_l("For example 27 3 2027.")),
    )
    reason = _reason(
        _l("Why it is postponed"),
        _l("It is kept with the first day. Others will read it."),
        _l("Say why it is postponed."),
    )


class HandOverForm(CityForm):
    """Another keeper, and why."""

    keeper = _keeper(_l("Both are told. Whoever kept it before can never close it."))
    reason = _reason(
        _l("Why it is handed over"),
        _l("For example because somebody has another task now."),
        _l("Say why it is handed over."),
    )


class CommitmentForm(CityForm):
    """One made by hand."""

    text = TextAreaField(
        _l("What is promised"),
        [Answered(_l("Write what is promised."))],
        max_length=TEXT_LIMIT,
        rows=4,
        help=Help(
            hint=_l("One thing that can be shown to be done, for example “Hang a sign at each of the four doors”.")
        ),
    )
    keeper = _keeper(_l("Whoever keeps it reports what shows that it was kept. Somebody else closes it."))
    due_on = DateField(
        _l("Until when"), [Answered(_l("Give the day it is due."))], help=Help(hint=_l("For example 27 3 2027."))
    )
    visibility = RadiosField(
        _l("Who may read it"),
        [Answered(_l("Choose who may read it."))],
        choices=(
            Choice(PUBLIC, _l("Everybody, once the assessment is published"), _l("It stands on its public page.")),
            Choice(INTERNAL, _l("Only people of the city with a role here")),
        ),
    )


def offer_keepers(form: CityForm, people: Mapping[str, str]) -> None:
    """The people who may be chosen, id to name."""
    form["keeper"].choices = tuple(Choice(key, name) for key, name in people.items())
