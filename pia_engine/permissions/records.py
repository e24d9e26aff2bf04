"""Does the *record* allow it now? One function per guard named in the workflow tables, each raising a sentence.

Guards only look. They are asked both before an action is offered and before it is done.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotAllowed, NotPossible
from pia_engine.models import (
    AnnualAudit,
    AnswerEvaluation,
    Assessment,
    RequestedChange,
    Review,
    VendorResponse,
    WorkflowRecord,
)
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.models.policy_rules import read_rules
from pia_engine.permissions.authorship import did_not_conduct_this_audit, has_not_written_this_text
from pia_engine.permissions.gate import assessment_allows_go_live, its_initiative_goes_on
from pia_engine.permissions.governance import (
    a_foreword_is_written,
    a_published_assessment_is_there,
    did_not_answer_these_findings,
    did_not_begin_this,
    did_not_decide_what_is_in_doubt,
    did_not_determine_this,
    every_finding_is_answered,
    has_never_kept_this_commitment,
    has_not_written_these_records,
    has_not_written_what_it_is_about,
    no_assessment_is_being_written,
    no_legal_hold,
    retention_is_over,
    something_else_renews_it,
    the_initiative_goes_on,
    the_year_is_over,
)
from pia_engine.permissions.outcomes import determines_an_outcome
from pia_engine.permissions.people import roles_for
from pia_engine.permissions.policies import did_not_write_this_version, policy_holds_together
from pia_engine.permissions.registers import decider_for, every_principle_is_answered
from pia_engine.permissions.roles import AUTHORING_ROLES, ROLE_NAMES, Actor, Role
from pia_engine.permissions.signatures import (
    agency_has_signed,
    has_not_answered_as_expert,
    has_not_judged_this_text,
)
from pia_engine.permissions.vocabulary import Permission
from pia_engine.permissions.whereabouts import holders_of, question_of
from pia_engine.permissions.withholdings import (
    its_edition_is_published,
    its_publication_is_not_ordered,
    what_is_withheld_is_still_there,
    withholdings_are_settled,
)
from pia_engine.questionnaires.definition import Question, Questionnaire
from pia_engine.questionnaires.progress import answers_in_play, missing_questions, visible_questions
from pia_engine.workflows import full_assessment, initial_assessment, vendor_response

Guard = Callable[[Session, WorkflowRecord, Actor], None]

ADVICE_ROLES = frozenset({Role.PRIVACY_OFFICER})


def missing_for(session: Session, record: WorkflowRecord, roles: frozenset[Role]) -> list[Question]:
    """Required questions still open that people of `roles` answer, in questionnaire order."""
    sheet = cast("Assessment | VendorResponse | AnnualAudit", record).sheet
    questionnaire = questionnaire_for(session, sheet)
    missing = missing_questions(questionnaire, answers_of(sheet))
    return [question for question in missing if question.answered_by in roles]


def all_questions_answered(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    questionnaire = _questionnaire(session, record)
    _refuse_missing(questionnaire, missing_for(session, record, AUTHORING_ROLES))
    _refuse_unconfirmed(questionnaire, unconfirmed_for(session, record, AUTHORING_ROLES))


def _questionnaire(session: Session, record: WorkflowRecord) -> Questionnaire:
    return questionnaire_for(session, cast("Assessment | VendorResponse | AnnualAudit", record).sheet)


def unconfirmed_for(session: Session, record: WorkflowRecord, roles: frozenset[Role]) -> list[Question]:
    """Questions in play whose answer was carried over and that nobody of `roles` has confirmed by saving."""
    sheet = cast("Assessment | VendorResponse | AnnualAudit", record).sheet
    open_ones = {answer.question for answer in sheet.answers if not answer.is_confirmed and answer.value is not None}
    questions = visible_questions(questionnaire_for(session, sheet), answers_of(sheet))
    return [question for question in questions if question.id in open_ones and question.answered_by in roles]


def _refuse_unconfirmed(questionnaire: Questionnaire, unconfirmed: list[Question]) -> None:
    if unconfirmed:
        raise NotPossible(
            N_(
                "Answers carried over that nobody has confirmed: %(count)s. The first is “%(first)s”. "
                "Open its section, check it and save."
            ),
            place=question_of(questionnaire, unconfirmed[0]),
            count=len(unconfirmed),
            first=unconfirmed[0].text,
        )


def advice_questions_answered(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    _refuse_missing(_questionnaire(session, record), missing_for(session, record, ADVICE_ROLES))


def _refuse_missing(questionnaire: Questionnaire, missing: list[Question]) -> None:
    if missing:
        raise NotPossible(
            N_("Questions that still need an answer: %(count)s. The first is “%(first)s”."),
            place=question_of(questionnaire, missing[0]),
            count=len(missing),
            first=missing[0].text,
        )


def requested_changes_answered(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    open_changes = session.scalar(
        select(func.count(RequestedChange.id))
        .join(Review)
        .where(Review.assessment_id == record.id, Review.result == "changes", RequestedChange.reply == "")
    )
    if open_changes:
        raise NotPossible(
            N_("Requested changes without a reply: %(count)s. Say for each what you changed, or why not."),
            place="changes",
            count=open_changes,
        )


def vendor_answers_settled(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    waiting = session.execute(
        select(VendorResponse.reference, VendorResponse.company)
        .where(
            VendorResponse.assessment_reference == record.reference,
            VendorResponse.status.in_([str(status) for status in vendor_response.UNSETTLED]),
        )
        .order_by(VendorResponse.reference)
    ).first()
    if waiting:
        raise NotPossible(
            N_("The answers of %(company)s are not accepted yet. The privacy officer accepts or cancels them."),
            place=f"vendors:{waiting.reference}",
            company=waiting.company,
        )


def open_review(session: Session, assessment_id: object) -> Review | None:
    """The review round under way, if one is."""
    return session.scalars(
        select(Review).where(Review.assessment_id == assessment_id, Review.result == "")
    ).one_or_none()


def _changes_in_open_review(session: Session, record: WorkflowRecord) -> int:
    review = open_review(session, record.id)
    return len(review.requested_changes) if review else 0


def a_change_is_requested(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    if not _changes_in_open_review(session, record):
        raise NotPossible(N_("No change is noted yet. Note at least one, at the question it is about."), place="review")


def no_change_waits_to_be_sent(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    if _changes_in_open_review(session, record):
        raise NotPossible(
            N_("You have noted changes. Request them from the author, or remove them first."), place="review"
        )


def decider_role(session: Session, assessment: Assessment) -> Role:
    """Who decides, by the residual risk and the policy the assessment was begun under."""
    return decider_for(answers_of(assessment.sheet), read_rules(assessment.policy_version))


def is_the_decider(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    role = decider_role(session, cast(Assessment, record))
    if role not in roles_for(actor, Permission.ASSESSMENT_DECIDE, record):
        raise NotAllowed(
            N_("The remaining risk decides who decides: here it is the %(role)s."),
            who_can_help=ROLE_NAMES[role],
            place=holders_of([role]),
            role=ROLE_NAMES[role].lower(),
        )


def queries_answered(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    unanswered = session.scalar(
        select(func.count(AnswerEvaluation.id)).where(
            AnswerEvaluation.vendor_response_id == record.id,
            AnswerEvaluation.verdict == "queried",
            AnswerEvaluation.reply == "",
        )
    )
    if unanswered:
        raise NotPossible(
            N_("Questions of the privacy officer without a reply: %(count)s."), place="replies", count=unanswered
        )


def _verdicts(record: WorkflowRecord) -> dict[str, str]:
    return {verdict.question: verdict.verdict for verdict in cast(VendorResponse, record).evaluations}


def an_answer_is_queried(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    if "queried" not in _verdicts(record).values():
        raise NotPossible(
            N_("No answer is queried. Mark the answers you want the vendor to clarify."), place="verdicts"
        )


def all_answers_accepted(session: Session, record: WorkflowRecord, actor: Actor) -> None:
    verdicts = _verdicts(record)
    sheet = cast(VendorResponse, record).sheet
    answered = answers_in_play(questionnaire_for(session, sheet), answers_of(sheet))
    waiting = [question for question in answered if verdicts.get(question) != "accepted"]
    if waiting:
        raise NotPossible(N_("Answers not accepted yet: %(count)s."), place="verdicts", count=len(waiting))


def check_can_answer(record: WorkflowRecord, role: str) -> None:
    """May people of `role` change their answers in the record's present status? Raises NotPossible."""
    if record.status in _EDITABLE_BY.get((record.workflow_name, role), frozenset()):
        return
    raise NotPossible(N_("These answers cannot be changed at this step. They are kept as they were submitted."))


