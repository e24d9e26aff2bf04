"""The audit of the whole programme, once a year: does the city do what its policy says?"""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    FINDINGS_REPORTED = "findings_reported"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    START = "start"
    REPORT_FINDINGS = "report_findings"
    CLOSE = "close"
    CANCEL = "cancel"


INITIAL = Status.PLANNED
FINAL = frozenset({Status.CLOSED, Status.CANCELLED})
EDITABLE = frozenset({Status.IN_PROGRESS})

STATUSES = {
    Status.PLANNED: {"label": N_("Planned"), "owner": "auditor"},
    Status.IN_PROGRESS: {"label": N_("In progress"), "owner": "auditor"},
    Status.FINDINGS_REPORTED: {"label": N_("Findings reported"), "owner": "senior_privacy_official"},
    Status.CLOSED: {"label": N_("Closed"), "owner": None},
    Status.CANCELLED: {"label": N_("Cancelled"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.START,
        "source": [Status.PLANNED],
        "dest": Status.IN_PROGRESS,
        "label": N_("Start the programme audit"),
        "permission": "programme-audit:conduct",
        "event": "programme-audit:started",
        "notice": ["privacy_officer", "senior_privacy_official"],
    },
    {
        "trigger": Action.REPORT_FINDINGS,
        "source": [Status.IN_PROGRESS],
        "dest": Status.FINDINGS_REPORTED,
        "label": N_("Report the findings"),
        "permission": "programme-audit:conduct",
        "guards": ["all_questions_answered"],
        "event": "programme-audit:findings-reported",
        "notice": ["privacy_officer", "senior_privacy_official"],
    },
    {
        "trigger": Action.CLOSE,
        "source": [Status.FINDINGS_REPORTED],
        "dest": Status.CLOSED,
        "label": N_("Close the programme audit"),
        "permission": "programme-audit:conclude",
        "guards": ["did_not_conduct_this_audit", "did_not_answer_these_findings", "every_finding_is_answered"],
        "reason": "required",
        "event": "programme-audit:closed",
        "notice": ["privacy_officer", "auditor", "executive"],
    },
    {
        "trigger": Action.CANCEL,
        "source": [Status.PLANNED],
        "dest": Status.CANCELLED,
        "label": N_("Cancel the programme audit"),
        "permission": "programme-audit:plan",
        "reason": "required",
        "event": "programme-audit:cancelled",
        "notice": ["auditor"],
    },
]
