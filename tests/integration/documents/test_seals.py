"""The city's seal beside a file: whose it is, and that it fits nothing else."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
import subprocess
from pathlib import Path

import pytest

from pia_engine.documents.authority import Authority, create_authority, issue_person_certificate
from pia_engine.documents.checking import read_trust
from pia_engine.documents.seals import check_seal, seal_bytes

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
CONTENT = b'{"kind":"case-file"}'


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("city") / "keys", city_name="City of Testwell", now=NOW)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("other") / "keys", city_name="City of Testwell", now=NOW)


def test_a_seal_says_whose_it_is_and_when_it_was_set(authority: Authority) -> None:
    seal = seal_bytes(CONTENT, authority=authority, at=NOW)
    checked = check_seal(CONTENT, seal, trust=read_trust(authority.folder))
    assert (checked.is_intact, checked.is_trusted) == (True, True)
    assert (checked.organisation, checked.sealed_at) == ("City of Testwell", NOW)


def test_the_same_bytes_at_the_same_instant_get_the_same_seal(authority: Authority) -> None:
    assert len({seal_bytes(CONTENT, authority=authority, at=NOW) for _ in range(3)}) == 1


def test_a_seal_fits_no_other_bytes(authority: Authority) -> None:
    seal = seal_bytes(CONTENT, authority=authority, at=NOW)
    checked = check_seal(CONTENT + b" ", seal, trust=read_trust(authority.folder))
    assert (checked.is_intact, checked.is_trusted) == (False, False)


def test_the_seal_of_another_city_of_the_same_name_does_not_count(authority: Authority, stranger: Authority) -> None:
    checked = check_seal(CONTENT, seal_bytes(CONTENT, authority=stranger, at=NOW), trust=read_trust(authority.folder))
    assert (checked.is_intact, checked.is_trusted) == (True, False)


def test_a_person_s_certificate_is_no_seal(authority: Authority) -> None:
    person = issue_person_certificate(authority, name="Helen", role="Official", city="City of Testwell", now=NOW)
    forged = dataclasses.replace(authority, seal=person)
    checked = check_seal(CONTENT, seal_bytes(CONTENT, authority=forged, at=NOW), trust=read_trust(authority.folder))
    assert (checked.is_intact, checked.is_trusted) == (True, False)


def test_a_seal_dated_before_its_certificate_does_not_count(authority: Authority) -> None:
    seal = seal_bytes(CONTENT, authority=authority, at=NOW - dt.timedelta(days=400))
    assert not check_seal(CONTENT, seal, trust=read_trust(authority.folder)).is_trusted


@pytest.mark.parametrize("seal", [b"", b"nothing", b"\x30\x80" * 500, b"\x00" * 2_000_000, b"\x30\x03\x02\x01\x05"])
def test_what_is_no_seal_is_not_taken_for_one(seal: bytes, authority: Authority) -> None:
    checked = check_seal(CONTENT, seal, trust=read_trust(authority.folder))
    assert (checked.is_intact, checked.is_trusted) == (False, False)


def test_another_program_checks_it(authority: Authority, tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl is not None
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "seal").write_bytes(seal_bytes(CONTENT, authority=authority, at=NOW))
    command = [openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", str(tmp_path / "seal")]
    command += ["-content", str(tmp_path / "content"), "-CAfile", str(authority.folder / "root.crt")]
    command += ["-purpose", "any", "-attime", str(int(NOW.timestamp()))]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == CONTENT
