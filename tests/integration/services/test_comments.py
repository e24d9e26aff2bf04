"""Comments at a question: threads, replies, settling, who is told, and that none of it is ever published."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotAllowed, NotFound, NotPossible
from pia_engine.models import Assessment, AuditEvent, Comment, OutboxJob
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services import comments
from pia_engine.services.people import set_active
from pia_engine.services.reports import build_record, build_report
from tests.factories.people import FOUNDED, persona
from tests.factories.together import ask
from tests.factories.walks import Walk

SECRET = "Between us: the supplier never answered our second letter."


def say(
    walk: Walk, record: Assessment, text: str = "Which street?", *, by: str = "petra", at: str = "summary"
) -> Comment:
    actor = walk.who(by)
    return comments.write_comment(walk.session, record, at, text=text, actor=actor, now=walk.now)


def reply(walk: Walk, record: Assessment, thread: Comment, *, by: str) -> Comment:
    actor = walk.who(by)
    return comments.reply_to_comment(walk.session, record, thread.id, text="Mill Road.", actor=actor, now=walk.now)


def told(session: Session, event: str) -> set[str]:
    jobs = [job for job in session.scalars(select(OutboxJob)) if job.payload.get("event") == event]
    return {job.payload["person"] for job in jobs}


def ids(session: Session, *firsts: str) -> set[str]:
    return {str(persona(session, first).id) for first in firsts}


def test_a_thread_holds_its_replies_in_order(session: Session, walk: Walk) -> None:
    record = walk.full()
    thread = say(walk, record)
    replies = [reply(walk, record, thread, by=first) for first in ("amara", "sofia")]
    (found,) = comments.list_threads(session, record, questions=["summary"]).threads
    assert found.first is thread
    assert list(found.replies) == replies
    assert found.is_open


def test_a_settled_thread_can_be_taken_up_again(session: Session, walk: Walk) -> None:
    record = walk.full()
    thread = say(walk, record)
    comments.resolve_thread(session, record, thread.id, actor=walk.who("amara"), now=walk.now)
    assert comments.count_open_by_question(session, record) == {}
    comments.reopen_thread(session, record, thread.id, actor=walk.who("petra"), now=walk.now)
    assert comments.count_open_by_question(session, record) == {"summary": 1}


def test_a_reply_opens_a_settled_thread(session: Session, walk: Walk) -> None:
    record = walk.full()
    thread = say(walk, record)
    comments.resolve_thread(session, record, thread.id, actor=walk.who("amara"), now=walk.now)
    reply(walk, record, thread, by="petra")
    assert thread.resolved_at is None


def test_settling_twice_is_settling_once(session: Session, walk: Walk) -> None:
    record = walk.full()
    thread = say(walk, record)
    for first in ("amara", "petra"):
        comments.resolve_thread(session, record, thread.id, actor=walk.who(first), now=walk.now)
    assert thread.resolved_by == persona(session, "amara").id
    assert len(list(session.scalars(select(AuditEvent).where(AuditEvent.event == "comment:resolved")))) == 1


def test_the_author_and_earlier_writers_are_told_and_nobody_else(session: Session, walk: Walk) -> None:
    record = walk.full()
    thread = say(walk, record, by="petra")
    assert told(session, "comment:written") == ids(session, "amara")
    reply(walk, record, thread, by="daniel")
    assert told(session, "comment:replied") == ids(session, "amara", "petra")


def test_experts_asked_for_the_section_are_told(session: Session, walk: Walk) -> None:
    record = walk.full()
    ask(walk, record, "summary")
    say(walk, record, by="amara")
    say(walk, record, by="amara", at="retention_schedule")
    assert told(session, "comment:written") == ids(session, "sofia")
    jobs = [j for j in session.scalars(select(OutboxJob)) if j.payload.get("event") == "comment:written"]
    assert [job.payload["question"] for job in jobs] == ["summary"]


def test_who_may_not_read_any_more_is_not_told(session: Session, walk: Walk) -> None:
    record = walk.full()
    thread = say(walk, record, by="daniel")
    set_active(session, persona(session, "daniel"), active=False, actor=SYSTEM, now=FOUNDED)
    reply(walk, record, thread, by="petra")
    assert told(session, "comment:replied") == ids(session, "amara")


def test_the_trail_says_that_and_where_but_not_what(session: Session, walk: Walk) -> None:
    record = walk.full()
    said = say(walk, record, SECRET)
    event = session.scalars(select(AuditEvent).where(AuditEvent.event == "comment:written")).one()
    details = json.loads(event.body)["details"]
    assert details == {"comment": str(said.id), "thread": str(said.id), "question": "summary"}
    assert SECRET.encode() not in event.body
    assert all(SECRET not in json.dumps(job.payload) for job in session.scalars(select(OutboxJob)))


@pytest.mark.parametrize("first", ["ingrid", "adam", "otto"])
def test_others_write_nothing(first: str, session: Session, walk: Walk) -> None:
    record = walk.full()
    thread = say(walk, record)
    with pytest.raises(NotAllowed):
        say(walk, record, by=first)
    with pytest.raises(NotAllowed):
        reply(walk, record, thread, by=first)
    with pytest.raises(NotAllowed):
        comments.resolve_thread(session, record, thread.id, actor=walk.who(first), now=walk.now)


def test_a_comment_needs_words_and_a_question(session: Session, walk: Walk) -> None:
    record = walk.full()
    with pytest.raises(Invalid, match="Write something"):
        say(walk, record, "  \n ")
    with pytest.raises(Invalid, match="4000"):
        say(walk, record, "x" * 4001)
    with pytest.raises(NotFound):
        say(walk, record, at="no_such_question")


def test_a_thread_of_another_assessment_or_a_reply_is_no_thread_here(session: Session, walk: Walk) -> None:
    record, other = walk.full(), walk.full(title="Another")
    thread = say(walk, record)
    answer = reply(walk, record, thread, by="amara")
    with pytest.raises(NotFound):
        reply(walk, other, thread, by="petra")
    with pytest.raises(NotFound):
        reply(walk, record, answer, by="petra")


def test_nothing_is_said_about_what_has_ended(session: Session, walk: Walk) -> None:
    record = walk.initial("withdrawn")
    assert not comments.can_comment(record, actor=walk.who("amara"))
    with pytest.raises(NotPossible, match="ended"):
        say(walk, record, by="amara", at="title")


def test_threads_come_in_the_order_of_the_questions_open_ones_first(session: Session, walk: Walk) -> None:
    record = walk.full()
    later = say(walk, record, at="purpose")
    settled = say(walk, record, at="summary")
    newest = say(walk, record, at="summary")
    comments.resolve_thread(session, record, settled.id, actor=walk.who("amara"), now=walk.now)
    talk = comments.list_threads(session, record, questions=["summary", "purpose"])
    assert [thread.first for thread in talk.threads] == [newest, settled, later]
    second = comments.list_threads(session, record, questions=["summary", "purpose"], page=2, size=2)
    assert ([thread.first for thread in second.threads], second.total) == ([later], 3)


def test_comments_are_in_no_published_document(session: Session, walk: Walk) -> None:
    record = walk.full("approved")
    thread = say(walk, record, SECRET)
    comments.reply_to_comment(session, record, thread.id, text=SECRET, actor=walk.who("amara"), now=walk.now)
    now = walk.now + dt.timedelta(hours=1)
    place = {"now": now, "public_url": "https://city.example"}
    assert SECRET not in json.dumps(build_record(session, record, **place))  # type: ignore[arg-type]
    assert SECRET not in repr(build_report(session, record, **place))  # type: ignore[arg-type]
