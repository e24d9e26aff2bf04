"""The words for what can be permitted: `resource:action`, in alphabetical order."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    ANNUAL_AUDIT_CALL = "annual-audit:call"
    ANNUAL_AUDIT_CONCLUDE = "annual-audit:conclude"
    ANNUAL_AUDIT_CONDUCT = "annual-audit:conduct"
    ANNUAL_AUDIT_VIEW = "annual-audit:view"
    ASSESSMENT_ANSWER = "assessment:answer"
    ASSESSMENT_DECIDE = "assessment:decide"
    ASSESSMENT_DETERMINE = "assessment:determine"
    ASSESSMENT_REVIEW = "assessment:review"
    ASSESSMENT_SIGN_FOR_AGENCY = "assessment:sign-for-agency"
    ASSESSMENT_SUBMIT = "assessment:submit"
    ASSESSMENT_VIEW = "assessment:view"
    CITY_ADMINISTER = "city:administer"
    INITIATIVE_CLEAR = "initiative:clear"
    INITIATIVE_GO_LIVE = "initiative:go-live"
    INITIATIVE_REGISTER = "initiative:register"
    INITIATIVE_VIEW = "initiative:view"
    POLICY_VIEW = "policy:view"
    PUBLICATION_COMPLETE = "publication:complete"
    PUBLICATION_PUBLISH = "publication:publish"
    VENDOR_RESPONSE_ANSWER = "vendor-response:answer"
    VENDOR_RESPONSE_EVALUATE = "vendor-response:evaluate"
    VENDOR_RESPONSE_EXPIRE = "vendor-response:expire"
    VENDOR_RESPONSE_ISSUE = "vendor-response:issue"
    VENDOR_RESPONSE_VIEW = "vendor-response:view"
