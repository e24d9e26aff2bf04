"""For every guard a record on which it refuses somebody, and where that refusal has to lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from pia_engine.models import Disposal, Finding, LegalHold, WorkflowRecord
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.people import designate
from pia_engine.services.policies import begin_draft
from pia_engine.services.reviews import note_change
from pia_engine.services.workflow import begin_life
from tests.factories import governance
from tests.factories.governance.looking_again import cleared, drawn, raised
from tests.factories.people import FOUNDED, persona
from tests.factories.policies import make_sound
from tests.factories.reminders import excepted, promised
from tests.factories.together import ask, ready, sign_off
from tests.factories.walks import Walk

Make = Callable[[Walk], WorkflowRecord]


def also(walk: Walk, first: str, role: Role) -> None:
    """Somebody holds one more role."""
    designate(
        walk.session, persona(walk.session, first), role, department=None, designated_by="Mayor", instrument="2",
        from_on=dt.date(2026, 1, 5), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip


def _ready_with_vendor(walk: Walk) -> WorkflowRecord:
    record = ready(walk)
    walk.vendor(record)
    return record


def _noted(walk: Walk) -> WorkflowRecord:
    record = walk.full("in_review")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=walk.who("petra"))
    note_change(walk.session, record, question="summary", text="Name it.", actor=walk.who("petra"), now=walk.now)
    return record


def _draft(walk: Walk) -> WorkflowRecord:
    return begin_draft(walk.session, actor=walk.who("petra"), now=walk.now)


def _draft_changed_by_helen(walk: Walk) -> WorkflowRecord:
    draft = begin_draft(walk.session, actor=walk.who("petra"), now=walk.now)
    make_sound(walk.session, draft, actor=walk.who("helen"), now=walk.now)
    return draft


def _audit_with_a_finding(walk: Walk) -> WorkflowRecord:
    audit = walk.audit("findings_reported")
    walk.session.add(Finding(annual_audit_id=audit.id, number=99, text="No sign is up.", severity="low"))
    return audit


def _programme_audit_with_a_finding(walk: Walk) -> WorkflowRecord:
    audit = governance.makers()["programme_audit"](walk, "findings_reported")
    walk.session.add(Finding(programme_audit_id=audit.id, number=99, text="No sign is up.", severity="low"))
    return audit


def _audited_by_helen(walk: Walk) -> WorkflowRecord:
    audit = walk.audit("findings_reported")
    also(walk, "ingrid", Role.SENIOR_PRIVACY_OFFICIAL)
    return audit


def _answered_by_an_executive(walk: Walk) -> WorkflowRecord:
    record = ready(walk)
    walk.answer(
        record, {"overall_residual_risk": "high"}, roles=frozenset({"agency_official"}), actor=walk.who("amara")
    )
    sign_off(walk, ask(walk, record))
    walk.advance(record, "awaiting_decision", residual="high")
    also(walk, "sofia", Role.EXECUTIVE)
    return record


def _signed_by_an_executive(walk: Walk) -> WorkflowRecord:
    record = walk.full("awaiting_decision", residual="high")
    also(walk, "daniel", Role.EXECUTIVE)
    return record


def _written_by_an_officer(walk: Walk) -> WorkflowRecord:
    also(walk, "amara", Role.PRIVACY_OFFICER)
    return walk.full("submitted")


def _raised_about_a_text_of_an_officer(walk: Walk) -> WorkflowRecord:
    also(walk, "amara", Role.PRIVACY_OFFICER)
    return raised(walk)


def _disposal(walk: Walk, kept_until_on: dt.date = dt.date(2020, 1, 1)) -> WorkflowRecord:
    initiative = walk.initiative()
    disposal = Disposal(
        reference="DSP-2026-0001", subject=initiative.reference, title=initiative.title,
        department_id=initiative.department_id, basis="Five years.", kept_until_on=kept_until_on,
        author_id=persona(walk.session, "petra").id,
    )  # fmt: skip
    begin_life(walk.session, disposal, "disposal:proposed", actor=walk.who("petra"), now=walk.now)
    hold = LegalHold(
        initiative_id=initiative.id,
        reason="A lawsuit.",
        placed_by=persona(walk.session, "petra").id,
        placed_at=walk.now,
    )
    walk.session.add(hold)
    walk.session.flush()
    return disposal


def _disposal_of_an_official(walk: Walk) -> WorkflowRecord:
    also(walk, "amara", Role.SENIOR_PRIVACY_OFFICIAL)
    return _disposal(walk)


def _exception_of_a_retired_initiative(walk: Walk) -> WorkflowRecord:
    exception = excepted(walk)
    exception.initiative.status = "retired"
    return exception


def _cause(walk: Walk, cause: str = "change", status: str = "") -> WorkflowRecord:
    found = raised(walk, cleared(walk))
    found.cause = cause
    if status:
        found.initiative.status = status
    return found


def _while_written(walk: Walk) -> WorkflowRecord:
    found = raised(walk)
    draft = walk.full("draft", title="Second")
    found.initiative, found.initiative_id = draft.initiative, draft.initiative_id
    return found


def _no_foreword(walk: Walk) -> WorkflowRecord:
    report = governance.makers()["annual_report"](walk, "draft")
    report.foreword = ""  # type: ignore[attr-defined]
    return report


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
        _programme_audit_with_a_finding,
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
    Case("a_foreword_is_written", _no_foreword, "helen", r"/annual-reports/", P.ANNUAL_REPORT_PUBLISH),
    Case("a_published_assessment_is_there", _cause, "petra", r"^/assessments/PIA-", P.RECONSIDERATION_DECIDE),
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
        _audited_by_helen,
        "ingrid",
        r"^/people/roles#role-senior_privacy_official$",
        P.ANNUAL_AUDIT_CONCLUDE,
        AUDIT,
    ),
    Case(
        "did_not_decide_what_is_in_doubt",
        lambda w: _cause(w, "spot_check"),
        "petra",
        r"^/people/roles#role-privacy_officer$",
        P.RECONSIDERATION_DECIDE,
    ),
    Case("did_not_determine_this", drawn, "petra", r"^/people/roles#role-privacy_officer$", P.SPOT_CHECK_CONDUCT),
    Case(
        "did_not_write_this_version",
        _draft_changed_by_helen,
        "helen",
        r"^/people/roles#role-senior_privacy_official$",
        P.POLICY_ADOPT,
        "/policy/draft",
    ),
    Case(
        "every_finding_is_answered", _audit_with_a_finding, "helen", r"^/audits/.*#findings$", P.ANNUAL_AUDIT_CONCLUDE
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
        _answered_by_an_executive,
        "sofia",
        r"^/people/roles#role-executive$",
        P.ASSESSMENT_DECIDE,
        ASSESSMENT,
    ),
    Case(
        "has_not_judged_this_text",
        _signed_by_an_executive,
        "daniel",
        r"^/people/roles#role-executive$",
        P.ASSESSMENT_DECIDE,
        ASSESSMENT,
    ),
    Case(
        "has_not_written_these_records",
        _disposal_of_an_official,
        "amara",
        r"^/people/roles#role-senior_privacy_official$",
        P.DISPOSAL_APPROVE,
    ),
    Case("has_not_written_this_text", _written_by_an_officer, "amara", r"^/people/roles", P.ASSESSMENT_VIEW),
    Case(
        "has_not_written_what_it_is_about",
        _raised_about_a_text_of_an_officer,
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
        _exception_of_a_retired_initiative,
        "victor",
        r"^/initiatives/",
        P.EMERGENCY_EXCEPTION_GRANT,
    ),
    Case("no_assessment_is_being_written", _while_written, "petra", r"^/assessments/", P.RECONSIDERATION_DECIDE),
    Case("no_change_waits_to_be_sent", _noted, "petra", r"/full/review$", P.ASSESSMENT_REVIEW, ASSESSMENT),
    Case("no_legal_hold", _disposal, "helen", r"^/initiatives/INI-", P.DISPOSAL_APPROVE),
    Case("policy_holds_together", _draft, "helen", r"^/policy/draft/check$", P.POLICY_ADOPT, "/policy/draft"),
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
        lambda w: _disposal(w, dt.date(2100, 1, 1)),
        "helen",
        r"^/policy#retention$",
        P.DISPOSAL_APPROVE,
    ),
    Case(
        "something_else_renews_it",
        lambda w: _cause(w, "expiry"),
        "petra",
        r"/actions/require_assessment$",
        P.RECONSIDERATION_DECIDE,
    ),
    Case(
        "the_initiative_goes_on",
        lambda w: _cause(w, status="refused"),
        "petra",
        r"^/initiatives/",
        P.RECONSIDERATION_DECIDE,
    ),
    Case(
        "vendor_answers_settled", _ready_with_vendor, "amara", r"^/vendor-responses/", P.ASSESSMENT_SUBMIT, ASSESSMENT
    ),
)
ELSEWHERE = {
    "queries_answered",  # the vendor's pages lead there themselves: test_vendor
    "the_year_is_over",  # there is nothing to do but to wait, and the sentence says until when
}
