"""For every guard a record on which it refuses somebody, and where that refusal has to lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from pia_engine.models import WorkflowRecord
from pia_engine.permissions.vocabulary import Permission
from tests.factories import governance, refused
from tests.factories.governance import withholdings
from tests.factories.governance.looking_again import drawn
from tests.factories.reminders import promised
from tests.factories.walks import Walk

Make = Callable[[Walk], WorkflowRecord]


@dataclass(frozen=True)
class Case:
    """A guard that refuses: on which record, whom, and where the link leads. `page` lists the step, if any does."""

    guard: str
    make: Make
    first: str
    leads_to: str
    permission: Permission
    page: str = ""

    def __str__(self) -> str:
        return self.guard


P = Permission
ASSESSMENT, AUDIT, VENDOR = "/assessments/{}", "/audits/{}", "/vendor-responses/{}"
PROGRAMME = "/programme-audits/{}"
CASES = (
    Case(
        "all_questions_answered",
        lambda w: governance.makers()["programme_audit"](w, "in_progress"),
        "ingrid",
        r"^/programme-audits/.*/sections/\w+#q_",
        P.PROGRAMME_AUDIT_CONDUCT,
        PROGRAMME,
    ),
    Case(
        "every_finding_is_answered",
        refused.programme_audit_with_a_finding,
        "helen",
        r"^/programme-audits/.*#findings$",
        P.PROGRAMME_AUDIT_CONCLUDE,
        PROGRAMME,
    ),
    Case(
        "a_change_is_requested",
        lambda w: w.full("in_review"),
        "petra",
        r"/full/review$",
        P.ASSESSMENT_REVIEW,
        ASSESSMENT,
    ),
    Case(
        "did_not_begin_this",
        refused.exception_answered_for_by_an_executive,
        "daniel",
        r"^/people/roles#role-executive$",
        P.EMERGENCY_EXCEPTION_GRANT,
    ),
    Case(
        "did_not_answer_these_findings",
        refused.findings_disputed_by_helen,
        "helen",
        r"^/people/roles#role-senior_privacy_official$",
        P.PROGRAMME_AUDIT_CONCLUDE,
        PROGRAMME,
    ),
    Case("a_foreword_is_written", refused.no_foreword, "helen", r"/annual-reports/", P.ANNUAL_REPORT_PUBLISH),
    Case("a_published_assessment_is_there", refused.cause, "petra", r"^/assessments/PIA-", P.RECONSIDERATION_DECIDE),
    Case(
        "advice_questions_answered",
        lambda w: w.full("in_review"),
        "petra",
        r"/full/sections/\w+#q_",
        P.ASSESSMENT_REVIEW,
        ASSESSMENT,
    ),
    Case(
        "agency_has_signed",
        lambda w: w.full("awaiting_agency_sign_off"),
        "helen",
        r"^/people/roles#departments$",
        P.ASSESSMENT_DECIDE,
    ),
    Case(
        "all_answers_accepted",
        lambda w: w.vendor(w.full(), "submitted"),
        "petra",
        r"^/vendor-responses/",
        P.VENDOR_RESPONSE_EVALUATE,
        VENDOR,
    ),
    Case(
        "all_questions_answered",
        lambda w: w.full("draft"),
        "amara",
        r"/full/sections/\w+#q_",
        P.ASSESSMENT_SUBMIT,
        ASSESSMENT,
    ),
    Case(
        "all_questions_answered",
        lambda w: w.initial("draft"),
        "amara",
        r"/initial/sections/\w+#q_",
        P.ASSESSMENT_SUBMIT,
        ASSESSMENT,
    ),
    Case(
        "all_questions_answered",
        lambda w: w.audit("in_progress"),
        "ingrid",
        r"^/audits/.*/sections/\w+#q_",
        P.ANNUAL_AUDIT_CONDUCT,
        AUDIT,
    ),
    Case(
        "an_answer_is_queried",
        lambda w: w.vendor(w.full(), "submitted"),
        "petra",
        r"^/vendor-responses/",
        P.VENDOR_RESPONSE_EVALUATE,
        VENDOR,
    ),
    Case("assessment_allows_go_live", lambda w: w.initiative(), "amara", r"^/initiatives/", P.INITIATIVE_GO_LIVE),
    Case(
        "assessment_allows_go_live",
        lambda w: w.full("draft").initiative,
        "amara",
        r"^/assessments/",
        P.INITIATIVE_GO_LIVE,
    ),
    Case(
        "determines_an_outcome",
        lambda w: w.initial("submitted"),
        "helen",
        r"^/people/roles#role-privacy_officer$",
        P.ASSESSMENT_DETERMINE,
        ASSESSMENT,
    ),
    Case(
        "did_not_conduct_this_audit",
        refused.audited_by_helen,
        "ingrid",
        r"^/people/roles#role-senior_privacy_official$",
        P.ANNUAL_AUDIT_CONCLUDE,
        AUDIT,
    ),
    Case(
        "did_not_decide_what_is_in_doubt",
        lambda w: refused.cause(w, "spot_check"),
        "petra",
        r"^/people/roles#role-privacy_officer$",
        P.RECONSIDERATION_DECIDE,
    ),
    Case("did_not_determine_this", drawn, "petra", r"^/people/roles#role-privacy_officer$", P.SPOT_CHECK_CONDUCT),
    Case(
        "did_not_write_this_version",
        refused.draft_changed_by_helen,
        "helen",
        r"^/people/roles#role-senior_privacy_official$",
        P.POLICY_ADOPT,
        "/policy/draft",
    ),
    Case(
        "every_finding_is_answered",
        refused.audit_with_a_finding,
        "helen",
        r"^/audits/.*#findings$",
        P.ANNUAL_AUDIT_CONCLUDE,
    ),
    Case(
        "every_principle_is_answered", lambda w: w.full("draft"), "amara", r"/full/sections/\w+#q_", P.ASSESSMENT_SUBMIT
    ),
    Case(
        "has_never_kept_this_commitment",
        lambda w: promised(w, dt.date(2026, 4, 1), keeper="petra"),
        "petra",
        r"^/people/roles#role-privacy_officer$",
        P.COMMITMENT_VIEW,
    ),
    Case(
        "has_not_answered_as_expert",
        refused.answered_by_an_executive,
        "sofia",
        r"^/people/roles#role-executive$",
        P.ASSESSMENT_DECIDE,
        ASSESSMENT,
    ),
    Case(
        "has_not_judged_this_text",
        refused.signed_by_an_executive,
        "daniel",
        r"^/people/roles#role-executive$",
        P.ASSESSMENT_DECIDE,
        ASSESSMENT,
    ),
    Case(
        "has_not_written_these_records",
        refused.disposal_of_an_official,
        "amara",
        r"^/people/roles#role-senior_privacy_official$",
        P.DISPOSAL_APPROVE,
    ),
    Case("has_not_written_this_text", refused.written_by_an_officer, "amara", r"^/people/roles", P.ASSESSMENT_VIEW),
    Case(
        "has_not_written_what_it_is_about",
        refused.raised_about_a_text_of_an_officer,
        "amara",
        r"^/people/roles#role-privacy_officer$",
        P.RECONSIDERATION_DECIDE,
    ),
    Case(
        "is_the_decider",
        lambda w: w.full("awaiting_decision"),
        "victor",
        r"^/people/roles#role-senior_privacy_official$",
        P.ASSESSMENT_DECIDE,
        ASSESSMENT,
    ),
    Case(
        "its_initiative_goes_on",
        refused.exception_of_a_retired_initiative,
        "victor",
        r"^/initiatives/",
        P.EMERGENCY_EXCEPTION_GRANT,
    ),
    Case("no_assessment_is_being_written", refused.while_written, "petra", r"^/assessments/", P.RECONSIDERATION_DECIDE),
    Case("no_change_waits_to_be_sent", refused.noted, "petra", r"/full/review$", P.ASSESSMENT_REVIEW, ASSESSMENT),
    Case("no_legal_hold", refused.disposal, "helen", r"^/initiatives/INI-", P.DISPOSAL_APPROVE),
    Case("policy_holds_together", refused.draft, "helen", r"^/policy/draft/check$", P.POLICY_ADOPT, "/policy/draft"),
    Case(
        "requested_changes_answered",
        lambda w: w.full("changes_requested"),
        "amara",
        r"/full/changes$",
        P.ASSESSMENT_SUBMIT,
        ASSESSMENT,
    ),
    Case(
        "retention_is_over",
        lambda w: refused.disposal(w, dt.date(2100, 1, 1)),
        "helen",
        r"^/policy#retention$",
        P.DISPOSAL_APPROVE,
    ),
    Case(
        "something_else_renews_it",
        lambda w: refused.cause(w, "expiry"),
        "petra",
        r"/actions/require_assessment$",
        P.RECONSIDERATION_DECIDE,
    ),
    Case(
        "the_initiative_goes_on",
        lambda w: refused.cause(w, status="refused"),
        "petra",
        r"^/initiatives/",
        P.RECONSIDERATION_DECIDE,
    ),
    Case(
        "vendor_answers_settled",
        refused.ready_with_vendor,
        "amara",
        r"^/vendor-responses/",
        P.ASSESSMENT_SUBMIT,
        ASSESSMENT,
    ),
    Case(
        "its_publication_is_not_ordered", withholdings.published, "helen", r"^/assessments/PIA-", P.WITHHOLDING_APPROVE
    ),
    Case("its_edition_is_published", withholdings.approved, "helen", r"^/assessments/PIA-", P.WITHHOLDING_DISCLOSE),
    Case(
        "what_is_withheld_is_still_there",
        refused.withheld_text_changed,
        "helen",
        r"^/withholdings/WTH-",
        P.WITHHOLDING_APPROVE,
        "/withholdings/{}",
    ),
    Case(
        "withholdings_are_settled",
        lambda w: withholdings.proposed(w).assessment,
        "petra",
        r"^/withholdings/WTH-",
        P.PUBLICATION_PUBLISH,
        ASSESSMENT,
    ),
)
ELSEWHERE = {
    "queries_answered",  # the vendor's pages lead there themselves: test_vendor
    "the_year_is_over",  # there is nothing to do but to wait, and the sentence says until when
}
