"""Keys and certificates when the power fails at any step: what lies there afterwards opens, signs and is completed."""

import contextlib
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pia_engine.cli.init import _make_authority, _make_secret_key
from pia_engine.documents.authority import Authority, complete_authority, create_authority, open_authority
from pia_engine.documents.key_care import Kind, rotate
from pia_engine.documents.key_files import put_pair
from pia_engine.documents.seals import check_seal, seal_bytes
from pia_engine.documents.trust import read_trust
from pia_engine.register.log_keys import make_log_key, open_log_key
from pia_engine.settings import Settings

NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
CITY = "City of Aldermere"
STEPS = ("fsync", "replace", "rename", "link", "pwrite")


class PowerFailure(BaseException):
    """Nothing in the program may catch it."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return create_authority(tmp_path / "keys", city_name=CITY, now=NOW)


def power_failures() -> Iterator[Callable[[Callable[[], object]], None]]:
    """Ways to do the same thing: each is cut short one step later than the one before, the last one not at all."""
    for last in itertools.count():
        steps = itertools.count()

        def cut_short(doing: Callable[[], object], last: int = last, steps: Iterator[int] = steps) -> None:
            with pytest.MonkeyPatch.context() as patched, contextlib.suppress(PowerFailure):
                patched.setattr(shutil, "rmtree", lambda *_, **__: None)
                for name in STEPS:
                    patched.setattr(os, name, failing(name, last, steps))
                doing()

        yield cut_short
        if next(steps) <= last:
            assert last > 3
            return


def failing(name: str, last: int, steps: Iterator[int]) -> Callable[..., Any]:
    real = getattr(os, name)

    def step(*given: Any, **named: Any) -> Any:
        if next(steps) >= last:
            if name == "fsync":
                with contextlib.suppress(OSError):
                    os.ftruncate(given[0], 0)  # what was not seen safe on the disk may be lost
            raise PowerFailure
        return None if name == "fsync" else real(*given, **named)

    return step


@pytest.mark.parametrize("kind", Kind)
def test_rotation_cut_short_anywhere_leaves_keys_that_open_sign_and_rotate(
    kind: Kind, authority: Authority, tmp_path: Path
) -> None:
    sealed, seen = [(b"before", seal_bytes(b"before", authority=authority, at=NOW))], set()
    for number, cut_short in enumerate(power_failures()):
        folder = shutil.copytree(authority.folder, tmp_path / str(number))
        cut_short(lambda folder=folder: rotate(open_authority(folder), kind, city_name=CITY, now=LATER))  # type: ignore[misc]
        opened = open_authority(folder)
        if (state := replaced_in(folder, authority.folder)) in seen:
            continue
        seen.add(state)
        after = (b"after", seal_bytes(b"after", authority=opened, at=LATER))
        rotate(opened, kind, city_name=CITY, now=LATER)
        again, trust = open_authority(folder), read_trust(folder)
        for each in (again.seal, again.tsa):
            each.certificate.verify_directly_issued_by(again.issuing.certificate)
        assert all(check_seal(content, seal, trust=trust).is_trusted for content, seal in (*sealed, after)), state
        assert not list(folder.glob("*.new"))


def replaced_in(folder: Path, first: Path) -> frozenset[str]:
    """What was added or differs from the keys as they were first."""
    known = {path.name: path.read_bytes() for path in first.iterdir()}
    return frozenset(path.name for path in folder.iterdir() if path.read_bytes() != known.get(path.name))


def test_certificate_that_fits_no_key_in_place_is_left_alone(authority: Authority) -> None:
    for content in (b"garbled", (authority.folder / "root.crt").read_bytes()):
        (authority.folder / "seal.crt.new").write_bytes(content)
        assert open_authority(authority.folder).seal.certificate == authority.seal.certificate


def test_certificate_that_somebody_else_moved_meanwhile_is_no_error(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process may open the keys between the two moves."""
    real = Path.replace

    def move(draft: Path, place: Path) -> Path:
        moved = real(draft, place)
        if place.suffix == ".key":
            open_authority(authority.folder)
        return moved

    monkeypatch.setattr(Path, "replace", move)
    put_pair(authority.folder, "tsa", authority.tsa)
    assert open_authority(authority.folder).tsa.certificate == authority.tsa.certificate


def test_first_making_cut_short_anywhere_is_completed_by_the_next(tmp_path: Path) -> None:
    for number, cut_short in enumerate(power_failures()):
        settings = Settings(instance=tmp_path / str(number))
        settings.keys_folder.mkdir(parents=True)

        def make(settings: Settings = settings) -> None:
            _make_authority(settings, CITY)
            _make_secret_key(settings.secret_key_path)
            make_log_key(settings.keys_folder)

        cut_short(make)
        make()
        folder = settings.keys_folder
        open_authority(folder)
        open_log_key(folder, "https://pia.example")
        assert len(settings.secret_key_path.read_text()) > 64
        assert len(read_trust(folder).lists) == 2
        assert {path.stat().st_mode & 0o777 for path in folder.glob("*.key")} == {0o600}


def test_completing_older_keys_cut_short_anywhere_is_completed_by_the_next(
    authority: Authority, tmp_path: Path
) -> None:
    for path in authority.folder.glob("tsa.*"):
        path.unlink()
    for number, cut_short in enumerate(power_failures()):
        folder = shutil.copytree(authority.folder, tmp_path / str(number))
        cut_short(lambda folder=folder: complete_authority(folder, city_name=CITY, now=LATER))  # type: ignore[misc]
        complete_authority(folder, city_name=CITY, now=LATER)
        assert open_authority(folder).tsa.certificate.issuer == authority.issuing.certificate.subject
        assert not [*folder.glob("*.new")]


def test_key_that_an_older_program_left_without_a_certificate_is_made_anew(authority: Authority) -> None:
    (authority.folder / "tsa.crt").unlink()
    assert complete_authority(authority.folder, city_name=CITY, now=LATER)
    assert open_authority(authority.folder).tsa.certificate != authority.tsa.certificate
