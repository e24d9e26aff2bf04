"""`pia verify` on case files: whole ones, altered ones, and archives made to hurt whoever opens them."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.hashes import SHA256

from pia_engine.cli import run
from pia_engine.documents import examining
from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.case_archives import MANIFEST, SEAL, Member, write_case_file
from pia_engine.documents.seals import seal_bytes

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
RECORD = "0199f6a0-0000-7000-8000-000000000001"
INSTALLATION = "0199f6a0-0000-7000-8000-00000000000c"
TRAIL = f"trail/{RECORD}.txt"

Files = dict[str, bytes]
Verify = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("city") / "keys", city_name="City of Testwell", now=NOW)


def chain(count: int = 3) -> list[tuple[str, bytes]]:
    """(hash, text) of some events that follow from each other."""
    found: list[tuple[str, bytes]] = []
    for sequence in range(1, count + 1):
        said = {"kind": "initiative", "record": RECORD, "installation": INSTALLATION, "sequence": sequence,
                "previous": found[-1][0] if found else "", "event": f"initiative:step-{sequence}"}  # fmt: skip
        body = rfc8785.dumps(said)
        found.append((hashlib.sha256(body).hexdigest(), body))
    return found


def trail_of(events: list[tuple[str, bytes]]) -> bytes:
    return b"".join(stored.encode() + b" " + body + b"\n" for stored, body in events)


def files() -> Files:
    return {"records/initiative.jsonl": b'{"title":"Counters"}\n', TRAIL: trail_of(chain()), "index.html": b"<p>"}


def described(events: list[tuple[str, bytes]]) -> dict[str, Any]:
    head = {"record": RECORD, "reference": "INI-2026-0001", "length": len(events), "head": events[-1][0],
            "path": TRAIL, "kind": "initiative"}  # fmt: skip
    return {
        "reference": "PIA-2026-0001", "initiative": "INI-2026-0001", "title": "Counters", "city": "City of Testwell",
        "classification": "internal", "installation": INSTALLATION, "instant": NOW.isoformat(), "program": "PIA Engine",
        "chains": [head], "counts": {},
    }  # fmt: skip


def made(authority: Authority, content: Files | None = None, events: list[tuple[str, bytes]] | None = None) -> bytes:
    """A case file as the program writes it."""
    out = io.BytesIO()

    def fetch(store: str, digest: str) -> Iterator[bytes]:
        raise AssertionError(store)

    write_case_file(
        [Member(path, (data,)) for path, data in (content or files()).items()],
        lambda: described(events or chain()),
        out,
        instant=NOW,
        fetch=fetch,
        seal=lambda data: seal_bytes(data, authority=authority, at=NOW),
    )
    return out.getvalue()


def repacked(archive: bytes, change: Callable[[Files], None]) -> bytes:
    """The archive with other contents, packed as ours are."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        content = {name: opened.read(name) for name in opened.namelist()}
    change(content)
    return packed(content)


