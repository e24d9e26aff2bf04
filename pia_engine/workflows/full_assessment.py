"""The full assessment: written, reviewed, signed by the agency, decided, published, kept true.

Advice (recommend) and decision (approve, reject) are different moves made by different people, and whoever
wrote the assessment makes none of them.
"""

from __future__ import annotations

from enum import StrEnum

from pia_engine.errors import N_


class Status(StrEnum):  # stored: a change needs a migration
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    AWAITING_AGENCY_SIGN_OFF = "awaiting_agency_sign_off"
    AWAITING_DECISION = "awaiting_decision"
    APPROVED = "approved"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"


class Action(StrEnum):
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    START_REVIEW = "start_review"
    REQUEST_CHANGES = "request_changes"
    RECOMMEND = "recommend"
    CARRY_SIGNATURE = "carry_signature"
    SIGN_FOR_AGENCY = "sign_for_agency"
    DECLINE_TO_SIGN = "decline_to_sign"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    REJECT = "reject"
    PUBLISH = "publish"
    COMPLETE_PUBLICATION = "complete_publication"
    SUPERSEDE = "supersede"
    RETRACT = "retract"
    WITHDRAW = "withdraw"


INITIAL = Status.DRAFT
FINAL = frozenset({Status.REJECTED, Status.WITHDRAWN, Status.SUPERSEDED, Status.RETRACTED})
EDITABLE = frozenset({Status.DRAFT, Status.CHANGES_REQUESTED})
ALLOWS_GO_LIVE = frozenset({Status.APPROVED, Status.PUBLISHING, Status.PUBLISHED})

STATUSES = {
    Status.DRAFT: {"label": N_("Draft"), "owner": "agency_official"},
    Status.SUBMITTED: {"label": N_("Waiting for review"), "owner": "privacy_officer"},
    Status.IN_REVIEW: {"label": N_("In review"), "owner": "privacy_officer"},
    Status.CHANGES_REQUESTED: {"label": N_("Changes requested"), "owner": "agency_official"},
    Status.AWAITING_AGENCY_SIGN_OFF: {"label": N_("Waiting for the agency's sign-off"), "owner": "agency_official"},
    Status.AWAITING_DECISION: {"label": N_("Waiting for the decision"), "owner": "decider"},
    Status.APPROVED: {"label": N_("Approved"), "owner": "privacy_officer"},
    Status.PUBLISHING: {"label": N_("Being published"), "owner": "system"},
    Status.PUBLISHED: {"label": N_("Published"), "owner": "system"},
    Status.REJECTED: {"label": N_("Rejected"), "owner": None},
    Status.WITHDRAWN: {"label": N_("Withdrawn"), "owner": None},
    Status.SUPERSEDED: {"label": N_("Superseded"), "owner": None},
    Status.RETRACTED: {"label": N_("Withdrawn from the register"), "owner": None},
}

