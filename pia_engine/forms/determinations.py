"""The form of a determination: the outcome, what only some outcomes need, and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered, AnsweredWith
from pia_engine.workflows.outcomes import DELEGATED_REVIEW, UPDATE

TEXT_LIMIT = 4000
REFERENCE_LIMIT = 40

_REVEALED = {DELEGATED_REVIEW: ("conditions",), UPDATE: ("updates",)}


class DeterminationBase(CityForm):
    """The fields that are there whatever the outcomes are."""

    conditions = TextAreaField(
        _l("Conditions"),
        [AnsweredWith("outcome", DELEGATED_REVIEW, _l("Write the conditions the department has to keep."))],
        max_length=TEXT_LIMIT,
        counted=False,
        help=Help(hint=_l("One per line: what has to be done. Each becomes a commitment, kept instead of a PIA.")),
    )
    reason = TextAreaField(
        _l("Reason"),
        max_length=TEXT_LIMIT,
        counted=False,
        help=Help(
            hint=_l("Needed when your determination departs from what the rules say; useful in any case."),
        ),
    )


def determination_form(
    choices: Sequence[Choice], *, updatable: Sequence[str] = (), suggested: str = "", formdata: Any = None
) -> CityForm:
    """The form with these outcomes. `updatable` names published assessments, `suggested` the one that was stated."""
    offered = [Choice(c.value, c.label, c.hint, reveals=_REVEALED.get(c.value, ())) for c in choices]
    body = {
        "outcome": RadiosField(_("Your determination"), [Answered(_("Choose an outcome."))], choices=offered),
        "updates": TextField(
            _("Which published assessment it updates"),
            [AnsweredWith("outcome", UPDATE, _("Give the reference of the published assessment."))],
            max_length=REFERENCE_LIMIT,
            width="20",
            help=Help(hint=_hint(updatable)),
        ),
    }
    given = {"formdata": formdata} if formdata is not None else {}
    form: CityForm = type("DeterminationForm", (DeterminationBase,), body)(data={"updates": suggested}, **given)
    return form


def _hint(updatable: Sequence[str]) -> str:
    sentence: str = _("Its reference, for example PIA-2026-0042.")
    if updatable:
        sentence = _("Its reference. Published by this department: %(list)s.", list="; ".join(updatable))
    return sentence
