"""The rules of the house that a linter does not know."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pia_engine"
LONGEST_MODULE, LONGEST_TEST, LONGEST_FUNCTION = 300, 400, 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "util", "helper", "misc"}
# Modules slow to load, which few commands and requests need.
LATE = {"weasyprint"}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_holds_and_stays_readable(path: Path) -> None:
    tree = tree_of(path)
    assert ast.get_docstring(tree), "the first line says what lives here"
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert path.stem not in FORBIDDEN_NAMES
    lengths = {function.name: (function.end_lineno or 0) - function.lineno + 1 for function in functions(tree)}
    too_long = {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}
    assert too_long == {}


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_a_test_module_stays_readable(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_TEST


@pytest.mark.parametrize("path", [path for path in MODULES if "cli" not in path.parts], ids=name_of)
def test_imports_stand_at_the_top_unless_they_are_slow(path: Path) -> None:
    if path.parent == PACKAGE and path.name == "__init__.py":
        return  # create_app is imported late on purpose
    inner = {
        name.split(".")[0]
        for function in functions(tree_of(path))
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert inner <= LATE


@pytest.mark.parametrize("path", [path for path in MODULES if path.name != "clock.py"], ids=name_of)
def test_only_the_clock_asks_the_time(path: Path) -> None:
    asked = [
        f"line {node.lineno}"
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute)
        and (node.attr in ("utcnow", "today") or (node.attr == "now" and is_named(node.value, "datetime")))
    ]
    assert asked == []


def is_named(node: ast.expr, name: str) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == name) or (isinstance(node, ast.Name) and node.id == name)


def test_one_module_alone_writes_a_records_status() -> None:
    writers = {name_of(path) for path in MODULES if any(writes_status(node) for node in ast.walk(tree_of(path)))}
    assert writers == {"pia_engine/services/workflow.py"}


def writes_status(node: ast.AST) -> bool:
    """`record.status = …`, in any kind of assignment, also by setattr or in an UPDATE."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        for target in node.targets:
            targets += target.elts if isinstance(target, ast.Tuple) else [target]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Name) and function.id == "setattr":
            return len(node.args) > 1 and isinstance(node.args[1], ast.Constant) and node.args[1].value == "status"
        if isinstance(function, ast.Attribute) and function.attr == "values":
            return any(keyword.arg == "status" for keyword in node.keywords)
    return any(
        isinstance(target, ast.Attribute)
        and target.attr == "status"
        and not (isinstance(target.value, ast.Name) and target.value.id in ("self", "response", "answer"))
        for target in targets
    )


@pytest.mark.parametrize("path", [path for path in MODULES if {"web", "forms"} & set(path.parts)], ids=name_of)
def test_pages_reach_records_through_services(path: Path) -> None:
    """They may name a record's class, never ask the database for one; accounts and sessions are their own records."""
    if path.name in ("accounts.py", "sessions.py"):
        return
    asked = {
        alias.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sqlalchemy"
        for alias in node.names
    }
    assert asked & {"delete", "func", "insert", "select", "text", "update"} == set()


def test_services_never_commit() -> None:
    committing = [
        name_of(path)
        for path in (PACKAGE / "services").glob("*.py")
        if re.search(r"\.(commit|rollback)\(", path.read_text())
    ]
    assert committing == []


def test_every_sentence_a_reader_meets_is_marked_for_translation() -> None:
    """Below Flask: an error's sentence and a table's label come through N_, never bare."""
    errors = {"NotFound", "NotAllowed", "NotPossible", "Stale", "Gone", "Invalid", "PiaError"}
    bare = [
        f"{name_of(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in errors
        and node.args
        and isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]
    assert bare == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=name_of)
def test_a_template_has_no_inline_style_or_script(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=", text) or "documents" in path.parts
    assert not re.search(r"\son[a-z]+=\"", text)
    assert not re.search(r"<script(?![^>]*nonce)(?![^>]*src=)", text)
