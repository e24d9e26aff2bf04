"""The forms around audits: the answer to one finding, and the day an audit of the programme is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField, SelectField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered, AnsweredWith

TEXT_LIMIT = 4000


class PlanForm(CityForm):
    """When an audit of the programme is due."""

    due_on = DateField(
        _l("When is it due?"),
        [Answered(_l("Choose the day by which the audit should be done."))],
        size="m",
        help=Help(hint=_l("Auditors can start at once. From this day on it counts as overdue.")),
    )


class FindingForm(CityForm):
    """The answer to a finding: accepted with what puts it right, or disputed."""

    response = RadiosField(
        _l("Your answer"),
        [Answered(_l("Say whether you accept the finding."))],
        choices=(
            Choice(
                "accepted",
                _l("Accepted: it is put right"),
                hint=_l("It becomes a commitment that somebody keeps until a day."),
                reveals=("correction", "keeper", "due_on"),
            ),
            Choice(
                "disputed",
                _l("Disputed: it is not right, or needs nothing to be done"),
                hint=_l("Whoever concludes the audit weighs your reasons. They stand in the closing report."),
                reveals=("reasons",),
            ),
        ),
        size="m",
    )
    correction = TextAreaField(
        _l("What is done"),
        [AnsweredWith("response", "accepted", _l("Say what is done to put it right."))],
        max_length=TEXT_LIMIT,
        counted=False,
        help=Help(hint=_l("So that others can see later whether it was done. It stands in the closing report.")),
    )
    keeper = SelectField(
        _l("Who does it"),
        [AnsweredWith("response", "accepted", _l("Choose who puts it right."))],
    )
    due_on = DateField(
        _l("Until when"),
        [AnsweredWith("response", "accepted", _l("Choose a day."))],
    )
    reasons = TextAreaField(
        _l("Why"),
        [AnsweredWith("response", "disputed", _l("Say why you do not accept the finding."))],
        max_length=TEXT_LIMIT,
        counted=False,
        help=Help(hint=_l("Facts help most: what is different from what the auditor saw.")),
    )


def finding_form(formdata: Any, *, keepers: Mapping[str, str]) -> FindingForm:
    """`keepers` holds who can keep a commitment, id to name, in the order shown."""
    form = FindingForm(formdata=formdata)
    form.keeper.choices = tuple(Choice(value, label) for value, label in keepers.items())
    return form
