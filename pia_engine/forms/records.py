"""Forms for keeping records: a legal hold and its end, the classification."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from pia_engine.forms.actions import REASON_LIMIT
from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import Choice, RadiosField
from pia_engine.forms.fields import TextAreaField
from pia_engine.forms.markup import Help
from pia_engine.forms.validators import Answered
from pia_engine.models.record_kinds import CLASSIFICATION_HINTS, CLASSIFICATIONS


class HoldForm(CityForm):
    """Why nothing may be disposed of."""

    reason = TextAreaField(
        _l("Why the records have to be kept"),
        [Answered(_l("Say why the records have to be kept."))],
        max_length=REASON_LIMIT,
        counted=False,
        help=Help(hint=_l("For example the number of a claim or an enquiry. It is kept with the hold.")),
    )


class DisposalForm(CityForm):
    """Why the records may be deleted."""

    reason = TextAreaField(
        _l("Why the records may be deleted"),
        [Answered(_l("Say why the records may be deleted."))],
        max_length=REASON_LIMIT,
        counted=False,
        help=Help(hint=_l("For example that no archive wants them. It is kept with the disposal.")),
    )


class LiftForm(CityForm):
    """Why the hold is no longer needed."""

    reason = TextAreaField(
        _l("Why the hold is no longer needed"),
        [Answered(_l("Say why the hold is no longer needed."))],
        max_length=REASON_LIMIT,
        counted=False,
        help=Help(hint=_l("For example how the claim ended. It is kept with the hold.")),
    )


class ClassificationForm(CityForm):
    """How confidential the records are, and why."""

    classification = RadiosField(
        _l("Classification"),
        [Answered(_l("Choose a classification."))],
        choices=tuple(
            Choice(value, _l(text), _l(CLASSIFICATION_HINTS[value])) for value, text in CLASSIFICATIONS.items()
        ),
    )
    reason = TextAreaField(
        _l("Reason"),
        [Answered(_l("Give a reason: it is kept with this step, and others will read it."))],
        max_length=REASON_LIMIT,
        counted=False,
    )


class ConfirmForm(CityForm):
    """A step that asks for nothing but to be confirmed."""
