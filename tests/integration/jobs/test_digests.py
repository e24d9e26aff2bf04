"""Reminders by e-mail, end to end: who gets a message, when, what it says, and that it comes exactly once."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import Message as SentMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as KeepingHandler
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.jobs import worker
from pia_engine.jobs.digests import HOUR, queue_daily_digests
from pia_engine.jobs.engine import workplace_of
from pia_engine.jobs.mail import Message, list_messages
from pia_engine.jobs.sweep import queue_daily_sweep
from pia_engine.jobs.worker import do_next, drain
from pia_engine.services.outbox import list_jobs, retry_job
from pia_engine.services.reminders import choose_reminders
from tests.factories.people import persona
from tests.factories.reminders import promised
from tests.factories.walks import Walk

MORNING = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)  # a Monday, seven o'clock where the city is
DAY = dt.timedelta(days=1)
GOLDEN = Path(__file__).parent / "digest.golden.txt"


def run_day(app: Flask, session: Session, now: dt.datetime) -> int:
    """Commit, queue the day's digests and let the worker run. Returns how many digests went out."""
    queue_daily_digests(session, now=now)
    session.commit()
    drain(app, now)
    session.rollback()
    return len(digests(app))


def digests(app: Flask) -> list[Message]:
    found = list_messages(app.extensions["pia-settings"].mail_folder)
    return [message for message in found if message.subject.startswith("Reminder")]


def test_a_digest_reads_as_it_was_agreed(app: Flask, session: Session, walk: Walk) -> None:
    walk.now = MORNING - 10 * DAY
    walk.full("awaiting_agency_sign_off", title="Counting people at the market")
    promised(walk, MORNING.date() - 3 * DAY, title="Number plates at the depot")
    promised(walk, MORNING.date() + 4 * DAY, title="Cameras at the station")
    promised(walk, MORNING.date() + 9 * DAY, title="Wi-Fi in the libraries & halls")
    assert run_day(app, session, MORNING) >= 1
    (message,) = [each for each in digests(app) if each.to == "daniel@city.example"]
    text = f"{message.subject}\n\n{message.body}"
    assert text == GOLDEN.read_text()
    assert "number plates before anybody" not in text


def test_whoever_has_nothing_due_gets_no_message(app: Flask, session: Session, walk: Walk) -> None:
    promised(walk, MORNING.date() + 20 * DAY)
    assert run_day(app, session, MORNING) == 0


def test_the_same_day_never_reminds_twice_and_the_next_day_does_again(app: Flask, session: Session, walk: Walk) -> None:
    promised(walk, MORNING.date() + 4 * DAY)
    assert [run_day(app, session, MORNING + n * dt.timedelta(hours=5)) for n in range(3)] == [1, 1, 1]
    assert run_day(app, session, MORNING + DAY) == 2


def test_digests_wait_for_the_morning_of_the_city(app: Flask, session: Session, walk: Walk) -> None:
    promised(walk, MORNING.date() + 4 * DAY)
    night = MORNING - dt.timedelta(hours=HOUR - 1)
    queue_daily_sweep(session, now=night)
    session.commit()
    drain(app, night)
    assert digests(app) == []
    drain(app, MORNING)
    assert len(digests(app)) == 1


def test_a_week_is_said_on_monday_only(app: Flask, session: Session, walk: Walk) -> None:
    promised(walk, MORNING.date() + 4 * DAY)
    choose_reminders(session, persona(session, "daniel"), "weekly")
    assert [run_day(app, session, MORNING + n * DAY) for n in range(8)] == [1] * 7 + [2]


def test_the_week_is_said_on_tuesday_when_nothing_ran_on_monday(app: Flask, session: Session, walk: Walk) -> None:
    promised(walk, MORNING.date() + 4 * DAY)
    choose_reminders(session, persona(session, "daniel"), "weekly")
    assert [run_day(app, session, MORNING + n * DAY) for n in range(1, 4)] == [1, 1, 1]


def test_only_what_is_overdue_comes_to_whoever_chose_that(app: Flask, session: Session, walk: Walk) -> None:
    promised(walk, MORNING.date() + 2 * DAY)
    choose_reminders(session, persona(session, "daniel"), "overdue")
    assert [run_day(app, session, MORNING + n * DAY) for n in range(5)] == [0, 0, 0, 1, 2]


