"""The rules of the gate, one small function each, in the order in which they speak. The table stands at the end.

A rule looks at the facts and says nothing, or what it finds. `services.gate` makes an answer of all findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pia_engine.errors import N_
from pia_engine.models import WorkflowRecord
from pia_engine.permissions.roles import ROLE_NAMES, Role
from pia_engine.questionnaires.wording import Sentence, plain
from pia_engine.services.gate_facts import Condition, Facts, Finding, Reason, Weight
from pia_engine.services.places import path_of
from pia_engine.workflows import commitment, full_assessment, initial_assessment, initiative
from pia_engine.workflows.machine import WORKFLOWS

AWARD, GO_LIVE = "award", "go_live"
MADE_OF_CONDITIONS = frozenset({"condition", "delegated_review"})


Rule = Callable[[Facts], Iterator[Finding]]


def retired(facts: Facts) -> Iterator[Finding]:
    if facts.initiative.status == initiative.Status.RETIRED:
        yield _refuses("retired", Sentence(N_("The initiative is retired.")), facts.initiative)


def refused(facts: Facts) -> Iterator[Finding]:
    if facts.initiative.status == initiative.Status.REFUSED:
        sentence = Sentence(
            N_("The initiative was refused as it was assessed. It has to be opened and assessed again.")
        )
        yield _refuses("refused", sentence, facts.initiative, ROLE_NAMES[Role.AGENCY_OFFICIAL])


def allowed_by_full_assessment(facts: Facts) -> Iterator[Finding]:
    approved = facts.grounds.approved
    if approved is not None:
        sentence = Sentence(
            N_("The full assessment %(reference)s, version %(edition)s, is approved."),
            reference=approved.reference,
            edition=approved.edition,
        )
        yield Finding(Weight.ALLOWS, Reason("full_assessment_approved", sentence, path_of(approved)))
        if approved.conditions:
            yield _limits(Condition("decision", plain(approved.conditions), approved.reference, path=path_of(approved)))


def allowed_by_determination(facts: Facts) -> Iterator[Finding]:
    grounds, found = facts.grounds, facts.grounds.determination
    if found is None or grounds.approved is not None or grounds.has_run_out:
        return
    reference, path = found.assessment.reference, f"{path_of(found.assessment)}/outcome"
    sentence = Sentence(N_("The initial assessment %(reference)s cleared it."), reference=reference)
    if found.expires_on:
        text = N_("The initial assessment %(reference)s cleared it until %(day)s.")
        sentence = Sentence(text, reference=reference, day=found.expires_on)
    yield Finding(Weight.ALLOWS, Reason(f"determined_{found.outcome}", sentence, path))
    if found.conditions:
        yield _limits(Condition("determination", plain(found.conditions), reference, path=path))


def determination_ran_out(facts: Facts) -> Iterator[Finding]:
    grounds, found = facts.grounds, facts.grounds.determination
    if found is not None and grounds.has_run_out and grounds.answer is None and facts.newest is found.assessment:
        sentence = Sentence(
            N_("The determination of %(reference)s held until %(day)s. It has to be assessed again."),
            reference=found.assessment.reference,
            day=found.expires_on,
        )
        yield _lacks("determination_expired", sentence, found.assessment, ROLE_NAMES[Role.PRIVACY_OFFICER])


def nothing_was_begun(facts: Facts) -> Iterator[Finding]:
    if facts.newest is None:
        sentence = Sentence(N_("No assessment was begun. The initial assessment comes first."))
        yield _lacks("no_assessment", sentence, facts.initiative, ROLE_NAMES[Role.AGENCY_OFFICIAL])


def initial_assessment_is_open(facts: Facts) -> Iterator[Finding]:
    newest = facts.newest
    if newest is None or newest.stage != "initial" or newest.status in initial_assessment.FINAL:
        return
    if facts.grounds.answer is not None:
        sentence = Sentence(
            N_("It is being assessed again (%(reference)s). This answer covers only what was assessed before."),
            reference=newest.reference,
        )
        yield _limits(Condition("reassessment", sentence, newest.reference, path=path_of(newest)))
        return
    sentence = Sentence(
        N_("The initial assessment %(reference)s is not determined yet. Its status: %(status)s."),
        reference=newest.reference,
        status=_status_of(newest),
    )
    yield _lacks("initial_assessment_open", sentence, newest, facts.helper)


def full_assessment_is_open(facts: Facts) -> Iterator[Finding]:
    newest, over = facts.newest, full_assessment.FINAL | full_assessment.ALLOWS_GO_LIVE
    if newest is None or newest.stage != "full" or newest.status in over:
        return
    if facts.grounds.answer is not None:
        sentence = Sentence(
            N_("A newer version is being written (%(reference)s). This answer covers only what the present one says."),
            reference=newest.reference,
        )
        yield _limits(Condition("newer_version", sentence, newest.reference, path=path_of(newest)))
        return
    sentence = Sentence(
        N_("The full assessment %(reference)s is not decided yet. Its status: %(status)s."),
        reference=newest.reference,
        status=_status_of(newest),
    )
    yield _lacks("full_assessment_open", sentence, newest, facts.helper)


def assessment_was_rejected(facts: Facts) -> Iterator[Finding]:
    newest = facts.newest
    if newest is not None and newest.stage == "full" and newest.status == full_assessment.Status.REJECTED:
        sentence = Sentence(N_("The full assessment %(reference)s was rejected."), reference=newest.reference)
        yield _lacks("full_assessment_rejected", sentence, newest, ROLE_NAMES[Role.AGENCY_OFFICIAL])


def assessment_was_withdrawn(facts: Facts) -> Iterator[Finding]:
    newest = facts.newest
    if newest is None or facts.grounds.answer is not None or newest.status != "withdrawn":
        return
    sentence = Sentence(
        N_("The assessment %(reference)s was withdrawn. A new one has to be begun."), reference=newest.reference
    )
    yield _lacks("assessment_withdrawn", sentence, newest, ROLE_NAMES[Role.AGENCY_OFFICIAL])


def publication_was_retracted(facts: Facts) -> Iterator[Finding]:
    """Said while nothing else allows it, also when the next version is being written already."""
    found = next((each for each in facts.grounds.in_play if each.status == full_assessment.Status.RETRACTED), None)
    if found is None or facts.grounds.answer is not None:
        return
    sentence = Sentence(
        N_("The full assessment %(reference)s, version %(edition)s, was withdrawn from the public register."),
        reference=found.reference,
        edition=found.edition,
    )
    yield _lacks("publication_retracted", sentence, found, ROLE_NAMES[Role.PRIVACY_OFFICER])


def vendor_answers_are_open(facts: Facts) -> Iterator[Finding]:
    if facts.vendors_open:
        sentence = Sentence(
            N_("Answers of vendors that are not accepted yet: %(count)s. The privacy officer accepts or cancels them."),
            count=facts.vendors_open,
        )
        about = facts.newest or facts.initiative
        yield _lacks("vendor_answers_open", sentence, about, ROLE_NAMES[Role.PRIVACY_OFFICER])


def exception_is_in_force(facts: Facts) -> Iterator[Finding]:
    found = facts.grounds.exception
    if found is None or facts.grounds.answer is not None:
        return
    path = path_of(found)
    sentence = Sentence(
        N_("The emergency exception %(reference)s allows it until %(day)s."),
        reference=found.reference,
        day=found.until_on,
    )
    yield Finding(Weight.BRIDGES, Reason("emergency_exception", sentence, path))
    ends = Sentence(N_("It has to stop after %(day)s, unless an assessment allows it by then."), day=found.until_on)
    yield _limits(Condition("exception", ends, found.reference, found.until_on, path=path))
    if found.conditions:
        yield _limits(Condition("exception", plain(found.conditions), found.reference, path=path))


def exception_does_not_award(facts: Facts) -> Iterator[Finding]:
    found = facts.grounds.exception
    if found is not None and facts.grounds.answer is None:
        sentence = Sentence(
            N_("The emergency exception %(reference)s lets it be used for some days. It lets no contract be awarded."),
            reference=found.reference,
        )
        yield Finding(Weight.NOTES, Reason("exception_does_not_award", sentence, path_of(found)))


def causes_wait_to_be_decided(facts: Facts) -> Iterator[Finding]:
    for cause in facts.causes:
        sentence = Sentence(
            N_("Something was reported that may change this answer, and nobody has decided yet: %(reference)s."),
            reference=cause.reference,
        )
        yield _limits(Condition("reconsideration", sentence, cause.reference, path=path_of(cause)))


def audit_is_overdue(facts: Facts) -> Iterator[Finding]:
    answer = facts.grounds.answer
    if answer is not None and facts.audit_due_on is not None and facts.audit_due_on < facts.grounds.on:
        sentence = Sentence(
            N_("The audit of %(reference)s was due on %(day)s and is not finished."),
            reference=answer.reference,
            day=facts.audit_due_on,
        )
        yield _limits(
            Condition(
                "review_overdue", sentence, answer.reference, facts.audit_due_on, is_overdue=True, path=path_of(answer)
            )
        )


def commitments_are_open(facts: Facts) -> Iterator[Finding]:
    """A commitment made of a condition stands there already; it is named once more only when it is overdue."""
    for each in facts.commitments:
        is_overdue = each.is_overdue_on(facts.grounds.on)
        if each.status in commitment.FINAL or (each.source in MADE_OF_CONDITIONS and not is_overdue):
            continue
        yield _limits(
            Condition(
                "commitment",
                plain(each.text),
                each.reference,
                each.due_on,
                is_overdue=is_overdue,
                is_public=each.is_public,
                path=path_of(each),
            )
        )


RULES: tuple[tuple[Rule, frozenset[str]], ...] = (
    (retired, frozenset({AWARD, GO_LIVE})),
    (refused, frozenset({AWARD, GO_LIVE})),
    (nothing_was_begun, frozenset({AWARD, GO_LIVE})),
    (initial_assessment_is_open, frozenset({AWARD, GO_LIVE})),
    (full_assessment_is_open, frozenset({AWARD, GO_LIVE})),
    (assessment_was_rejected, frozenset({AWARD, GO_LIVE})),
    (assessment_was_withdrawn, frozenset({AWARD, GO_LIVE})),
    (publication_was_retracted, frozenset({AWARD, GO_LIVE})),
    (determination_ran_out, frozenset({AWARD, GO_LIVE})),
    (vendor_answers_are_open, frozenset({AWARD})),
    (exception_does_not_award, frozenset({AWARD})),
    (exception_is_in_force, frozenset({GO_LIVE})),
    (allowed_by_full_assessment, frozenset({AWARD, GO_LIVE})),
    (allowed_by_determination, frozenset({AWARD, GO_LIVE})),
    (causes_wait_to_be_decided, frozenset({AWARD, GO_LIVE})),
    (audit_is_overdue, frozenset({AWARD, GO_LIVE})),
    (commitments_are_open, frozenset({AWARD, GO_LIVE})),
)
"""Each rule with the questions it speaks to."""


def _refuses(code: str, sentence: Sentence, about: WorkflowRecord, who_can_help: str = "") -> Finding:
    return Finding(Weight.REFUSES, Reason(code, sentence, path_of(about), who_can_help))


def _lacks(code: str, sentence: Sentence, about: WorkflowRecord, who_can_help: str = "") -> Finding:
    return Finding(Weight.LACKS, Reason(code, sentence, path_of(about), who_can_help))


def _limits(condition: Condition) -> Finding:
    return Finding(Weight.LIMITS, condition=condition)


def _status_of(record: WorkflowRecord) -> Sentence:
    return Sentence(WORKFLOWS[record.workflow_name].label(record.status))
