"""The annual report of the programme: figures of one year with a foreword, published as a signed document."""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    DRAFT = "draft"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    PUBLISH = "publish"
    COMPLETE = "complete"
    WITHDRAW = "withdraw"


INITIAL = Status.DRAFT
FINAL = frozenset({Status.PUBLISHED, Status.WITHDRAWN})

STATUSES = {
    Status.DRAFT: {"label": N_("Draft"), "owner": "senior_privacy_official"},
    Status.PUBLISHING: {"label": N_("Being published"), "owner": "system"},
    Status.PUBLISHED: {"label": N_("Published"), "owner": None},
    Status.WITHDRAWN: {"label": N_("Withdrawn"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.PUBLISH,
        "source": [Status.DRAFT],
        "dest": Status.PUBLISHING,
        "label": N_("Publish the annual report"),
        "permission": "annual-report:publish",
        "guards": ["did_not_begin_this", "a_foreword_is_written", "the_year_is_over"],
        "event": "annual-report:ordered",
        "notice": [],
    },
    {
        "trigger": Action.COMPLETE,
        "source": [Status.PUBLISHING],
        "dest": Status.PUBLISHED,
        "label": N_("Complete the publication"),
        "permission": "annual-report:complete",
        "event": "annual-report:published",
        "notice": ["author", "senior_privacy_official", "executive", "auditor"],
    },
    {
        "trigger": Action.WITHDRAW,
        "source": [Status.DRAFT],
        "dest": Status.WITHDRAWN,
        "label": N_("Withdraw this draft"),
        "permission": "annual-report:draft",
        "reason": "required",
        "event": "annual-report:withdrawn",
        "notice": ["senior_privacy_official"],
    },
]