TRANSITIONS: list[dict[str, object]] = [
    {
        "trigger": Action.SUBMIT,
        "source": [Status.DRAFT, Status.CHANGES_REQUESTED],
        "dest": Status.SUBMITTED,
        "label": N_("Submit for review"),
        "permission": "assessment:submit",
        "guards": [
            "all_questions_answered",
            "every_principle_is_answered",
            "requested_changes_answered",
            "vendor_answers_settled",
        ],
        "event": "full-assessment:submitted",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.TAKE_BACK,
        "source": [Status.SUBMITTED, Status.AWAITING_AGENCY_SIGN_OFF, Status.AWAITING_DECISION],
        "dest": Status.DRAFT,
        "label": N_("Take back to change it"),
        "permission": "assessment:submit",
        "reason": "required",
        "event": "full-assessment:taken-back",
        "notice": ["privacy_officer"],
    },
    {
        "trigger": Action.START_REVIEW,
        "source": [Status.SUBMITTED],
        "dest": Status.IN_REVIEW,
        "label": N_("Start the review"),
        "permission": "assessment:review",
        "guards": ["has_not_written_this_text"],
        "event": "full-assessment:review-started",
        "notice": ["author"],
    },
    {
        "trigger": Action.REQUEST_CHANGES,
        "source": [Status.IN_REVIEW],
        "dest": Status.CHANGES_REQUESTED,
        "label": N_("Request changes"),
        "permission": "assessment:review",
        "guards": ["has_not_written_this_text", "a_change_is_requested"],
        "reason": "optional",
        "event": "full-assessment:changes-requested",
        "notice": ["author"],
    },
    {
        "trigger": Action.RECOMMEND,
        "source": [Status.IN_REVIEW],
        "dest": Status.AWAITING_AGENCY_SIGN_OFF,
        "label": N_("Give advice and pass on for sign-off"),
        "permission": "assessment:review",
        "guards": ["has_not_written_this_text", "advice_questions_answered", "no_change_waits_to_be_sent"],
        "reason": "required",
        "event": "full-assessment:recommended",
        "notice": ["signatory_needed"],
    },
    {
        "trigger": Action.CARRY_SIGNATURE,
        "source": [Status.AWAITING_AGENCY_SIGN_OFF],
        "dest": Status.AWAITING_DECISION,
        "label": N_("Go on with the agency's signature, which still covers the text"),
        "permission": "assessment:carry-signature",
        "guards": ["agency_has_signed"],
        "reason": "required",
        "event": "full-assessment:signature-carried",
        "notice": ["decider"],
    },
    {
        "trigger": Action.SIGN_FOR_AGENCY,
        "source": [Status.AWAITING_AGENCY_SIGN_OFF],
        "dest": Status.AWAITING_DECISION,
        "label": N_("Sign off for the agency"),
        "permission": "assessment:sign-for-agency",
        "guards": ["has_not_written_this_text", "has_not_judged_this_text"],
        "reason": "required",
        "event": "full-assessment:agency-signed",
        "notice": ["decider"],
    },
    {
        "trigger": Action.DECLINE_TO_SIGN,
        "source": [Status.AWAITING_AGENCY_SIGN_OFF],
        "dest": Status.CHANGES_REQUESTED,
        "label": N_("Decline to sign and send back"),
        "permission": "assessment:sign-for-agency",
        "guards": ["has_not_written_this_text", "has_not_judged_this_text"],
        "reason": "required",
        "event": "full-assessment:agency-declined",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.APPROVE,
        "source": [Status.AWAITING_DECISION],
        "dest": Status.APPROVED,
        "label": N_("Approve"),
        "permission": "assessment:decide",
        "guards": [
            "is_the_decider",
            "has_not_written_this_text",
            "has_not_answered_as_expert",
            "has_not_judged_this_text",
            "agency_has_signed",
        ],
        "reason": "required",
        "event": "full-assessment:approved",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.SEND_BACK,
        "source": [Status.AWAITING_DECISION],
        "dest": Status.CHANGES_REQUESTED,
        "label": N_("Send back for changes"),
        "permission": "assessment:decide",
        "guards": [
            "is_the_decider",
            "has_not_written_this_text",
            "has_not_answered_as_expert",
            "has_not_judged_this_text",
        ],
        "reason": "required",
        "event": "full-assessment:sent-back",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.REJECT,
        "source": [Status.AWAITING_DECISION],
        "dest": Status.REJECTED,
        "label": N_("Reject"),
        "permission": "assessment:decide",
        "guards": [
            "is_the_decider",
            "has_not_written_this_text",
            "has_not_answered_as_expert",
            "has_not_judged_this_text",
        ],
        "reason": "required",
        "event": "full-assessment:rejected",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.PUBLISH,
        "source": [Status.APPROVED],
        "dest": Status.PUBLISHING,
        "label": N_("Publish"),
        "permission": "publication:publish",
        "guards": ["withholdings_are_settled"],
        "event": "publication:ordered",
        "notice": [],
    },
    {
        "trigger": Action.COMPLETE_PUBLICATION,
        "source": [Status.PUBLISHING],
        "dest": Status.PUBLISHED,
        "label": N_("Complete the publication"),
        "permission": "publication:complete",
        "event": "publication:published",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.SUPERSEDE,
        "source": [Status.PUBLISHED],
        "dest": Status.SUPERSEDED,
        "label": N_("Supersede"),
        "permission": "publication:complete",
        "event": "publication:superseded",
        "notice": [],
    },
    {
        "trigger": Action.RETRACT,
        "source": [Status.PUBLISHED],
        "dest": Status.RETRACTED,
        "label": N_("Withdraw from the register"),
        "permission": "publication:retract",
        "guards": ["has_not_written_this_text"],
        "reason": "required",
        "event": "publication:retracted",
        "notice": ["author", "privacy_officer"],
    },
    {
        "trigger": Action.WITHDRAW,
        "source": [Status.DRAFT, Status.SUBMITTED, Status.CHANGES_REQUESTED],
        "dest": Status.WITHDRAWN,
        "label": N_("Withdraw"),
        "permission": "assessment:submit",
        "reason": "required",
        "event": "full-assessment:withdrawn",
        "notice": ["privacy_officer"],
    },
]
