"""Certificates that stopped counting: what they signed before stays good, what they signed after does not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pia_engine import clock
from pia_engine.documents.authority import Authority, issue_person_certificate, open_authority, revoke, write_lists
from pia_engine.documents.certificates import issue_time_stamp_credential
from pia_engine.documents.checking import DocumentCheck, check_document
from pia_engine.documents.proofs import Problem
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.signers import KeySigner, certificate_store
from pia_engine.documents.standing import renew_document
from pia_engine.documents.trust import read_trust

DAY = timedelta(days=1)
CITY, REFERENCE = "City of Aldermere", "PIA-2026-0042"


@pytest.fixture
def own(authority: Authority, tmp_path: Path) -> Authority:
    """The city's keys once more, to revoke what others still need."""
    shutil.copytree(authority.folder, tmp_path / "keys")
    return open_authority(tmp_path / "keys")


def revoked(authority: Authority, serial: int, at: datetime, reason: str = "key_compromise") -> Path:
    with clock.frozen(at):
        assert revoke(authority.folder, serial, at=at, reason=reason)
    return authority.folder


def problems(check: DocumentCheck) -> list[str | None]:
    return [each.problem for each in check.signatures]


def test_seal_revoked_after_it_was_set_still_counts(signed: bytes, own: Authority, signed_at: datetime) -> None:
    folder = revoked(own, own.seal.certificate.serial_number, signed_at + DAY)
    check = check_document(signed, trust=folder)
    assert check.valid
    assert problems(check) == [None] * 4


@pytest.mark.parametrize("earlier", [timedelta(0), DAY])
def test_seal_revoked_before_it_was_set_does_not_count(
    signed: bytes, own: Authority, signed_at: datetime, earlier: timedelta
) -> None:
    folder = revoked(own, own.seal.certificate.serial_number, signed_at - earlier)
    check = check_document(signed, trust=folder)
    assert (check.valid, check.alterations) == (False, None)
    assert problems(check) == [Problem.REVOKED, None, None, None]


def test_issuing_authority_revoked_before_makes_nothing_count(
    signed: bytes, own: Authority, signed_at: datetime
) -> None:
    folder = revoked(own, own.issuing.certificate.serial_number, signed_at - DAY, "ca_compromise")
    assert not check_document(signed, trust=folder).valid


def test_closing_stamp_counts_when_its_key_was_only_replaced(
    signed: bytes, own: Authority, signed_at: datetime
) -> None:
    folder = revoked(own, own.tsa.certificate.serial_number, signed_at + DAY, "superseded")
    assert check_document(signed, trust=folder).valid


def test_closing_stamp_does_not_count_when_its_key_leaked_until_a_new_one_closes_the_file(
    signed: bytes, own: Authority, signed_at: datetime
) -> None:
    """Whoever has the key can name any time: so an old time is no excuse."""
    folder = revoked(own, own.tsa.certificate.serial_number, signed_at + DAY)
    check = check_document(signed, trust=folder)
    assert (check.valid, check.alterations) == (False, None)
    assert problems(check) == [None, None, None, Problem.COMPROMISED]
    fresh = issue_time_stamp_credential(own.issuing, city_name=CITY, now=signed_at + DAY)
    renewed = renew_document(signed, authority=replace(own, tsa=fresh), now=signed_at + 2 * DAY)
    assert check_document(renewed, trust=folder).valid


def test_list_of_somebody_else_revokes_nothing(
    signed: bytes, own: Authority, stranger: Authority, signed_at: datetime
) -> None:
    own_serial = own.seal.certificate.serial_number
    forged = stranger.issuing.certificate, stranger.issuing.key
    foreign = Authority(own.folder, stranger.root, stranger.issuing, stranger.seal, stranger.tsa)
    assert forged[0].subject == own.issuing.certificate.subject
    with clock.frozen(signed_at):
        revoke(own.folder, own_serial, at=signed_at - DAY, reason="key_compromise")
    assert not check_document(signed, trust=own.folder).valid
    write_lists(foreign, signed_at)
    assert check_document(signed, trust=own.folder).valid


def test_revoking_twice_changes_nothing(own: Authority, signed_at: datetime) -> None:
    serial = own.seal.certificate.serial_number
    revoked(own, serial, signed_at)
    assert not revoke(own.folder, serial, at=signed_at - DAY, reason="superseded")
    (line,) = [
        list_.get_revoked_certificate_by_serial_number(serial)
        for list_ in read_trust(own.folder).lists
        if list_.get_revoked_certificate_by_serial_number(serial)
    ]
    assert line is not None
    assert line.revocation_date_utc == signed_at


def outsider(stranger: Authority, now: datetime) -> Approver:
    person = issue_person_certificate(stranger, name="Daniel Reyes", role="Director", city="Elsewhere", now=now)
    return Approver(
        "Daniel Reyes", "Director", "Approved", now, KeySigner(person, certificate_store(stranger, person.certificate))
    )


@pytest.mark.usefixtures("unchecked")
def test_approver_with_an_own_certificate_counts_only_through_a_root_named_for_approvers(
    rendered: bytes, own: Authority, stranger: Authority, approvers: list[Approver], signed_at: datetime
) -> None:
    people = [outsider(stranger, signed_at), approvers[1]]
    signed = sign_document(
        rendered, authority=own, approvers=people, city_name=CITY, reference=REFERENCE, now=signed_at
    )
    check = check_document(signed, trust=own.folder)
    assert (check.valid, check.alterations) == (False, None)
    assert problems(check) == [None, Problem.UNTRUSTED, None, None]
    for purpose, counts in (("time-stamps", False), ("seals", False), ("approvers", True)):
        (own.folder / purpose).mkdir()
        shutil.copy(stranger.folder / "root.crt", own.folder / purpose / "other.crt")
        assert check_document(signed, trust=own.folder).valid == counts


@pytest.mark.usefixtures("unchecked")
def test_seal_from_outside_counts_only_when_its_own_certificate_is_named(
    rendered: bytes, own: Authority, stranger: Authority, approvers: list[Approver], signed_at: datetime
) -> None:
    sealed = replace(own, seal=stranger.seal, issuing=stranger.issuing)
    seal = KeySigner(stranger.seal, certificate_store(sealed, stranger.seal.certificate))
    assert seal.signing_cert is not None
    folder = own.folder / "seals"
    folder.mkdir()
    shutil.copy(stranger.folder / "root.crt", folder / "root.crt")
    signed = sealed_from_outside(rendered, own, stranger, approvers, signed_at)
    assert problems(check_document(signed, trust=own.folder))[0] == Problem.UNTRUSTED
    shutil.copy(stranger.folder / "seal.crt", folder / "seal.crt")
    check = check_document(signed, trust=own.folder)
    assert check.valid
    assert check.signatures[0].is_seal


def sealed_from_outside(
    pdf: bytes, own: Authority, stranger: Authority, approvers: list[Approver], now: datetime
) -> bytes:
    """Closed by the city, but its seal was issued by another authority."""
    with pytest.MonkeyPatch.context() as patched:
        signer = KeySigner(stranger.seal, certificate_store(stranger, stranger.seal.certificate))
        patched.setattr("pia_engine.documents.signatures.seal_signer", lambda _: signer)
        return sign_document(pdf, authority=own, approvers=approvers, city_name=CITY, reference=REFERENCE, now=now)
