"""What the programme's figures are called: the titles of the tables, what each counts, and the names of its rows."""

from __future__ import annotations

from dataclasses import dataclass

from pia_engine.errors import N_


@dataclass(frozen=True, slots=True)
class TableWords:
    """One table: its title, one sentence on what is counted, and its columns."""

    title: str
    about: str
    columns: tuple[str, ...]


REGISTERED = N_("Initiatives registered")
DETERMINED = N_("Initial assessments determined")
PUBLISHED = N_("Assessments published")
WAITING = N_("Assessments not finished")
AUDITS_OVERDUE = N_("Annual audits overdue")
PROMISES_OPEN = N_("Commitments open")
ON_DAY = N_("On %(day)s.")
SHARE_OVERDUE = N_("%(share)s in 100 of those still to be done.")
SHARE_KEPT = N_("%(share)s in 100 of those that fell due were kept in time.")
PAST_DUE = N_("%(count)s past their day.")
UP_TO = N_("Up to %(last)s days")
BETWEEN = N_("%(first)s to %(last)s days")
MORE_THAN = N_("More than %(last)s days")

STEPS = {
    "determined": N_("From registration to determination"),
    "decided": N_("From determination to decision"),
    "published": N_("From decision to publication"),
}
STAGED = {
    "initial_assessment": N_("Initial assessment: %(status)s"),
    "full_assessment": N_("Full assessment: %(status)s"),
}
REVIEWS = {
    "annual_audit": N_("Annual audit"),
    "programme_audit": N_("Audit of the programme"),
    "policy": N_("Review of the policy"),
}
ENDS = (N_("Kept in time"), N_("Kept late"), N_("Not kept yet"), N_("Dropped"))
LEVELS = {"low": N_("Low"), "medium": N_("Medium"), "high": N_("High"), "not_stated": N_("Not stated")}
CAUSES = {
    "change": N_("Something has changed"),
    "incident": N_("Incident"),
    "complaint": N_("Complaint"),
    "expiry": N_("The answer has run out"),
    "review_date": N_("The day of the review has come"),
    "spot_check": N_("Overturned in a spot check"),
    "exception": N_("An emergency exception has ended"),
    "retraction": N_("A published assessment was withdrawn"),
}
EVENTS = {
    "spot-checks": {
        "spot-check:drawn": N_("Drawn by lot"),
        "spot-check:agreed": N_("Agreed with"),
        "spot-check:overturned": N_("Overturned"),
    },
    "emergency-exceptions": {
        "emergency-exception:requested": N_("Requested"),
        "emergency-exception:granted": N_("Granted"),
        "emergency-exception:refused": N_("Refused"),
        "emergency-exception:ended": N_("Ended early"),
        "emergency-exception:expired": N_("Run out"),
    },
    "vendor-questionnaires": {
        "vendor-response:issued": N_("Sent to a vendor"),
        "vendor-response:attested": N_("Answered and attested"),
        "vendor-response:accepted": N_("Accepted"),
        "vendor-response:expired": N_("Link run out unanswered"),
    },
}
AUDIT_STEPS = {
    "annual_audit": (
        ("annual-audit:started",),
        ("annual-audit:findings-reported",),
        ("annual-audit:confirmed", "annual-audit:new-version-required"),
        ("annual-audit:new-version-required",),
    ),
    "programme_audit": (
        ("programme-audit:started",),
        ("programme-audit:findings-reported",),
        ("programme-audit:closed",),
        (),
    ),
}

