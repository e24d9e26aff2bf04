"""A spot check: a delegated decision drawn by lot, looked at again by somebody who did not make it."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    DRAWN = "drawn"
    AGREED = "agreed"
    OVERTURNED = "overturned"


class Action(StrEnum):
    AGREE = "agree"
    OVERTURN = "overturn"


INITIAL = Status.DRAWN
FINAL = frozenset({Status.AGREED, Status.OVERTURNED})

STATUSES = {
    Status.DRAWN: {"label": N_("Drawn"), "owner": "privacy_officer"},
    Status.AGREED: {"label": N_("Agreed"), "owner": None},
    Status.OVERTURNED: {"label": N_("Overturned"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.AGREE,
        "source": [Status.DRAWN],
        "dest": Status.AGREED,
        "label": N_("Agree with the decision"),
        "permission": "spot-check:conduct",
        "guards": ["did_not_determine_this", "has_not_written_what_it_is_about"],
        "reason": "required",
        "event": "spot-check:agreed",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.OVERTURN,
        "source": [Status.DRAWN],
        "dest": Status.OVERTURNED,
        "label": N_("Overturn the decision"),
        "permission": "spot-check:conduct",
        "guards": ["did_not_determine_this", "has_not_written_what_it_is_about"],
        "reason": "required",
        "event": "spot-check:overturned",
        "notice": ["author", "privacy_officer", "senior_privacy_official"],
    },
]
