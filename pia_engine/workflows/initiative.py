"""What the city wants to do, from the first idea to the day it is switched off: the go-live gate.

Most moves are made by the product itself when an assessment of the initiative is determined or decided.
"""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    REGISTERED = "registered"
    IN_ASSESSMENT = "in_assessment"
    CLEARED = "cleared"
    REFUSED = "refused"
    LIVE = "live"
    RETIRED = "retired"


class Action(StrEnum):
    BEGIN_ASSESSMENT = "begin_assessment"
    CLEAR = "clear"
    REFUSE = "refuse"
    GO_LIVE = "go_live"
    REOPEN = "reopen"
    REASSESS = "reassess"
    RETIRE = "retire"


INITIAL = Status.REGISTERED
FINAL = frozenset({Status.RETIRED})

STATUSES = {
    Status.REGISTERED: {"label": N_("Registered"), "owner": "agency_official"},
    Status.IN_ASSESSMENT: {"label": N_("Being assessed"), "owner": "agency_official"},
    Status.CLEARED: {"label": N_("Cleared to go live"), "owner": "agency_official"},
    Status.REFUSED: {"label": N_("Refused"), "owner": "agency_official"},
    Status.LIVE: {"label": N_("Live"), "owner": "agency_official"},
    Status.RETIRED: {"label": N_("Retired"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.BEGIN_ASSESSMENT,
        "source": [Status.REGISTERED],
        "dest": Status.IN_ASSESSMENT,
        "label": N_("Begin the assessment"),
        "permission": "initiative:register",
        "event": "initiative:assessment-begun",
        "notice": [],
    },
    {
        "trigger": Action.CLEAR,
        "source": [Status.IN_ASSESSMENT],
        "dest": Status.CLEARED,
        "label": N_("Clear to go live"),
        "permission": "initiative:clear",
        "guards": ["assessment_allows_go_live"],
        "event": "initiative:cleared",
        "notice": ["author"],
    },
    {
        "trigger": Action.REFUSE,
        "source": [Status.IN_ASSESSMENT, Status.CLEARED, Status.LIVE],
        "dest": Status.REFUSED,
        "label": N_("Refuse"),
        "permission": "initiative:clear",
        "reason": "required",
        "event": "initiative:refused",
        "notice": ["author"],
    },
    {
        "trigger": Action.GO_LIVE,
        "source": [Status.CLEARED],
        "dest": Status.LIVE,
        "label": N_("Record that it is live"),
        "permission": "initiative:go-live",
        "guards": ["assessment_allows_go_live"],
        "event": "initiative:went-live",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.REOPEN,
        "source": [Status.REFUSED],
        "dest": Status.IN_ASSESSMENT,
        "label": N_("Assess again"),
        "permission": "initiative:go-live",
        "reason": "required",
        "event": "initiative:reopened",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.REASSESS,
        "source": [Status.CLEARED],
        "dest": Status.IN_ASSESSMENT,
        "label": N_("Take the clearance back"),
        "permission": "initiative:clear",
        "reason": "required",
        "event": "initiative:clearance-taken-back",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.RETIRE,
        "source": [Status.REGISTERED, Status.CLEARED, Status.REFUSED, Status.LIVE],
        "dest": Status.RETIRED,
        "label": N_("Retire the initiative"),
        "permission": "initiative:go-live",
        "reason": "required",
        "event": "initiative:retired",
        "notice": ["privacy_officer"],
    },
]
