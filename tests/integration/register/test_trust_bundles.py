"""The bundle for checking documents without the city: what is in it, and bundles somebody else made."""

from __future__ import annotations

import datetime as dt
import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine.documents.authority import create_authority
from pia_engine.documents.time_stamps import stamp_bytes
from pia_engine.errors import Invalid, PiaError
from pia_engine.jobs.worker import drain
from pia_engine.models import LogCheckpoint
from pia_engine.models.transparency import Kind
from pia_engine.register import bundle
from pia_engine.register.live import PublicFolder
from pia_engine.register.log_entries import read_entry
from pia_engine.register.log_pages import publish_log
from pia_engine.register.log_store import find_newest_checkpoint
from pia_engine.register.merkle import MerkleTree, leaf_hash
from pia_engine.register.pages import build_verification_pages, open_press
from pia_engine.register.signed_notes import Checkpoint, sign, verifier_of
from pia_engine.register.trust_bundles import Log, LoggedEntry, find_logged, open_bundle
from pia_engine.register.verification import CLOSING_REPORT, Standing, verdict_on_known
from pia_engine.services.transparency_log import append_entry, find_entry, list_entries
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


def test_bundle_is_deleted_only_when_the_map_shows_its_successor(
    made: bytes, app: Flask, session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = PublicFolder(settings.public_folder)
    old = public.read_map()[bundle.ADDRESS]
    long_ago = time.time() - 2 * bundle.KEPT_SECONDS
    os.utime(public.store / old.file, (long_ago, long_ago))
    append_entry(session, Kind.POLICY, key="test:more", digest="a" * 64, facts={"reference": "POL-2"}, now=NOW)
    session.commit()
    with monkeypatch.context() as dying:
        dying.setattr("pia_engine.register.log_pages.proof_pages", _dies)
        drain(app, now=NOW + dt.timedelta(days=2))
    assert public.read_map()[bundle.ADDRESS] == old
    assert (public.store / old.file).exists()
    publish_log(session, open_press(session, settings))
    assert public.read_map()[bundle.ADDRESS] != old
    assert not (public.store / old.file).exists()


def _dies(*_: object, **__: object) -> None:
    raise OSError("the machine went down")


@pytest.mark.parametrize("size", [None, 8])
def test_restored_backup_does_not_bring_back_an_older_bundle(
    size: int | None, made: bytes, session: Session, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = find_newest_checkpoint(session)
    assert newest is not None
    older = LogCheckpoint(size=size, note=newest.note, verifier=newest.verifier, stamp=newest.stamp) if size else None
    monkeypatch.setattr("pia_engine.register.bundle.find_newest_checkpoint", lambda _session: older)
    build_verification_pages(session, settings)
    assert published_bundle(settings) == made


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
    full = known[ORIGINAL]
    assert full is not None
    assert (full.ended, full.since) == (Standing.SUPERSEDED, NOW)
    renewed = log.find(RENEWED)
    assert renewed is not None
    assert renewed.sentence == CLOSING_REPORT
    assert log.find("7" * 64) is None
    assert log.find("0" * 64) is None
    assert log.find("") is None


def test_log_says_whose_records_were_disposed_of(session: Session, made: bytes) -> None:
    edition: dict[str, str | int] = {"reference": "PIA-2026-0001", "edition": 1}
    gone = NOW + dt.timedelta(days=3000)
    for facts, digest in ((edition, FIRST), ({"reference": "AUD-2026-0001"}, AUDIT)):
        append_entry(session, Kind.DISPOSAL, key=f"gone:{digest}", digest=digest, facts=facts, now=gone)
    entries = [LoggedEntry(each.position, read_entry(each.body)) for each in list_entries(session)]
    found = {digest: find_logged(entries, digest) for digest in (FIRST, COPY, ORIGINAL, AUDIT, RENEWED, SECOND)}
    assert {digest: (each.standing, each.ended, each.disposed_at) for digest, each in found.items() if each} == {
        FIRST: (Standing.DISPOSED, Standing.SUPERSEDED, gone),
        COPY: (Standing.DISPOSED, Standing.SUPERSEDED, gone),
        ORIGINAL: (Standing.ORIGINAL, Standing.SUPERSEDED, gone),
        AUDIT: (Standing.DISPOSED, None, gone),
        RENEWED: (Standing.DISPOSED, None, gone),
        SECOND: (Standing.WITHDRAWN, None, None),
    }
    full = found[ORIGINAL]
    assert full is not None
    said = verdict_on_known(full, ORIGINAL)
    assert "The city's records of it were disposed of on 2034-05-19" in " ".join(said.sentences)
    assert "The register does not have it any more" in said.advice[0]


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


def no_stamp(files: dict[str, bytes]) -> None:
    del files[bundle.STAMP]


def other_log(files: dict[str, bytes]) -> None:
    """Whole in itself, under another key, and beside the city's own certificates and its own stamp over its own log."""
    body = files[bundle.ENTRIES].splitlines()[1].replace(FIRST.encode(), b"9" * 64)
    key, name = Ed25519PrivateKey.generate(), "city.example/log"
    root = MerkleTree.of_leaves([leaf_hash(body)]).root()
    files[bundle.ENTRIES] = body + b"\n"
    files[bundle.KEY] = f"{verifier_of(name, key).text()}\n".encode()
    files[bundle.CHECKPOINT] = sign(Checkpoint(name, 1, root), name=name, key=key).document()


def no_root(files: dict[str, bytes]) -> None:
    del files["root.crt"]


@pytest.mark.parametrize(
    "change",
    [forged_entry, missing_entry, forged_checkpoint, no_entries, other_format, no_json, no_stamp, other_log, no_root],
)
def test_altered_bundle_is_refused(change: Callable[[dict[str, bytes]], None], made: bytes, tmp_path: Path) -> None:
    with pytest.raises(PiaError):
        opened(repacked(made, change), tmp_path)


def test_log_stamped_by_somebody_else_is_refused(made: bytes, tmp_path: Path) -> None:
    """Even where the bundle says that the stranger's time stamps count for signatures."""
    stranger = create_authority(tmp_path / "stranger", city_name="City of Testwell", now=NOW)

    def stamped_elsewhere(files: dict[str, bytes]) -> None:
        other_log(files)
        files[bundle.STAMP] = stamp_bytes(files[bundle.CHECKPOINT], stranger, NOW)
        for name in ("root", "issuing"):
            files[f"time-stamps/{name}.crt"] = (stranger.folder / f"{name}.crt").read_bytes()

    with pytest.raises(Invalid, match="no time stamp of the city's own authority"):
        opened(repacked(made, stamped_elsewhere), tmp_path)


def test_file_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"hello"):
        with pytest.raises(Invalid):
            opened(content, tmp_path)


@pytest.mark.parametrize("damaged", [False, True])
@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_bundle_packed_in_another_way_is_refused(method: int, damaged: bool, made: bytes, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as ours, zipfile.ZipFile(out, "w", method) as archive:
        for name in ours.namelist():
            archive.writestr(name, ours.read(name))
    content = bytearray(out.getvalue())
    if damaged:
        start = content.index(b"README.txt") + 20
        content[start : start + 40] = b"\xff" * 40
    with pytest.raises(Invalid, match="This is no trust bundle of a city"):
        opened(bytes(content), tmp_path)


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