def test_a_closed_account_gets_nothing_even_when_its_digest_was_queued(
    app: Flask, session: Session, walk: Walk
) -> None:
    promised(walk, MORNING.date() + 4 * DAY)
    queue_daily_digests(session, now=MORNING)
    session.commit()
    place = workplace_of(app)
    while not [job for job in list_jobs(session, state="waiting") if job.kind == "digest"]:
        session.rollback()
        assert do_next(place, now=MORNING)
    persona(session, "daniel").active = False
    session.commit()
    drain(app, MORNING)
    assert digests(app) == []
    assert run_day(app, session, MORNING + DAY) == 0


def test_what_was_done_before_it_is_sent_is_not_in_it(app: Flask, session: Session, walk: Walk) -> None:
    commitment = promised(walk, MORNING.date() + 4 * DAY)
    place = workplace_of(app)
    session.commit()
    queue_daily_digests(session, now=MORNING)
    session.commit()
    while not [job for job in list_jobs(session, state="waiting") if job.kind == "digest"]:
        session.rollback()
        assert do_next(place, now=MORNING)
    commitment.due_on = MORNING.date() + 60 * DAY
    session.commit()
    drain(app, MORNING)
    assert digests(app) == []


def test_each_reads_it_in_their_own_language_with_the_day_in_words(app: Flask, session: Session, walk: Walk) -> None:
    promised(walk, dt.date(2026, 3, 9))
    persona(session, "daniel").language = "de"
    run_day(app, session, MORNING)
    assert "Due on 9 März 2026" in digests(app)[0].body


def test_a_long_list_is_cut_and_says_so(app: Flask, session: Session, walk: Walk) -> None:
    for number in range(28):
        promised(walk, MORNING.date() + 4 * DAY, title=f"Thing {number}")
    run_day(app, session, MORNING)
    (message,) = digests(app)
    assert message.subject == "Reminder: 28 things"
    assert message.body.count("Due on") == 25
    assert "… and 3 more" in message.body


class Inbox(KeepingHandler):
    """A mail server's other side."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[SentMessage] = []

    def handle_message(self, message: SentMessage) -> None:
        self.received.append(message)

    def reminders(self) -> list[SentMessage]:
        return [each for each in self.received if str(each["Subject"]).startswith("Reminder")]


@contextmanager
def serving(inbox: Inbox, port: int) -> Iterator[None]:
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield
    finally:
        server.stop()


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    """A mail server is set up, at a port where nobody answers yet."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = int(probe.getsockname()[1])
    settings = app.extensions["pia-settings"].model_copy(update={"smtp_url": f"smtp://127.0.0.1:{number}"})
    monkeypatch.setattr(worker, "workplace_of", lambda it: replace(workplace_of(it), settings=settings))
    return number


def test_nothing_is_lost_and_nothing_comes_twice_when_the_mail_server_was_down(
    app: Flask, session: Session, walk: Walk, port: int
) -> None:
    promised(walk, MORNING.date() + 4 * DAY)
    inbox = Inbox()
    assert run_day(app, session, MORNING) == 0
    drain(app, MORNING + dt.timedelta(minutes=1))
    assert [job.attempts for job in list_jobs(session, state="waiting") if job.kind == "digest"] == [2]
    with serving(inbox, port):
        for hour in (1, 2, 3):
            queue_daily_digests(session, now=MORNING + dt.timedelta(hours=hour))
            session.commit()
            drain(app, MORNING + dt.timedelta(hours=hour))
    assert [str(each["To"]) for each in inbox.reminders()] == ["daniel@city.example"]


def test_after_a_whole_day_without_mail_only_the_newest_digest_comes(
    app: Flask, session: Session, walk: Walk, port: int
) -> None:
    promised(walk, MORNING.date() + 4 * DAY)
    choose_reminders(session, persona(session, "daniel"), "weekly")
    for hour in range(0, 20, 2):
        run_day(app, session, MORNING + dt.timedelta(hours=hour))
    (dead,) = [job for job in list_jobs(session, state="dead") if job.kind == "digest"]
    inbox = Inbox()
    with serving(inbox, port):
        run_day(app, session, MORNING + DAY)
        retry_job(session, dead.id, now=MORNING + DAY)
        run_day(app, session, MORNING + DAY + dt.timedelta(hours=1))
        run_day(app, session, MORNING + 2 * DAY)
    assert len(inbox.reminders()) == 1
    session.refresh(dead)
    assert dead.state == "done"
