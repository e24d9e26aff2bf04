"""Save the answers of one section; notice question by question when somebody else saved in the meantime."""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from pia_engine.errors import N_, Invalid, NotAllowed, NotPossible, Stale
from pia_engine.models import AnnualAudit, Answer, AnswerSheet, Assessment, ProgrammeAudit, VendorResponse
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.people import may
from pia_engine.permissions.records import check_can_answer
from pia_engine.permissions.roles import ROLE_NAMES, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import Question, Questionnaire, Value
from pia_engine.questionnaires.progress import required_questions, visible_questions
from pia_engine.questionnaires.values import same_value
from pia_engine.services.capacities import in_capacity_for
from pia_engine.services.history import Given, SheetOwner, values_at, write_answers
from pia_engine.services.offers import check_offered
from pia_engine.services.questionnaires import use_newest


@dataclass(frozen=True, slots=True)
class Conflict:
    """One question two people answered differently since the form was opened."""

    question: str
    theirs: Value | None
    yours: Value | None
    saved_by: str
    saved_at: dt.datetime


class AnswersConflict(Stale):
    """Nothing was saved. Both texts are in `conflicts`, so a page can show them side by side."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__(N_("Somebody else saved this section while you were writing. Both texts are below."))
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as it stands: what it asks, what was answered, which questions apply, and where answers came from."""

    questionnaire: Questionnaire
    answers: dict[str, Value]
    stored: dict[str, Answer]
    visible: tuple[Question, ...]
    required: frozenset[str]
    version: int

    @functools.cached_property
    def unconfirmed(self) -> frozenset[str]:
        """Questions whose carried answer nobody has confirmed yet."""
        return frozenset(name for name, answer in self.stored.items() if not answer.is_confirmed)


def read_sheet(session: Session, record: SheetOwner) -> ReadSheet:
    """Everything a page needs to know of a record's answers."""
    questionnaire, answers = questionnaire_for(session, record.sheet), answers_of(record.sheet)
    return ReadSheet(
        questionnaire=questionnaire,
        answers=answers,
        stored={answer.question: answer for answer in record.sheet.answers if answer.value is not None},
        visible=visible_questions(questionnaire, answers),
        required=required_questions(questionnaire, answers),
        version=record.sheet.version,
    )


def begin_sheet(session: Session, questionnaire: str, *, now: dt.datetime) -> AnswerSheet:
    """A new, empty sheet for the newest version of a questionnaire."""
    newest = use_newest(session, questionnaire, now=now)
    sheet = AnswerSheet(questionnaire=newest.id, questionnaire_version=newest.version)
    session.add(sheet)
    session.flush()
    return sheet


def answering_roles(record: SheetOwner, actor: Actor) -> frozenset[str]:
    """The roles whose questions this actor may answer now, on this record: the author for the agency, and so on."""
    held: set[str] = set()
    if isinstance(record, VendorResponse):
        if may(actor, Permission.VENDOR_RESPONSE_ANSWER, record):
            held.add(Role.VENDOR_RESPONDENT)
    elif isinstance(record, AnnualAudit):
        if may(actor, Permission.ANNUAL_AUDIT_CONDUCT, record) and record.auditor_id == actor.id:
            held.add(Role.AUDITOR)
    elif isinstance(record, ProgrammeAudit):
        if may(actor, Permission.PROGRAMME_AUDIT_CONDUCT, record) and record.auditor_id == actor.id:
            held.add(Role.AUDITOR)
    elif may(actor, Permission.ASSESSMENT_ANSWER, record):
        held |= _roles_in_assessment(record, actor)
    return frozenset(role for role in held if _is_open(record, role))


def _roles_in_assessment(record: Assessment, actor: Actor) -> set[Role]:
    is_author = actor.id == record.author_id
    held = {Role.CONTRIBUTOR} & actor.roles
    if is_author and may(actor, Permission.ASSESSMENT_SUBMIT, record):
        held.add(Role.AGENCY_OFFICIAL)
    if may(actor, Permission.ASSESSMENT_REVIEW, record):
        held.add(Role.PRIVACY_OFFICER)
    return held


