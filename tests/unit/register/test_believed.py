"""What an answer by somebody's certificates rests on is said with it; another root than the named is refused."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256

from pia_engine.documents.authority import Authority, create_authority, write_lists
from pia_engine.documents.key_care import Kind, rotate
from pia_engine.documents.trust import read_trust
from pia_engine.errors import Invalid
from pia_engine.register.believed import LIST_MISSING, check_root, lines_on

NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return create_authority(tmp_path / "keys", city_name="City of Aldermere", now=NOW)


def lines(authority: Authority, now: datetime) -> list[str]:
    return list(lines_on(read_trust(authority.folder), now=now))


def fingerprint(authority: Authority) -> str:
    return authority.root.certificate.fingerprint(SHA256()).hex()


def test_fingerprint_of_the_root_is_all_there_is_to_compare(authority: Authority) -> None:
    (only,) = lines(authority, NOW + WEEK)
    assert f"SHA-256 fingerprint {fingerprint(authority)}. Compare it" in only


def test_outsiders_are_named_for_what_they_are_believed(authority: Authority, tmp_path: Path) -> None:
    stranger = create_authority(tmp_path / "other", city_name="Elsewhere", now=NOW)
    (authority.folder / "seals").mkdir()
    for name in ("root", "issuing", "seal"):
        shutil.copy(stranger.folder / f"{name}.crt", authority.folder / "seals")
    _root, outside = lines(authority, NOW + WEEK)
    assert "seals/" in outside
    assert stranger.seal.certificate.fingerprint(SHA256()).hex() in outside


def test_lists_that_ran_out_are_never_believed_silently(authority: Authority) -> None:
    assert "end on 2026-12-21; what was revoked since is not known" in lines(authority, NOW + 5 * WEEK)[-1]


def test_one_fresh_list_does_not_hide_an_old_one(authority: Authority) -> None:
    old = (authority.folder / "issuing.crl").read_bytes()
    write_lists(authority, NOW + 5 * WEEK)
    assert len(lines(authority, NOW + 5 * WEEK)) == 1
    (authority.folder / "issuing.crl").write_bytes(old)
    assert "end on 2026-12-21" in lines(authority, NOW + 5 * WEEK)[-1]


@pytest.mark.parametrize("name", ["root", "issuing"])
def test_missing_list_is_said(authority: Authority, name: str) -> None:
    (authority.folder / f"{name}.crl").unlink()
    assert lines(authority, NOW + WEEK)[-1] == LIST_MISSING


def test_last_list_of_a_replaced_authority_is_enough_for_ever(authority: Authority) -> None:
    rotate(authority, Kind.ISSUING, city_name="City of Aldermere", now=NOW + WEEK)
    assert len(lines(authority, NOW + 2 * WEEK)) == 1
    assert "end on 2026-12-28" in lines(authority, NOW + 700 * WEEK)[-1]


def test_root_that_was_named_is_accepted_however_it_is_written(authority: Authority) -> None:
    printed = fingerprint(authority)
    spaced = ":".join(printed[at : at + 2] for at in range(0, 64, 2)).upper()
    for wanted in (printed, spaced, f" {printed} "):
        check_root(read_trust(authority.folder), wanted)


@pytest.mark.parametrize("wanted", ["0" * 64, "", "root.crt"])
def test_any_other_root_is_refused(authority: Authority, wanted: str) -> None:
    with pytest.raises(Invalid, match=fingerprint(authority)):
        check_root(read_trust(authority.folder), wanted)
