"""The city's PIA policy, version by version: one is in force, at most one is being drafted."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    DRAFT = "draft"
    ADOPTED = "adopted"
    REVIEW_DUE = "review_due"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    ADOPT = "adopt"
    WITHDRAW = "withdraw"
    CALL_REVIEW = "call_review"
    REAFFIRM = "reaffirm"
    SUPERSEDE = "supersede"


INITIAL = Status.DRAFT
FINAL = frozenset({Status.SUPERSEDED, Status.WITHDRAWN})
IN_FORCE = frozenset({Status.ADOPTED, Status.REVIEW_DUE})

STATUSES = {
    Status.DRAFT: {"label": N_("Draft"), "owner": "privacy_officer"},
    Status.ADOPTED: {"label": N_("In force"), "owner": "senior_privacy_official"},
    Status.REVIEW_DUE: {"label": N_("In force, review due"), "owner": "senior_privacy_official"},
    Status.SUPERSEDED: {"label": N_("Superseded"), "owner": None},
    Status.WITHDRAWN: {"label": N_("Withdrawn"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.ADOPT,
        "source": [Status.DRAFT],
        "dest": Status.ADOPTED,
        "label": N_("Adopt this version"),
        "permission": "policy:adopt",
        "guards": ["did_not_write_this_version", "policy_holds_together"],
        "event": "policy:adopted",
        "notice": ["author", "privacy_officer", "senior_privacy_official", "auditor"],
    },
    {
        "trigger": Action.WITHDRAW,
        "source": [Status.DRAFT],
        "dest": Status.WITHDRAWN,
        "label": N_("Withdraw this draft"),
        "permission": "policy:draft",
        "reason": "required",
        "event": "policy:withdrawn",
        "notice": ["author", "senior_privacy_official"],
    },
    {
        "trigger": Action.CALL_REVIEW,
        "source": [Status.ADOPTED],
        "dest": Status.REVIEW_DUE,
        "label": N_("Call the annual review"),
        "permission": "policy:call-review",
        "event": "policy:review-called",
        "notice": ["privacy_officer", "senior_privacy_official"],
    },
    {
        "trigger": Action.REAFFIRM,
        "source": [Status.ADOPTED, Status.REVIEW_DUE],
        "dest": Status.ADOPTED,
        "label": N_("Reaffirm this version"),
        "permission": "policy:reaffirm",
        "reason": "required",
        "event": "policy:reaffirmed",
        "notice": ["privacy_officer", "senior_privacy_official", "auditor"],
    },
    {
        "trigger": Action.SUPERSEDE,
        "source": [Status.ADOPTED, Status.REVIEW_DUE],
        "dest": Status.SUPERSEDED,
        "label": N_("Replace by a newer version"),
        "permission": "policy:supersede",
        "event": "policy:superseded",
        "notice": [],
    },
]
