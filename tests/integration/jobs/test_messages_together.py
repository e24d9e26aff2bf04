"""What people who work together are told, end to end: the message lies in the folder, with the page to open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.jobs.mail import Message, list_messages
from pia_engine.jobs.messages import NEWS
from pia_engine.jobs.news import BESIDE_THE_STEPS
from pia_engine.jobs.worker import drain
from pia_engine.models import AuditEvent, OutboxJob
from pia_engine.services import comments, contributions
from pia_engine.services.observations import withdraw_observer
from pia_engine.web.event_words import EVENT_WORDS
from tests.factories.governance.exceptions import exception
from tests.factories.hearing import observe, state, wanda
from tests.factories.together import ask, change, ready, sign_off
from tests.factories.walks import Walk

Post = Callable[[], list[Message]]


@pytest.fixture
def post(app: Flask, session: Session, walk: Walk) -> Post:
    """Commit, let the worker run, and open the mail folder."""

    def deliver_all() -> list[Message]:
        session.commit()
        drain(app, walk.now)
        return list_messages(app.extensions["pia-settings"].mail_folder)

    return deliver_all


def test_the_author_gets_the_way_to_a_comment_and_not_its_text(walk: Walk, post: Post) -> None:
    record = walk.full()
    comments.write_comment(
        walk.session, record, "summary", text="Between us: why?", actor=walk.who("daniel"), now=walk.now
    )
    (message,) = [each for each in post() if each.subject.startswith("There is a new comment")]
    assert message.to == "amara@city.example"
    assert f"http://127.0.0.1:8000/assessments/{record.reference}/full/comments/summary\n" in message.body
    assert "Done by: Daniel Director" in message.body
    assert "Between us" not in message.body


def test_an_expert_gets_the_words_and_the_page_of_the_request(walk: Walk, post: Post) -> None:
    asked = ask(walk, walk.full())
    (message,) = [each for each in post() if each.to == "sofia@city.example"]
    assert message.subject.startswith("You are asked to contribute to an assessment")
    assert "  Is the encryption sound?" in message.body
    assert f"/assessments/{asked.assessment.reference}/full/contributions/{asked.id}\n" in message.body


def test_whoever_loses_a_sign_off_reads_which_sections_changed(walk: Walk, post: Post) -> None:
    record = ready(walk)
    sign_off(walk, ask(walk, record, "purpose"))
    change(walk, record, "purpose", "Another purpose.")
    (message,) = [each for each in post() if each.subject.startswith("A change made sign-offs void")]
    assert message.to == "sofia@city.example"
    assert "  Sofia Security: Purpose" in message.body


def everything_said(walk: Walk) -> None:
    """Each kind of event there is beside the steps of a table, once."""
    record = ready(walk)
    thread = comments.write_comment(walk.session, record, "summary", text="Why?", actor=walk.who("petra"), now=walk.now)
    comments.reply_to_comment(walk.session, record, thread.id, text="Because.", actor=walk.who("amara"), now=walk.now)
    comments.resolve_thread(walk.session, record, thread.id, actor=walk.who("petra"), now=walk.now)
    comments.reopen_thread(walk.session, record, thread.id, actor=walk.who("daniel"), now=walk.now)
    sign_off(walk, ask(walk, record, "purpose"))
    change(walk, record, "purpose", "Another purpose.")
    asked = ask(walk, record, "retention", topic="records")
    walk.now += dt.timedelta(days=1)
    contributions.remind_contributor(walk.session, asked, actor=walk.who("amara"), now=walk.now)
    contributions.withdraw_contribution(walk.session, asked, actor=walk.who("amara"), now=walk.now)
    exception(walk, "requested")
    observer = observe(walk, record.initiative, wanda(walk.session))
    state(walk, observer)
    withdraw_observer(walk.session, observer, reason="She moved away.", actor=walk.who("helen"), now=walk.now)


def test_every_such_event_has_words_for_its_message_and_for_the_history(walk: Walk, session: Session) -> None:
    everything_said(walk)
    happened = set(session.scalars(select(AuditEvent.event)))
    assert happened >= BESIDE_THE_STEPS.keys()
    assert happened <= EVENT_WORDS.keys()
    told = {job.payload["event"] for job in session.scalars(select(OutboxJob)) if job.kind == "notice"}
    assert told >= BESIDE_THE_STEPS.keys()
    assert not BESIDE_THE_STEPS.keys() & NEWS.keys()


def test_every_such_message_can_be_delivered(walk: Walk, session: Session, post: Post) -> None:
    everything_said(walk)
    subjects = {message.subject.partition(" (")[0] for message in post()}
    assert {news.what for news in BESIDE_THE_STEPS.values()} <= subjects
    assert list(session.scalars(select(OutboxJob.last_error).where(OutboxJob.last_error != ""))) == []
