"""`pia log monitor` over a real web server: an honest log that grows, and every way a log can lie."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pia_engine import clock
from pia_engine.cli import run
from pia_engine.errors import PiaError
from pia_engine.register import log_fetching
from pia_engine.register.merkle import MerkleTree
from pia_engine.register.signed_notes import Checkpoint, sign
from tests.factories.logs import DRIP, RECORDED_AT, ForeignLog, entry_of, served

Look = Callable[..., tuple[int, str]]


@pytest.fixture(autouse=True)
def soon_after() -> Iterator[None]:
    """The entries are of yesterday, as in a log that lives."""
    with clock.frozen(RECORDED_AT + dt.timedelta(days=1)):
        yield


@pytest.fixture
def elsewhere() -> Iterator[ForeignLog]:
    with served(ForeignLog.of(300)) as log:
        yield log


@pytest.fixture
def look(elsewhere: ForeignLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Look:
    """Run the monitor once and give back its exit code and what it said."""

    def monitor(*more: str) -> tuple[int, str]:
        code = run(["log", "monitor", elsewhere.url, "--state", str(tmp_path / "seen.json"), *more])
        return code, capsys.readouterr().out

    return monitor


def remembered(tmp_path: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((tmp_path / "seen.json").read_text())
    return found


def test_an_honest_log_grows_between_two_looks(elsewhere: ForeignLog, look: Look, tmp_path: Path) -> None:
    code, first = look()
    assert code == 0
    assert "First look at elsewhere.example/log" in first
    assert "Compare it with one you have from another source" in first
    assert "300 new entries in the log, 300 in all" in first
    assert "100 more before these" in first
    elsewhere.add(260)
    elsewhere.asked.clear()
    code, second = look()
    assert (code, remembered(tmp_path)["size"]) == (0, 560)
    assert "260 new entries in the log, 560 in all" in second
    assert "559  2026-03-02T09:00:00+00:00  Assessment PIA-2026-0559 was published." in second
    assert "tile/entries/000" not in elsewhere.asked
    code, third = look()
    assert code == 0
    assert third.startswith("Nothing new in the log, 560 in all")


def test_every_step_from_one_size_to_another_is_accepted(elsewhere: ForeignLog, look: Look) -> None:
    everything = list(elsewhere.entries)
    for size in (0, 1, 2, 3, 255, 256, 257, 300):
        elsewhere.entries = everything[:size]
        elsewhere.publish()
        assert look()[0] == 0, size


def test_a_log_read_whole_again_is_the_same(elsewhere: ForeignLog, look: Look) -> None:
    look()
    elsewhere.asked.clear()
    code, said = look("--whole")
    assert code == 0
    assert said.startswith("Nothing new")
    assert "tile/entries/000" in elsewhere.asked


@pytest.mark.parametrize("grown", [0, 1, 250, 700])
def test_a_changed_history_is_shouted(elsewhere: ForeignLog, look: Look, tmp_path: Path, grown: int) -> None:
    look()
    before = remembered(tmp_path)
    elsewhere.entries[17] = entry_of(17, reference="PIA-2026-9999")
    elsewhere.add(grown)
    code, said = look()
    assert code == 1
    assert "ALARM" in said
    assert "The history was changed" in said
    assert remembered(tmp_path) == before
    assert "Keep everything: it is the proof" in said
    evidence = next(tmp_path.glob("seen.json.evidence-*"))
    assert evidence.read_bytes() == elsewhere.files["checkpoint"]


def test_a_log_that_became_shorter_is_shouted(elsewhere: ForeignLog, look: Look) -> None:
    look()
    del elsewhere.entries[290:]
    elsewhere.publish()
    code, said = look()
    assert code == 1
    assert "became shorter: 300 entries were seen, now it claims 290" in said


def test_an_entry_that_is_not_what_was_logged_is_named(elsewhere: ForeignLog, look: Look) -> None:
    look()
    elsewhere.add(20)
    bundle = elsewhere.files["tile/entries/001.p/64"]
    assert isinstance(bundle, bytes)
    elsewhere.files["tile/entries/001.p/64"] = bundle.replace(b"PIA-2026-0310", b"PIA-2026-0999")
    code, said = look()
    assert code == 1
    assert "Entry 310 is not what was logged" in said


@pytest.mark.parametrize("address", ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"])
@pytest.mark.parametrize("seen_before", [False, True])
def test_a_tile_that_lies_is_named(elsewhere: ForeignLog, look: Look, address: str, seen_before: bool) -> None:
    if seen_before:
        elsewhere.entries, rest = elsewhere.entries[:100], elsewhere.entries[100:]
        elsewhere.publish()
        look()
        elsewhere.entries += rest
        elsewhere.publish()
    tile = elsewhere.files[address]
    assert isinstance(tile, bytes)
    elsewhere.files[address] = bytes([tile[0] ^ 1]) + tile[1:]
    code, said = look()
    assert code == 1
    assert "ALARM" in said
    assert address in said


def test_a_root_that_the_entries_do_not_lead_to_is_shouted(elsewhere: ForeignLog, look: Look) -> None:
    elsewhere.sign(300, MerkleTree.of_leaves([bytes(32)] * 300).root())
    code, said = look()
    assert code == 1
    assert "do not lead to the root that was signed" in said


def test_another_key_is_shouted(elsewhere: ForeignLog, look: Look) -> None:
    look()
    elsewhere.key = Ed25519PrivateKey.generate()
    elsewhere.publish()
    code, said = look()
    assert code == 1
    assert "The key of this log has changed" in said
    assert elsewhere.vkey in said


def test_a_checkpoint_that_is_wrongly_signed_is_shouted(elsewhere: ForeignLog, look: Look) -> None:
    known = elsewhere.vkey
    elsewhere.key = Ed25519PrivateKey.generate()
    elsewhere.sign(300, elsewhere.tree.root())
    code, said = look("--key", known)
    assert code == 1
    assert "is not signed with the key of this log" in said


def test_a_key_other_than_the_one_remembered_is_not_taken(elsewhere: ForeignLog, look: Look) -> None:
    look("--key", elsewhere.vkey)
    code, said = look("--key", ForeignLog().vkey)
    assert code == 1
    assert "The key of this log has changed" in said


def test_a_new_key_that_was_handed_on_is_taken_when_the_history_is_the_same(
    elsewhere: ForeignLog, look: Look, tmp_path: Path
) -> None:
    look()
    elsewhere.key = Ed25519PrivateKey.generate()
    elsewhere.add(5)
    assert look()[0] == 1
    code, said = look("--key", elsewhere.vkey)
    assert (code, "The log has the new key you gave" in said) == (0, True)
    assert "5 new entries in the log, 305 in all" in said
    assert (remembered(tmp_path)["key"], remembered(tmp_path)["size"]) == (elsewhere.vkey, 305)
    assert look()[0] == 0


@pytest.mark.parametrize("grown", [0, 5])
def test_a_new_key_hides_no_changed_history(elsewhere: ForeignLog, look: Look, tmp_path: Path, grown: int) -> None:
    look()
    before = remembered(tmp_path)
    elsewhere.key = Ed25519PrivateKey.generate()
    elsewhere.entries[17] = entry_of(17, reference="PIA-2026-9999")
    elsewhere.add(grown)
    code, said = look("--key", elsewhere.vkey)
    assert (code, "The history was changed" in said) == (1, True)
    assert remembered(tmp_path) == before
    assert next(tmp_path.glob("seen.json.evidence-*")).read_bytes() == elsewhere.files["checkpoint"]


def test_a_log_that_stands_still_is_warned_of(elsewhere: ForeignLog, look: Look, tmp_path: Path) -> None:
    assert look()[0] == 0
    with clock.frozen(RECORDED_AT + dt.timedelta(days=3, minutes=1)):
        code, said = look()
        assert (code, "WARNING: the newest entry is of 2026-03-02T09:00+00:00" in said) == (2, True)
        assert remembered(tmp_path)["size"] == 300
        elsewhere.entries.append(entry_of(300).replace(b"2026-03-02", b"2026-03-05"))
        elsewhere.publish()
        assert look()[0] == 0
        assert look("--whole")[0] == 0


@pytest.mark.parametrize(
    "moment", ["", "yesterday", "2026-03-02T09:00:00", "0001-01-01T00:00:00+23:59", "2099-01-01T00:00:00+00:00"]
)
def test_a_log_that_keeps_its_time_to_itself_is_warned_of(elsewhere: ForeignLog, look: Look, moment: str) -> None:
    elsewhere.entries.append(entry_of(300).replace(RECORDED_AT.isoformat().encode(), moment.encode()))
    elsewhere.publish()
    code, said = look()
    assert (code, "WARNING: the newest entry" in said) == (2, True)


def test_a_log_under_another_name_is_shouted(elsewhere: ForeignLog, look: Look) -> None:
    forged = Checkpoint("forged.example/log", 300, elsewhere.tree.root())
    elsewhere.files["checkpoint"] = sign(forged, name=elsewhere.name, key=elsewhere.key).document()
    code, said = look()
    assert code == 1
    assert "The checkpoint is of another log: “forged.example/log”" in said


def test_a_partial_piece_that_became_full_meanwhile_is_found(elsewhere: ForeignLog, look: Look) -> None:
    checkpoint = elsewhere.files["checkpoint"]
    elsewhere.add(300)
    elsewhere.files["checkpoint"] = checkpoint
    for address in [each for each in elsewhere.files if ".p/" in each and not each.startswith("tile/1/")]:
        del elsewhere.files[address]
    elsewhere.files["tile/1/000.p/1"] = elsewhere.files["tile/1/000.p/2"][:32]  # type: ignore[index]
    code, said = look()
    assert code == 0
    assert "300 in all" in said


@pytest.mark.parametrize(
    ("path", "size"), [("checkpoint", 70_000), ("key", 2_000), ("tile/0/000", 8_193), ("tile/entries/000", 20_000_000)]
)
def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    elsewhere: ForeignLog, look: Look, path: str, size: int
) -> None:
    elsewhere.files[path] = b"x" * size
    code, said = look()
    assert code == 2
    assert "is larger than such a file can be" in said


def test_an_answer_without_end_is_given_up(elsewhere: ForeignLog, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_fetching, "LONGEST_ANSWER", 0.5)
    elsewhere.files["tile/0/000"] = DRIP
    code, said = look()
    assert code == 2
    assert "comes too slowly" in said


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"\x00" * 500, b"elsewhere.example/log\n99999999999999999999\nAAAA\n\n"]
)
def test_what_is_no_checkpoint_is_shouted_and_kept(
    elsewhere: ForeignLog, look: Look, tmp_path: Path, content: bytes
) -> None:
    look()
    elsewhere.files["checkpoint"] = content
    code, said = look()
    assert (code, "ALARM" in said, "checkpoint is damaged" in said) == (1, True, True)
    assert [path.read_bytes() for path in tmp_path.glob("seen.json.evidence-*")] == ([content] if content else [])


def test_a_wrong_signature_is_kept_whatever_becomes_of_the_key(
    elsewhere: ForeignLog, look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look()
    monkeypatch.setattr(log_fetching, "LONGEST_ANSWER", 0.5)
    elsewhere.key = Ed25519PrivateKey.generate()
    elsewhere.publish()
    elsewhere.files["key"] = DRIP
    code, said = look()
    assert (code, "is not signed with the key of this log" in said) == (1, True)
    assert next(tmp_path.glob("seen.json.evidence-*")).read_bytes() == elsewhere.files["checkpoint"]


def test_a_log_that_claims_millions_of_entries_is_not_read(elsewhere: ForeignLog, look: Look) -> None:
    elsewhere.sign(2**39, bytes(32))
    code, said = look()
    assert code == 2
    assert "more than are read in one run" in said


def test_a_compressed_answer_is_not_unpacked(elsewhere: ForeignLog, look: Look) -> None:
    elsewhere.headers = {"Content-Encoding": "gzip"}
    assert look()[0] == 2


def test_what_an_entry_says_cannot_steer_the_terminal(elsewhere: ForeignLog, look: Look) -> None:
    elsewhere.entries += [b"\xff\xfe", b"[" * 60_000, b'{"kind":["x"]}', b'{"kind":"new","facts":7}', b"{}"]
    elsewhere.add(3, reference="\x1b]0;owned\x07\u202edrawkcab\r\nFORGED 1")
    code, said = look()
    assert code == 0
    assert not {"\x1b", "\x07", "\u202e", "\r"} & set(said)
    assert not any(line.startswith("FORGED") for line in said.splitlines())
    assert "An entry that cannot be read." in said
    assert "An entry of the kind “new”, which this program does not know." in said


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 1, "size": -1}', "\x00"])
def test_a_memory_that_cannot_be_relied_on_is_not_replaced(look: Look, tmp_path: Path, content: str) -> None:
    (tmp_path / "seen.json").write_text(content)
    assert look()[0] == 1
    assert (tmp_path / "seen.json").read_text() == content


def test_the_memory_of_another_log_is_not_used(look: Look, tmp_path: Path) -> None:
    with served(ForeignLog.of(3)) as other:
        run(["log", "monitor", other.url, "--state", str(tmp_path / "seen.json")])
    assert look()[0] == 1


def test_addresses_that_are_none_are_refused(tmp_path: Path) -> None:
    for url in ("elsewhere.example/log", "file:///etc/passwd", "ftp://x/log"):
        assert run(["log", "monitor", url, "--state", str(tmp_path / "s")]) == 1
    with pytest.raises(PiaError):
        log_fetching.LogSite("javascript:alert(1)")


def test_a_server_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["log", "monitor", "http://127.0.0.1:9/log", "--state", str(tmp_path / "s")]) == 2
    assert "could not be checked" in capsys.readouterr().out
