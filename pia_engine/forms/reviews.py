"""The small forms of a review round: note a change at a question, reply to a requested change."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from pia_engine.forms.base import CityForm
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered

CHANGE_LIMIT = 4000


class ChangeForm(CityForm):
    """One change at one question. Each question of the page has such a form, told apart by a prefix."""

    text = TextAreaField(
        _l("What should change"),
        [Answered(_l("Say what should change."))],
        max_length=CHANGE_LIMIT,
        counted=False,
        rows=4,
        help=Help(hint=_l("The author sees this once you request the changes.")),
    )


class ReplyForm(CityForm):
    """The author's reply to one requested change."""

    text = TextAreaField(
        _l("Your reply"),
        [Answered(_l("Say what you changed, or why you did not."))],
        max_length=CHANGE_LIMIT,
        counted=False,
        rows=4,
        help=Help(hint=_l("Say what you changed, or why you did not.")),
    )


def form_about(form: type[CityForm], about: str, *, formdata: Any = None, text: str = "") -> CityForm:
    """The form about one thing on a page with many: its fields are named after that thing."""
    given = {"formdata": formdata} if formdata is not None else {"data": {"text": text}}
    return form(prefix=f"{about}-", **given)
