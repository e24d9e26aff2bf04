"""The forms of the annual report: which year, and the two texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.policy_fields import MarkField
from pia_engine.forms.validators import Answered

TEXT_LIMIT = 6000


class WritingForm(CityForm):
    """The texts of a draft; `seen` says which texts the page was made from."""

    seen = MarkField()
    foreword = TextAreaField(
        _l("Foreword"),
        max_length=TEXT_LIMIT,
        rows=10,
        size="m",
        help=Help(
            hint=_l(
                "A few paragraphs for everybody in the city: what mattered this year, and what the figures show. "
                "The report cannot be published without it."
            )
        ),
    )
    learned = TextAreaField(
        _l("What was learned"),
        max_length=TEXT_LIMIT,
        rows=8,
        size="m",
        help=Help(
            hint=_l("What did not go well, what the city changes because of it, and what it still has to find out.")
        ),
    )


def year_form(years: Sequence[int]) -> CityForm:
    """Which year's report to begin."""
    field = RadiosField(
        _("Which year?"),
        [Answered(_("Choose a year."))],
        choices=[Choice(str(year), str(year)) for year in years],
    )
    form: CityForm = type("YearForm", (CityForm,), {"year": field})()
    return form


def writing_form(data: dict[str, Any], *, formdata: Any = None) -> WritingForm:
    """The form with the texts as they are, or as somebody typed them."""
    return WritingForm(formdata=formdata) if formdata else WritingForm(data=data)
