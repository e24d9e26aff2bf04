"""The form by which a part of one answer is proposed to be withheld: how much, on which ground, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import Label

from pia_engine.forms.actions import ReasonForm, SignatureForm
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered, AnsweredWith
from pia_engine.models.policy_rules import Ground
from pia_engine.questionnaires.hiding import Extent

TEXT_LIMIT = 4000


class _WithholdingForm(CityForm):
    extent = RadiosField(_l("How much is withheld"), [Answered(_l("Say how much is withheld."))])
    rows = CheckboxesField(
        _l("Which rows"), [AnsweredWith("extent", str(Extent.ROWS), _l("Choose the rows that are withheld."))]
    )
    cells = CheckboxesField(
        _l("Which fields"), [AnsweredWith("extent", str(Extent.CELLS), _l("Choose the fields that are withheld."))]
    )
    words = TextAreaField(
        _l("Which words"),
        [AnsweredWith("extent", str(Extent.WORDS), _l("Write the words that are withheld."))],
        max_length=TEXT_LIMIT,
        counted=False,
        rows=3,
        help=Help(hint=_l("Copy them from the answer. They are withheld wherever the public text says them.")),
    )
    ground = RadiosField(_l("On which ground"), [Answered(_l("Choose the ground."))])
    reason = TextAreaField(
        _l("Why the public must not read it"),
        [Answered(_l("Say why this part must not be public."))],
        max_length=TEXT_LIMIT,
        counted=False,
        help=Help(hint=_l("What could happen if it were public. Whoever decides reads this; the public does not.")),
    )


def withholding_form(
    *, rows: Mapping[str, str], cells: Mapping[str, str], has_words: bool, grounds: Sequence[Ground], formdata: Any
) -> CityForm:
    """The form for one answer: `rows` and `cells` name what of a table can be chosen, key to text."""
    given = {"formdata": formdata} if formdata is not None else {}
    form = _WithholdingForm(**given)
    form.rows.choices = tuple(Choice(key, text) for key, text in rows.items())
    form.cells.choices = tuple(Choice(key, text) for key, text in cells.items())
    form.extent.choices = tuple(_extents(bool(rows), bool(cells), has_words))
    form.ground.choices = tuple(Choice(ground.id, _(ground.name), hint=_(ground.text)) for ground in grounds)
    for name, is_offered in (("rows", rows), ("cells", cells), ("words", has_words)):
        if not is_offered:
            del form[name]
    return form


_REASONS = {
    "approve": (
        _l("Why it may be withheld"),
        _l("What you looked at, and why the ground holds. It stays inside the city."),
    ),
    "refuse": (_l("Why it is refused"), _l("Whoever proposed it reads this. It stays inside the city.")),
    "take_back": (_l("Why you take it back"), _l("Whoever decides reads this. It stays inside the city.")),
    "lift": (_l("Why it is lifted"), _l("Whoever proposed it reads this. It stays inside the city.")),
    "disclose": (_l("Why it is disclosed"), _l("It stays inside the city; the public reads the part itself.")),
}


def decision_form(action: str, formdata: Any = None) -> CityForm:
    """The reason for a step. What cannot be undone, and what somebody stands for, asks for the password."""
    given = {"formdata": formdata} if formdata is not None else {}
    form: CityForm = (SignatureForm if action in ("approve", "disclose") else ReasonForm)(**given)
    label, hint = _REASONS[action]
    reason = form["reason"]
    reason.label, reason.help = Label(reason.id, label), Help(hint=hint)
    reason.validators = [Answered(_("Give a reason: it is kept with this step."))]
    return form


def _extents(has_rows: bool, has_cells: bool, has_words: bool) -> list[Choice]:
    offered = [Choice(str(Extent.ANSWER), _("The whole answer"))]
    if has_rows:
        offered.append(Choice(str(Extent.ROWS), _("Some rows of the table"), reveals=("rows",)))
    if has_cells:
        offered.append(Choice(str(Extent.CELLS), _("Some fields of the table"), reveals=("cells",)))
    if has_words:
        offered.append(Choice(str(Extent.WORDS), _("Some words of the text"), reveals=("words",)))
    return offered