def _is_open(record: SheetOwner, role: str) -> bool:
    try:
        check_can_answer(record, role)
    except NotPossible:
        return False
    return True


def save_answers(
    session: Session,
    record: SheetOwner,
    values: Mapping[str, Value | None],
    *,
    seen_version: int,
    actor: Actor,
    now: dt.datetime,
    settled: Mapping[str, int] | None = None,
) -> int:
    """Save the answers a form held; None clears one. Returns how many changed.

    A value that is what the form was opened with at `seen_version` was not touched: what others saved since stands.
    `settled` names the version at which a conflict was looked at, for each question it was settled for.
    Raises AnswersConflict when others changed what this form changes too, Invalid for a value that does not fit,
    NotAllowed for questions of another role. Then nothing is saved.
    """
    questionnaire = questionnaire_for(session, record.sheet)
    questions = {question.id: question for question in questionnaire.questions if question.id in values}
    for question in questions.values():
        check_answerable(record, question, actor)
        check_fits(question, values[question.id])
    mine = {name: values[name] for name in questions}
    seen = {name: (settled or {}).get(name, seen_version) for name in mine}
    meanwhile = _saved_meanwhile(session, record.sheet, mine, seen)
    conflicts = [
        Conflict(name, answer.value, mine[name], answer.answered_by_name, answer.answered_at)
        for name, (answer, opened) in meanwhile.items()
        if not same_value(answer.value, mine[name]) and not same_value(opened, mine[name])
    ]
    if conflicts:
        raise AnswersConflict(conflicts)
    theirs = {name for name, (answer, _opened) in meanwhile.items() if not same_value(answer.value, mine[name])}
    given = [Given(name, value) for name, value in mine.items() if name not in theirs]
    check_offered(session, record, [questions[each.question] for each in given], mine, now=now)
    said_by = in_capacity_for(session, record, "answers:saved", actor=actor, details={"questions": list(questions)})
    return len(write_answers(session, record, given, actor=said_by, now=now))


def _saved_meanwhile(
    session: Session, sheet: AnswerSheet, mine: Mapping[str, Value | None], seen: Mapping[str, int]
) -> dict[str, tuple[Answer, Value | None]]:
    """The answers of this form that were saved since it was opened, each with what stood there then."""
    newer = {a.question: a for a in sheet.answers if a.question in mine and a.saved_in > seen[a.question]}
    opened: dict[str, Value | None] = {}
    for version in {seen[name] for name in newer}:
        names = [name for name in newer if seen[name] == version]
        opened |= values_at(session, sheet, names, version)
    return {name: (answer, opened.get(name)) for name, answer in newer.items()}


def changes_since(
    record: SheetOwner,
    shown: Collection[str],
    values: Mapping[str, Value | None],
    *,
    seen_version: int,
    actor: Actor,
) -> list[tuple[str, int]]:
    """Who saved how many of the answers shown beside a form since `seen_version`, other than what `values` says now.

    An empty name is the actor, in another window.
    """
    newer = [
        answer
        for answer in record.sheet.answers
        if answer.question in shown
        and answer.saved_in > seen_version
        and not (answer.question in values and same_value(answer.value, values[answer.question]))
    ]
    names = ["" if answer.answered_by == actor.id else answer.answered_by_name for answer in newer]
    return sorted(Counter(names).items())


def check_answerable(record: SheetOwner, question: Question, actor: Actor) -> None:
    """May this actor answer this question now? Raises NotAllowed or NotPossible."""
    if question.answered_by in answering_roles(record, actor):
        return
    check_can_answer(record, question.answered_by)
    raise NotAllowed(
        N_("“%(question)s” is answered by somebody else."),
        who_can_help=ROLE_NAMES[Role(question.answered_by)],
        question=question.text,
    )


def check_fits(question: Question, value: Value | None) -> None:
    """Raises Invalid for a value that is no answer to this question."""
    problem = None if value is None else check_value(question, value)
    if problem:
        raise Invalid(N_("“%(question)s”: %(problem)s"), question=question.text, problem=problem)