_NUMBER = N_("Number")
TABLES = {
    "intake": TableWords(
        N_("Over time"),
        N_("What was registered, determined, decided and published, in the order of time."),
        (N_("Time"), N_("Registered"), N_("Determined"), N_("Decided"), N_("Published")),
    ),
    "outcomes": TableWords(
        N_("Outcomes of initial assessments"),
        N_("Determinations made in this time, by what was determined."),
        (N_("Outcome"), _NUMBER),
    ),
    "statuses": TableWords(
        N_("Full assessments by status"),
        N_("Every version ever begun, by how it stood on the last day. A status in which there is none is left out."),
        (N_("Status"), _NUMBER),
    ),
    "cycle-times": TableWords(
        N_("How long the steps took"),
        N_(
            "Steps that ended in this time. Half of them took no longer than the median, nine in ten no longer than "
            "the last column."
        ),
        (N_("Step"), _NUMBER, N_("Median, in days"), N_("Nine in ten within, in days")),
    ),
    "cycle-times-over-time": TableWords(
        N_("How long the steps took, over time"),
        N_("The median in days of the steps that ended in each stretch of time; a dash where none ended."),
        (N_("Time"), N_("To determination"), N_("To decision"), N_("To publication")),
    ),
    "backlog": TableWords(
        N_("Unfinished work by age"),
        N_("Assessments neither finished nor published on the last day, by how long they had been in their status."),
        (N_("In its status since"), N_("All"), N_("Initial assessments"), N_("Full assessments")),
    ),
    "waiting": TableWords(
        N_("Unfinished work by status"),
        N_("The same assessments, by where they waited, with the longest wait and how many of each age."),
        (N_("Waits as"), _NUMBER, N_("Longest, in days")),
    ),
    "overdue": TableWords(
        N_("Overdue reviews"),
        N_("Audits and reviews whose day had passed on the last day, the oldest first."),
        (N_("Reference"), N_("Title"), N_("Kind"), N_("Department"), N_("Due"), N_("Days late")),
    ),
    "commitments": TableWords(
        N_("Open commitments by age"),
        N_("Promises not kept yet on the last day, by how long ago they were made."),
        (N_("Made"), N_("Open"), N_("Of these past their day")),
    ),
    "commitments-due": TableWords(
        N_("Commitments that fell due"),
        N_("Promises whose day lay in this time. One counts as kept on the day its evidence was accepted."),
        (N_("What became of them"), _NUMBER),
    ),
    "residual-risk": TableWords(
        N_("Risk that is left over"),
        N_("Assessments approved or published on the last day, by the remaining risk their authors stated."),
        (N_("Remaining risk"), _NUMBER),
    ),
    "departments": TableWords(
        N_("Departments"),
        N_("The same figures for each department."),
        (
            N_("Department"),
            N_("Registered"),
            N_("Published"),
            N_("Not finished"),
            N_("Audits overdue"),
            N_("Promises open"),
            N_("Of these past their day"),
        ),
    ),
    "reconsiderations": TableWords(
        N_("Causes to look again"),
        N_("What was reported or came due in this time, and what has been decided since."),
        (N_("Cause"), N_("Raised"), N_("Assessed again"), N_("Changes nothing"), N_("Not decided")),
    ),
    "spot-checks": TableWords(
        N_("Spot checks of delegated decisions"),
        N_("Delegated decisions looked at again by somebody who did not make them."),
        (N_("Spot checks"), _NUMBER),
    ),
    "emergency-exceptions": TableWords(
        N_("Emergency exceptions"),
        N_("Leave to begin before the assessment was done, by the steps taken in this time."),
        (N_("Exceptions"), _NUMBER),
    ),
    "vendor-questionnaires": TableWords(
        N_("Questions to vendors"),
        N_("Questionnaires by the steps taken in this time. One that was clarified may be answered more than once."),
        (N_("Questionnaires"), _NUMBER),
    ),
    "audits": TableWords(
        N_("Audits"),
        N_("Audits of single assessments and of the programme, by the steps taken in this time."),
        (N_("Audit"), N_("Started"), N_("Findings reported"), N_("Concluded"), N_("Of these: new version required")),
    ),
    "findings": TableWords(
        N_("Findings of audits by severity"),
        N_("Findings of the audits reported in this time, and how those concerned answered."),
        (N_("Severity"), _NUMBER, N_("Accepted"), N_("Disputed")),
    ),
    "vacancies": TableWords(
        N_("Roles to be filled"),
        N_("Required roles that too few people held on the last day."),
        (N_("Role"), N_("Where"), N_("Held by")),
    ),
}
