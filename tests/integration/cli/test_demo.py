"""The demo city from its first line to its last: what `make run` shows to whoever tries the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a person types it, in a process of its own: its exit code and what it printed."""
    environment = {**os.environ, "PIA_INSTANCE": str(folder), "COLUMNS": "200"}
    environment.pop("PIA_PUBLIC_URL", None)
    typed = [sys.executable, "-m", "pia_engine.cli", *words]
    return subprocess.run(typed, env=environment, capture_output=True, text=True, check=False, timeout=600)


@pytest.mark.timeout(900)
def test_the_whole_history_of_the_demo_can_be_replayed(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    assert command(folder, "init", "--for-demo").returncode == 0
    loaded = command(folder, "demo")
    assert loaded.returncode == 0, loaded.stdout[-2000:] + loaded.stderr
    assert "Sign in as" in loaded.stdout
    listed = command(folder, "demo", "--list").stdout.splitlines()
    assert [line.split("  ")[0] for line in listed if "/register/" in line] == ["PIA-2025-0001", "PIA-2025-0002"]
    assert len(listed) == 6
    trail = command(folder, "audit", "verify")
    assert (trail.returncode, trail.stdout.startswith("The audit trail is whole")) == (0, True)
    documents = sorted(each for each in folder.rglob("*") if each.is_file() and each.read_bytes()[:5] == b"%PDF-")
    assert len(documents) >= 4
    for document in documents:
        verified = command(folder, "verify", str(document))
        assert verified.returncode == 0, f"{document}: {verified.stdout}"
    again = command(folder, "demo")
    assert "The demo city is there already" in again.stdout
