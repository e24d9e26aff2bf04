"""What records are classified as, and the kinds of record the policy says how long to keep: ids with their words."""

from __future__ import annotations

from pia_engine.errors import N_

CLASSIFICATIONS: dict[str, str] = {  # stored: a change needs a migration
    "public": N_("Public"),
    "internal": N_("Internal"),
    "confidential": N_("Confidential"),
    "restricted": N_("Restricted"),
}
CLASSIFICATION_HINTS: dict[str, str] = {
    "public": N_("Anybody may read it."),
    "internal": N_("For those who work for the city."),
    "confidential": N_("For those whose task needs it; it would do harm outside."),
    "restricted": N_("For named people only; it would do serious harm outside."),
}
USUAL_CLASSIFICATION = "internal"

PUBLISHED, UNPUBLISHED, VENDORS, DISCUSSION, AUDITS, TRAIL, OTHER = (
    "published",
    "unpublished",
    "vendor_responses",
    "attachments_comments",
    "annual_audits",
    "audit_trail",
    "other",
)
RECORD_KINDS: dict[str, str] = {  # stored in policy versions
    PUBLISHED: N_("Assessments that were published"),
    UNPUBLISHED: N_("Assessments that were never published"),
    VENDORS: N_("Vendors’ answers"),
    DISCUSSION: N_("Attachments and comments"),
    AUDITS: N_("Annual audits"),
    TRAIL: N_("The audit trail"),
    OTHER: N_("Something else, kept outside this program"),
}
