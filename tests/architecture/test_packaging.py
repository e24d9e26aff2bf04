"""What the wheel holds: every package, every data file, and a lock that fits."""

from __future__ import annotations

import configparser
import fnmatch
import re
from pathlib import Path

from setuptools import find_packages

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


def setup_cfg() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "setup.cfg")
    return parser


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def required(section: str, option: str) -> set[str]:
    names = (re.split(r"[\s\[<>=]", line)[0] for line in lines(setup_cfg()[section][option]))
    return {normal(name) for name in names}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(name: str) -> dict[str, str]:
    pairs = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^\s\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return {normal(package): version for package, version in pairs}


def test_setup_cfg_lists_every_package() -> None:
    listed = set(lines(setup_cfg()["options"]["packages"]))
    assert listed == {*find_packages(str(ROOT), include=["pia_engine", "pia_engine.*"]), "pia_engine.templates"}


def test_every_room_of_the_house_has_its_layer() -> None:
    """A new package must say where it stands, or its imports go unwatched."""
    layers = setup_cfg()["importlinter:contract:layers"]["layers"]
    placed = set(re.findall(r"pia_engine\.(\w+)", layers))
    found = (ROOT / "pia_engine").iterdir()
    rooms = {path.stem for path in found if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert rooms - {"__init__", "migrations"} == placed


def test_every_data_file_is_shipped() -> None:
    patterns = {
        package: [part.strip() for part in value.split(",")]
        for package, value in setup_cfg()["options.package_data"].items()
    }
    folders = {"pia_engine.templates": ROOT / "templates"}
    packages = [name for name in lines(setup_cfg()["options"]["packages"]) if name != "pia_engine.templates"]
    folders |= {name: ROOT / Path(*name.split(".")) for name in packages}
    forgotten = []
    for path in sorted([*(ROOT / "pia_engine").rglob("*"), *(ROOT / "templates").rglob("*")]):
        if not path.is_file() or "__pycache__" in path.parts or path.name in (".gitkeep", "messages.pot"):
            continue
        owner = max((name for name in folders if path.is_relative_to(folders[name])), key=len)
        inside = path.relative_to(folders[owner]).as_posix()
        if path.suffix == ".py" and "/" not in inside:
            continue
        if not any(matches(inside, pattern) for pattern in patterns.get(owner, [])):
            forgotten.append(str(path.relative_to(ROOT)))
    assert forgotten == []


def matches(path: str, pattern: str) -> bool:
    """As setuptools does it: `**/` also stands for no folder at all."""
    return fnmatch.fnmatch(path, pattern) or fnmatch.fnmatch(path, pattern.replace("**/", ""))


def test_the_lock_holds_what_the_package_asks_for_and_nothing_but_hashes() -> None:
    assert required("options", "install_requires") <= locked("requirements.lock").keys()
    assert required("options.extras_require", "dev") <= locked("requirements-dev.lock").keys()
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()
    for name in LOCKS:
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert text.count("--hash=sha256:") >= len(locked(name))


def test_each_dependency_has_its_line_of_reason() -> None:
    reasons = (ROOT / "docs/decisions/0012-dependencies.md").read_text()
    named = {normal(name) for name in re.findall(r"^\| `([^`]+)` \| \S", reasons, re.MULTILINE)}
    assert named == required("options", "install_requires") | required("options.extras_require", "dev")
