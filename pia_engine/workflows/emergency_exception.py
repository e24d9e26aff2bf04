"""An emergency exception: leave to begin before the assessment is done, named, for a few days, and never in silence."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    EXPIRED = "expired"


class Action(StrEnum):
    GRANT = "grant"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    END = "end"
    EXPIRE = "expire"


INITIAL = Status.REQUESTED
FINAL = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.ENDED, Status.EXPIRED})

STATUSES = {
    Status.REQUESTED: {"label": N_("Requested"), "owner": "executive"},
    Status.GRANTED: {"label": N_("In force"), "owner": "agency_official"},
    Status.REFUSED: {"label": N_("Refused"), "owner": None},
    Status.WITHDRAWN: {"label": N_("Withdrawn"), "owner": None},
    Status.ENDED: {"label": N_("Ended early"), "owner": None},
    Status.EXPIRED: {"label": N_("Run out"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.GRANT,
        "source": [Status.REQUESTED],
        "dest": Status.GRANTED,
        "label": N_("Grant the exception"),
        "permission": "emergency-exception:grant",
        "guards": ["did_not_begin_this", "its_initiative_goes_on"],
        "reason": "required",
        "event": "emergency-exception:granted",
        "notice": ["author", "privacy_officer", "senior_privacy_official"],
    },
    {
        "trigger": Action.REFUSE,
        "source": [Status.REQUESTED],
        "dest": Status.REFUSED,
        "label": N_("Refuse the exception"),
        "permission": "emergency-exception:grant",
        "reason": "required",
        "event": "emergency-exception:refused",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.WITHDRAW,
        "source": [Status.REQUESTED],
        "dest": Status.WITHDRAWN,
        "label": N_("Withdraw the request"),
        "permission": "emergency-exception:withdraw",
        "reason": "required",
        "event": "emergency-exception:withdrawn",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.END,
        "source": [Status.GRANTED],
        "dest": Status.ENDED,
        "label": N_("End the exception now"),
        "permission": "emergency-exception:end",
        "reason": "required",
        "event": "emergency-exception:ended",
        "notice": ["author", "privacy_officer", "senior_privacy_official", "executive"],
    },
    {
        "trigger": Action.EXPIRE,
        "source": [Status.GRANTED],
        "dest": Status.EXPIRED,
        "label": N_("Let the exception run out"),
        "permission": "emergency-exception:expire",
        "event": "emergency-exception:expired",
        "notice": ["author", "privacy_officer", "senior_privacy_official", "executive"],
    },
]
