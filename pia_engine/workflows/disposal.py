"""A disposal: records whose time to be kept is over are deleted by two people, and leave a tombstone."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    PROPOSED = "proposed"
    APPROVED = "approved"
    CARRIED_OUT = "carried_out"
    KEPT = "kept"


class Action(StrEnum):
    APPROVE = "approve"
    KEEP = "keep"
    STOP = "stop"
    CARRY_OUT = "carry_out"


INITIAL = Status.PROPOSED
FINAL = frozenset({Status.CARRIED_OUT, Status.KEPT})

STATUSES = {
    Status.PROPOSED: {"label": N_("Proposed"), "owner": "senior_privacy_official"},
    Status.APPROVED: {"label": N_("Approved"), "owner": "system"},
    Status.CARRIED_OUT: {"label": N_("Carried out"), "owner": None},
    Status.KEPT: {"label": N_("Kept for now"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.APPROVE,
        "source": [Status.PROPOSED],
        "dest": Status.APPROVED,
        "label": N_("Approve the disposal"),
        "permission": "disposal:approve",
        "guards": ["did_not_begin_this", "retention_is_over", "no_legal_hold", "has_not_written_these_records"],
        "reason": "required",
        "event": "disposal:approved",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.KEEP,
        "source": [Status.PROPOSED],
        "dest": Status.KEPT,
        "label": N_("Keep the records for now"),
        "permission": "disposal:keep",
        "reason": "required",
        "event": "disposal:kept",
        "notice": ["privacy_officer", "senior_privacy_official"],
    },
    {
        "trigger": Action.STOP,
        "source": [Status.APPROVED],
        "dest": Status.KEPT,
        "label": N_("Stop the disposal"),
        "permission": "disposal:keep",
        "reason": "required",
        "event": "disposal:stopped",
        "notice": ["privacy_officer", "senior_privacy_official"],
    },
    {
        "trigger": Action.CARRY_OUT,
        "source": [Status.APPROVED],
        "dest": Status.CARRIED_OUT,
        "label": N_("Dispose of the records"),
        "permission": "disposal:carry-out",
        "guards": ["retention_is_over", "no_legal_hold"],
        "event": "disposal:carried-out",
        "notice": ["privacy_officer", "senior_privacy_official"],
    },
]
