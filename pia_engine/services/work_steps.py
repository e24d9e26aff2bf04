"""What somebody has to do while a record has a status, and in which statuses nobody is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from pia_engine.errors import N_
from pia_engine.permissions.vocabulary import Permission


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody has to do while a record has a status: who may, said in words to whoever it waits for."""

    permission: Permission
    why: str


STEPS: dict[tuple[str, str], Step] = {
    ("initiative", "registered"): Step(Permission.INITIATIVE_REGISTER, N_("Begin the initial assessment")),
    ("initiative", "cleared"): Step(Permission.INITIATIVE_GO_LIVE, N_("Record the day it goes live")),
    ("initial_assessment", "draft"): Step(Permission.ASSESSMENT_SUBMIT, N_("Finish the answers and submit them")),
    ("initial_assessment", "returned"): Step(Permission.ASSESSMENT_SUBMIT, N_("Mend what was returned to you")),
    ("initial_assessment", "submitted"): Step(Permission.ASSESSMENT_DETERMINE, N_("Determine the outcome")),
    ("full_assessment", "draft"): Step(Permission.ASSESSMENT_SUBMIT, N_("Finish the answers and submit them")),
    ("full_assessment", "changes_requested"): Step(Permission.ASSESSMENT_SUBMIT, N_("Answer the requested changes")),
    ("full_assessment", "submitted"): Step(Permission.ASSESSMENT_REVIEW, N_("Start the review")),
    ("full_assessment", "in_review"): Step(Permission.ASSESSMENT_REVIEW, N_("Finish the review")),
    ("full_assessment", "awaiting_agency_sign_off"): Step(
        Permission.ASSESSMENT_SIGN_FOR_AGENCY, N_("Sign for the agency, or send it back")
    ),
    ("full_assessment", "awaiting_decision"): Step(Permission.ASSESSMENT_DECIDE, N_("Decide")),
    ("full_assessment", "approved"): Step(Permission.PUBLICATION_PUBLISH, N_("Publish the approved assessment")),
    ("vendor_response", "submitted"): Step(Permission.VENDOR_RESPONSE_EVALUATE, N_("Judge the vendor's answers")),
    ("vendor_response", "expired"): Step(Permission.VENDOR_RESPONSE_ISSUE, N_("Send a new link, or cancel")),
    ("annual_audit", "due"): Step(Permission.ANNUAL_AUDIT_CONDUCT, N_("Start the annual audit")),
    ("annual_audit", "in_progress"): Step(Permission.ANNUAL_AUDIT_CONDUCT, N_("Finish the annual audit")),
    ("annual_audit", "findings_reported"): Step(Permission.ANNUAL_AUDIT_CONCLUDE, N_("Conclude the annual audit")),
    ("emergency_exception", "requested"): Step(
        Permission.EMERGENCY_EXCEPTION_GRANT, N_("Grant or refuse an emergency exception")
    ),
    ("spot_check", "drawn"): Step(Permission.SPOT_CHECK_CONDUCT, N_("Check a delegated decision")),
    ("commitment", "open"): Step(Permission.COMMITMENT_REPORT, N_("Keep this promise and report it")),
    ("commitment", "reported"): Step(Permission.COMMITMENT_ACCEPT, N_("Look at the evidence of a kept promise")),
    ("reconsideration", "raised"): Step(Permission.RECONSIDERATION_DECIDE, N_("Decide whether this changes anything")),
    ("programme_audit", "planned"): Step(Permission.PROGRAMME_AUDIT_CONDUCT, N_("Start the programme audit")),
    ("programme_audit", "in_progress"): Step(Permission.PROGRAMME_AUDIT_CONDUCT, N_("Finish the programme audit")),
    ("programme_audit", "findings_reported"): Step(
        Permission.PROGRAMME_AUDIT_CONCLUDE, N_("Close the programme audit")
    ),
    ("disposal", "proposed"): Step(Permission.DISPOSAL_APPROVE, N_("Approve a disposal, or keep the records")),
    ("annual_report", "draft"): Step(Permission.ANNUAL_REPORT_PUBLISH, N_("Publish the annual report")),
    ("withholding", "proposed"): Step(
        Permission.WITHHOLDING_APPROVE, N_("Approve or refuse that something is withheld from the public")
    ),
    ("policy", "review_due"): Step(Permission.POLICY_REAFFIRM, N_("Review the PIA policy")),
}
ASKED = N_("You are asked to sign off sections")
ASKED_AGAIN = N_("Sections you signed off were changed: sign them off again")
FINDINGS = N_("Answer what an audit found")
CONTRIBUTION = N_("Answer the questions that only you can answer")

# Statuses that have an owner, yet nobody here is waited for: the owner moves when there is reason to, or is outside.
RESTING = frozenset(
    {("initiative", status) for status in ("in_assessment", "refused", "live")}
    | {("full_assessment", "published")}
    | {("policy", status) for status in ("draft", "adopted")}
    | {("emergency_exception", "granted")}
    | {("withholding", "approved")}
    | {("vendor_response", status) for status in ("issued", "in_progress", "clarification")}
)
