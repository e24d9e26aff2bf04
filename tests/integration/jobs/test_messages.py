"""What people are told, end to end: a step is taken, the worker runs, and the message lies in the folder."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import Message as SentMessage
from functools import partial

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as KeepingHandler
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.jobs.engine import workplace_of
from pia_engine.jobs.mail import Message, deliver, list_messages
from pia_engine.jobs.messages import NEWS, Letter, write_notice
from pia_engine.jobs.worker import drain
from pia_engine.services.outbox import list_jobs
from pia_engine.services.policies import begin_draft
from pia_engine.settings import Settings
from pia_engine.workflows.machine import WORKFLOWS
from tests.factories import governance
from tests.factories.people import persona
from tests.factories.walks import START, Walk

Post = Callable[[], list[Message]]


@pytest.fixture
def post(app: Flask, session: Session, walk: Walk) -> Post:
    """Commit, let the worker run, and open the mail folder."""

    def deliver_all() -> list[Message]:
        session.commit()
        drain(app, walk.now)
        return list_messages(app.extensions["pia-settings"].mail_folder)

    return deliver_all


def to(messages: list[Message], address: str) -> list[Message]:
    return [message for message in messages if message.to == address]


def test_privacy_officer_is_told_of_a_submission_with_a_link_and_what_to_do(walk: Walk, post: Post) -> None:
    record = walk.initial("submitted")
    (message,) = to(post(), "petra@city.example")
    assert message.subject == f"An initial assessment is ready for you ({record.reference})"
    assert message.body.startswith("Hello Petra Privacy,\n\n")
    assert "Traffic counters on Mill Road" in message.body
    assert "Done by: Amara Author" in message.body
    assert f"http://127.0.0.1:8000/assessments/{record.reference}\n" in message.body
    assert "Privacy office, privacy@city.example" in message.body
    assert "&" not in message.body


def test_author_reads_the_reason_for_a_return(walk: Walk, post: Post) -> None:
    walk.initial("returned")
    (message,) = to(post(), "amara@city.example")
    assert message.subject.startswith("The initial assessment came back to you")
    assert "  Say who it is about." in message.body


def test_nobody_is_told_twice_when_the_worker_runs_again(app: Flask, walk: Walk, post: Post) -> None:
    walk.initial("submitted")
    assert len(post()) == 1
    assert drain(app, walk.now) == 0


def test_vendor_is_invited_in_plain_words(walk: Walk, post: Post) -> None:
    response = walk.vendor(walk.full())
    (message,) = to(post(), "lena@sightline.example")
    assert message.subject == "City of Testwell asks you about privacy: Traffic counters on Mill Road"
    assert re.search(r"^http://127\.0\.0\.1:8000/vendor/[\w-]{43}$", message.body, re.MULTILINE)
    assert "Hello Lena Hoffmann," in message.body
    assert f"until {response.expires_at:%-d %B %Y}." in message.body
    assert re.search(r"There are \d+ questions.*need about \d+ minutes", message.body)
    assert response.reference in message.body
    assert "Amara Author looks after this assessment" in message.body
    assert "privacy@city.example" in message.body


def test_vendors_link_is_wiped_from_the_job_once_sent(app: Flask, walk: Walk, post: Post) -> None:
    walk.vendor(walk.full())
    post()
    with workplace_of(app).read() as session:
        (job,) = [job for job in list_jobs(session, state="done") if job.kind == "vendor-invitation"]
        assert "token" not in job.payload


def test_vendor_gets_a_receipt_and_then_the_open_questions(walk: Walk, post: Post) -> None:
    response = walk.vendor(walk.full(), "clarification")
    messages = {message.subject: message.body for message in to(post(), "lena@sightline.example")}
    receipt = messages[f"Receipt for your answers: Traffic counters on Mill Road ({response.reference})"]
    assert re.search(r"Lena Hoffmann, Head of product, attested on \d{1,2} March 2026 that", receipt)
    assert receipt.count("\n1. ") == 1
    question = messages["City of Testwell has questions about your answers: Traffic counters on Mill Road"]
    assert "  Since when?" in question
    assert "/vendor/" in question


@pytest.mark.parametrize("event", sorted(NEWS))
def test_each_notice_can_be_written(app: Flask, session: Session, walk: Walk, event: str) -> None:
    workflow = next(w for w in WORKFLOWS.values() if any(row.event == event for row in w.transitions))
    record = {
        "initiative": walk.initiative,
        "initial_assessment": walk.initial,
        "full_assessment": walk.full,
        "vendor_response": lambda: walk.vendor(walk.full()),
        "annual_audit": walk.audit,
        "policy": lambda: begin_draft(session, actor=walk.who("petra"), now=walk.now),
        **{name: partial(make, walk, workflow.initial) for name, make in governance.makers().items()},
    }[workflow.name]()
    payload = {
        "person": str(persona(session, "petra").id),
        "event": event,
        "kind": workflow.name,
        "record": str(record.id),
        "actor": "",
        "reason": "",
    }
    letter = write_notice(session, payload, public_url="https://x")
    assert letter.subject == f"{NEWS[event].what} ({record.reference})"
    assert NEWS[event].next_step in letter.body
    assert "Done by" not in letter.body
    assert "reason" not in letter.body.replace(NEWS[event].next_step, "")
    assert "\n\n\n" not in letter.body


class Inbox(KeepingHandler):
    """A mail server's other side."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[SentMessage] = []

    def handle_message(self, message: SentMessage) -> None:
        self.received.append(message)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_with_a_mail_server_the_message_goes_there_and_nothing_is_kept(app: Flask) -> None:
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        place = workplace_of(app)
        settings = Settings(instance=place.settings.instance, smtp_url=f"smtp://127.0.0.1:{server.port}")
        context = replace(place, settings=settings).context("notice", "one", {}, now=START)
        deliver(Letter("petra@city.example", "Grüße", "Straße\n"), context)
    finally:
        server.stop()
    (message,) = inbox.received
    assert message["To"] == "petra@city.example"
    assert str(make_header(decode_header(message["Subject"]))) == "Grüße"
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert content.decode().strip() == "Straße"
    assert list_messages(settings.mail_folder) == []
