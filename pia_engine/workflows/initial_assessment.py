"""The initial assessment: a short questionnaire whose outcome an officer determines."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DETERMINED = "determined"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    SUBMIT = "submit"
    RETURN = "return"
    DETERMINE = "determine"
    WITHDRAW = "withdraw"


INITIAL = Status.DRAFT
FINAL = frozenset({Status.DETERMINED, Status.WITHDRAWN})
EDITABLE = frozenset({Status.DRAFT, Status.RETURNED})

STATUSES = {
    Status.DRAFT: {"label": N_("Draft"), "owner": "agency_official"},
    Status.SUBMITTED: {"label": N_("With the privacy officer"), "owner": "privacy_officer"},
    Status.RETURNED: {"label": N_("Returned to the author"), "owner": "agency_official"},
    Status.DETERMINED: {"label": N_("Determined"), "owner": None},
    Status.WITHDRAWN: {"label": N_("Withdrawn"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.SUBMIT,
        "source": [Status.DRAFT, Status.RETURNED],
        "dest": Status.SUBMITTED,
        "label": N_("Submit to the privacy officer"),
        "permission": "assessment:submit",
        "guards": ["all_questions_answered"],
        "event": "initial-assessment:submitted",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.RETURN,
        "source": [Status.SUBMITTED],
        "dest": Status.RETURNED,
        "label": N_("Return to the author"),
        "permission": "assessment:determine",
        "guards": ["has_not_written_this_text", "determines_an_outcome"],
        "reason": "required",
        "event": "initial-assessment:returned",
        "notice": ["author"],
    },
    {
        "trigger": Action.DETERMINE,
        "source": [Status.SUBMITTED],
        "dest": Status.DETERMINED,
        "label": N_("Determine the outcome"),
        "permission": "assessment:determine",
        "guards": ["has_not_written_this_text", "determines_an_outcome"],
        "reason": "optional",
        "event": "initial-assessment:determined",
        "notice": ["author"],
    },
    {
        "trigger": Action.WITHDRAW,
        "source": [Status.DRAFT, Status.SUBMITTED, Status.RETURNED],
        "dest": Status.WITHDRAWN,
        "label": N_("Withdraw"),
        "permission": "assessment:submit",
        "reason": "required",
        "event": "initial-assessment:withdrawn",
        "notice": ["privacy_officer"],
    },
]
