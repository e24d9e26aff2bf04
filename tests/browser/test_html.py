"""The main pages before the Nu HTML checker, the one the W3C runs: not one error."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from pia_engine.services.policy_sections import SECTIONS
from tests.browser.pages import full_draft, policy_draft
from tests.browser.seeing import Windows

CHECKER = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PUBLIC = (
    "/",
    "/register",
    "/register?q=nothing",
    "/sign-in",
    "/forgotten-password",
    "/accessibility",
    "/privacy",
    "/verify",
    "/log",
    "/none",
)
STAFF = {
    "amara": ("/work", "/initiatives", "/initiatives/new", "/account", "/account/password", "/help", "/glossary"),
    "petra": ("/work", "/audits"),
    "adam": (
        "/work",
        "/administration",
        "/administration/messages",
        "/administration/people",
        "/administration/city",
        "/administration/changes",
        "/people/roles",
    ),
}

pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="needs Java 17: apt-get install openjdk-17-jre-headless"),
    pytest.mark.skipif(not CHECKER.exists(), reason="needs the checker: npm ci in frontend/"),
]


def test_no_main_page_has_an_error(windows: Windows, tmp_path: Path) -> None:
    kept = keep(windows, "", PUBLIC, tmp_path)
    for first, paths in STAFF.items():
        kept |= keep(windows, first, paths, tmp_path)
    kept |= keep(windows, "amara", about_an_assessment(windows), tmp_path)
    kept |= keep(windows, "petra", about_the_policy(windows), tmp_path)
    assert errors_in(kept) == []


def about_the_policy(windows: Windows) -> tuple[str, ...]:
    policy_draft(windows.city)
    sections = tuple(f"/policy/draft/sections/{section}" for section in SECTIONS)
    read = ("/policy", "/policy/versions", "/policy/versions/2", "/policy/versions/2/compare")
    return (*read, "/policy/draft", "/policy/draft/check", "/policy/draft/withdraw", *sections)


def about_an_assessment(windows: Windows) -> tuple[str, ...]:
    reference = full_draft(windows.city)
    base = f"/assessments/{reference}"
    full = windows.city.app.extensions["pia-catalogue"].newest("full-assessment")
    sections = tuple(f"{base}/full/sections/{section.id}" for section in full.sections)
    others = (
        f"{base}/initial/outcome",
        f"{base}/full/check",
        f"{base}/full/v1",
        f"{base}/full/preview",
        f"{base}/full/files",
    )
    return (base, *others, *sections, f"{base}/full/files/summary", f"{base}/full/actions/withdraw")


def keep(windows: Windows, first: str, paths: tuple[str, ...], folder: Path) -> dict[Path, str]:
    """The pages as the server sends them, by the file they are kept in."""
    page = windows.of(first) if first else windows.open()
    kept = {}
    for path in paths:
        answer = page.request.get(path)
        assert answer.status in (200, 404), f"{path}: {answer.status}"
        file = folder / f"{first or 'visitor'}{path.replace('/', '-').replace('?', '-')}.html"
        file.write_bytes(answer.body())
        kept[file] = path
    return kept


def errors_in(kept: dict[Path, str]) -> list[str]:
    command = ["java", "-jar", str(CHECKER), "--format", "json", "--stdout", "--exit-zero-always", *map(str, kept)]
    checked = subprocess.run(command, capture_output=True, check=True, text=True)
    places = {file.name: path for file, path in kept.items()}
    return [
        f"{places[unquote(each['url']).rpartition('/')[2]]}, line {each.get('lastLine')}: {each['message']}"
        for each in json.loads(checked.stdout)["messages"]
        if each["type"] == "error"
    ]
