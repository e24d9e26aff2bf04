"""`/verify/answer`: what a visitor reads about a file they send, and that nothing of it stays."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import logging
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine.documents.checking import LARGEST_FILE
from pia_engine.documents.turns import Turns
from pia_engine.models import Base, Publication, PublishedCopy
from pia_engine.services.cities import get_city
from pia_engine.services.copies import SignedFile, Why, add_copy
from pia_engine.services.transparency_log import Kind, append_entry
from pia_engine.settings import Settings
from pia_engine.web import verification
from tests.factories.hostile import HOSTILE
from tests.factories.tampered import TAMPERS
from tests.fixtures.published import Edition, SignedHere

ClientFor = Callable[[str], FlaskClient]
LATER = dt.datetime(2026, 4, 2, 9, 0, tzinfo=dt.UTC)
FULL = b"%PDF-1.7 the full one"
FULL_DIGEST = hashlib.sha256(FULL).hexdigest()


def send(client: FlaskClient, data: bytes, name: str = "somebodys-file.pdf") -> TestResponse:
    return client.post("/verify/answer", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


@pytest.fixture
def visitor(client_for: ClientFor) -> FlaskClient:
    return client_for("")


def test_visitor_reads_that_a_published_file_is_genuine_and_current(edition: Edition, visitor: FlaskClient) -> None:
    answer = send(visitor, edition.files.pdf)
    assert answer.status_code == 200
    for said in (
        "This file is genuine and current.",
        "The city published exactly this file as PIA-2026-0001",
        "Daniel Reyes",
        "Seal of the city",
        edition.files.digest,
        'href="/register/PIA-2026-0001/v1"',
        'href="/log"',
        'href="/register/PIA-2026-0001/v1/proof.json"',
    ):
        assert said in answer.text, said


def test_visitor_reads_that_it_was_superseded_or_withdrawn(
    edition: Edition, session: Session, visitor: FlaskClient
) -> None:
    edition.add_superseded_copy()
    publication = edition.publication
    publication.is_current, publication.superseded_at = False, LATER
    session.commit()
    for file in (edition.files.pdf, edition.files.superseded):
        assert "it was superseded on 2026-04-02" in send(visitor, file).text
    assert "newer copy of this edition" in send(visitor, edition.files.pdf).text
    assert "newer copy of this edition" not in send(visitor, edition.files.superseded).text
    publication.superseded_at, publication.retracted_at = None, LATER
    publication.retraction_reason = "It named people who live there."
    session.commit()
    page = send(visitor, edition.files.pdf).text
    assert "the city withdrew it on 2026-04-02" in page
    assert "It named people who live there." in page


def test_visitor_reads_that_the_full_version_is_not_for_the_public(
    edition: Edition, session: Session, visitor: FlaskClient
) -> None:
    publication = edition.publication
    publication.original_digest = FULL_DIGEST
    session.commit()
    page = send(visitor, FULL).text
    assert "it is not for the public" in page
    assert "Read the public version instead" in page
    publication.is_current, publication.superseded_at = False, LATER
    session.commit()
    page = send(visitor, FULL).text
    assert "This edition was superseded on 2026-04-02." in page
    assert "Read the newer edition" in page
    publication.superseded_at, publication.retracted_at = None, LATER
    publication.retraction_reason = "It named people who live there."
    session.commit()
    page = send(visitor, FULL).text
    assert "it is not for the public" in page
    assert "This edition was withdrawn on 2026-04-02." in page
    assert "It named people who live there." in page
    assert "Read the public version instead" not in page


def test_visitor_reads_of_a_full_version_that_is_logged_and_not_published_yet(
    app: Flask, session: Session, visitor: FlaskClient
) -> None:
    facts: dict[str, str | int] = {"reference": "PIA-2026-0007", "edition": 1}
    append_entry(session, Kind.ORIGINAL, key="original", digest=FULL_DIGEST, facts=facts, now=LATER)
    session.commit()
    page = send(visitor, FULL).text
    assert "it is not for the public" in page
    assert "the full version of PIA-2026-0007" in page


def test_visitor_reads_that_a_published_file_is_genuine_when_its_records_are_gone(
    edition: Edition, session: Session, visitor: FlaskClient
) -> None:
    for table in (PublishedCopy, Publication):
        session.execute(delete(table))
    session.commit()
    page = send(visitor, edition.files.pdf).text
    assert "This file is genuine, but the city's records of it have been disposed of since." in unescape(page)
    assert "exactly this file as PIA-2026-0001" in page
    assert "This edition was withdrawn" not in page
    facts: dict[str, str | int] = {"reference": "PIA-2026-0001", "edition": 1}
    append_entry(session, Kind.RETRACTION, key="gone", digest=edition.files.digest, facts=facts, now=LATER)
    session.commit()
    assert "This edition was withdrawn on 2026-04-02." in send(visitor, edition.files.pdf).text


def test_visitor_reads_that_the_proofs_of_a_current_file_were_renewed(
    edition: Edition, session: Session, visitor: FlaskClient
) -> None:
    file = SignedFile("7" * 64, dt.date(2027, 1, 1))
    add_copy(session, edition.publication, file, why=Why.RENEWED, after=1, now=LATER)
    session.commit()
    page = send(visitor, edition.files.pdf).text
    assert "genuine and current" in page
    assert "so that it can be checked for longer" in page
    assert "what became of it" not in page


def test_day_in_the_answer_is_the_city_s(edition: Edition, session: Session, visitor: FlaskClient) -> None:
    get_city(session).time_zone = "Pacific/Kiritimati"
    publication = edition.publication
    publication.is_current, publication.superseded_at = False, LATER + dt.timedelta(hours=3)
    session.commit()
    assert "it was superseded on 2026-04-03" in send(visitor, edition.files.pdf).text


def test_each_tampered_file_is_named(edition: Edition, visitor: FlaskClient) -> None:
    wrong = {}
    for name, tamper in TAMPERS.items():
        page = send(visitor, tamper.make(edition.files.pdf)).text
        if tamper.said not in page or tamper.headline not in page:
            wrong[name] = page
    assert wrong == {}


def test_genuine_file_the_register_does_not_know_is_not_vouched_for(
    app: Flask, signed_here: SignedHere, visitor: FlaskClient
) -> None:
    page = send(visitor, signed_here.pdf).text
    assert "is not in the city" in page
    assert "Daniel Reyes" in page


def test_hostile_files_are_answered(edition: Edition, visitor: FlaskClient) -> None:
    for name in ("a bomb appended as metadata", "a broken table", "a hundred thousand states", "lists within lists"):
        answer = send(visitor, HOSTILE[name](edition.files.pdf))
        assert answer.status_code == 200, name
        assert "This file is not what was signed." in answer.text, name


@pytest.mark.parametrize(
    ("data", "name", "status", "said"),
    [
        (b"", "empty.pdf", 422, "The file is empty."),
        (b"PNG", "photo.png", 422, "neither a PDF nor a ZIP"),
        (b"", "", 422, "Choose the file"),
    ],
)
def test_what_cannot_be_checked_is_told_with_the_form(
    data: bytes, name: str, status: int, said: str, app: Flask, visitor: FlaskClient
) -> None:
    answer = send(visitor, data, name)
    assert answer.status_code == status
    assert said in answer.text
    assert 'name="file"' in answer.text
    assert 'href="/verify"' in answer.text


def test_post_that_is_no_form_is_told_with_the_form(app: Flask, visitor: FlaskClient) -> None:
    answer = visitor.post("/verify/answer", data=b"x", content_type="text/plain")
    assert (answer.status_code, "Choose the file" in answer.text) == (422, True)


class Unread(io.RawIOBase):
    """A body that must not be read to its end."""

    def __init__(self) -> None:
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, room: bytearray) -> int:  # type: ignore[override]
        self.count += len(room)
        return len(room)


def test_five_hundred_megabytes_are_refused_before_they_are_read(app: Flask, visitor: FlaskClient) -> None:
    body = Unread()
    sent = {
        "wsgi.input": body,
        "CONTENT_LENGTH": str(500 * 1024**2),
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
    }
    answer = visitor.post("/verify/answer", environ_overrides=sent)
    assert answer.status_code == 413
    assert "larger than 64 MB" in answer.text
    assert 'name="file"' in answer.text
    assert body.count < 1024**2


def test_file_just_beyond_the_largest_is_refused(app: Flask, visitor: FlaskClient) -> None:
    answer = send(visitor, b"%PDF-1.7\n" + bytes(LARGEST_FILE))
    assert (answer.status_code, "larger than 64 MB" in answer.text) == (413, True)


def test_busy_server_says_so(app: Flask, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = app.extensions["pia-settings"]
    monkeypatch.setattr(verification, "Turns", lambda folder: Turns(folder, count=1, patience=0))
    with Turns(settings.instance / "examining", count=1).take():
        answer = send(visitor, b"%PDF-1.7\n")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "Other files are being examined just now." in answer.text


def test_known_file_is_answered_however_busy_it_is(
    edition: Edition, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "Turns", lambda folder: Turns(folder, count=0, patience=0))
    assert "genuine and current" in send(visitor, edition.files.pdf).text


def test_too_many_files_from_one_address_are_refused(app: Flask, visitor: FlaskClient) -> None:
    codes = [send(visitor, b"", "").status_code for _ in range(31)]
    assert codes == [422] * 30 + [429]
    answer = send(visitor, b"", "")
    assert "Too many files were sent from your address." in answer.text
    assert answer.headers["Retry-After"]


def test_case_file_gets_its_own_answer(app: Flask, visitor: FlaskClient) -> None:
    answer = send(visitor, b"PK\x03\x04nonsense", "case.zip")
    assert answer.status_code == 200
    assert "This case file is not what was sealed." in answer.text


def test_nothing_of_the_file_is_kept_or_logged(
    edition: Edition, session: Session, visitor: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    def rows() -> dict[str, int]:
        session.expire_all()
        session.rollback()
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }

    def files() -> set[Path]:
        return {path for path in edition.settings.instance.rglob("*") if path.is_file()} - set(
            edition.settings.instance.glob("pia.db*")
        )

    before, tables = files(), rows()
    with caplog.at_level(logging.DEBUG):
        for data in (edition.files.pdf, edition.files.pdf + b"secret", b"%PDF-1.7 secret", b"secret"):
            answer = send(visitor, data, "a-name-nobody-may-keep.pdf")
            assert "a-name-nobody-may-keep" not in answer.text
            assert not answer.headers.getlist("Set-Cookie")
            assert answer.headers["Cache-Control"] == "no-store"
    assert rows() == tables
    assert {path.name for path in files() - before} <= {"0.lock", "1.lock"}
    assert all(path.stat().st_size == 0 for path in files() - before)
    assert "a-name-nobody-may-keep" not in caplog.text
    assert "secret" not in caplog.text


def test_answer_is_the_same_for_whoever_is_signed_in_and_needs_no_token(
    edition: Edition, client_for: ClientFor
) -> None:
    for first in ("", "amara"):
        page = send(client_for(first), edition.files.pdf)
        assert "genuine and current" in page.text
        assert "csrf_token" not in page.text
        assert "Amara" not in page.text


def test_going_back_to_the_answer_leads_to_the_form(app: Flask, visitor: FlaskClient) -> None:
    answer = visitor.get("/verify/answer")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/verify")


def test_answer_keeps_to_the_strict_policy(edition: Edition, visitor: FlaskClient) -> None:
    answer = send(visitor, edition.files.pdf)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert "style=" not in answer.text
