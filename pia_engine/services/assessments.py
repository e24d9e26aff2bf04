"""Begin, submit and withdraw assessments; continue a published one.

The outcome of an initial assessment is in `determinations`, review and decision are in `reviews`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.errors import N_, NotFound, NotPossible
from pia_engine.models import (
    Answer,
    Assessment,
    Initiative,
    Person,
    Revision,
)
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.services.answers import begin_sheet
from pia_engine.services.attachments import carry_attachments
from pia_engine.services.carrying import carry_answers, under_policy
from pia_engine.services.history import Given, begin_history, write_answers
from pia_engine.services.initiatives import list_assessments_of
from pia_engine.services.policies import current_policy
from pia_engine.services.references import next_reference
from pia_engine.services.vendor_responses import cancel_open_requests
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows import full_assessment, initial_assessment
from pia_engine.workflows.initiative import Action as InitiativeAction
from pia_engine.workflows.initiative import Status as InitiativeStatus

SAID_OF_ONE_EDITION = frozenset({"version_changes", "advice_not_followed"})


def get_assessment(session: Session, reference: str, stage: str, edition: int | None = None) -> Assessment:
    """One assessment by reference and stage; the newest edition unless one is named."""
    query = select(Assessment).where(Assessment.reference == reference, Assessment.stage == stage)
    if edition is not None:
        query = query.where(Assessment.edition == edition)
    assessment = session.scalars(query.order_by(Assessment.edition.desc()).limit(1)).first()
    if assessment is None:
        raise NotFound(N_("There is no such assessment."))
    return assessment


def list_stages(session: Session, reference: str) -> list[Assessment]:
    """Everything under one reference: the initial assessment, then each edition of the full one."""
    rows = list(
        session.scalars(
            select(Assessment)
            .where(Assessment.reference == reference)
            .order_by(Assessment.stage.desc(), Assessment.edition)
        )
    )
    if not rows:
        raise NotFound(N_("There is no assessment with this reference."))
    return rows


def check_can_begin(session: Session, initiative: Initiative, *, actor: Actor) -> None:
    """An initiative has one assessment at a time; when that came to nothing the next may begin."""
    check_may(actor, Permission.INITIATIVE_REGISTER, initiative)
    if initiative.status not in (InitiativeStatus.REGISTERED, InitiativeStatus.IN_ASSESSMENT):
        raise NotPossible(N_("An assessment is begun while an initiative is registered or being assessed."))
    over = {"initial": initial_assessment.FINAL, "full": full_assessment.FINAL | full_assessment.ALLOWS_GO_LIVE}
    if any(each.status not in over[each.stage] for each in list_assessments_of(session, initiative)):
        raise NotPossible(N_("This initiative already has an initial assessment."))


def begin_initial_assessment(
    session: Session, initiative: Initiative, *, author: Person, actor: Actor, now: dt.datetime
) -> Assessment:
    """Begin the short questionnaire every initiative answers. One per initiative at a time."""
    check_can_begin(session, initiative, actor=actor)
    if initiative.status == InitiativeStatus.REGISTERED:
        apply_action(session, initiative, InitiativeAction.BEGIN_ASSESSMENT, actor=actor, now=now)
    assessment = new_assessment(session, initiative, stage="initial", author_id=author.id, now=now)
    assessment.reference = next_reference(session, "PIA", now)
    begin_life(session, assessment, "initial-assessment:begun", actor=actor, now=now)
    return assessment


def new_assessment(
    session: Session, initiative: Initiative, *, stage: str, author_id: uuid.UUID, now: dt.datetime
) -> Assessment:
    """One with an empty sheet under the policy in force, still without a reference."""
    questionnaire = "initial-assessment" if stage == "initial" else "full-assessment"
    sheet = begin_sheet(session, questionnaire, now=now)
    return Assessment(
        stage=stage,
        edition=1,
        initiative=initiative,
        department_id=initiative.department_id,
        author_id=author_id,
        policy_version=current_policy(session),
        sheet=sheet,
    )


def submit_assessment(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime) -> Revision:
    """Hand the answers in: they become a revision that never changes."""
    action = initial_assessment.Action.SUBMIT if assessment.stage == "initial" else full_assessment.Action.SUBMIT
    apply_action(session, assessment, action, actor=actor, now=now)
    return fix_revision(session, assessment, actor=actor, now=now)


def fix_revision(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime) -> Revision:
    """Keep the present answers as the next revision."""
    questionnaire = questionnaire_for(session, assessment.sheet)
    answers = answers_in_play(questionnaire, answers_of(assessment.sheet))
    last = session.scalar(select(func.max(Revision.number)).where(Revision.assessment_id == assessment.id)) or 0
    revision = Revision(
        assessment_id=assessment.id,
        number=last + 1,
        answers=dict(answers),
        digest=digest_of(assessment, answers, questionnaire_digest=questionnaire.digest),
        submitted_by=actor.person_id,
        submitted_at=now,
    )
    session.add(revision)
    session.flush()
    return revision


def digest_of(assessment: Assessment, answers: object, *, questionnaire_digest: str) -> str:
    """What a sign-off covers: the questionnaire version and every answer, as SHA-256 of canonical JSON (RFC 8785)."""
    return hashlib.sha256(
        rfc8785.dumps(
            {
                "reference": assessment.reference,
                "stage": assessment.stage,
                "edition": assessment.edition,
                "questionnaire": assessment.sheet.questionnaire,
                "questionnaire_version": assessment.sheet.questionnaire_version,
                "questionnaire_digest": questionnaire_digest,
                "answers": answers,  # type: ignore[dict-item]
            }
        )
    ).hexdigest()


def return_assessment(session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Send an initial assessment back to its author."""
    apply_action(session, assessment, initial_assessment.Action.RETURN, actor=actor, now=now, reason=reason)


