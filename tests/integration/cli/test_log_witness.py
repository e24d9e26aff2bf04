"""`pia log witness`: look first, then sign; what it signs an independent reader accepts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as ForeignCheckpoint

from pia_engine.cli import run
from tests.factories.logs import ForeignLog, entry_of, served

NAME = "otherton.example/witness"


@pytest.fixture
def elsewhere() -> Iterator[ForeignLog]:
    with served(ForeignLog.of(10)) as log:
        yield log


@pytest.fixture
def command(elsewhere: ForeignLog, tmp_path: Path) -> list[str]:
    return ["log", "witness", elsewhere.url, "--key", str(tmp_path / "w.key"), "--state", str(tmp_path / "seen.json")]


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


def test_a_witness_needs_a_key_of_its_own(command: list[str], tmp_path: Path) -> None:
    assert run(command) == 2
    assert run([*command, "--name", "two words"]) == 1
    assert not (tmp_path / "w.key").exists()
    assert run([*command, "--name", NAME]) == 0
    assert run([*command, "--name", "another.example"]) == 2
    (tmp_path / "w.key").write_text("no key")
    assert run(command) == 1
