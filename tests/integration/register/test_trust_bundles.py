"""The bundle for checking documents without the city: what is in it, and bundles somebody else made."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.errors import Invalid, PiaError
from pia_engine.jobs.worker import drain
from pia_engine.models.transparency import Kind
from pia_engine.register import bundle
from pia_engine.register.live import PublicFolder
from pia_engine.register.trust_bundles import Log, open_bundle
from pia_engine.register.verification import CLOSING_REPORT, Standing
from pia_engine.services.transparency_log import append_entry, find_entry
from pia_engine.settings import Settings

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
FIRST, SECOND, COPY, ORIGINAL, REPORT, AUDIT, RENEWED = (digit * 64 for digit in "1234568")


@pytest.fixture
def made(app: Flask, session: Session, settings: Settings) -> bytes:
    """The bundle of a city whose log has an entry of each kind about files."""
    edition: dict[str, str | int] = {"reference": "PIA-2026-0001", "edition": 1}
    entries: list[tuple[Kind, str, dict[str, str | int]]] = [
        (Kind.ORIGINAL, ORIGINAL, edition),
        (Kind.PUBLICATION, FIRST, edition),
        (Kind.CORRECTION, SECOND, edition | {"edition": 2}),
        (Kind.COPY, COPY, edition | {"copy": 2, "why": "superseded"}),
        (Kind.RETRACTION, SECOND, edition | {"edition": 2}),
        (Kind.ANNUAL_REPORT, REPORT, {"reference": "REP-2025", "year": 2025}),
        (Kind.CLOSING_REPORT, AUDIT, {"reference": "AUD-2026-0001"}),
        (Kind.COPY, RENEWED, {"reference": "AUD-2026-0001", "copy": 2, "why": "renewed"}),
        (Kind.POLICY, "7" * 64, {"reference": "POL-1", "version": 1}),
    ]
    for number, (kind, digest, facts) in enumerate(entries):
        append_entry(session, kind, key=f"test:{number}", digest=digest, facts=facts, now=NOW)
    session.commit()
    drain(app, now=NOW + dt.timedelta(days=1))
    return published_bundle(settings)


def published_bundle(settings: Settings) -> bytes:
    public = PublicFolder(settings.public_folder)
    return (public.store / public.read_map()[bundle.ADDRESS].file).read_bytes()


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.extensions["pia-settings"]
    return found


def opened(content: bytes, folder: Path) -> Log:
    (folder / "bundle.zip").write_bytes(content)
    log = open_bundle(folder / "bundle.zip").log
    assert log is not None
    return log


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    return bundle.pack(files)


def test_bundle_holds_what_is_needed_and_no_key(made: bytes, settings: Settings) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        names = set(archive.namelist())
        text = archive.read(bundle.README).decode()
        everything = b"".join(archive.read(name) for name in names)
    assert {"root.crt", "issuing.crt", "root.crl", "issuing.crl", "city.json", "README.txt"} <= names
    assert {bundle.KEY, bundle.CHECKPOINT, bundle.ENTRIES} <= names
    assert b"PRIVATE" not in everything
    for key in settings.keys_folder.glob("*.key"):
        assert key.read_bytes() not in everything
    assert settings.public_url in text
    assert "pia verify FILE.pdf --trust bundle.zip --offline" in text


def test_same_content_is_the_same_bundle(made: bytes, app: Flask, settings: Settings) -> None:
    assert repacked(made, lambda files: None) == made


def test_log_in_the_bundle_says_what_a_file_is(made: bytes, tmp_path: Path) -> None:
    log = opened(made, tmp_path)
    known = {digest: log.find(digest) for digest in (FIRST, SECOND, COPY, ORIGINAL, REPORT, AUDIT)}
    standings = {digest: found.standing for digest, found in known.items() if found}
    assert standings == {
        FIRST: Standing.SUPERSEDED,
        SECOND: Standing.WITHDRAWN,
        COPY: Standing.SUPERSEDED,
        ORIGINAL: Standing.ORIGINAL,
        REPORT: Standing.CURRENT,
        AUDIT: Standing.CURRENT,
    }
    assert [found.has_newer_copy for found in (known[FIRST], known[COPY]) if found] == [True, False]
    renewed = log.find(RENEWED)
    assert renewed is not None
    assert renewed.sentence == CLOSING_REPORT
    assert log.find("7" * 64) is None
    assert log.find("0" * 64) is None
    assert log.find("") is None


def test_positions_are_those_of_the_log(made: bytes, tmp_path: Path, session: Session) -> None:
    entry, found = find_entry(session, FIRST), opened(made, tmp_path).find(FIRST)
    assert entry is not None
    assert found is not None
    assert found.position == entry.position


def test_unpacked_bundle_is_as_good(made: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        archive.extractall(tmp_path / "unpacked")
    found = open_bundle(tmp_path / "unpacked")
    assert found.log is not None
    assert found.log.find(FIRST)
    assert (found.city, found.site) == ("City of Testwell", "http://127.0.0.1:8000")


def forged_entry(files: dict[str, bytes]) -> None:
    files[bundle.ENTRIES] = files[bundle.ENTRIES].replace(FIRST.encode(), b"9" * 64)


def missing_entry(files: dict[str, bytes]) -> None:
    files[bundle.ENTRIES] = files[bundle.ENTRIES].partition(b"\n")[2]


def forged_checkpoint(files: dict[str, bytes]) -> None:
    files[bundle.CHECKPOINT] = files[bundle.CHECKPOINT].replace(b"\n9\n", b"\n8\n")


def no_entries(files: dict[str, bytes]) -> None:
    del files[bundle.ENTRIES]


def other_format(files: dict[str, bytes]) -> None:
    files[bundle.CITY] = b'{"format": 99}'


def no_json(files: dict[str, bytes]) -> None:
    files[bundle.CITY] = b"[" * 100_000


def no_root(files: dict[str, bytes]) -> None:
    del files["root.crt"]


@pytest.mark.parametrize(
    "change", [forged_entry, missing_entry, forged_checkpoint, no_entries, other_format, no_json, no_root]
)
def test_altered_bundle_is_refused(change: Callable[[dict[str, bytes]], None], made: bytes, tmp_path: Path) -> None:
    with pytest.raises(PiaError):
        opened(repacked(made, change), tmp_path)


def test_file_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"hello"):
        with pytest.raises(Invalid):
            opened(content, tmp_path)


def test_nothing_is_unpacked_elsewhere(made: bytes, tmp_path: Path) -> None:
    def strays(files: dict[str, bytes]) -> None:
        files["../../stray"] = files["/stray"] = files["log/../../stray"] = files["other/stray.crt"] = b"x"

    opened(repacked(made, strays), tmp_path)
    assert not list(tmp_path.parent.rglob("stray*"))
    assert not Path("/stray").exists()


def test_bomb_is_not_unpacked(made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pia_engine.register.trust_bundles.LARGEST_FILE", 1024 * 1024)
    bomb = repacked(made, lambda files: files.update({bundle.STAMP: bytes(2 * 1024 * 1024)}))
    with pytest.raises(Invalid):
        opened(bomb, tmp_path)
