"""The annual audit of a published assessment: is it still true, and were its promises kept?"""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    SCHEDULED = "scheduled"
    DUE = "due"
    IN_PROGRESS = "in_progress"
    FINDINGS_REPORTED = "findings_reported"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    CALL = "call"
    START = "start"
    REPORT_FINDINGS = "report_findings"
    CONFIRM = "confirm"
    REQUIRE_NEW_VERSION = "require_new_version"
    CANCEL = "cancel"


INITIAL = Status.SCHEDULED
FINAL = frozenset({Status.CLOSED, Status.CANCELLED})
EDITABLE = frozenset({Status.IN_PROGRESS})

STATUSES = {
    Status.SCHEDULED: {"label": N_("Scheduled"), "owner": "system"},
    Status.DUE: {"label": N_("Due"), "owner": "auditor"},
    Status.IN_PROGRESS: {"label": N_("In progress"), "owner": "auditor"},
    Status.FINDINGS_REPORTED: {"label": N_("Findings reported"), "owner": "senior_privacy_official"},
    Status.CLOSED: {"label": N_("Closed"), "owner": None},
    Status.CANCELLED: {"label": N_("Cancelled"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.CALL,
        "source": [Status.SCHEDULED],
        "dest": Status.DUE,
        "label": N_("Call the audit"),
        "permission": "annual-audit:call",
        "event": "annual-audit:called",
        "notice": ["auditor", "author"],
    },
    {
        "trigger": Action.START,
        "source": [Status.SCHEDULED, Status.DUE],
        "dest": Status.IN_PROGRESS,
        "label": N_("Start the audit"),
        "permission": "annual-audit:conduct",
        "guards": ["has_not_written_this_text"],
        "event": "annual-audit:started",
        "notice": ["author"],
    },
    {
        "trigger": Action.REPORT_FINDINGS,
        "source": [Status.IN_PROGRESS],
        "dest": Status.FINDINGS_REPORTED,
        "label": N_("Report the findings"),
        "permission": "annual-audit:conduct",
        "guards": ["has_not_written_this_text", "all_questions_answered"],
        "event": "annual-audit:findings-reported",
        "notice": ["senior_privacy_official", "author"],
    },
    {
        "trigger": Action.CONFIRM,
        "source": [Status.FINDINGS_REPORTED],
        "dest": Status.CLOSED,
        "label": N_("Confirm that the assessment still holds"),
        "permission": "annual-audit:conclude",
        "guards": [
            "has_not_written_this_text",
            "did_not_conduct_this_audit",
            "did_not_answer_these_findings",
            "every_finding_is_answered",
        ],
        "reason": "required",
        "event": "annual-audit:confirmed",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.REQUIRE_NEW_VERSION,
        "source": [Status.FINDINGS_REPORTED],
        "dest": Status.CLOSED,
        "label": N_("Require a new version"),
        "permission": "annual-audit:conclude",
        "guards": [
            "has_not_written_this_text",
            "did_not_conduct_this_audit",
            "did_not_answer_these_findings",
            "every_finding_is_answered",
        ],
        "reason": "required",
        "event": "annual-audit:new-version-required",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.CANCEL,
        "source": [Status.SCHEDULED, Status.DUE],
        "dest": Status.CANCELLED,
        "label": N_("Cancel the audit"),
        "permission": "annual-audit:call",
        "event": "annual-audit:cancelled",
        "notice": [],
    },
]
