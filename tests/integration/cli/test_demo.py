"""The demo city from its first line to its last: what `make run` shows to whoever tries the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785

from pia_engine.cli import run
from pia_engine.register.json_ld import CONTEXT
from tests.integration.documents.conformance import (
    page_validation,
    revisions_of,
    tables_without_headers,
    verapdf,
    written,
)


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as a person types it, in a process of its own: its exit code and what it printed."""
    environment = {**os.environ, "PIA_INSTANCE": str(folder), "COLUMNS": "200"}
    environment.pop("PIA_PUBLIC_URL", None)
    typed = [sys.executable, "-m", "pia_engine.cli", *words]
    return subprocess.run(typed, env=environment, capture_output=True, text=True, check=False, timeout=600)


def is_document(path: Path) -> bool:
    return path.is_file() and path.read_bytes()[:5] == b"%PDF-"


def check_conformance(documents: list[Path], folder: Path) -> None:
    """Every document, in every state it has been in, passes PDF/A-3a and PDF/UA-1; before signing by two programs."""
    states = {each.name: revisions_of(each.read_bytes()) for each in documents}
    assert all(len(held) > 1 for held in states.values())
    files = written({f"{name}-{place}": pdf for name, held in states.items() for place, pdf in enumerate(held)}, folder)
    assert {name: rules for name, rules in verapdf(files).items() if rules} == {}
    for name in states:
        assert page_validation(files[f"{name}-0"]) == set()
        assert tables_without_headers(files[f"{name}-0"]) == 0
        assert_record_is_canonical(files[f"{name}-{len(states[name]) - 1}"], folder / f"{name}-files")


def assert_record_is_canonical(document: Path, folder: Path) -> None:
    """The only file inside is the record, as linked data in its one spelling (RFC 8785)."""
    folder.mkdir()
    subprocess.run(["pdfdetach", "-saveall", "-o", str(folder), str(document)], check=True)
    (attached,) = folder.iterdir()
    record = json.loads(attached.read_bytes())
    assert attached.name == "pia.jsonld"
    assert attached.read_bytes() == rfc8785.dumps(record)
    assert record["@context"] == CONTEXT


@pytest.mark.timeout(1800)
def test_the_whole_history_of_the_demo_can_be_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
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
    documents = sorted({each.read_bytes(): each for each in folder.rglob("*") if is_document(each)}.values())
    assert len(documents) >= 4
    monkeypatch.setenv("PIA_INSTANCE", str(folder))
    for document in documents:
        assert run(["verify", str(document)]) == 0, f"{document}: {capsys.readouterr().out}"
    check_conformance(documents, tmp_path)
    again = command(folder, "demo")
    assert "The demo city is there already" in again.stdout
