"""What `pia doctor` says of the virus scanner."""

from __future__ import annotations

from pathlib import Path

import pytest

from pia_engine.cli.doctor import _scanner
from pia_engine.settings import Settings
from tests.fixtures.scanner import Daemon


def said_of(address: str, folder: Path) -> tuple[str, str]:
    (finding,) = _scanner(Settings(instance=folder, clamav_url=address))
    return finding.mark, finding.what


def test_administrator_learns_that_the_scanner_answers(clamd: Daemon, tmp_path: Path) -> None:
    assert said_of(clamd.tcp, tmp_path) == ("good", f"answers at {clamd.tcp}")


def test_administrator_learns_what_to_do_when_the_scanner_is_down(tmp_path: Path) -> None:
    mark, what = said_of("unix:///nowhere/clamd.ctl", tmp_path)
    assert mark == "bad"
    assert "no file can be attached: start clamd" in what


def test_administrator_is_told_that_nothing_is_scanned(tmp_path: Path) -> None:
    mark, what = said_of("", tmp_path)
    assert mark == "note"
    assert "without being scanned" in what


@pytest.mark.parametrize(
    "address", ["127.0.0.1:3310", "http://127.0.0.1:3310", "tcp://", "unix://clamd.ctl", "tcp://a b"]
)
def test_an_address_that_is_none_stops_the_program(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="clamav_url"):
        Settings(instance=tmp_path, clamav_url=address)


@pytest.mark.parametrize("kinds", ["", "pdf exe", "PDF", "svg"])
def test_kinds_nobody_knows_stop_the_program(kinds: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name kinds of file from this list"):
        Settings(instance=tmp_path, attachment_kinds=kinds)
