"""`pia questionnaire` as the author of a questionnaire types it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.cli import run
from pia_engine.models import KnownQuestionnaire
from pia_engine.questionnaires.reference import reference_document
from tests.factories.walks import Walk

DEFINITIONS = Path("pia_engine/questionnaires/definitions")
TINY = Path("tests/questionnaires")
BROKEN = TINY / "broken"

Typed = Callable[..., tuple[int, str]]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Typed:
    """Type a command where there is no installation: its exit code and all it printed."""
    monkeypatch.setenv("PIA_INSTANCE", str(tmp_path / "none"))

    def type_command(*words: str | Path) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["questionnaire", *map(str, words)])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return type_command


def test_author_checks_everything_we_ship(typed: Typed, tmp_path: Path) -> None:
    code, out = typed("check", DEFINITIONS, TINY)
    files = [*DEFINITIONS.glob("*.yaml"), *TINY.glob("*.yaml")]
    assert (code, out.count(": good. “")) == (0, len(files)), out
    assert not (tmp_path / "none").exists(), "checking files makes no installation"


def test_author_is_told_everything_wrong_in_a_folder_at_once(typed: Typed) -> None:
    code, out = typed("check", BROKEN)
    expected = (BROKEN / "expected.txt").read_text("utf-8").splitlines()[1:]
    assert code == 1
    assert out.replace(f"{BROKEN}/", "").splitlines() == expected


def test_author_gets_praise_and_blame_side_by_side(typed: Typed) -> None:
    code, out = typed("check", TINY / "texts.v1.yaml", BROKEN / "unknown-key.yaml")
    first, second = out.splitlines()
    assert code == 1
    assert first == f"{TINY / 'texts.v1.yaml'}: good. “Texts”, version 1, 3 questions, in en."
    assert second.startswith(f"{BROKEN / 'unknown-key.yaml'}:10: “tpye” is not known here; expected one of")


def test_author_may_take_answers_from_the_file_beside(typed: Typed, tmp_path: Path) -> None:
    assert typed("check", TINY / "mapping.v1.yaml")[0] == 0
    shutil.copy(TINY / "mapping.v1.yaml", tmp_path)
    code, out = typed("check", tmp_path / "mapping.v1.yaml")
    assert code == 1
    assert ": there is no questionnaire “texts”; expected one of " in out


@pytest.mark.parametrize("place", ["nowhere.yaml", "."])
def test_author_who_names_no_questionnaire_is_told_of_wrong_use(typed: Typed, tmp_path: Path, place: str) -> None:
    assert typed("check", tmp_path / place)[0] == 2
    assert typed("check")[0] == 2


def test_author_is_told_of_a_version_changed_after_its_first_use(
    typed: Typed, app: Flask, session: Session, walk: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.initial()
    session.commit()
    monkeypatch.setenv("PIA_INSTANCE", str(app.extensions["pia-settings"].instance))
    monkeypatch.setenv("PIA_DATABASE_URL", app.extensions["pia-settings"].database)
    assert session.get(KnownQuestionnaire, ("initial-assessment", 1)) is not None
    own = tmp_path / "initial-assessment.v1.yaml"
    shutil.copy(DEFINITIONS / own.name, own)
    assert typed("check", own)[0] == 0
    own.write_text(own.read_text("utf-8").replace("title: ", "title: My ", 1), "utf-8")
    code, out = typed("check", own)
    assert code == 1
    line = next(n for n, text in enumerate(own.read_text("utf-8").splitlines(), start=1) if text == "version: 1")
    assert out.strip() == (
        f"{own}:{line}: “initial-assessment” version 1 was changed after people had answered it; "
        "expected the old file, and the changes in a new file with version 2 or higher"
    )


def test_a_database_without_tables_is_no_installation(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIA_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    assert typed("check", TINY / "texts.v1.yaml")[0] == 0


def test_author_is_told_when_the_database_cannot_be_read(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.db").write_text("This is no database." * 100, "utf-8")
    monkeypatch.setenv("PIA_DATABASE_URL", f"sqlite:///{tmp_path / 'notes.db'}")
    code, out = typed("check", TINY / "texts.v1.yaml")
    assert code == 0
    assert out.startswith("The database cannot be read, so nobody has looked whether a version in use was changed.")


def test_author_gets_the_schema_for_an_editor(typed: Typed) -> None:
    code, out = typed("schema")
    assert code == 0
    assert json.loads(out)["title"] == "A PIA Engine questionnaire, one version per file"


def test_author_gets_the_reference(typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed("reference") == (0, reference_document())
    monkeypatch.chdir(tmp_path)
    assert typed("reference", "--write")[0] == 0
    assert (tmp_path / "docs/reference/questionnaires.md").read_text("utf-8") == reference_document()
