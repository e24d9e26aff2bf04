"""A reconsideration: something has happened, and somebody decides whether an earlier answer still holds."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    RAISED = "raised"
    SET_ASIDE = "set_aside"
    NEW_VERSION_REQUIRED = "new_version_required"
    ASSESSMENT_REQUIRED = "assessment_required"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    SET_ASIDE = "set_aside"
    REQUIRE_NEW_VERSION = "require_new_version"
    REQUIRE_ASSESSMENT = "require_assessment"
    WITHDRAW = "withdraw"


INITIAL = Status.RAISED
FINAL = frozenset({Status.SET_ASIDE, Status.NEW_VERSION_REQUIRED, Status.ASSESSMENT_REQUIRED, Status.WITHDRAWN})

STATUSES = {
    Status.RAISED: {"label": N_("Waits to be decided"), "owner": "privacy_officer"},
    Status.SET_ASIDE: {"label": N_("Changes nothing"), "owner": None},
    Status.NEW_VERSION_REQUIRED: {"label": N_("New version required"), "owner": None},
    Status.ASSESSMENT_REQUIRED: {"label": N_("New initial assessment required"), "owner": None},
    Status.WITHDRAWN: {"label": N_("Withdrawn"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.SET_ASIDE,
        "source": [Status.RAISED],
        "dest": Status.SET_ASIDE,
        "label": N_("Decide that it changes nothing"),
        "permission": "reconsideration:decide",
        "guards": [
            "has_not_written_what_it_is_about",
            "did_not_decide_what_is_in_doubt",
            "something_else_renews_it",
        ],
        "reason": "required",
        "event": "reconsideration:set-aside",
        "notice": ["author", "initiative_author"],
    },
    {
        "trigger": Action.REQUIRE_NEW_VERSION,
        "source": [Status.RAISED],
        "dest": Status.NEW_VERSION_REQUIRED,
        "label": N_("Require a new version of the full assessment"),
        "permission": "reconsideration:decide",
        "guards": [
            "has_not_written_what_it_is_about",
            "did_not_decide_what_is_in_doubt",
            "the_initiative_goes_on",
            "a_published_assessment_is_there",
        ],
        "reason": "required",
        "event": "reconsideration:new-version-required",
        "notice": ["author", "initiative_author"],
    },
    {
        "trigger": Action.REQUIRE_ASSESSMENT,
        "source": [Status.RAISED],
        "dest": Status.ASSESSMENT_REQUIRED,
        "label": N_("Require a new initial assessment"),
        "permission": "reconsideration:decide",
        "guards": [
            "has_not_written_what_it_is_about",
            "did_not_decide_what_is_in_doubt",
            "the_initiative_goes_on",
            "no_assessment_is_being_written",
        ],
        "reason": "required",
        "event": "reconsideration:assessment-required",
        "notice": ["author", "initiative_author"],
    },
    {
        "trigger": Action.WITHDRAW,
        "source": [Status.RAISED],
        "dest": Status.WITHDRAWN,
        "label": N_("Withdraw what you reported"),
        "permission": "reconsideration:withdraw",
        "reason": "required",
        "event": "reconsideration:withdrawn",
        "notice": ["privacy_officer"],
    },
]
