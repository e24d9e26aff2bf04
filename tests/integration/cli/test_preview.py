"""`pia questionnaire preview` as the author of a questionnaire types it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from flask.testing import FlaskClient

from pia_engine.cli import run
from pia_engine.cli.preview import build_preview
from tests.fixtures.city import token_in

TEXTS = Path("tests/questionnaires/texts.v1.yaml").resolve()


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an installation would be, if there were one."""
    monkeypatch.setenv("PIA_INSTANCE", str(tmp_path / "none"))
    return tmp_path / "none"


@pytest.fixture
def server(nowhere: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "pia_engine.cli", "questionnaire", "preview", str(TEXTS), "--port", "0"]
    # What runs in a shell's background ignores Ctrl+C, and so would what it starts.
    heeding = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as started:
        signal.signal(signal.SIGINT, heeding)
        yield started
        started.kill()


@pytest.fixture
def client(nowhere: Path) -> FlaskClient:
    return build_preview(TEXTS).test_client()


def test_author_looks_at_a_file_without_an_installation(server: subprocess.Popen[str], nowhere: Path) -> None:
    assert server.stdout is not None
    said = server.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", said)
    assert found, said
    with urlopen(found[0]) as answer:
        assert "Texts</h1>" in answer.read().decode()
    server.send_signal(signal.SIGINT)
    assert "Stopped." in server.communicate(timeout=120)[0]
    assert server.returncode == 0
    assert not nowhere.exists()


def test_author_is_told_that_the_port_is_taken(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert run(["questionnaire", "preview", str(TEXTS), "--port", port]) == 1
    assert f"Port {port} cannot be used" in capsys.readouterr().err


def test_author_names_a_file_that_is_not_there(nowhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["questionnaire", "preview", "nothing.yaml"]) == 2
    assert "nothing.yaml" in capsys.readouterr().err


def test_nothing_is_taken_without_the_forms_own_token(client: FlaskClient) -> None:
    assert client.post("/sections/words", data={"q_name": "Counter", "seen_version": "1"}).status_code == 400
    assert "Counter" not in client.get("/check").text


def test_the_preview_answers_to_this_machine_only(client: FlaskClient) -> None:
    assert client.get("/", base_url="http://city.example/").status_code == 400
    assert client.get("/", base_url="http://localhost:8090/").status_code == 200


def test_what_is_not_there_is_said_on_a_page(client: FlaskClient) -> None:
    for path in ("/sections/nothing", "/outcome", "/nowhere"):
        answer = client.get(path)
        assert (answer.status_code, answer.text.count("<h1")) == (404, 1), path


def test_crafted_fields_get_the_error_summary_of_the_real_page(client: FlaskClient) -> None:
    given = {"csrf_token": token_in(client.get("/sections/words").text), "seen_version": "1", "q_name": ["a", "b"]}
    answer = client.post("/sections/words", data=given)
    assert (answer.status_code, "govuk-error-summary" in answer.text) == (422, True)


def test_a_file_that_vanishes_is_a_problem_on_the_page(nowhere: Path, tmp_path: Path) -> None:
    file = tmp_path / "texts.v1.yaml"
    file.write_bytes(TEXTS.read_bytes())
    client = build_preview(file).test_client()
    assert client.get("/").status_code == 200
    file.unlink()
    answer = client.get("/")
    assert (answer.status_code, "the file cannot be read" in answer.text) == (422, True)
