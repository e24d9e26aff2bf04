"""`pia log status`, `pia log new-key`, `pia audit verify` with the seal, and the city's log watched from outside."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from pia_engine.cli import run
from pia_engine.jobs.worker import drain
from pia_engine.register.live import PublicFolder
from pia_engine.register.log_keys import open_log_key
from pia_engine.services.audit_heads import log_audit_head
from pia_engine.services.transparency_log import Kind, append_entry
from pia_engine.settings import Settings
from tests.factories.walks import Walk

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(app: Flask, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type a command in the tests' installation."""
    monkeypatch.setenv("PIA_INSTANCE", str(app.extensions["pia-settings"].instance))

    def type_command(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        return run(list(words)), capsys.readouterr().out

    return type_command


@pytest.fixture
def signed(app: Flask, session: Session, walk: Walk) -> Flask:
    """A log with a determination and a seal of the trail in it, signed and shown."""
    walk.initial("determined")
    log_audit_head(session, now=walk.now)
    session.commit()
    drain(app, now=walk.now)
    return app


@pytest.fixture
def open_site(app: Flask) -> Iterator[str]:
    """The whole site over HTTP."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/log"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_log_that_holds_together(typed: Typed, signed: Flask) -> None:
    code, out = typed("log", "status")
    assert code == 0, out
    for sentence in (
        "Entries: ",
        "Newest checkpoint: ",
        "Time stamp: there",
        "The public is shown the newest checkpoint",
    ):
        assert sentence in out
    assert "The audit trail still begins with what entry" in out


def test_a_log_before_its_first_entry(typed: Typed) -> None:
    code, out = typed("log", "status")
    assert (code, "Nothing is signed yet" in out) == (0, True)


@pytest.mark.parametrize(
    ("guard", "act", "sentence"),
    [
        (
            "log_entry_no_update",
            "UPDATE log_entry SET body = X'7B7D' WHERE position = 0",
            "Entry 0 is not what was hashed",
        ),
        ("log_entry_no_delete", "DELETE FROM log_entry WHERE position = 0", "Entry 0 is missing"),
        ("log_entry_no_delete", "DELETE FROM log_entry", "Was an older backup restored"),
        ("log_checkpoint_no_update", "UPDATE log_checkpoint SET size = 1", "does not say what was signed"),
        ("audit_event_no_update", "UPDATE audit_event SET hash = 'x' || substr(hash, 2)", "The audit trail is NOT"),
    ],
)
def test_whatever_was_altered_is_named(
    typed: Typed, signed: Flask, session: Session, guard: str, act: str, sentence: str
) -> None:
    session.execute(text(f"DROP TRIGGER {guard}"))
    session.execute(text(act))
    session.commit()
    code, out = typed("log", "status")
    assert code == 1
    assert sentence in out


def test_audit_verify_holds_the_trail_against_the_public_log(typed: Typed, signed: Flask, session: Session) -> None:
    code, out = typed("audit", "verify")
    assert (code, "still begins with what entry" in out) == (0, True)
    session.execute(text("DROP TRIGGER log_entry_no_update"))
    session.execute(text("UPDATE log_entry SET digest = :digest WHERE kind = 'audit-head'"), {"digest": "0" * 64})
    session.commit()
    code, out = typed("audit", "verify")
    assert (code, "The audit trail is NOT what entry" in out) == (1, True)
    code, out = typed("doctor")
    assert (code, "The audit trail is NOT" in out) == (1, True)


def test_the_city_s_own_log_is_watched_from_outside(
    typed: Typed, signed: Flask, session: Session, walk: Walk, open_site: str, tmp_path: Path
) -> None:
    look = ("log", "monitor", open_site, "--state", str(tmp_path / "seen.json"))
    code, out = typed(*look)
    assert code == 0, out
    assert "Initial assessment" in out
    append_entry(session, Kind.ANNUAL_REPORT, key="more", facts={"reference": "REP-2025", "year": 2025}, now=walk.now)
    session.commit()
    drain(signed, now=walk.now)
    code, out = typed(*look)
    assert code == 0
    assert "1 new entry" in out
    assert "The annual report on 2025 was published." in out


def test_a_new_key_signs_the_same_entries_and_watchers_are_warned(
    typed: Typed, signed: Flask, open_site: str, tmp_path: Path
) -> None:
    settings: Settings = signed.extensions["pia-settings"]
    look = ("log", "monitor", open_site, "--state", str(tmp_path / "seen.json"))
    assert typed(*look)[0] == 0
    code, out = typed("log", "new-key", "--yes")
    assert (code, "The new public key is" in out) == (0, True)
    aside = list(settings.keys_folder.glob("log-until-*.key"))
    assert len(aside) == 1
    drain(signed)
    assert typed("log", "status")[0] == 0
    code, out = typed(*look)
    assert (code, "The key of this log has changed" in out) == (1, True)
    size = json.loads((tmp_path / "seen.json").read_text())["size"]
    key = open_log_key(settings.keys_folder, settings.public_url).verifier.text()
    code, out = typed(*look, "--key", key)
    assert (code, "The log has the new key you gave" in out) == (0, True), out
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert (seen["size"], seen["key"]) == (size, key)
    aside[0].unlink()


def test_what_the_site_hands_out_says_what_it_is(app: Flask, signed: Flask) -> None:
    client = app.test_client()
    expected = {
        "/log": "text/html; charset=utf-8",
        "/log/checkpoint": "text/plain; charset=utf-8",
        "/log/checkpoint.tsr": "application/timestamp-reply",
        "/log/key": "text/plain; charset=utf-8",
        "/log/entries/1": "text/html; charset=utf-8",
    }
    settings: Settings = app.extensions["pia-settings"]
    tiles = [path for path in PublicFolder(settings.public_folder).read_map() if path.startswith("/log/tile/")]
    for address, content_type in {**expected, **dict.fromkeys(tiles, "application/octet-stream")}.items():
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type), address
    assert client.get("/log/tile/0/999").status_code == 404
