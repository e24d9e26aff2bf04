"""What keeps a file out: its size, the scanner, a full disk. Nothing of it is kept then, and the page says why."""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import obstore
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents import scanning
from pia_engine.extensions import db
from pia_engine.models import Attachment, AuditEvent
from pia_engine.services.assessments import withdraw_assessment
from pia_engine.settings import Settings
from tests.factories.attachments import PDF
from tests.factories.people import persona
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.fixtures.files import Desk
from tests.fixtures.scanner import EICAR, Daemon

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
MEGABYTE = 1024 * 1024


@pytest.fixture
def change(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Other settings for this test."""

    def use(**values: object) -> None:
        settings: Settings = app.extensions["pia-settings"]
        changed = Settings.model_validate(settings.model_dump() | values)
        monkeypatch.setitem(app.extensions, "pia-settings", changed)

    return use


def nothing_is_kept(app: Flask, fresh: Fresh) -> bool:
    settings: Settings = app.extensions["pia-settings"]
    stored = [path for path in settings.attachments_folder.rglob("*") if path.is_file()]
    with fresh() as session:
        return not stored and session.scalars(select(Attachment.id)).first() is None


def test_file_over_the_limit_is_refused_with_the_limit(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask, change: Callable[..., None]
) -> None:
    change(attachment_megabytes=1)
    answer = desk.attach(client_for("amara"), ("big.txt", b"a" * (MEGABYTE + 1)))
    assert answer.status_code == 413
    assert "“big.txt”: It is larger than the 1 MB one file may have." in answer.text
    assert 'type="file"' in answer.text
    assert nothing_is_kept(app, fresh)
    assert desk.attach(client_for("amara"), ("fits.txt", b"a" * MEGABYTE)).status_code == 303


def test_all_files_together_keep_to_the_limit_and_a_removed_one_makes_room(
    desk: Desk, client_for: ClientFor, fresh: Fresh, change: Callable[..., None]
) -> None:
    change(attachment_megabytes=1, assessment_megabytes=1)
    amara = client_for("amara")
    assert desk.attach(amara, ("first.txt", b"a" * (MEGABYTE - 10))).status_code == 303
    full = desk.attach(amara, ("second.txt", b"b" * 11), question="purpose")
    assert full.status_code == 413
    assert "may have 1 MB" in full.text
    with fresh() as session:
        first = str(session.scalars(select(Attachment.id)).one())
    token = token_in(amara.get("/account").text)
    amara.post(desk.url("summary", first, "remove"), data={"csrf_token": token})
    assert desk.attach(amara, ("second.txt", b"b" * 11), question="purpose").status_code == 303
    assert desk.attach(amara, ("third.txt", b"c" * (MEGABYTE - 11))).status_code == 303
    restored = amara.post(desk.url("summary", first, "restore"), data={"csrf_token": token})
    assert restored.status_code == 413


class Endless(io.RawIOBase):
    """A body of `length` bytes that nobody holds; counts how many were taken."""

    def __init__(self, head: bytes, length: int) -> None:
        self.head, self.left, self.taken = head, length, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = (self.head or bytes(min(len(buffer), self.left)))[: len(buffer)]
        self.head = self.head[len(piece) :]
        self.left -= len(piece)
        self.taken += len(piece)
        buffer[: len(piece)] = piece
        return len(piece)


def post_endless(desk: Desk, client: FlaskClient, length: int, *, chunked: bool) -> tuple[Any, Endless]:
    token = token_in(client.get("/account").text)
    head = (
        f'--edge\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--edge\r\nContent-Disposition: '
        'form-data; name="files"; filename="big.txt"\r\nContent-Type: text/plain\r\n\r\n'
    ).encode()
    body = Endless(head, length)
    environ: dict[str, Any] = {"wsgi.input": body}
    environ |= {"wsgi.input_terminated": True} if chunked else {"CONTENT_LENGTH": str(length)}
    answer = client.post(desk.url(), content_type="multipart/form-data; boundary=edge", environ_overrides=environ)
    return answer, body


@pytest.mark.parametrize("chunked", [False, True])
def test_half_a_gigabyte_is_never_read_to_its_end(
    chunked: bool, desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask, change: Callable[..., None]
) -> None:
    change(attachment_megabytes=1, assessment_megabytes=5)
    answer, body = post_endless(desk, client_for("amara"), 500 * MEGABYTE, chunked=chunked)
    assert answer.status_code == 413
    assert "larger than the 5 MB that can be sent at once" in answer.text
    assert "Attached here" in answer.text
    assert body.taken < 8 * MEGABYTE
    assert nothing_is_kept(app, fresh)


def test_more_files_than_ten_at_once_are_refused_with_a_sentence(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask
) -> None:
    many = [(f"part-{number}.txt", f"Part {number}".encode()) for number in range(11)]
    answer = desk.attach(client_for("amara"), *many)
    assert answer.status_code == 422
    assert "Attach up to 10 files at once. You chose 11." in answer.text
    assert nothing_is_kept(app, fresh)
    assert desk.attach(client_for("amara"), *many[:10]).status_code == 303


@pytest.mark.parametrize("first", ["otto", "ingrid", "petra"])
def test_no_large_body_is_taken_from_who_may_not_attach_here(first: str, desk: Desk, client_for: ClientFor) -> None:
    _answer, body = post_endless(desk, client_for(first), 15 * MEGABYTE, chunked=True)
    assert body.taken < 6 * MEGABYTE


def test_no_large_body_is_taken_once_nobody_writes_any_more(
    desk: Desk, client_for: ClientFor, walk: Walk, session: Session
) -> None:
    withdraw_assessment(session, desk.assessment, actor=walk.who("amara"), now=walk.now, reason="No money.")
    session.commit()
    answer, body = post_endless(desk, client_for("amara"), 15 * MEGABYTE, chunked=True)
    assert body.taken < 6 * MEGABYTE
    assert answer.status_code == 413
    assert "larger than" not in answer.text


def test_rights_lost_while_a_file_is_scanned_count(
    desk: Desk,
    client_for: ClientFor,
    fresh: Fresh,
    app: Flask,
    change: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def scan(_self: object, _file: object) -> None:
        with fresh() as other:
            persona(other, "amara").active = False
            other.commit()

    change(clamav_url="tcp://127.0.0.1:1")
    monkeypatch.setattr(scanning.Scanner, "scan", scan)
    assert desk.attach(client_for("amara"), ("plan.pdf", PDF)).status_code == 403
    assert nothing_is_kept(app, fresh)


def test_strangers_get_no_more_room_than_any_form(desk: Desk, client_for: ClientFor) -> None:
    visitor = client_for("")
    token = token_in(visitor.get("/sign-in").text)
    answer = desk.attach(visitor, ("big.txt", b"a" * 5 * MEGABYTE), token=token)
    assert answer.status_code == 413
    assert "Attached here" not in answer.text


@pytest.mark.parametrize("first", ["otto", "adam"])
def test_too_much_from_people_without_reach_shows_them_nothing(
    first: str, desk: Desk, client_for: ClientFor, change: Callable[..., None]
) -> None:
    change(attachment_megabytes=1, assessment_megabytes=1)
    answer, _body = post_endless(desk, client_for(first), 50 * MEGABYTE, chunked=False)
    assert answer.status_code == 413
    assert "Attached here" not in answer.text


def test_infected_file_is_refused_and_put_on_record_and_nothing_is_stored(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask, change: Callable[..., None], clamd: Daemon
) -> None:
    change(clamav_url=clamd.local)
    amara = client_for("amara")
    answer = desk.attach(amara, ("holiday.txt", EICAR))
    assert answer.status_code == 422
    assert "“holiday.txt”: The virus scanner found “Eicar-Test-Signature" in answer.text
    assert nothing_is_kept(app, fresh)
    with fresh() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.event == "attachment:refused"))
        assert json.loads(event.body)["details"]["signature"].startswith("Eicar-Test-Signature")
    assert "Infected file refused" in amara.get(f"/assessments/{desk.reference}").text


def test_scanned_file_says_so(desk: Desk, client_for: ClientFor, change: Callable[..., None], clamd: Daemon) -> None:
    change(clamav_url=clamd.tcp)
    amara = client_for("amara")
    assert "No virus scanner is set up here." not in amara.get(desk.url()).text
    assert desk.attach(amara, ("plan.pdf", PDF)).status_code == 303
    assert "Scanned, nothing found" in amara.get(desk.url()).text


def test_without_an_answer_of_the_scanner_nothing_comes_in_and_the_page_says_who_can_help(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask, change: Callable[..., None]
) -> None:
    change(clamav_url="tcp://127.0.0.1:1")
    answer = desk.attach(client_for("amara"), ("plan.pdf", PDF))
    assert answer.status_code == 503
    assert "“plan.pdf”: The virus scanner gave no verdict on it, so it was not stored." in answer.text
    assert "Who can help: The administrator of this installation." in answer.text
    assert nothing_is_kept(app, fresh)


def test_nobody_waits_for_the_database_while_a_file_is_scanned(
    desk: Desk,
    client_for: ClientFor,
    fresh: Fresh,
    change: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody else writes in the very moment of scanning."""
    wrote = []

    def scan(_self: object, _file: object) -> None:
        with fresh() as other:
            wrote.append(other.scalars(select(Attachment.id)).all())
        assert not db.session().in_transaction()

    change(clamav_url="tcp://127.0.0.1:1")
    monkeypatch.setattr(scanning.Scanner, "scan", scan)
    assert desk.attach(client_for("amara"), ("plan.pdf", PDF)).status_code == 303
    assert wrote == [[]]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The store takes the first half of a file, and then has no room."""
    real = obstore.put

    def put(store: Any, path: str, file: Any, **options: Any) -> Any:
        def half() -> Iterator[bytes]:
            yield file.read(1)
            raise OSError(errno.ENOSPC, "No space left on device")

        return real(store, path, half(), **options)

    monkeypatch.setattr(obstore, "put", put)
    yield


def test_full_disk_is_a_sentence_and_leaves_nothing_behind(
    desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask, full_disk: None
) -> None:
    answer = desk.attach(client_for("amara"), ("plan.pdf", PDF))
    assert answer.status_code == 503
    assert "“plan.pdf”: The file could not be stored." in answer.text
    assert nothing_is_kept(app, fresh)


def test_damaged_bytes_are_not_handed_out(desk: Desk, client_for: ClientFor, fresh: Fresh, app: Flask) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF))
    settings: Settings = app.extensions["pia-settings"]
    (stored,) = [path for path in settings.attachments_folder.rglob("*") if path.is_file()]
    stored.write_bytes(PDF.replace(b"obj", b"jbo"))
    with fresh() as session:
        attachment = str(session.scalars(select(Attachment.id)).one())
    answer = amara.get(desk.url("summary", attachment))
    assert "damaged" in answer.text
    assert b"jbo" not in answer.data


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 503), (errno.EIO, 500)])
def test_no_room_even_to_receive_a_file_is_a_sentence_and_other_troubles_are_not_called_that(
    number: int, status: int, desk: Desk, client_for: ClientFor, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, _piece: object, /) -> int:
            raise OSError(number, "trouble")

    monkeypatch.setattr(app.request_class, "_get_file_stream", lambda *_args, **_named: Full())
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = desk.attach(client_for("amara"), ("plan.pdf", PDF))
    assert answer.status_code == status
    assert ("The file could not be stored." in answer.text) == (status == 503)
