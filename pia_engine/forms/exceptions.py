"""The forms around an emergency exception: asking for one, and granting it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from pia_engine.forms.actions import REASON_LIMIT
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, SelectField
from pia_engine.forms.fields import NumberField, TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered

TEXT_LIMIT = 4000


class DaysField(NumberField):
    """A number of whole days."""

    def parse(self, text: str) -> int | float | None:
        number = super().parse(text)
        if isinstance(number, float):
            raise ValueError(_("Write whole days, for example 7."))
        return number


class ExceptionForm(CityForm):
    """What is asked of whoever requests an exception; how long and who is responsible are added by the city."""

    emergency = TextAreaField(
        _l("What the emergency is"),
        [Answered(_l("Say what the emergency is."))],
        max_length=TEXT_LIMIT,
        rows=5,
        help=Help(
            hint=_l("What happened, who is in danger or without help, and why it cannot wait for the assessment.")
        ),
    )
    use = TextAreaField(
        _l("What will be used, and how"),
        [Answered(_l("Say what will be used, and how."))],
        max_length=TEXT_LIMIT,
        rows=5,
        help=Help(
            hint=_l("Which technology or data, where, by whom, about whom, and what happens to the data afterwards.")
        ),
    )


def exception_form(people: Mapping[str, str], *, most: int, formdata: Any = None) -> ExceptionForm:
    """The form with the days the policy allows and the people who may be named, id to name."""
    body = {
        "days": DaysField(
            _("For how many days"),
            [Answered(_("Say for how many days."))],
            minimum=1,
            maximum=most,
            unit=_("days"),
            help=Help(hint=_longest(most)),
        ),
        "responsible": SelectField(
            _("The official responsible"),
            [Answered(_("Choose who is responsible."))],
            choices=[Choice(key, name) for key, name in people.items()],
            help=Help(hint=_("This person answers by name for what is done until the assessment is there.")),
        ),
    }
    given = {"formdata": formdata} if formdata is not None else {}
    form: ExceptionForm = type("RequestForm", (ExceptionForm,), body)(**given)
    return form


def _longest(most: int) -> str:
    sentence: str = ngettext("The policy allows %(num)s day at most.", "The policy allows %(num)s days at most.", most)
    return sentence


class GrantBase(CityForm):
    """The executive's reasons and conditions."""

    reason = TextAreaField(
        _l("Reasons for granting it"),
        [Answered(_l("Give the reasons for your decision."))],
        max_length=REASON_LIMIT,
        counted=False,
        help=Help(hint=_l("Why it cannot wait for the assessment. Kept with this step; others will read it.")),
    )
    conditions = TextAreaField(
        _l("Conditions (optional)"),
        max_length=REASON_LIMIT,
        counted=False,
        help=Help(hint=_l("What has to be kept meanwhile. The gate names them to whoever asks.")),
    )


def grant_form(*, asked: int, most: int, earlier: int, formdata: Any = None) -> CityForm:
    """The form with the days that were asked for, which may be shortened. `earlier` ones are named beside them."""
    longest = min(asked, most)
    days = DaysField(
        _("For how many days"),
        [Answered(_("Say for how many days."))],
        minimum=1,
        maximum=longest,
        unit=_("days"),
        help=Help(hint=" ".join(_days_hint(asked, earlier))),
    )
    given = {"formdata": formdata} if formdata is not None else {}
    form: CityForm = type("GrantForm", (GrantBase,), {"days": days})(data={"days": longest}, **given)
    return form


def _days_hint(asked: int, earlier: int) -> Iterator[str]:
    yield _("Asked for: %(asked)s. You may grant fewer. Today does not count.", asked=asked)
    if earlier:
        yield ngettext(
            "This initiative had %(num)s exception before.", "This initiative had %(num)s exceptions before.", earlier
        )
