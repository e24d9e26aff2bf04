"""Comments at a question: what people who work on an assessment say to each other. They are never published.

The trail records that something was said, by whom and where, not what.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from pia_engine.errors import N_, Invalid, NotFound, NotPossible
from pia_engine.models import Assessment, Comment, Person
from pia_engine.models.catalogue import questionnaire_for
from pia_engine.permissions.people import check_may, may
from pia_engine.permissions.roles import Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.audit import append_event
from pia_engine.services.contribution_states import list_open_requests
from pia_engine.services.notices import tell_people
from pia_engine.services.people import actor_for, get_person
from pia_engine.workflows.machine import WORKFLOWS

TEXT_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Thread:
    """What was said first, and the replies, oldest first."""

    first: Comment
    replies: tuple[Comment, ...]

    @property
    def is_open(self) -> bool:
        return self.first.resolved_at is None


@dataclass(frozen=True, slots=True)
class Talk:
    """One page of threads, and how many there are altogether."""

    threads: tuple[Thread, ...]
    total: int


def can_comment(assessment: Assessment, *, actor: Actor) -> bool:
    """May this person write here now?"""
    return may(actor, Permission.ASSESSMENT_COMMENT, assessment) and not _has_ended(assessment)


def write_comment(
    session: Session, assessment: Assessment, question: str, *, text: str, actor: Actor, now: dt.datetime
) -> Comment:
    """Begin a thread at a question."""
    _check_open(assessment, actor)
    if questionnaire_for(session, assessment.sheet).find_question(question) is None:
        raise NotFound(N_("There is no such question."))
    return _say(session, assessment, question, text=text, thread=None, actor=actor, now=now)


def reply_to_comment(
    session: Session, assessment: Assessment, thread_id: uuid.UUID, *, text: str, actor: Actor, now: dt.datetime
) -> Comment:
    """Reply in a thread; a reply opens a resolved one again, for there is more to say."""
    _check_open(assessment, actor)
    thread = get_thread(session, assessment, thread_id)
    said = _say(session, assessment, thread.question, text=text, thread=thread, actor=actor, now=now)
    thread.resolved_by = thread.resolved_at = None
    session.flush()
    return said


def resolve_thread(
    session: Session, assessment: Assessment, thread_id: uuid.UUID, *, actor: Actor, now: dt.datetime
) -> None:
    """Mark a point as settled. Doing it twice is the same as once."""
    _check_open(assessment, actor)
    thread = get_thread(session, assessment, thread_id)
    if thread.resolved_at is None:
        thread.resolved_by, thread.resolved_at = actor.person_id, now
        _record(session, assessment, thread, thread, event="comment:resolved", actor=actor, now=now)


def reopen_thread(
    session: Session, assessment: Assessment, thread_id: uuid.UUID, *, actor: Actor, now: dt.datetime
) -> None:
    """Take up a settled point again."""
    _check_open(assessment, actor)
    thread = get_thread(session, assessment, thread_id)
    if thread.resolved_at is not None:
        thread.resolved_by = thread.resolved_at = None
        _record(session, assessment, thread, thread, event="comment:reopened", actor=actor, now=now)


def get_thread(session: Session, assessment: Assessment, thread_id: uuid.UUID) -> Comment:
    """The first comment of a thread of this assessment. Raises NotFound."""
    thread = session.get(Comment, thread_id)
    if thread is None or thread.assessment_id != assessment.id or thread.thread_id is not None:
        raise NotFound(N_("There is no such comment here."))
    return thread


def list_threads(
    session: Session,
    assessment: Assessment,
    *,
    questions: Sequence[str],
    is_open: bool | None = None,
    page: int = 1,
    size: int = 20,
    also: Collection[uuid.UUID] = (),
) -> Talk:
    """Threads at some questions in the order of these, open ones first, newest first. Two queries and a count.

    Those named in `also` come along whatever page they stand on.
    """
    order = {name: place for place, name in enumerate(questions)}
    query = select(Comment.id, Comment.question, Comment.resolved_at).where(
        Comment.assessment_id == assessment.id, Comment.thread_id.is_(None), Comment.question.in_(order)
    )
    if is_open is not None:
        query = query.where(Comment.resolved_at.is_(None) if is_open else Comment.resolved_at.is_not(None))
    found = session.execute(query.order_by(Comment.id.desc())).all()
    ranked = [row.id for row in sorted(found, key=lambda row: (order[row.question], row.resolved_at is not None))]
    shown = set(ranked[(page - 1) * size : page * size]) | set(also)
    return Talk(_threads(session, [each for each in ranked if each in shown]), len(ranked))


def count_open_by_question(session: Session, assessment: Assessment) -> dict[str, int]:
    """How many open threads there are at each question that has any."""
    rows = session.execute(
        select(Comment.question, func.count(Comment.id))
        .where(Comment.assessment_id == assessment.id, Comment.thread_id.is_(None), Comment.resolved_at.is_(None))
        .group_by(Comment.question)
    )
    return {question: count for question, count in rows}


def _threads(session: Session, ids: Sequence[uuid.UUID]) -> tuple[Thread, ...]:
    if not ids:
        return ()
    rows = session.scalars(
        select(Comment)
        .options(joinedload(Comment.writer), joinedload(Comment.resolver))
        .where(Comment.id.in_(ids) | Comment.thread_id.in_(ids))
        .order_by(Comment.written_at, Comment.id)
    ).all()
    firsts = {row.id: row for row in rows if row.thread_id is None}
    replies: dict[uuid.UUID | None, list[Comment]] = {}
    for row in rows:
        replies.setdefault(row.thread_id, []).append(row)
    return tuple(Thread(firsts[each], tuple(replies.get(each, ()))) for each in ids)


def _check_open(assessment: Assessment, actor: Actor) -> None:
    check_may(actor, Permission.ASSESSMENT_COMMENT, assessment)
    if _has_ended(assessment):
        raise NotPossible(N_("This assessment has ended, so nothing more is said about it here."))


def _has_ended(assessment: Assessment) -> bool:
    return assessment.status in WORKFLOWS[assessment.workflow_name].final


def _say(
    session: Session,
    assessment: Assessment,
    question: str,
    *,
    text: str,
    thread: Comment | None,
    actor: Actor,
    now: dt.datetime,
) -> Comment:
    if not text.strip():
        raise Invalid(N_("Write something first."))
    if len(text) > TEXT_LIMIT:
        raise Invalid(N_("A comment has at most %(limit)s characters."), limit=TEXT_LIMIT)
    said = Comment(
        assessment_id=assessment.id,
        question=question,
        thread_id=thread.id if thread else None,
        text=text.strip(),
        written_by=actor.person_id,
        written_at=now,
    )
    session.add(said)
    session.flush()
    event = "comment:replied" if thread else "comment:written"
    _record(session, assessment, said, thread or said, event=event, actor=actor, now=now)
    return said


def _record(
    session: Session,
    assessment: Assessment,
    comment: Comment,
    thread: Comment,
    *,
    event: str,
    actor: Actor,
    now: dt.datetime,
) -> None:
    ids = {"comment": str(comment.id), "thread": str(thread.id), "question": comment.question}
    written = append_event(session, assessment, event, actor=actor, now=now, details=ids)
    session.flush()
    people = [each.id for each in _concerned(session, assessment, thread) if _may_read(session, each, assessment, now)]
    tell_people(session, assessment, people, event=written, actor=actor, now=now, about={"question": comment.question})


def _concerned(session: Session, assessment: Assessment, thread: Comment) -> list[Person]:
    """The author, everybody who wrote in the thread, and experts asked for the question's section."""
    writers = select(Comment.written_by).where((Comment.id == thread.id) | (Comment.thread_id == thread.id))
    section = questionnaire_for(session, assessment.sheet).section_of(thread.question).id
    experts = {each.person_id for each in list_open_requests(session, assessment) if section in each.sections}
    ids = {assessment.author_id, *session.scalars(writers), *experts}
    return [get_person(session, each) for each in sorted(ids)]


def _may_read(session: Session, person: Person, assessment: Assessment, now: dt.datetime) -> bool:
    """Whoever has lost the role since is not told any more."""
    return may(actor_for(session, person, now=now), Permission.COMMENT_VIEW, assessment)
