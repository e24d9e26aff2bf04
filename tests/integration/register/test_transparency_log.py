"""The city's own log, from an entry to the signed pieces that everybody can read, and what is refused on the way."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session
from tlog_scales.reader import TilesReader

from pia_engine.documents.authority import create_authority, read_credential, revoke
from pia_engine.documents.outside_authorities import SEALS, adopt
from pia_engine.errors import PiaError
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.transparency_log import sign_log
from pia_engine.models import LogCheckpoint, LogEntry, OutboxJob
from pia_engine.register.live import PublicFolder
from pia_engine.register.log_store import find_published
from pia_engine.register.merkle import MerkleTree, leaf_hash, proves_inclusion
from pia_engine.register.pages import build_all_pages
from pia_engine.register.signed_notes import read_checkpoint, read_note, read_verifier
from pia_engine.services.transparency_log import Kind, append_entry, count_entries, find_entry, list_entries
from pia_engine.settings import Settings
from tests.integration.register.conftest import NOW

JobMaker = Callable[..., JobContext]


class Shown:
    """The log as the public folder shows it now, for the independent reader."""

    def __init__(self, settings: Settings) -> None:
        self.public = PublicFolder(settings.public_folder)

    def get(self, *path: str) -> bytes | None:
        live = self.public.read_map().get("/log/" + "/".join(path))
        return (self.public.store / live.file).read_bytes() if live else None


@pytest.fixture
def shown(settings: Settings) -> Shown:
    return Shown(settings)


def add(session: Session, count: int, *, begin: int = 0) -> None:
    for number in range(begin, begin + count):
        facts = {"reference": f"PIA-2026-{number:04d}", "edition": 1}
        append_entry(session, Kind.PUBLICATION, key=f"test:{number}", digest=f"{number:064x}", facts=facts, now=NOW)
    session.commit()


def test_entries_get_positions_without_a_gap_and_the_same_key_one_entry(session: Session) -> None:
    start = count_entries(session)
    add(session, 3)
    add(session, 3)
    assert [entry.position for entry in list_entries(session, start=start)] == [start, start + 1, start + 2]
    found = find_entry(session, f"{1:064x}")
    assert found is not None
    assert (found.position, found.leaf_hash) == (start + 1, leaf_hash(found.body).hex())
    assert json.loads(found.body)["facts"] == {"reference": "PIA-2026-0001", "edition": 1}
    assert find_entry(session, "") is None
    jobs = session.scalars(select(OutboxJob.kind).where(OutboxJob.kind == "log")).all()
    assert len(jobs) == 3


@pytest.mark.parametrize(
    ("digest", "facts"),
    [("abc", {}), ("A" * 64, {}), ("", {"Title": "x"}), ("", {"a": "x" * 70_000}), ("", {"a": None})],
)
def test_an_entry_that_does_not_fit_is_refused(session: Session, digest: str, facts: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        append_entry(session, Kind.COPY, key="wrong", digest=digest, facts=facts, now=NOW)


@pytest.mark.parametrize("table", ["log_entry", "log_checkpoint"])
@pytest.mark.parametrize("act", ["DELETE FROM {}", "UPDATE {} SET id = id"])
def test_nothing_in_the_log_can_be_changed_or_deleted(
    session: Session, job_context: JobMaker, table: str, act: str
) -> None:
    add(session, 1)
    sign_log(job_context())
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(act.format(table)))


@pytest.mark.parametrize("steps", [(1,), (2, 3), (255, 1, 1), (300, 230)])
def test_an_independent_reader_reads_the_public_pieces(
    session: Session, job_context: JobMaker, shown: Shown, steps: tuple[int, ...]
) -> None:
    size = 0
    for step in steps:
        add(session, step, begin=size)
        size += step
        sign_log(job_context())
        reader = TilesReader(shown)
        checkpoint = reader.get_checkpoint()
        entries = [entry.body for entry in list_entries(session)]
        assert checkpoint.size == len(entries)
        assert reader.calculate_root_hash() == checkpoint.root_hash
        assert checkpoint.root_hash == MerkleTree.of_leaves(map(leaf_hash, entries)).root()
        assert [reader.get_entry(index) for index in range(len(entries))] == entries
        assert read_verifier((shown.get("key") or b"").decode()).is_signed(read_note(shown.get("checkpoint") or b""))


def test_signing_twice_changes_nothing(session: Session, job_context: JobMaker, shown: Shown) -> None:
    add(session, 5)
    sign_log(job_context())
    before = shown.public.map_path.read_bytes()
    sign_log(job_context())
    assert shown.public.map_path.read_bytes() == before
    assert len(session.scalars(select(LogCheckpoint)).all()) == 1


def test_only_pieces_that_are_new_are_written(session: Session, job_context: JobMaker, settings: Settings) -> None:
    add(session, 300)
    sign_log(job_context())
    store = settings.public_folder / "store"
    before = {path.name for path in store.glob("*.tile")}
    add(session, 1, begin=300)
    sign_log(job_context())
    written = {path.name for path in store.glob("*.tile")} - before
    assert len(written) == 2, "one partial bundle and one partial tile"


@pytest.mark.parametrize("place", ["_sign_if_needed", "_record", "publish_log"])
def test_a_worker_killed_at_any_point_loses_nothing(
    session: Session, job_context: JobMaker, shown: Shown, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    add(session, 3)
    sign_log(job_context())
    add(session, 3, begin=3)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(f"pia_engine.jobs.transparency_log.{place}", die)
        sign_log(job_context())
    assert (published := find_published(shown.public)) and published.size == 3
    sign_log(job_context())
    assert (published := find_published(shown.public)) and published.size == 6


def forget(session: Session, condition: str) -> None:
    """What somebody does who has the database in their hands."""
    for table in ("log_entry", "log_checkpoint"):
        for event in ("update", "delete"):
            session.execute(text(f"DROP TRIGGER {table}_no_{event}"))
    session.execute(text(condition))
    session.commit()


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ("DELETE FROM log_entry WHERE position > 2", "Was an older backup restored"),
        ("UPDATE log_entry SET leaf_hash = (SELECT leaf_hash FROM log_entry WHERE position = 0)", "not those"),
    ],
)
def test_a_history_that_was_changed_is_never_signed(
    session: Session, job_context: JobMaker, shown: Shown, act: str, sentence: str
) -> None:
    add(session, 5)
    sign_log(job_context())
    before = shown.get("checkpoint")
    forget(session, act)
    session.execute(text("DELETE FROM log_checkpoint"))
    session.commit()
    if "UPDATE" in act:
        add(session, 1, begin=90)
    with pytest.raises(PiaError, match=sentence):
        sign_log(job_context())
    assert shown.get("checkpoint") == before
    assert session.scalars(select(LogCheckpoint)).all() == []


def test_an_older_database_never_takes_the_public_log_back(
    session: Session, job_context: JobMaker, shown: Shown, settings: Settings
) -> None:
    add(session, 5)
    sign_log(job_context())
    add(session, 5, begin=5)
    sign_log(job_context())
    forget(session, "DELETE FROM log_checkpoint WHERE size > 5")
    build_all_pages(session, settings)
    assert read_checkpoint(read_note(shown.get("checkpoint") or b"")).size == 10


def test_pages_of_the_whole_register_leave_the_log_as_it_is(
    session: Session, job_context: JobMaker, settings: Settings
) -> None:
    add(session, 120)
    sign_log(job_context())
    public = PublicFolder(settings.public_folder)
    before = {path: live for path, live in public.read_map().items() if path.startswith("/log/")}
    build_all_pages(session, settings)
    after = public.read_map()
    assert {path for path in before if path.startswith("/log/tile")} == {
        path for path in after if path.startswith("/log/tile")
    }
    assert after["/log/checkpoint"] == before["/log/checkpoint"]


def test_partial_pieces_stay_for_a_while_and_then_go(session: Session, job_context: JobMaker, shown: Shown) -> None:
    for number in range(12):
        add(session, 1, begin=number)
        sign_log(job_context())
    kept = {path for path in shown.public.read_map() if path.startswith("/log/tile/0/")}
    assert kept == {f"/log/tile/0/000.p/{size}" for size in range(4, 13)}
    files = {live.file for live in shown.public.read_map().values()}
    assert {path.name for path in shown.public.store.glob("*.tile")} <= files


def test_the_key_is_made_for_a_new_log_and_never_replaced_silently(
    session: Session, job_context: JobMaker, settings: Settings
) -> None:
    key = settings.keys_folder / "log.key"
    key.unlink(missing_ok=True)
    add(session, 1)
    sign_log(job_context())
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    add(session, 1, begin=1)
    with pytest.raises(PiaError, match="cannot be read"):
        sign_log(job_context())
    assert not key.exists()


def test_the_proof_of_a_published_edition_leads_to_the_signed_root(
    published: object, session: Session, job_context: JobMaker, settings: Settings
) -> None:
    sign_log(job_context())
    public = PublicFolder(settings.public_folder)
    addresses = [path for path in public.read_map() if path.endswith("/proof.json")]
    assert len(addresses) == 1
    proof = json.loads((public.store / public.read_map()[addresses[0]].file).read_bytes())
    checkpoint = read_checkpoint(read_note(proof["checkpoint"].encode()))
    assert read_verifier(proof["key"]).is_signed(read_note(proof["checkpoint"].encode()))
    pdf = public.read_map()[addresses[0].replace("proof.json", "pia.pdf")].sha256
    assert pdf in [each["sha256"] for each in proof["entries"]]
    for each in proof["entries"]:
        path = [bytes.fromhex(value) for value in each["audit_path"]]
        leaf = leaf_hash(each["entry"].encode())
        assert leaf.hex() == each["leaf_hash"]
        assert proves_inclusion(leaf, each["index"], checkpoint.size, path, checkpoint.root)


def test_the_checkpoint_is_time_stamped(
    session: Session, job_context: JobMaker, shown: Shown, settings: Settings, tmp_path: Path
) -> None:
    add(session, 1)
    sign_log(job_context())
    (tmp_path / "c").write_bytes(shown.get("checkpoint") or b"")
    (tmp_path / "c.tsr").write_bytes(shown.get("checkpoint.tsr") or b"")
    keys = settings.keys_folder
    command = ["openssl", "ts", "-verify", "-in", "c.tsr", "-data", "c", "-CAfile", str(keys / "root.crt")]
    done = subprocess.run(
        [*command, "-untrusted", str(keys / "issuing.crt")], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "Verification: OK" in done.stdout + done.stderr
    assert session.scalars(select(LogEntry)).all()


@pytest.fixture
def own_keys(job_context: JobMaker, settings: Settings, tmp_path: Path) -> JobContext:
    """A job with a key folder that the test may spoil."""
    shutil.copytree(settings.keys_folder, tmp_path / "keys")
    return replace(job_context(), settings=settings.model_copy(update={"instance": tmp_path}))


def test_the_log_goes_on_when_the_seal_lies_elsewhere(session: Session, own_keys: JobContext, tmp_path: Path) -> None:
    """As docs/how-to/keys.md tells the city: adopt the seal from elsewhere, then destroy the key that is not used."""
    outside = create_authority(tmp_path / "outside", city_name="Outside", now=NOW).seal.certificate
    adopt(own_keys.settings.keys_folder, SEALS, [outside])
    (own_keys.settings.keys_folder / "seal.key").unlink()
    add(session, 1)
    sign_log(own_keys)
    assert Shown(own_keys.settings).get("checkpoint.tsr")


@pytest.mark.parametrize("name", ["tsa", "issuing"])
def test_no_checkpoint_is_stamped_with_a_revoked_certificate(session: Session, own_keys: JobContext, name: str) -> None:
    keys = own_keys.settings.keys_folder
    revoke(keys, read_credential(keys, name).certificate.serial_number, at=NOW, reason="key_compromise")
    add(session, 1)
    with pytest.raises(PiaError, match=f"“{name}” is revoked"):
        sign_log(own_keys)
    assert session.scalars(select(LogCheckpoint)).all() == []
    assert Shown(own_keys.settings).get("checkpoint") is None
