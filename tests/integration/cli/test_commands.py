"""The `pia` command as somebody types it: what it prints, and the code it leaves with."""

from __future__ import annotations

import contextlib
import importlib
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.cli import run
from pia_engine.documents.authority import open_authority, write_lists
from pia_engine.extensions import db
from pia_engine.jobs.sweep import PARTS, WORDS
from pia_engine.models import KnownQuestionnaire
from pia_engine.register.log_keys import make_log_key
from pia_engine.settings import Settings
from pia_engine.workflows.machine import WORKFLOWS
from tests.factories.walks import Walk

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type a command: its exit code, what it printed, what it complained of."""
    monkeypatch.setenv("COLUMNS", "200")

    def type_command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(list(words))
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return type_command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an installation may be made."""
    monkeypatch.setenv("PIA_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


@pytest.fixture
def installed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The tests' installation, as the command finds it."""
    monkeypatch.setenv("PIA_INSTANCE", str(app.extensions["pia-settings"].instance))
    return app


def test_init_makes_an_installation_that_only_its_owner_can_read(typed: Typed, folder: Path) -> None:
    code, out, _ = typed("init", "--city-name", "City of Example", "--time-zone", "Europe/Brussels")
    assert code == 0
    assert "certificate authority: made for City of Example" in out
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    settings = Settings(instance=folder)
    assert stat.S_IMODE(settings.secret_key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE((settings.keys_folder / "root.key").stat().st_mode) == 0o600


def test_init_a_second_time_changes_nothing_and_says_so(typed: Typed, folder: Path) -> None:
    typed("init", "--city-name", "City of Example")
    settings = Settings(instance=folder)
    before = {path: path.read_bytes() for path in [settings.secret_key_path, *settings.keys_folder.iterdir()]}
    code, out, _ = typed("init", "--city-name", "Another")
    assert code == 0
    assert out.count("there already") == 4
    assert "City of Example" in out
    assert {path: path.read_bytes() for path in before} == before


def test_init_refuses_a_time_zone_that_does_not_exist(typed: Typed, folder: Path) -> None:
    code, _, err = typed("init", "--time-zone", "Aldermere/Town")
    assert code == 2
    assert "Europe/Brussels" in err
    assert not folder.exists()


def test_without_an_installation_a_command_says_what_to_do(typed: Typed, folder: Path) -> None:
    code, _, err = typed("sweep")
    assert code == 1
    assert "pia init" in err
    assert "Traceback" not in err


def test_first_administrator_is_made_and_can_be_no_second_person(typed: Typed, folder: Path) -> None:
    typed("init")
    code, out, _ = typed("admin", "create", "--name", "Adam Clarke", "--email", "adam@example.org")
    assert code == 0
    assert "Password: " in out
    code, _, err = typed("admin", "create", "--name", "Eve", "--email", "ADAM@example.org")
    assert code == 1
    assert "already has the address" in err


def test_worker_once_does_what_is_due(typed: Typed, installed: Flask, session: Session, walk: Walk) -> None:
    walk.initial("submitted")
    session.commit()
    from pia_engine import clock

    with clock.frozen(walk.now):
        assert typed("worker", "--once")[:2] == (0, "1 jobs done.\n")


def test_serve_refuses_a_questionnaire_changed_after_its_first_use(
    typed: Typed, installed: Flask, session: Session, walk: Walk
) -> None:
    walk.initial()
    session.get_one(KnownQuestionnaire, ("initial-assessment", 1)).digest = "f" * 64
    session.commit()
    code, _, problem = typed("serve")
    assert code == 1
    assert "“initial-assessment” version 1 was changed after its first use" in problem


def test_sweep_prints_how_much_it_found(typed: Typed, installed: Flask) -> None:
    code, out, _ = typed("sweep")
    assert code == 0
    assert out.splitlines() == [f"{WORDS[name]}: {int(name == 'audit_heads_logged')}" for name in PARTS]


def test_audit_verify_finds_an_altered_event(typed: Typed, installed: Flask, session: Session, walk: Walk) -> None:
    record = walk.initial("submitted")
    session.commit()
    code, out, _ = typed("audit", "verify")
    assert (code, "is whole" in out) == (0, True)
    session.execute(text("DROP TRIGGER audit_event_no_update"))
    altered = text("UPDATE audit_event SET body = CAST(body || ' ' AS BLOB) WHERE aggregate_id = :id")
    session.execute(altered, {"id": record.id.hex})
    session.commit()
    code, out, _ = typed("audit", "verify")
    assert code == 1
    named = f"initial_assessment {record.reference} ({record.id}), event 1 “initial-assessment:begun”"
    assert f"{named}: its content was altered." in out


def test_audit_verify_finds_an_altered_text_in_the_history_of_an_answer(
    typed: Typed, installed: Flask, session: Session, walk: Walk
) -> None:
    record = walk.initial("submitted")
    session.execute(text("UPDATE answer_version SET value = '\"Another text\"' WHERE question = 'summary'"))
    session.commit()
    code, out, _ = typed("audit", "verify")
    assert code == 1
    assert f"{record.reference}, answer to “summary”: texts 1 are not what the trail says." in out


def test_doctor_finds_an_installation_well_but_without_mail(typed: Typed, installed: Flask) -> None:
    settings: Settings = installed.extensions["pia-settings"]
    settings.keys_folder.chmod(0o700)
    make_log_key(settings.keys_folder)
    write_lists(open_authority(settings.keys_folder), clock.now())
    with installed.app_context():
        db.engine.dispose()
    code, out, _ = typed("doctor")
    assert (code, "Everything needed is there." in out) == (0, True), out
    assert "nothing is sent" in out


def test_doctor_finds_keys_that_others_may_read(typed: Typed, folder: Path) -> None:
    typed("init")
    Settings(instance=folder).keys_folder.chmod(0o755)
    code, out, _ = typed("doctor")
    assert code == 1
    assert "chmod 700" in out


def test_doctor_asks_for_init_where_there_is_nothing(typed: Typed, folder: Path) -> None:
    code, out, _ = typed("doctor")
    assert code == 1
    assert "pia init" in out


@pytest.mark.parametrize("content", [b"", b"not a document", b"%PDF-1.7\n%%EOF"])
def test_verify_refuses_what_is_no_signed_document(
    typed: Typed, installed: Flask, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "file.pdf"
    file.write_bytes(content)
    code, out, _ = typed("verify", str(file))
    assert code == 1
    assert "not a signed document" in out


def test_verify_without_a_file_is_wrong_use(typed: Typed) -> None:
    assert typed("verify", "/nowhere.pdf")[0] == 2
    assert typed("verify")[0] == 2


def test_questionnaire_check_names_file_and_line(typed: Typed) -> None:
    definitions = Path("pia_engine/questionnaires/definitions")
    code, out, _ = typed("questionnaire", "check", *(str(path) for path in sorted(definitions.glob("*.yaml"))))
    assert (code, out.count("good")) == (0, len(list(definitions.glob("*.yaml")))), out
    code, out, _ = typed("questionnaire", "check", "tests/questionnaires/broken/unknown-key.yaml")
    assert code == 1
    assert "unknown-key.yaml" in out


def test_workflow_diagram_prints_every_table(typed: Typed) -> None:
    code, out, _ = typed("workflow", "diagram")
    assert code == 0
    assert out.count("stateDiagram-v2") == len(WORKFLOWS)


def test_demo_leaves_a_real_city_alone(typed: Typed, folder: Path) -> None:
    typed("init", "--city-name", "City of Example")
    code, _, err = typed("demo")
    assert code == 1
    assert "belongs to a city" in err


def test_serve_says_when_its_port_is_taken(typed: Typed, installed: Flask) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        code, _, err = typed("serve", "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "Choose another: “pia serve --port" in err


@pytest.mark.parametrize(
    ("words", "begun"), [((), 1), (("--worker",), 1), (("--with-worker",), 1), (("--no-worker",), 0)]
)
def test_serve_runs_the_worker_or_says_that_none_runs(
    typed: Typed, installed: Flask, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], begun: int
) -> None:
    serving = importlib.import_module("pia_engine.cli.serve")
    workers: list[str] = []

    @contextlib.contextmanager
    def beside() -> Iterator[None]:
        workers.append("worker")
        yield

    monkeypatch.setattr(serving, "_worker_beside", beside)
    monkeypatch.setattr(serving, "_serve_web", lambda _host, _port: None)
    monkeypatch.setattr(serving, "_welcome_when_up", lambda _host, _port: None)
    code, out, _ = typed("serve", "--port", "0", *words)
    assert (code, len(workers)) == (0, begun)
    assert ("No worker runs here" in out) == (not begun)


@pytest.mark.parametrize("words", [("nonsense",), ("serve", "--port", "many"), ("questionnaire", "check")])
def test_wrong_use_leaves_with_two(typed: Typed, words: tuple[str, ...]) -> None:
    assert typed(*words)[0] == 2
