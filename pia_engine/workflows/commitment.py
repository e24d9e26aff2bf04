"""A commitment: something the city promised in an assessment, with somebody who keeps it and a day."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    OPEN = "open"
    REPORTED = "reported"
    KEPT = "kept"
    DROPPED = "dropped"


class Action(StrEnum):
    REPORT = "report"
    ACCEPT = "accept"
    RETURN = "return"
    DROP = "drop"


INITIAL = Status.OPEN
FINAL = frozenset({Status.KEPT, Status.DROPPED})

STATUSES = {
    Status.OPEN: {"label": N_("Open"), "owner": "agency_official"},
    Status.REPORTED: {"label": N_("Reported as kept"), "owner": "privacy_officer"},
    Status.KEPT: {"label": N_("Kept"), "owner": None},
    Status.DROPPED: {"label": N_("Dropped"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.REPORT,
        "source": [Status.OPEN],
        "dest": Status.REPORTED,
        "label": N_("Report it as kept"),
        "permission": "commitment:report",
        "reason": "required",
        "event": "commitment:reported",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.ACCEPT,
        "source": [Status.REPORTED],
        "dest": Status.KEPT,
        "label": N_("Accept the evidence"),
        "permission": "commitment:accept",
        "reason": "optional",
        "event": "commitment:kept",
        "guards": ["has_never_kept_this_commitment"],
        "notice": ["keeper"],
    },
    {
        "trigger": Action.RETURN,
        "source": [Status.REPORTED],
        "dest": Status.OPEN,
        "label": N_("Return it: the evidence does not show it"),
        "permission": "commitment:accept",
        "reason": "required",
        "event": "commitment:returned",
        "guards": ["has_never_kept_this_commitment"],
        "notice": ["keeper"],
    },
    {
        "trigger": Action.DROP,
        "source": [Status.OPEN, Status.REPORTED],
        "dest": Status.DROPPED,
        "label": N_("Drop the commitment"),
        "permission": "commitment:drop",
        "reason": "required",
        "event": "commitment:dropped",
        "guards": ["has_never_kept_this_commitment"],
        "notice": ["keeper", "privacy_officer"],
    },
]
