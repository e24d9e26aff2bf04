"""`pia verify-disclosure`, as anybody runs it with two published files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pia_engine.cli.disclosure import verify_disclosure
from pia_engine.register.withholding import digest_of, disclosure_text

PATH, SALT, VALUE = "answers/where", "AAECAwQFBgcICQoLDA0ODw", "Pump house 7"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    line = {"path": PATH, "digest": digest_of(disclosure_text(SALT, PATH, VALUE))}
    record = {"reference": "PIA-2026-0001", "edition": 1, "withheld": [line]}
    told = {"reference": "PIA-2026-0001", "edition": 1, "disclosures": [{"path": PATH, "salt": SALT, "value": VALUE}]}
    paths = tmp_path / "pia.json", tmp_path / "told.json"
    for path, content in zip(paths, (record, told), strict=True):
        path.write_text(json.dumps(content))
    return paths


def outcome(*paths: Path) -> tuple[int, str]:
    result = CliRunner().invoke(verify_disclosure, [str(path) for path in paths])
    return result.exit_code, result.output


def test_anybody_sees_that_it_stood_there(files: tuple[Path, Path]) -> None:
    code, said = outcome(*files)
    assert (code, said.splitlines()[0]) == (0, "Proven: this stood in PIA-2026-0001, version 1.")
    assert VALUE in said


@pytest.mark.parametrize(
    "part",
    [{"path": PATH, "salt": SALT, "value": "Pump house 8"}, {"path": PATH}, {"path": PATH, "salt": 1, "value": 2.5}],
)
def test_anything_else_is_not_proven(files: tuple[Path, Path], part: dict[str, Any]) -> None:
    record, told = files
    told.write_text(json.dumps({**json.loads(told.read_text()), "disclosures": [part]}))
    code, said = outcome(record, told)
    assert (code, "Not proven" in said) == (1, True)


@pytest.mark.parametrize("withheld", [[{}], [1], None])
def test_nothing_is_proven_by_a_damaged_record(files: tuple[Path, Path], withheld: object) -> None:
    record, told = files
    record.write_text(json.dumps({**json.loads(record.read_text()), "withheld": withheld}))
    code, said = outcome(record, told)
    assert (code, "Not proven" in said) == (1, True)


@pytest.mark.parametrize("content", ["no JSON", "[1]"])
def test_what_is_no_such_file_is_wrong_use(files: tuple[Path, Path], content: str) -> None:
    record, told = files
    told.write_text(content)
    assert outcome(record, told)[0] == 2
