"""What a vendor is asked at the procurement stage: one link, one attestation, every answer judged."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    ISSUED = "issued"
    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    CLARIFICATION = "clarification"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class Action(StrEnum):
    BEGIN = "begin"
    ATTEST = "attest"
    QUERY = "query"
    ACCEPT = "accept"
    EXPIRE = "expire"
    REISSUE = "reissue"
    CANCEL = "cancel"


INITIAL = Status.ISSUED
FINAL = frozenset({Status.ACCEPTED, Status.CANCELLED})
EDITABLE = frozenset({Status.ISSUED, Status.IN_PROGRESS, Status.CLARIFICATION})
UNSETTLED = frozenset({Status.ISSUED, Status.IN_PROGRESS, Status.SUBMITTED, Status.CLARIFICATION})

STATUSES = {
    Status.ISSUED: {"label": N_("Sent to the vendor"), "owner": "vendor_respondent"},
    Status.IN_PROGRESS: {"label": N_("The vendor is answering"), "owner": "vendor_respondent"},
    Status.SUBMITTED: {"label": N_("Answered, to be judged"), "owner": "privacy_officer"},
    Status.CLARIFICATION: {"label": N_("Clarification asked"), "owner": "vendor_respondent"},
    Status.ACCEPTED: {"label": N_("Accepted"), "owner": None},
    Status.EXPIRED: {"label": N_("Link expired"), "owner": "privacy_officer"},
    Status.CANCELLED: {"label": N_("Cancelled"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.BEGIN,
        "source": [Status.ISSUED],
        "dest": Status.IN_PROGRESS,
        "label": N_("Begin answering"),
        "permission": "vendor-response:answer",
        "event": "vendor-response:begun",
        "notice": [],
    },
    {
        "trigger": Action.ATTEST,
        "source": [Status.ISSUED, Status.IN_PROGRESS, Status.CLARIFICATION],
        "dest": Status.SUBMITTED,
        "label": N_("Attest and send"),
        "permission": "vendor-response:answer",
        "guards": ["all_questions_answered", "queries_answered"],
        "event": "vendor-response:attested",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.QUERY,
        "source": [Status.SUBMITTED],
        "dest": Status.CLARIFICATION,
        "label": N_("Ask the vendor to clarify"),
        "permission": "vendor-response:evaluate",
        "guards": ["an_answer_is_queried"],
        "event": "vendor-response:queried",
        "notice": [],
    },
    {
        "trigger": Action.ACCEPT,
        "source": [Status.SUBMITTED],
        "dest": Status.ACCEPTED,
        "label": N_("Accept the answers"),
        "permission": "vendor-response:evaluate",
        "guards": ["all_answers_accepted"],
        "event": "vendor-response:accepted",
        "notice": ["author"],
    },
    {
        "trigger": Action.EXPIRE,
        "source": [Status.ISSUED, Status.IN_PROGRESS, Status.CLARIFICATION],
        "dest": Status.EXPIRED,
        "label": N_("Let the link expire"),
        "permission": "vendor-response:expire",
        "event": "vendor-response:expired",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.REISSUE,
        "source": [Status.EXPIRED],
        "dest": Status.IN_PROGRESS,
        "label": N_("Send a new link"),
        "permission": "vendor-response:issue",
        "event": "vendor-response:reissued",
        "notice": [],
    },
    {
        "trigger": Action.CANCEL,
        "source": [Status.ISSUED, Status.IN_PROGRESS, Status.SUBMITTED, Status.CLARIFICATION, Status.EXPIRED],
        "dest": Status.CANCELLED,
        "label": N_("Cancel the request"),
        "permission": "vendor-response:issue",
        "reason": "required",
        "event": "vendor-response:cancelled",
        "notice": ["author"],
    },
]