_EDITABLE_BY: dict[tuple[str, str], frozenset[str]] = {
    ("initial_assessment", "agency_official"): frozenset(map(str, initial_assessment.EDITABLE)),
    ("full_assessment", "agency_official"): frozenset(map(str, full_assessment.EDITABLE)),
    ("full_assessment", "contributor"): frozenset(map(str, full_assessment.EDITABLE)),
    ("full_assessment", "privacy_officer"): frozenset({"draft", "changes_requested", "submitted", "in_review"}),
    ("vendor_response", "vendor_respondent"): frozenset(map(str, vendor_response.EDITABLE)),
    ("annual_audit", "auditor"): frozenset({"in_progress"}),
    ("programme_audit", "auditor"): frozenset({"in_progress"}),
}

GUARDS: dict[str, Guard] = {
    guard.__name__: guard
    for guard in (
        did_not_begin_this,
        did_not_answer_these_findings,
        a_change_is_requested,
        a_foreword_is_written,
        a_published_assessment_is_there,
        advice_questions_answered,
        agency_has_signed,
        all_answers_accepted,
        all_questions_answered,
        an_answer_is_queried,
        assessment_allows_go_live,
        determines_an_outcome,
        did_not_conduct_this_audit,
        did_not_decide_what_is_in_doubt,
        did_not_determine_this,
        did_not_write_this_version,
        every_finding_is_answered,
        every_principle_is_answered,
        has_never_kept_this_commitment,
        has_not_answered_as_expert,
        has_not_judged_this_text,
        has_not_written_these_records,
        has_not_written_this_text,
        has_not_written_what_it_is_about,
        is_the_decider,
        its_edition_is_published,
        its_initiative_goes_on,
        its_publication_is_not_ordered,
        no_assessment_is_being_written,
        no_change_waits_to_be_sent,
        no_legal_hold,
        policy_holds_together,
        queries_answered,
        requested_changes_answered,
        retention_is_over,
        something_else_renews_it,
        the_initiative_goes_on,
        the_year_is_over,
        vendor_answers_settled,
        what_is_withheld_is_still_there,
        withholdings_are_settled,
    )
}


def check_guards(session: Session, record: WorkflowRecord, actor: Actor, guards: tuple[str, ...]) -> None:
    """Run the named guards in order; the first that refuses speaks."""
    for name in guards:
        GUARDS[name](session, record, actor)
