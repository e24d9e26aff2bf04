"""Documents that are made from the code, and say the same."""

from __future__ import annotations

import re
from pathlib import Path

from pia_engine.cli import pia
from pia_engine.questionnaires.reference import reference_document
from pia_engine.settings import Settings
from pia_engine.workflows.diagram import workflows_document

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_the_workflows_document_is_what_the_command_prints() -> None:
    assert (REFERENCE / "workflows.md").read_text(encoding="utf-8") == workflows_document()


def test_the_questionnaires_document_is_what_the_command_prints() -> None:
    assert (REFERENCE / "questionnaires.md").read_text(encoding="utf-8") == reference_document()


def test_every_setting_is_documented_with_its_default_and_purpose() -> None:
    text = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    documented = {
        name: (default, purpose)
        for name, default, purpose in re.findall(r"^\| `PIA_(\w+)` \| (.*?) \| (.*?) \|$", text, re.MULTILINE)
    }
    fields = Settings.model_fields.items()
    assert documented == {name.upper(): (shown(name), field.description) for name, field in fields}


def shown(name: str) -> str:
    default = Settings.model_fields[name].default
    if name == "instance":
        return "`instance/`"
    return f"`{default}`" if default not in ("", None) else "empty"


def test_every_command_is_documented() -> None:
    text = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
    for name, command in pia.commands.items():
        for inner in getattr(command, "commands", {"": None}):
            assert f"`pia {name} {inner}".rstrip() in text


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    decisions = sorted(path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [name[:4] for name in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert all(name in listed for name in decisions)


def test_no_document_points_to_a_file_that_is_not_there() -> None:
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