def withdraw_assessment(
    session: Session, assessment: Assessment, *, actor: Actor, now: dt.datetime, reason: str
) -> None:
    """Take an assessment back before it is decided; vendors asked for it need not answer any more."""
    action = initial_assessment.Action.WITHDRAW if assessment.stage == "initial" else full_assessment.Action.WITHDRAW
    apply_action(session, assessment, action, actor=actor, now=now, reason=reason)
    if assessment.stage == "full":
        cancel_open_requests(session, assessment, now=now, reason=f"{assessment.reference}: {reason}")


def begin_full_assessment(session: Session, initial: Assessment, *, actor: Actor, now: dt.datetime) -> Assessment:
    """The full assessment under the same reference, prefilled from the initial one."""
    full = new_assessment(session, initial.initiative, stage="full", author_id=initial.author_id, now=now)
    full.reference = initial.reference
    begin_life(session, full, "full-assessment:begun", actor=actor, now=now)
    carry_answers(
        session,
        full,
        initial,
        origin="initial",
        note=f"{initial.reference}, {initial.updated_at.date().isoformat()}",
        actor=actor,
        now=now,
    )
    return full


def find_published(session: Session, reference: str) -> Assessment | None:
    """The edition of a full assessment that the public reads now, if there is one under this reference."""
    return session.scalars(
        select(Assessment)
        .where(
            Assessment.reference == reference,
            Assessment.stage == "full",
            Assessment.status == str(full_assessment.Status.PUBLISHED),
        )
        .order_by(Assessment.edition.desc())
        .limit(1)
    ).first()


def list_published(session: Session, *, department_id: uuid.UUID, limit: int) -> list[Assessment]:
    """Published full assessments of a department, newest first."""
    query = select(Assessment).where(
        Assessment.department_id == department_id,
        Assessment.stage == "full",
        Assessment.status == str(full_assessment.Status.PUBLISHED),
    )
    return list(session.scalars(query.order_by(Assessment.updated_at.desc(), Assessment.id).limit(limit)))


def begin_update(
    session: Session, initial: Assessment, published: Assessment, *, actor: Actor, now: dt.datetime
) -> Assessment:
    """The full assessment of a change, begun from the published text; each answer waits to be confirmed.

    What that text does not say starts from the initial assessment; ratings made with another matrix are left out.
    """
    full = begin_full_assessment(session, initial, actor=actor, now=now)
    questionnaire = questionnaire_for(session, full.sheet)
    note = f"{published.reference}, v{published.edition}"
    carried = [
        Given(question.id, under_policy(question, answer.value, published, full), "previous", note, is_confirmed=False)
        for answer in published.sheet.answers
        if (question := questionnaire.find_question(answer.question)) and _goes_on(question, answer)
    ]
    details = {"origin": "previous", "from": published.reference}
    write_answers(session, full, carried, event="answers:carried", details=details, actor=actor, now=now)
    return full


def _goes_on(question: Question, answer: Answer) -> bool:
    """Whether a published answer still stands in another text. Files stay with the assessment they were added to."""
    if answer.value is None or question.answered_by == Role.PRIVACY_OFFICER or question.id in SAID_OF_ONE_EDITION:
        return False
    return question.type is not QuestionType.FILE and check_value(question, answer.value) is None


def begin_new_edition(session: Session, published: Assessment, *, actor: Actor, now: dt.datetime) -> Assessment:
    """The next edition of a published assessment, begun from its answers; the old one stays until it is replaced.

    Each answer waits to be confirmed. What is said about the version itself, and the officer's advice, start empty.
    """
    editions = [stage for stage in list_stages(session, published.reference) if stage.stage == "full"]
    if any(stage.edition > published.edition and stage.status not in full_assessment.FINAL for stage in editions):
        raise NotPossible(N_("A newer version of this assessment is already being written."))
    following = new_assessment(session, published.initiative, stage="full", author_id=published.author_id, now=now)
    following.reference, following.edition = published.reference, max(stage.edition for stage in editions) + 1
    questionnaire = questionnaire_for(session, published.sheet)
    for answer in published.sheet.answers:
        question = questionnaire.find_question(answer.question)
        if question is None or question.answered_by == Role.PRIVACY_OFFICER or question.id in SAID_OF_ONE_EDITION:
            continue
        value = under_policy(question, answer.value, published, following)
        following.sheet.answers.append(carried_on(answer, value, note=f"v{published.edition}"))
    begin_life(session, following, "full-assessment:new-edition-begun", actor=actor, now=now)
    begun_anew = {q.id for q in questionnaire.questions if q.answered_by == Role.PRIVACY_OFFICER} | SAID_OF_ONE_EDITION
    carry_attachments(session, published, following, left_out=begun_anew)
    begin_history(session, following, actor=actor, now=now)
    return following


def carried_on(answer: Answer, value: Value | None, *, note: str) -> Answer:
    """An answer of an earlier text, still its author's, that waits to be confirmed in the next one."""
    return Answer(
        question=answer.question,
        value=value,
        saved_in=1,
        answered_by=answer.answered_by,
        answered_by_name=answer.answered_by_name,
        answered_at=answer.answered_at,
        origin="previous",
        origin_note=note,
        is_confirmed=False,
    )


def list_sheet_answers(assessment: Assessment) -> dict[str, Answer]:
    """The stored answers with their provenance, by question id."""
    return {answer.question: answer for answer in assessment.sheet.answers if answer.value is not None}
