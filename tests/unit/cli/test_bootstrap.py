"""What `make` does before the program can run: without rights it says the command to type, and changes nothing."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def test_without_rights_it_prints_the_exact_command_and_stops(
    bootstrap: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    with pytest.raises(SystemExit) as stopped:
        bootstrap["install_packages"](["libpango-1.0-0", "python3-venv"])
    assert stopped.value.code == 1
    typed = "apt-get update && apt-get install --yes --no-install-recommends libpango-1.0-0 python3-venv"
    assert f"sudo sh -c '{typed}'" in capsys.readouterr().err


def test_when_nothing_is_missing_nothing_is_installed(
    bootstrap: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("nothing should be started")

    monkeypatch.setattr("subprocess.run", refuse)
    bootstrap["install_packages"]([])


def test_missing_libraries_are_named_as_debian_names_them(
    bootstrap: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    missing = bootstrap["missing_packages"]("run")
    assert missing[:3] == ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
