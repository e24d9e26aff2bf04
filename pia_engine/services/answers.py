"""Save the answers of one section; notice question by question when somebody else saved in the meantime."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from pia_engine.errors import N_, Invalid, NotAllowed, NotPossible, Stale
from pia_engine.models import AnnualAudit, Answer, AnswerSheet, Assessment, VendorResponse
from pia_engine.models.catalogue import answers_of, questionnaire_for
from pia_engine.permissions.people import may
from pia_engine.permissions.records import check_can_answer
from pia_engine.permissions.roles import ROLE_NAMES, Actor, Role
from pia_engine.permissions.vocabulary import Permission
from pia_engine.questionnaires.answers import check_value, same_value
from pia_engine.questionnaires.definition import Question, Questionnaire, Value
from pia_engine.questionnaires.mapping import carry_forward
from pia_engine.questionnaires.progress import answers_in_play, visible_questions
from pia_engine.services.audit import append_event
from pia_engine.services.questionnaires import use_newest

SheetOwner = Assessment | VendorResponse | AnnualAudit


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


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A sheet as it stands: what it asks, what was answered, which questions apply, and where answers came from."""

    questionnaire: Questionnaire
    answers: dict[str, Value]
    stored: dict[str, Answer]
    visible: tuple[Question, ...]
    version: int

    @property
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
    elif may(actor, Permission.ASSESSMENT_ANSWER, record):
        held |= _roles_in_assessment(record, actor)
    return frozenset(role for role in held if _is_open(record, role))


def _roles_in_assessment(record: Assessment, actor: Actor) -> set[Role]:
    is_author = actor.id == record.author_id
    held = {Role.CONTRIBUTOR} & actor.roles
    if is_author and may(actor, Permission.ASSESSMENT_SUBMIT, record):
        held.add(Role.AGENCY_OFFICIAL)
    if Role.PRIVACY_OFFICER in actor.roles and not is_author:
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
) -> int:
    """Save the answers a form held; None clears one. Returns how many changed.

    Raises AnswersConflict when others changed some of them since `seen_version`, Invalid for a value that does not
    fit, NotAllowed for questions of another role. Then nothing is saved.
    """
    sheet = record.sheet
    questionnaire = questionnaire_for(session, sheet)
    questions = {question.id: question for question in questionnaire.questions if question.id in values}
    for question in questions.values():
        check_answerable(record, question, actor)
        _check_fits(question, values[question.id])
    stored = {answer.question: answer for answer in sheet.answers}
    conflicts = [
        Conflict(name, stored[name].value, value, stored[name].answered_by_name, stored[name].answered_at)
        for name, value in values.items()
        if name in stored and stored[name].saved_in > seen_version and not _same(stored[name].value, value)
    ]
    if conflicts:
        raise AnswersConflict(conflicts)
    changed = [name for name in questions if _write(sheet, stored.get(name), name, values[name], actor=actor, now=now)]
    if changed:
        flag_modified(sheet, "questionnaire_version")
        append_event(session, record, "answers:saved", actor=actor, now=now, details={"questions": changed})
    session.flush()
    return len(changed)


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


def _check_fits(question: Question, value: Value | None) -> None:
    problem = None if value is None else check_value(question, value)
    if problem:
        raise Invalid(N_("“%(question)s”: %(problem)s"), question=question.text, problem=problem)


def _same(one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return one is None and other is None
    return same_value(one, other)


def _write(
    sheet: AnswerSheet, answer: Answer | None, name: str, value: Value | None, *, actor: Actor, now: dt.datetime
) -> bool:
    """Write one answer; True when something about it changed."""
    if answer is None and value is None:
        return False
    if answer is not None and _same(answer.value, value) and answer.is_confirmed:
        return False
    if answer is None:
        answer = Answer(question=name, value=value, origin="typed", origin_note="")
        sheet.answers.append(answer)
    elif not _same(answer.value, value):
        answer.origin, answer.origin_note = "typed", ""
    answer.value, answer.is_confirmed, answer.saved_in = value, True, sheet.version + 1
    answer.answered_by, answer.answered_by_name, answer.answered_at = actor.id, actor.name, now
    return True


def carry_answers(
    session: Session,
    target: SheetOwner,
    source: SheetOwner,
    *,
    origin: str,
    note: str,
    actor: Actor,
    now: dt.datetime,
) -> list[str]:
    """Prefill open questions of `target` by the declared mappings; each is marked and waits to be confirmed."""
    questionnaire = questionnaire_for(session, target.sheet)
    stored = {answer.question: answer for answer in target.sheet.answers}
    in_play = answers_in_play(questionnaire_for(session, source.sheet), answers_of(source.sheet))
    carried = carry_forward(questionnaire, {source.sheet.questionnaire: in_play})
    written = []
    for item in carried:
        known = stored.get(item.question)
        if known is not None and (known.is_confirmed and known.value is not None):
            continue
        answer = known or Answer(question=item.question)
        if known is None:
            target.sheet.answers.append(answer)
        answer.value, answer.origin, answer.origin_note = item.value, origin, note
        answer.is_confirmed, answer.saved_in = False, target.sheet.version + 1
        answer.answered_by, answer.answered_by_name, answer.answered_at = actor.id, actor.name, now
        written.append(item.question)
    if written:
        flag_modified(target.sheet, "questionnaire_version")
        append_event(
            session,
            target,
            "answers:carried",
            actor=actor,
            now=now,
            details={"questions": written, "origin": origin, "from": source.reference},
        )
    session.flush()
    return written
