"""Forms for one step of a record: the reason, and for decisions the conditions or the password again.

Which form a step asks for follows from the workflow table; what each reason is called stands here. The form of a
determination is in `determinations`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields import Label

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.fields import TextAreaField, TextField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered
from pia_engine.permissions.advice import EXPLAINED_HERE, RECOMMENDATIONS

REASON_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """What the reason of a step is called, what helps to write it, and what is said when it is missing."""

    label: Any
    hint: Any
    missing: Any


USUAL = ReasonWords(
    _l("Reason"),
    _l("It is kept with this step. Others will read it."),
    _l("Give a reason: it is kept with this step, and others will read it."),
)

REASONS: dict[str, ReasonWords] = {
    "return": ReasonWords(
        _l("What the author should mend"),
        _l("Name the questions and say what is missing or unclear."),
        _l("Say what the author should mend."),
    ),
    "take_back": ReasonWords(
        _l("Why you take it back"),
        _l("Those who were asked to review, sign or decide read this."),
        _l("Say why you take it back."),
    ),
    "withdraw": ReasonWords(_l("Why you withdraw it"), _l("It is kept on record."), _l("Say why you withdraw it.")),
    "request_changes": ReasonWords(
        _l("A word to the author (optional)"),
        _l("The changes you noted are sent as they are. Add what holds for all of them."),
        USUAL.missing,
    ),
    "recommend": ReasonWords(
        _l("Your advice"),
        _l("What those who sign need to know: what is good, what is left over, what you would do."),
        _l("Write your advice: those who sign rely on it."),
    ),
    "sign_for_agency": ReasonWords(
        _l("Statement of the agency"),
        _l("For example that the department stands behind the text and carries out the mitigations."),
        _l("Write what the agency states with this signature."),
    ),
    "decline_to_sign": ReasonWords(
        _l("Why the agency does not sign"),
        _l("The author gets the text back with these words."),
        _l("Say why you do not sign."),
    ),
    "approve": ReasonWords(
        _l("Reasons for approving"),
        _l("Why the remaining risk is acceptable. This is published."),
        _l("Give the reasons for your decision."),
    ),
    "send_back": ReasonWords(
        _l("What should change"),
        _l(
            "The author gets the text back with these words. "
            "If an answer of the department changes, the agency signs anew."
        ),
        _l("Say what should change."),
    ),
    "reject": ReasonWords(
        _l("Reasons for rejecting"),
        _l("The initiative may then not go ahead as it was assessed."),
        _l("Give the reasons for your decision."),
    ),
    "retract": ReasonWords(
        _l("Why it is withdrawn"),
        _l(
            "This is published as you write it, on the page of the assessment and in its document. Say in a few plain "
            "sentences what was wrong and what people should rely on now. Name nobody. At most 1,000 characters."
        ),
        _l("Say why it is withdrawn: everybody who finds the document will want to know."),
    ),
    "reopen": ReasonWords(
        _l("What has changed since it was refused"),
        _l("For example another product, or a smaller scope."),
        _l("Say what has changed since."),
    ),
    "retire": ReasonWords(
        _l("Why it is retired"),
        _l("Say also what happens to the data that was collected."),
        _l("Say why it is retired."),
    ),
}


class ReasonForm(CityForm):
    """A step with a reason. `password` and the other fields stand in the forms built on it."""

    reason = TextAreaField(max_length=REASON_LIMIT, counted=False)


class PlainForm(CityForm):
    """A step that asks for nothing but the decision to take it."""


class PasswordField(TextField):
    """Takes a password letter by letter: blanks in it are part of it."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0] if valuelist and isinstance(valuelist[0], str) else ""


class SignatureForm(ReasonForm):
    """A signature: who signs proves once more who they are."""

    password = PasswordField(
        _l("Your password"),
        [Answered(_l("Type your password: it takes the place of your signature."))],
        input_type="password",
        autocomplete="current-password",
        width="20",
        help=Help(hint=_l("You sign in your own name, so we ask once more who you are.")),
    )

    def refuse_password(self) -> None:
        """Note that the password is not the person's."""
        self.password.errors = [_("This is not your password. Nothing was signed; what you wrote is still here.")]


def _departure() -> TextAreaField:
    return TextAreaField(
        _l("Why you depart from the advice"),
        max_length=REASON_LIMIT,
        counted=False,
        help=Help(
            hint=_l(
                "Only if your decision is another than the one recommended: say what you weigh differently. "
                "It is published."
            ),
        ),
    )


class RecommendationForm(ReasonForm):
    """The officer's advice: what it comes to, and the advice itself."""

    recommendation = RadiosField(
        _l("What you recommend"),
        [Answered(_l("Say what you recommend: approve, approve with conditions, or reject."))],
        choices=tuple(Choice(value, _l(name)) for value, name in RECOMMENDATIONS.items()),
        help=Help(hint=_l("Whoever decides may depart from it, and then has to say why.")),
    )


class RejectionForm(ReasonForm):
    """The decision to reject."""

    overrules = _departure()


class ApprovalForm(SignatureForm):
    """The decision to approve, with conditions the city then has to keep."""

    overrules = _departure()

    conditions = TextAreaField(
        _l("Conditions (optional)"),
        max_length=REASON_LIMIT,
        counted=False,
        help=Help(
            hint=_l("One per line: what has to be done. Each becomes a commitment with a keeper and a day. Published.")
        ),
    )


def action_form(action: str, *, reason: str, may_depart: bool = False, formdata: Any = None) -> CityForm:
    """The form of a step. `reason` is what the workflow table says: empty, `optional` or `required`.

    `may_depart` says that the step could depart from the officer's advice, which is then to be explained.
    """
    given = {"formdata": formdata} if formdata is not None else {}
    if not reason:
        return PlainForm(**given)
    form: CityForm = _FORMS.get(action, ReasonForm)(**given)
    if EXPLAINED_HERE in form and not may_depart:
        del form[EXPLAINED_HERE]
    _word(form, REASONS.get(action, USUAL), required=reason == "required")
    return form


_FORMS: dict[str, Callable[..., CityForm]] = {
    "approve": ApprovalForm,
    "recommend": RecommendationForm,
    "reject": RejectionForm,
    "retract": SignatureForm,
    "sign_for_agency": SignatureForm,
}
_ORDER = ("outcome", "recommendation", "reason", "days", "conditions", EXPLAINED_HERE, "password")


def in_order(form: CityForm) -> list[Any]:
    """The fields as the page shows them; one that an outcome reveals is printed by it."""
    shown = {field.short_name for field in form.shown_fields()}
    return [form[name] for name in _ORDER if name in shown]


def _word(form: CityForm, words: ReasonWords, *, required: bool) -> None:
    field = form["reason"]
    field.label = Label(field.id, words.label)
    field.help = Help(hint=words.hint)
    if required:
        field.validators = [Answered(words.missing)]
