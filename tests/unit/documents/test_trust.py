"""Whose signatures count is read from a folder, and can be handed on as text."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.trust import Purpose, read_trust, trust_from_text, trust_to_text
from pia_engine.errors import PiaError

NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return create_authority(tmp_path / "keys", city_name="City of Aldermere", now=NOW)


def test_folder_names_authorities_lists_and_what_outsiders_are_trusted_for(
    authority: Authority, tmp_path: Path
) -> None:
    stranger = create_authority(tmp_path / "other", city_name="Elsewhere", now=NOW)
    for purpose, names in (("time-stamps", ["root"]), ("seals", ["root", "issuing", "seal"])):
        (authority.folder / purpose).mkdir()
        for name in names:
            shutil.copy(stranger.folder / f"{name}.crt", authority.folder / purpose)
    trust = read_trust(authority.folder)
    assert trust.roots == (authority.root.certificate,)
    assert trust.others == (authority.issuing.certificate,)
    assert len(trust.lists) == 2
    assert set(trust.outside) == {Purpose.TIME_STAMPS, Purpose.SEALS}
    assert trust.outside[Purpose.SEALS].roots == (stranger.root.certificate,)
    assert trust.outside[Purpose.SEALS].others == (stranger.issuing.certificate,)
    assert trust.outside[Purpose.SEALS].named == (stranger.seal.certificate,)
    assert trust_from_text(trust_to_text(trust)) == trust


def test_certificates_and_lists_may_be_written_either_way(authority: Authority, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    both = authority.root.certificate, authority.issuing.certificate
    (copy / "root.crt").write_bytes(both[0].public_bytes(Encoding.DER))
    (copy / "pem.crt").write_bytes(both[1].public_bytes(Encoding.PEM))
    written = x509.load_der_x509_crl((authority.folder / "issuing.crl").read_bytes())
    (copy / "pem.crl").write_bytes(written.public_bytes(Encoding.PEM))
    trust = read_trust(copy)
    assert (trust.roots, trust.others, trust.lists) == ((both[0],), (both[1],), (written,))


@pytest.mark.parametrize("name", ["issuing-2025-01-01.crt", "root-2025-01-01.crt", "aaa.crt"])
def test_root_of_somebody_else_is_refused_whatever_its_name(authority: Authority, tmp_path: Path, name: str) -> None:
    stranger = create_authority(tmp_path / "other", city_name="City of Aldermere", now=NOW)
    shutil.copy(stranger.folder / "root.crt", authority.folder / name)
    with pytest.raises(PiaError, match="vouches for itself"):
        read_trust(authority.folder)


def test_second_root_in_the_file_of_the_first_is_refused(authority: Authority, tmp_path: Path) -> None:
    stranger = create_authority(tmp_path / "other", city_name="City of Aldermere", now=NOW)
    with (authority.folder / "root.crt").open("ab") as file:
        file.write((stranger.folder / "root.crt").read_bytes())
    with pytest.raises(PiaError, match="vouches for itself"):
        read_trust(authority.folder)


def test_root_under_another_name_is_none(authority: Authority) -> None:
    (authority.folder / "root.crt").rename(authority.folder / "ours.crt")
    with pytest.raises(PiaError, match="no root certificate to trust"):
        read_trust(authority.folder)


@pytest.mark.parametrize("name", ["broken.crt", "broken.crl", "approvers/broken.crt"])
def test_file_that_cannot_be_read_is_not_passed_over(authority: Authority, name: str) -> None:
    (authority.folder / "approvers").mkdir()
    (authority.folder / name).write_bytes(b"nothing")
    with pytest.raises(PiaError, match="cannot be read"):
        read_trust(authority.folder)
