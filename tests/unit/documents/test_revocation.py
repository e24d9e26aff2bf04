"""The record of revoked certificates, and the lists signed from it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from pia_engine import clock
from pia_engine.documents.authority import (
    Authority,
    complete_authority,
    create_authority,
    open_authority,
    revoke,
    write_lists,
)
from pia_engine.documents.revocation import EMBEDDED_LIFE, RECORD, Revocation, read_revocations
from pia_engine.errors import PiaError

NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return create_authority(tmp_path / "keys", city_name="City of Aldermere", now=NOW)


def published(authority: Authority, name: str) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl((authority.folder / f"{name}.crl").read_bytes())


def test_new_city_has_empty_lists_for_a_month(authority: Authority) -> None:
    for name in ("root", "issuing"):
        assert list(published(authority, name)) == []
        assert published(authority, name).last_update_utc == NOW
        assert published(authority, name).next_update_utc == NOW + timedelta(days=31)


def test_lists_for_documents_live_longer(authority: Authority) -> None:
    later = NOW + timedelta(days=5)
    for each in authority.revocation_lists(later):
        assert (each.last_update_utc, each.next_update_utc) == (later, later + EMBEDDED_LIFE)


def test_each_authority_lists_what_it_issued(authority: Authority) -> None:
    seal, issuing = authority.seal.certificate.serial_number, authority.issuing.certificate.serial_number
    with clock.frozen(NOW + timedelta(days=3)):
        assert revoke(authority.folder, seal, at=NOW + timedelta(days=1), reason="key_compromise")
        assert revoke(authority.folder, issuing, at=NOW + timedelta(days=2), reason="unspecified")
    assert [each.serial_number for each in published(authority, "issuing")] == [seal]
    assert [each.serial_number for each in published(authority, "root")] == [issuing]
    (line,) = published(authority, "issuing")
    assert line.revocation_date_utc == NOW + timedelta(days=1)
    assert line.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
    assert published(authority, "issuing").last_update_utc == NOW + timedelta(days=3)
    assert read_revocations(authority.folder)[0] == Revocation(seal, NOW + timedelta(days=1), "key_compromise")
    assert json.loads((authority.folder / RECORD).read_text())[0]["serial"] == f"{seal:x}"


def test_what_was_revoked_stays_on_every_later_list(authority: Authority) -> None:
    revoke(authority.folder, authority.seal.certificate.serial_number, at=NOW, reason="superseded")
    write_lists(open_authority(authority.folder), NOW + timedelta(days=4000))
    assert len(list(published(authority, "issuing"))) == 1


def test_reason_has_to_be_a_known_one(authority: Authority) -> None:
    with pytest.raises(PiaError, match="key_compromise"):
        revoke(authority.folder, 1, at=NOW, reason="because")
    assert read_revocations(authority.folder) == ()


@pytest.mark.parametrize("content", ["", "{}", "[{}]", '[{"serial": "x", "revoked_at": "", "reason": ""}]'])
def test_record_that_cannot_be_read_is_not_taken_for_an_empty_one(authority: Authority, content: str) -> None:
    (authority.folder / RECORD).write_text(content)
    with pytest.raises(PiaError, match=r"revoked\.json"):
        authority.revocation_lists(NOW)


def test_older_installation_gets_its_time_stamp_authority_once(authority: Authority) -> None:
    for path in authority.folder.glob("tsa.*"):
        path.unlink()
    with pytest.raises(PiaError, match="pia init"):
        open_authority(authority.folder)
    assert complete_authority(authority.folder, city_name="City of Aldermere", now=NOW + timedelta(days=9))
    before = open_authority(authority.folder).tsa.certificate
    before.verify_directly_issued_by(authority.issuing.certificate)
    assert not complete_authority(authority.folder, city_name="City of Aldermere", now=NOW)
    assert open_authority(authority.folder).tsa.certificate == before
