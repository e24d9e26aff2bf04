"""A withholding: proposed by the privacy officer, approved by somebody else, and one day disclosed."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"
    DISCLOSED = "disclosed"


class Action(StrEnum):
    APPROVE = "approve"
    REFUSE = "refuse"
    TAKE_BACK = "take_back"
    LIFT = "lift"
    DISCLOSE = "disclose"


INITIAL = Status.PROPOSED
FINAL = frozenset({Status.REFUSED, Status.TAKEN_BACK, Status.DISCLOSED})

STATUSES = {
    Status.PROPOSED: {"label": N_("Proposed"), "owner": "senior_privacy_official"},
    Status.APPROVED: {"label": N_("Approved"), "owner": "senior_privacy_official"},
    Status.REFUSED: {"label": N_("Refused"), "owner": None},
    Status.TAKEN_BACK: {"label": N_("Taken back"), "owner": None},
    Status.DISCLOSED: {"label": N_("Disclosed"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.APPROVE,
        "source": [Status.PROPOSED],
        "dest": Status.APPROVED,
        "label": N_("Approve the withholding"),
        "permission": "withholding:approve",
        "guards": [
            "did_not_begin_this",
            "has_not_written_what_it_is_about",
            "its_publication_is_not_ordered",
            "what_is_withheld_is_still_there",
        ],
        "reason": "required",
        "event": "withholding:approved",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.REFUSE,
        "source": [Status.PROPOSED],
        "dest": Status.REFUSED,
        "label": N_("Refuse the withholding"),
        "permission": "withholding:approve",
        "guards": ["did_not_begin_this", "has_not_written_what_it_is_about"],
        "reason": "required",
        "event": "withholding:refused",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.TAKE_BACK,
        "source": [Status.PROPOSED],
        "dest": Status.TAKEN_BACK,
        "label": N_("Take the withholding back"),
        "permission": "withholding:propose",
        "guards": ["its_publication_is_not_ordered"],
        "reason": "required",
        "event": "withholding:taken-back",
        "notice": ["senior_privacy_official"],
    },
    {
        "trigger": Action.LIFT,
        "source": [Status.APPROVED],
        "dest": Status.TAKEN_BACK,
        "label": N_("Lift the withholding"),
        "permission": "withholding:approve",
        "guards": ["did_not_begin_this", "its_publication_is_not_ordered"],
        "reason": "required",
        "event": "withholding:lifted",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.DISCLOSE,
        "source": [Status.APPROVED],
        "dest": Status.DISCLOSED,
        "label": N_("Disclose what is withheld"),
        "permission": "withholding:disclose",
        "guards": ["did_not_begin_this", "its_edition_is_published"],
        "reason": "required",
        "event": "withholding:disclosed",
        "notice": ["author", "privacy_officer", "senior_privacy_official"],
    },
]
