"""Broken questionnaires, one for every rule of the checker, each told word for word by file and line."""

from __future__ import annotations

import ast
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import pia_engine.questionnaires
from pia_engine.questionnaires.checking_files import check_files, files_in
from pia_engine.questionnaires.loading import DefinitionError, load_folder, shipped_catalogue
from pia_engine.questionnaires.schema import schema_text
from pia_engine.questionnaires.source import read_file

FOLDER = Path(__file__).parents[2] / "questionnaires" / "broken"
BROKEN = files_in(FOLDER)
EXPECTED = (FOLDER / "expected.txt").read_text("utf-8").splitlines()[1:]
CHECKER = Path(pia_engine.questionnaires.__file__).parent

TOLD_ELSEWHERE = {
    "the file cannot be read (…); expected a readable YAML file",
    "the file is too large; expected at most … bytes",
    "this is not valid YAML; expected a value here",
}
"""Two that take a file nobody would want in a repository (test_questionnaire_source has them), and one that the
YAML library never lets happen."""

GENERIC = {"… …; expected …", "“…” does not fit; expected …", "…"}
"""Sentences put together from the schema: its keywords are looked at instead."""

SHAPES = {"$ref", "$schema", "$id", "$defs", "properties", "items", "propertyNames", "title", "description", "default"}


@functools.cache
def report() -> dict[str, list[str]]:
    """What `pia questionnaire check` finds in the folder, by file."""
    checked = check_files(BROKEN, known=shipped_catalogue().questionnaires)
    return {
        found.path.name: [str(problem).replace(f"{FOLDER}/", "") for problem in found.problems] for found in checked
    }


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.name)
def test_each_broken_file_is_told_word_for_word(path: Path) -> None:
    expected = [line for line in EXPECTED if line.startswith(f"{path.name}:")]
    assert expected
    assert report()[path.name] == expected


def test_nothing_is_expected_of_a_file_that_is_gone() -> None:
    assert {line.partition(":")[0] for line in EXPECTED} == {path.name for path in BROKEN}


def test_a_folder_of_broken_files_is_refused_with_every_problem() -> None:
    with pytest.raises(DefinitionError) as refused:
        load_folder(FOLDER)
    told = str(refused.value)
    assert all(f"{path}:" in told for path in BROKEN)


def messages() -> list[tuple[str, str]]:
    """Every sentence in the checker's own code that says what is wrong and what was expected, with its module.

    Those with a full stop are for the officer who edits thresholds in the browser, not about a file.
    """
    modules = sorted([*CHECKER.glob("checking*.py"), CHECKER / "source.py", CHECKER / "schema.py"])
    found = {(path.stem, text) for path in modules for text in literals(ast.parse(path.read_text("utf-8")))}
    told = {(module, text) for module, text in found if "; expected" in text and not text.endswith(".")}
    return sorted((module, text) for module, text in told if text not in GENERIC | TOLD_ELSEWHERE)


def literals(node: ast.AST) -> Iterator[str]:
    """Every text below, with “…” where something is filled in."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for part in ast.iter_child_nodes(node):
            yield from literals(part)


def is_told(text: str) -> bool:
    pattern = ".+".join(re.escape(part) for part in text.split("…"))
    return any(re.search(rf":\d+: {pattern}", line) for line in EXPECTED)


@pytest.mark.parametrize(("module", "text"), messages(), ids=lambda part: part[:60])
def test_every_rule_of_the_checker_has_its_broken_file(module: str, text: str) -> None:
    assert is_told(text), f"{module}: no file in {FOLDER.name} shows “{text}”"


def test_every_keyword_of_the_schema_has_its_broken_file() -> None:
    schema = json.loads(schema_text())
    validator = Draft202012Validator(schema)
    found = {str(error.validator) for path in BROKEN for error in validator.iter_errors(read_file(path).data)}
    inside = {"not"}  # only stands inside “oneOf”, which speaks for it
    assert keywords(schema) - SHAPES - inside == found


def keywords(schema: object) -> set[str]:
    """The words of the schema that can refuse something."""
    if isinstance(schema, list):
        return {word for part in schema for word in keywords(part)}
    if not isinstance(schema, dict):
        return set()
    named = ("properties", "$defs")
    inner = {word for key, part in schema.items() for word in keywords(list(part.values()) if key in named else part)}
    return set(schema) | inner