def packed(content: Files, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.fixture
def verify(
    authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Verify:
    """Type the command with no installation anywhere near."""
    monkeypatch.setenv("PIA_INSTANCE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("COLUMNS", "300")

    def typed(data: bytes, *options: str) -> tuple[int, str]:
        (tmp_path / "case.zip").write_bytes(data)
        words = ["verify", str(tmp_path / "case.zip"), *(options or ("--trust", str(authority.folder)))]
        return run(words), capsys.readouterr().out

    return typed


def test_a_whole_case_file_is_genuine(authority: Authority, verify: Verify) -> None:
    code, out = verify(made(authority))
    assert code == 0, out
    assert "genuine and whole" in out
    assert "Case file PIA-2026-0001, “Counters”, of City of Testwell." in out
    assert "Sealed by City of Testwell on 2026-03-02, 09:00 UTC." in out
    assert "3 files and 3 events of 1 audit trails were checked." in out
    assert f"SHA-256 fingerprint {authority.root.certificate.fingerprint(SHA256()).hex()}. Compare it" in out


def test_case_file_is_checked_within_limits(
    authority: Authority, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "LIMITS", examining.Limits(wall_seconds=0))
    code, out = verify(made(authority))
    assert (code, examining.TOO_MUCH in out) == (1, True), out


def test_large_case_file_gets_more_time_and_says_so(
    authority: Authority, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examining, "LIMITS", examining.Limits(wall_seconds=0, largest=100))
    code, out = verify(made(authority))
    assert (code, "genuine and whole" in out) == (0, True), out
    assert "Checking it may take up to 20 minutes." in out


def test_another_root_than_the_one_named_is_refused(authority: Authority, verify: Verify) -> None:
    code, out = verify(made(authority), "--trust", str(authority.folder), "--root", "0" * 64)
    assert (code, out) == (1, "")


def test_without_certificates_it_says_how_to_find_out_whose_seal_it_is(authority: Authority, verify: Verify) -> None:
    (Path(authority.folder).parent / "empty").mkdir(exist_ok=True)
    code, out = verify(made(authority), "--trust", str(Path(authority.folder).parent / "empty"))
    assert code == 1
    assert "not of a city you trust" in out
    assert "--trust" in out


def test_the_seal_of_another_city_does_not_count(verify: Verify, tmp_path: Path) -> None:
    stranger = create_authority(tmp_path / "other" / "keys", city_name="City of Testwell", now=NOW)
    code, out = verify(made(stranger))
    assert code == 1
    assert "not of a city you trust" in out


def altered(name: str, data: bytes) -> Callable[[Files], None]:
    return lambda content: content.update({name: data})


def removed(name: str) -> Callable[[Files], None]:
    return lambda content: content.__delitem__(name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (altered("index.html", b"<p>Other"), "The file “index.html” was changed."),
        (altered("records/extra.jsonl", b""), "The file “records/extra.jsonl” was added"),
        (removed("records/initiative.jsonl"), "The file “records/initiative.jsonl” is missing."),
        (removed(MANIFEST), "“manifest.json” is missing"),
        (removed(SEAL), "“manifest.json.p7s” is missing"),
        (altered(MANIFEST, b"{}"), "The seal does not fit “manifest.json”"),
        (altered(SEAL, b"nothing"), "The seal does not fit “manifest.json”"),
    ],
)
def test_what_was_altered_is_named(
    change: Callable[[Files], None], said: str, authority: Authority, verify: Verify
) -> None:
    code, out = verify(repacked(made(authority), change))
    assert code == 1
    assert "not what was sealed" in out
    assert said in out


def forged_at(position: int) -> list[tuple[str, bytes]]:
    events = chain()
    stored, body = events[position]
    events[position] = (stored, body.replace(b"step-", b"stop-"))
    return events


@pytest.mark.parametrize(
    ("events", "said"),
    [
        (forged_at(1), "event 2 “initiative:stop-2”: its content was altered"),
        ([chain()[0], chain()[2]], "event 3 “initiative:step-3”: event 2 is missing"),
        ([chain()[1], chain()[0], chain()[2]], "event 2 “initiative:step-2”: event 1 is missing"),
        (chain()[:2], "event 2: event 3 is missing: the record has had 3"),
        (chain(4), "event 4: it was added behind the program's back: the record has had 3"),
    ],
)
def test_a_chain_broken_before_it_was_sealed_is_named(
    events: list[tuple[str, bytes]], said: str, authority: Authority, verify: Verify
) -> None:
    code, out = verify(made(authority, {**files(), TRAIL: trail_of(events)}, chain()))
    assert code == 1
    assert f"The audit trail of initiative INI-2026-0001 is broken at {said}" in out


def test_a_chain_of_another_installation_does_not_count(authority: Authority, verify: Verify) -> None:
    body = chain(1)[0][1].replace(INSTALLATION.encode(), INSTALLATION.replace("c", "d").encode())
    events = [(hashlib.sha256(body).hexdigest(), body)]
    code, out = verify(made(authority, {**files(), TRAIL: trail_of(events)}, events))
    assert code == 1
    assert "its “installation” was altered" in out


def test_a_trail_without_a_record_is_named(authority: Authority, verify: Verify) -> None:
    code, out = verify(made(authority, {**files(), "trail/other.txt": b""}))
    assert code == 1
    assert "“trail/other.txt” belongs to no record" in out


def bomb() -> bytes:
    return packed({**{name: b"" for name in (MANIFEST, SEAL)}, "index.html": b"\0" * 200_000_000})


def lying_about_its_size() -> bytes:
    """The directory says ten bytes, the stream holds a hundred million."""
    data = bytearray(packed({MANIFEST: b"\0" * 100_000_000, SEAL: b""}))
    place = data.index(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<L", 10)
    return bytes(data)


def encrypted(authority: Authority) -> bytes:
    data = bytearray(made(authority))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def with_twice_the_same() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", b"one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("index.html", b"two")
    return out.getvalue()


def with_zip64_nonsense(authority: Authority) -> bytes:
    data = made(authority)
    end = data.rindex(b"PK\x05\x06")
    locator = b"PK\x06\x07" + struct.pack("<LQL", 0, 2**63, 1)
    return data[:end] + locator + data[end : end + 8] + b"\xff" * 12 + data[end + 20 :]


def many_entries() -> bytes:
    return b"PK\x03\x04" + b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 65_535, 65_535, 2**31, 0, 0)


def hidden_between(authority: Authority) -> bytes:
    data = made(authority)
    return b"PK\x03\x04" + data


HOSTILE: dict[str, tuple[Callable[[Authority], bytes], str]] = {
    "a bomb": (lambda city: bomb(), "The seal does not fit"),
    "a size that lies": (lambda city: lying_about_its_size(), "is damaged"),
    "a path out of the archive": (lambda city: packed({"../../etc/passwd": b""}), "under a name that no case file has"),
    "an absolute path": (lambda city: packed({"/etc/passwd": b""}), "under a name that no case file has"),
    "a path for another system": (lambda city: packed({"a\\b": b""}), "under a name that no case file has"),
    "a folder": (lambda city: packed({"records/": b""}), "under a name that no case file has"),
    "the same name twice": (lambda city: with_twice_the_same(), "is in it twice"),
    "an encrypted file": (encrypted, "parts of it are encrypted"),
    "a file packed otherwise": (lambda city: packed(files(), zipfile.ZIP_LZMA), "packed in another way"),
    "nonsense in the directory": (with_zip64_nonsense, "more than any case file"),
    "more files than there can be": (lambda city: many_entries(), "more than any case file"),
    "a comment": (lambda city: made(city)[:-2] + b"\x03\x00abc", "no ZIP archive"),
    "something before it": (hidden_between, "does not fit the file"),
    "something after it": (lambda city: made(city) + b"more", "no ZIP archive"),
    "half of it": (lambda city: made(city)[: len(made(city)) // 2], "no ZIP archive"),
    "nothing but a beginning": (lambda city: b"PK\x03\x04", "no ZIP archive"),
    "noise": (lambda city: b"PK\x03\x04" + bytes(range(256)) * 40, "no ZIP archive"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_answered_with_a_sentence(name: str, authority: Authority, verify: Verify) -> None:
    make, said = HOSTILE[name]
    data = make(authority)
    tracemalloc.start()
    code, out = verify(data)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code == 1, out
    assert said in out
    assert peak < 40_000_000 + 2 * len(data)


# What a ZIP says of a file beside its name, size, checksum and place (who packed it, when, with which rights) is
# nothing that was sealed. These are the places of it in the header before a file, and in the line that the directory
# has for the file (PKWARE's APPNOTE, 4.3.7 and 4.3.12).
SAID_BEFORE_A_FILE, SAID_IN_THE_DIRECTORY = range(4, 26), (*range(4, 8), *range(12, 16), *range(28, 42))
HEADER, DIRECTORY_LINE = 30, 46


def unsealed_places(data: bytes) -> set[int]:
    """Where in the archive a byte may differ without the sealed files being others."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        line, places = archive.start_dir, set()
        for entry in archive.infolist():
            named = len(entry.filename.encode())
            places |= {entry.header_offset + place for place in SAID_BEFORE_A_FILE}
            places |= {line + place for place in SAID_IN_THE_DIRECTORY}
            # The packed bytes end with a mark that they end, padded to a whole byte (RFC 1951, 3.2.3).
            places.add(entry.header_offset + HEADER + named + entry.compress_size - 1)
            line += DIRECTORY_LINE + named
    return places


def test_every_cut_and_every_flipped_byte_is_noticed(authority: Authority) -> None:
    """A few hundred of each, through the library: none passes, none ends in a traceback."""
    from pia_engine.documents.case_checking import verify_case_file
    from pia_engine.documents.checking import read_trust

    data, trust = made(authority), read_trust(authority.folder)
    unsealed = unsealed_places(data)
    assert verify_case_file(io.BytesIO(data), trust=trust).valid
    for place in range(0, len(data), max(1, len(data) // 300)):
        flipped = bytearray(data)
        flipped[place] ^= 0x41
        verdict = verify_case_file(io.BytesIO(bytes(flipped)), trust=trust)
        assert not verdict.valid or place in unsealed, place
        assert not verify_case_file(io.BytesIO(data[:place]), trust=trust).valid


def test_a_manifest_that_is_sealed_but_no_manifest_is_refused(authority: Authority, verify: Verify) -> None:
    for content in (b"[]", b"{}", b'{"schema":1,"kind":"case-file"}', json.dumps({"b": 1, "a": 2}).encode()):
        sealed = {MANIFEST: content, SEAL: seal_bytes(content, authority=authority, at=NOW)}
        code, out = verify(packed(sealed))
        assert code == 1
        assert "not the manifest of a case file" in out


def test_a_file_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["verify", str(tmp_path / "no.zip")]) == 2
