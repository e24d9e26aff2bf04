"""Messages kept in a folder: whole, once, and readable by name alone."""

from __future__ import annotations

import contextlib
import datetime as dt
import email
import email.policy
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, NotFound
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.mail import deliver, list_messages, read_message, send_account_message
from pia_engine.jobs.messages import Letter
from pia_engine.settings import Settings

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
LETTER = Letter(
    "lena@sightline.example", "Questions about “Café” cameras", "Hello Lena,\n\nopen this:\nhttp://x/vendor/abc\n"
)


def job(folder: Path, key: str = "notice:1", *, now: dt.datetime = NOW, **payload: Any) -> JobContext:
    settings = Settings(instance=folder, public_url="https://privacy.example.org", mail_from="office@example.org")
    return JobContext({**payload, "job_key": key}, settings, now, no_session, no_session)


@contextlib.contextmanager
def no_session() -> Iterator[Session]:
    raise AssertionError("a letter that is written needs no database")
    yield


def test_a_kept_message_reads_as_it_was_written(tmp_path: Path) -> None:
    deliver(LETTER, job(tmp_path))
    (message,) = list_messages(tmp_path / "mail")
    assert (message.to, message.subject, message.body) == (LETTER.to, LETTER.subject, LETTER.body)
    assert message.date == NOW
    assert read_message(tmp_path / "mail", message.name) == message


def test_the_file_is_a_message_every_mail_program_reads_and_nobody_else_may(tmp_path: Path) -> None:
    deliver(LETTER, job(tmp_path))
    (path,) = (tmp_path / "mail").iterdir()
    parsed = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert parsed["Message-ID"].endswith("@privacy.example.org>")
    assert parsed["From"] == "office@example.org"
    assert b"http://x/vendor/abc" in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sending_twice_keeps_one_message_and_another_job_another(tmp_path: Path) -> None:
    deliver(LETTER, job(tmp_path))
    deliver(LETTER, job(tmp_path, now=NOW + dt.timedelta(minutes=5)))
    assert len(list_messages(tmp_path / "mail")) == 1
    deliver(LETTER, job(tmp_path, "notice:2", now=NOW + dt.timedelta(hours=1)))
    assert [message.date.hour for message in list_messages(tmp_path / "mail")] == [10, 9]


def test_the_sign_in_librarys_message_goes_out_as_it_is(tmp_path: Path) -> None:
    context = job(tmp_path, to="amara@city.example", subject="Your\n password", token="Follow this link")
    send_account_message(context)
    (message,) = list_messages(tmp_path / "mail")
    assert (message.to, message.subject, message.body) == ("amara@city.example", "Your password", "Follow this link\n")


@pytest.mark.parametrize("name", ["../keys/root.key", "/etc/passwd", "", ".", "notes.eml", "0" * 32, "0" * 32 + ".eml"])
def test_no_name_but_a_messages_opens_anything(tmp_path: Path, name: str) -> None:
    (tmp_path / "mail").mkdir()
    with pytest.raises(NotFound):
        read_message(tmp_path / "mail", name)


def test_a_folder_that_is_not_there_holds_no_messages(tmp_path: Path) -> None:
    assert list_messages(tmp_path / "mail") == []


def test_an_address_that_is_no_mail_server_is_said_in_a_sentence(tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, smtp_url="mail.example.org:25")
    with pytest.raises(Invalid, match="smtp://host"):
        deliver(LETTER, JobContext({"job_key": "x"}, settings, NOW, no_session, no_session))
