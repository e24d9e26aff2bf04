"""`pia log witness`: look first, then sign; what it signs an independent reader accepts."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as ForeignCheckpoint

from pia_engine import clock
from pia_engine.cli import run
from pia_engine.register import monitoring
from tests.factories.logs import RECORDED_AT, ForeignLog, entry_of, served

NAME = "otherton.example/witness"


@pytest.fixture(autouse=True)
def soon_after() -> Iterator[None]:
    """The entries are of yesterday, as in a log that lives."""
    with clock.frozen(RECORDED_AT + dt.timedelta(days=1)):
        yield


@pytest.fixture
def elsewhere() -> Iterator[ForeignLog]:
    with served(ForeignLog.of(10)) as log:
        yield log


@pytest.fixture
def command(elsewhere: ForeignLog, tmp_path: Path) -> list[str]:
    return ["log", "witness", elsewhere.url, "--key", str(tmp_path / "w.key")]


def test_a_witness_signs_what_it_checked(
    elsewhere: ForeignLog, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cosigned"
    assert run([*command, "--name", NAME, "--log-key", elsewhere.vkey, "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert f"Cosigned as {NAME}" in said.out
    assert (tmp_path / "w.key").stat().st_mode & 0o777 == 0o600
    own = said.err.rpartition(": ")[2].strip()
    signed = ForeignCheckpoint.from_text(out.read_text())
    found = VkeySet(Vkey.from_string(elsewhere.vkey), Vkey.from_string(own)).verify(signed.signatures, signed)
    assert {key.name for key, _ in found} == {elsewhere.name, NAME}


def test_a_witness_prints_the_note_alone_without_a_file(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run([*command, "--name", NAME])
    capsys.readouterr()
    assert run(command) == 0
    signed = ForeignCheckpoint.from_text(capsys.readouterr().out)
    assert (signed.size, len(signed.signatures)) == (10, 2)


def test_a_witness_signs_no_fork(elsewhere: ForeignLog, command: list[str], tmp_path: Path) -> None:
    out = tmp_path / "cosigned"
    assert run([*command, "--name", NAME, "--out", str(out)]) == 0
    before = out.read_bytes()
    elsewhere.entries[3] = entry_of(99)
    elsewhere.add(5)
    assert run([*command, "--out", str(out)]) == 1
    assert out.read_bytes() == before


def test_a_witness_signs_no_fork_under_another_spelling_of_the_address(
    elsewhere: ForeignLog, command: list[str], tmp_path: Path
) -> None:
    assert run([*command, "--name", NAME]) == 0
    elsewhere.entries[3] = entry_of(99)
    elsewhere.publish()
    (tmp_path / "link.key").symlink_to(tmp_path / "w.key")
    for url in (elsewhere.url.replace("127.0.0.1", "localhost"), f"{elsewhere.url}/", f"{elsewhere.url}?again"):
        for key in ("w.key", "link.key"):
            assert run(["log", "witness", url, "--key", str(tmp_path / key)]) != 0
    with served(elsewhere) as moved:
        assert run(["log", "witness", moved.url, "--key", str(tmp_path / "w.key"), "--log-key", elsewhere.vkey]) == 1


def test_a_witness_signs_no_other_log_at_the_same_address(
    elsewhere: ForeignLog, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--name", NAME]) == 0
    elsewhere.name = "renamed.example/log"
    elsewhere.publish()
    capsys.readouterr()
    assert run(command) == 1
    assert "now it calls itself “renamed.example/log”" in "".join(capsys.readouterr())
    assert run([*command, "--log-key", elsewhere.vkey]) == 0


def test_a_witness_that_runs_twice_at_once_signs_one_history(
    elsewhere: ForeignLog, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins while the first is looking: it waits, and then sees what the first has signed."""
    assert run([*command, "--name", NAME]) == 0
    fork = ForeignLog([*elsewhere.entries, entry_of(98)], key=elsewhere.key)
    fork.publish()
    elsewhere.add(1)
    looked, codes, inside = monitoring.look, [], threading.Event()

    def second() -> None:
        with served(fork) as other:
            codes.append(run(["log", "witness", other.url, *command[3:]]))

    other_run = threading.Thread(target=second)

    def look_slowly(*args: Any, **more: Any) -> Any:
        if not inside.is_set():
            inside.set()
            other_run.start()
            other_run.join(1)
        return looked(*args, **more)

    monkeypatch.setattr(monitoring, "look", look_slowly)
    codes.append(run(command))
    other_run.join(20)
    assert sorted(codes) == [0, 1]


def test_a_witness_warns_of_a_log_that_stands_still(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with clock.frozen(RECORDED_AT + dt.timedelta(days=9)):
        assert run([*command, "--name", NAME]) == 0
    said = capsys.readouterr()
    assert "WARNING: the newest entry is of 2026-03-02" in said.err
    assert "WARNING" not in said.out


def test_a_witness_needs_a_key_of_its_own(command: list[str], tmp_path: Path) -> None:
    assert run(command) == 2
    assert run([*command, "--name", "two words"]) == 1
    assert not (tmp_path / "w.key").exists()
    assert run([*command, "--name", NAME]) == 0
    assert run([*command, "--name", "another.example"]) == 2
    (tmp_path / "w.key").write_text("no key")
    assert run(command) == 1
