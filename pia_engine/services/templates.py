"""Beginning from another assessment: which may be chosen, what would be carried, and doing it."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from pia_engine.errors import N_, NotPossible
from pia_engine.models import Assessment, Initiative, Person
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.people import check_may
from pia_engine.permissions.records import check_can_answer
from pia_engine.permissions.roles import AUTHORING_ROLES, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import Question, QuestionType, Value
from pia_engine.questionnaires.progress import answers_in_play
from pia_engine.services.assessments import SAID_OF_ONE_EDITION, begin_initial_assessment
from pia_engine.services.carrying import under_policy
from pia_engine.services.history import Given, write_answers
from pia_engine.services.initiatives import NewInitiative, Page, register_initiative, visible_departments

_NOTE_LIMIT = 300


def check_can_use_template(target: Assessment, *, actor: Actor) -> None:
    """Its author, while it is being written. Raises NotAllowed or NotPossible."""
    check_may(actor, Permission.ASSESSMENT_SUBMIT, target)
    check_can_answer(target, Role.AGENCY_OFFICIAL)


def list_templates(
    session: Session, target: Assessment, *, actor: Actor, search: str = "", page: int = 1, size: int = 10
) -> Page[Assessment]:
    """Other assessments of the same stage that the actor may see: the newest version of each, newest first."""
    newer = aliased(Assessment)
    is_older = exists().where(
        newer.reference == Assessment.reference, newer.stage == Assessment.stage, newer.edition > Assessment.edition
    )
    query = (
        select(Assessment)
        .join(Assessment.initiative)
        .where(Assessment.stage == target.stage, Assessment.reference != target.reference, ~is_older)
        .options(selectinload(Assessment.initiative), selectinload(Assessment.department))
    )
    departments = visible_departments(actor)
    if departments is not None:
        query = query.where(Assessment.department_id.in_(departments))
    if search:
        pattern = "%" + search.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        query = query.where(
            or_(Initiative.title.ilike(pattern, escape="\\"), Assessment.reference.ilike(pattern, escape="\\"))
        )
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    newest_first = query.order_by(Assessment.created_at.desc(), Assessment.id.desc())
    return Page(list(session.scalars(newest_first.offset((page - 1) * size).limit(size))), page, size, total)


def preview_template(session: Session, target: Assessment, source: Assessment) -> dict[str, Value]:
    """What would be carried: the source's answers to questions that are still unanswered here, where they fit.

    Never the officer's advice, what is said of one version only, files, or ratings made with another matrix.
    """
    asked = questionnaire_for(session, target.sheet)
    answered = answers_of(target.sheet)
    questionnaire = questionnaire_for(session, source.sheet)
    carried: dict[str, Value] = {}
    for name, value in answers_in_play(questionnaire, answers_of(source.sheet)).items():
        question = asked.find_question(name)
        if question is None or name in answered or not _may_be_carried(question, questionnaire.question(name)):
            continue
        fitting = under_policy(question, value, source, target)
        if fitting is not None and check_value(question, fitting) is None:
            carried[name] = fitting
    return carried


def _may_be_carried(target: Question, source: Question) -> bool:
    return (
        target.type is source.type
        and target.type is not QuestionType.FILE
        and target.id not in SAID_OF_ONE_EDITION
        and {target.answered_by, source.answered_by} <= AUTHORING_ROLES
    )


def use_template(
    session: Session, target: Assessment, source: Assessment, *, actor: Actor, now: dt.datetime
) -> list[str]:
    """Carry another assessment's answers into unanswered questions; each waits to be confirmed. Returns which."""
    check_can_use_template(target, actor=actor)
    check_may(actor, Permission.ASSESSMENT_VIEW, source)
    if source.reference == target.reference or source.stage != target.stage:
        raise NotPossible(N_("Choose another assessment of the same kind."))
    note = f"{source.reference}: {source.initiative.title}"[:_NOTE_LIMIT]
    given = [
        Given(name, value, "template", note, is_confirmed=False)
        for name, value in preview_template(session, target, source).items()
    ]
    details = {"origin": "template", "from": source.reference}
    return write_answers(session, target, given, event="answers:carried", details=details, actor=actor, now=now)


def begin_similar(
    session: Session, source: Assessment, new: NewInitiative, *, author: Person, actor: Actor, now: dt.datetime
) -> Assessment:
    """Register another initiative and begin its initial assessment from the answers of `source`, an initial one."""
    check_may(actor, Permission.ASSESSMENT_VIEW, source)
    initiative = register_initiative(session, new, author=author, actor=actor, now=now)
    begun = begin_initial_assessment(session, initiative, author=author, actor=actor, now=now)
    use_template(session, begun, source, actor=actor, now=now)
    return begun
