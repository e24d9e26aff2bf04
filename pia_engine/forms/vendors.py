"""The forms of the vendor's part: whom to ask, the attestation, the replies, and the officer's verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms.validators import ValidationError

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help, tag
from pia_engine.forms.validators import Answered

VERDICT, NOTE, REPLY = "verdict_", "note_", "reply_"
ACCEPTED, QUERIED = "accepted", "queried"
NOTE_LIMIT = 2000


class Reachable:
    """Refuses what cannot be an e-mail address; whether anybody reads it is found out by sending."""

    def __call__(self, form: Any, field: Any) -> None:
        try:
            validate_email(field.data or "", check_deliverability=False)
        except EmailNotValidError:
            raise ValidationError(_("Write an e-mail address, for example name@company.example.")) from None


class IssueForm(CityForm):
    """Whom to ask."""

    company = TextField(_l("Company"), [Answered(_l("Name the company."))], max_length=200)
    contact_name = TextField(
        _l("Who should answer"),
        [Answered(_l("Name the person the message is addressed to."))],
        max_length=200,
        help=Help(hint=_l("The message greets this person by name. Colleagues may use the same link.")),
    )
    contact_email = TextField(
        _l("E-mail address"),
        [Answered(_l("Give the address the link is sent to.")), Reachable()],
        max_length=254,
        input_type="email",
        help=Help(hint=_l("Whoever can read messages sent there can answer.")),
    )


class AttestForm(CityForm):
    """Who states that the answers are true."""

    name = TextField(_l("Your name"), [Answered(_l("Give your name."))], max_length=200, autocomplete="name")
    title = TextField(
        _l("Your position in the company"),
        [Answered(_l("Give your position."))],
        max_length=200,
        autocomplete="organization-title",
    )
    is_true = CheckboxesField(
        _l("Statement"),
        [Answered(_l("Tick the statement if it holds. If it does not, correct the answers first."))],
        choices=(Choice("yes", _l("These answers are true and complete to my knowledge.")),),
    )


class RepliesForm(CityForm):
    """The base of the form with one reply for each query."""

    def replies(self) -> dict[str, str]:
        """What was written, by question; a reply left empty is not among them."""
        written = {
            each.short_name.removeprefix(REPLY): str(each.data or "")
            for each in self
            if each.short_name.startswith(REPLY)
        }
        return {name: text for name, text in written.items() if text.strip()}


def build_replies_form(questions: Sequence[str]) -> type[RepliesForm]:
    """One reply for each question the officer asked about."""
    fields: dict[str, Any] = {
        REPLY + name: TextAreaField(
            _("Your reply"),
            max_length=NOTE_LIMIT,
            counted=False,
            rows=4,
            help=Help(hint=_("If your changed answer says it all, say so here in one line.")),
        )
        for name in questions
    }
    return type("VendorRepliesForm", (RepliesForm,), fields)


class NoteWhenQueried:
    """A query without a text helps nobody."""

    def __init__(self, question: str, text: str) -> None:
        self.question = question
        self.text = text

    def __call__(self, form: Any, field: Any) -> None:
        if form[VERDICT + self.question].data == QUERIED and not (field.data or "").strip():
            raise ValidationError(_("“%(question)s”: say what the vendor should clarify.", question=self.text))


class VerdictsForm(CityForm):
    """The base of the form with one verdict for each answer."""

    def verdicts(self) -> dict[str, tuple[str, str]]:
        """Verdict and note by question; an answer not judged yet is not among them."""
        judged: dict[str, tuple[str, str]] = {}
        for each in self:
            name = each.short_name.removeprefix(VERDICT)
            if each.short_name.startswith(VERDICT) and each.data:
                note = str(self[NOTE + name].data or "") if each.data == QUERIED else ""
                judged[name] = (str(each.data), note)
        return judged


def build_verdicts_form(questions: Mapping[str, str]) -> type[VerdictsForm]:
    """One verdict and one note for each question, given as id and text."""
    fields: dict[str, Any] = {}
    for name, text in questions.items():
        options = [
            Choice(ACCEPTED, _("Accept")),
            Choice(QUERIED, _("Ask the vendor about it"), reveals=(NOTE + name,)),
        ]
        fields[VERDICT + name] = RadiosField(_legend(text), choices=options)
        fields[NOTE + name] = TextAreaField(
            _("What should the vendor clarify?"),
            [NoteWhenQueried(name, text)],
            max_length=NOTE_LIMIT,
            counted=False,
            rows=3,
            names_itself=False,
        )
    return type("VendorVerdictsForm", (VerdictsForm,), fields)


def _legend(question: str) -> Markup:
    """The word in sight, and for whoever hears the page the question it is about."""
    about = tag("span", {"class": "govuk-visually-hidden"}, ": ", question)
    return tag("span", {}, _("Your verdict"), about)


def stored_verdicts(judged: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """What was judged before, keyed for the form."""
    data: dict[str, str] = {}
    for name, (verdict, note) in judged.items():
        data |= {VERDICT + name: verdict, NOTE + name: note}
    return data
