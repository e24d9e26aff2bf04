"""The forms around who was heard: one consultation with its reply, and taking one off the list."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.contributions import SeenField
from pia_engine.forms.dates import DateField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered

NAME_LIMIT, TEXT_LIMIT = 200, 4000
PUBLIC, INTERNAL = "public", "internal"

KINDS = (
    Choice("official", _l("Official of the city"), _l("Somebody with an office: name and office.")),
    Choice("stakeholder", _l("Body outside the city"), _l("An association, an authority, a company: its name.")),
    Choice(
        "board", _l("Board or committee"), _l("For example an advisory board, an ethics committee, a works council.")
    ),
    Choice("public", _l("Residents, as a group"), _l("Never by name: say which group and how many took part.")),
)


class ConsultationForm(CityForm):
    """Who was asked what, and, once it is there, the reply and what became of it."""

    seen = SeenField()
    kind = RadiosField(_l("Whom was it put to?"), [Answered(_l("Choose whom you put it to."))], choices=KINDS)
    who = TextField(
        _l("Who"),
        [Answered(_l("Say who was asked."))],
        max_length=NAME_LIMIT,
        autocomplete="off",
        help=Help(
            hint=_l(
                "Officials and bodies by name. Residents as a group, for example: “Residents of Mill Road, about 40”."
            )
        ),
    )
    capacity = TextField(
        _l("In which capacity (you may leave this empty)"),
        max_length=NAME_LIMIT,
        autocomplete="off",
        help=Help(hint=_l("For example: Head of accessibility; umbrella body of parents.")),
    )
    channel = TextField(
        _l("How"),
        [Answered(_l("Say how they were asked."))],
        max_length=NAME_LIMIT,
        autocomplete="off",
        help=Help(hint=_l("For example: letter; meeting at the town hall; survey on the website.")),
    )
    asked = TextAreaField(
        _l("What they were asked"),
        [Answered(_l("Say what they were asked."))],
        max_length=TEXT_LIMIT,
        counted=False,
        rows=4,
    )
    asked_on = DateField(_l("On which day they were asked"), [Answered(_l("Give the day they were asked."))])
    reply = TextAreaField(
        _l("What they replied (leave empty until it is there)"),
        max_length=TEXT_LIMIT,
        counted=False,
        rows=5,
        help=Help(hint=_l("What they said, in short and fairly; also where they disagree.")),
    )
    replied_on = DateField(_l("On which day they replied"))
    effect = TextAreaField(
        _l("What became of it"),
        max_length=TEXT_LIMIT,
        counted=False,
        rows=4,
        help=Help(hint=_l("What was changed because of it; or why nothing was.")),
    )
    is_public = RadiosField(
        _l("Who may read this entry"),
        [Answered(_l("Choose who may read it."))],
        choices=(
            Choice(PUBLIC, _l("Everybody: it is published with the assessment")),
            Choice(INTERNAL, _l("Only those who work on the assessment")),
        ),
    )

    def validate_replied_on(self, field: Any) -> None:
        if bool(self.reply.data) != (field.data is not None) and not field.errors:
            raise ValidationError(_("A reply and its day belong together: give both, or neither."))

    def look_again(self, seen: str) -> None:
        """The page shows what somebody else saved meanwhile; saving again replaces it knowingly."""
        self.seen.data = seen


class RemovalForm(CityForm):
    """Why an entry is taken off the list."""

    reason = TextAreaField(
        _l("Why it is taken off the list"),
        [Answered(_l("Say why it is taken off the list: the reason is kept."))],
        max_length=TEXT_LIMIT,
        counted=False,
        rows=3,
        help=Help(hint=_l("For example: recorded twice; this was about another assessment.")),
    )
