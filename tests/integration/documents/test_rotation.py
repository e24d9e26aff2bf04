"""A document renewed after the city replaced its issuing authority, checked with certificates from before that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from pia_engine.documents import checking
from pia_engine.documents.authority import Authority, create_authority, open_authority
from pia_engine.documents.checking import Trust, check_document, read_trust
from pia_engine.documents.evidence import Evidence
from pia_engine.documents.key_care import Kind, rotate
from pia_engine.documents.proofs import Problem
from pia_engine.documents.seals import is_stamped_by_city
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.standing import renew_document
from pia_engine.documents.time_stamps import stamp_bytes
from pia_engine.register.verdict_lines import lines_of
from pia_engine.register.verification import Answer, Register, verify_file
from tests.integration.documents.conftest import CITY, SIGNED_AT

ROTATED_AT, RENEWED_AT = SIGNED_AT + timedelta(days=10), SIGNED_AT + timedelta(days=20)


class Rotated:
    """A city before and after: what was trusted before, its keys after, and a document signed before."""

    def __init__(self, folder: Path, brief: bytes, approvers: list[Approver]) -> None:
        authority = create_authority(folder, city_name=CITY, now=SIGNED_AT)
        self.signed = sign_document(
            brief, authority=authority, approvers=approvers, city_name=CITY, reference="PIA-2026-0042", now=SIGNED_AT
        )
        self.before = read_trust(folder)
        rotate(authority, Kind.ISSUING, city_name=CITY, now=ROTATED_AT)
        self.authority = open_authority(folder)

    @property
    def after(self) -> Trust:
        return read_trust(self.authority.folder)

    def renew(self) -> bytes:
        return renew_document(self.signed, authority=self.authority, now=RENEWED_AT)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, brief: bytes, approvers: list[Approver]) -> Rotated:
    return Rotated(tmp_path_factory.mktemp("rotated") / "keys", brief, approvers)


@pytest.fixture
def bare(city: Rotated, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """Renewed without the new authority's certificate in it."""
    monkeypatch.setattr(Evidence, "write", lambda *_: None)
    return city.renew()


def test_document_renewed_under_a_new_authority_is_genuine_with_older_certificates(city: Rotated) -> None:
    renewed = city.renew()
    for trust in (city.before, city.after):
        check = check_document(renewed, trust=trust)
        assert (check.valid, check.alterations) == (True, None)
    verdict = verify_file(renewed, trust=city.before)
    assert (verdict.valid, verdict.answer) == (True, Answer.SIGNED)


def test_every_flipped_bit_of_the_carried_certificate_is_noticed(city: Rotated) -> None:
    renewed = city.renew()
    start = renewed.rindex(city.authority.issuing.certificate.tbs_certificate_bytes)
    for offset in range(start, start + 300, 13):
        flipped = renewed[:offset] + bytes([renewed[offset] ^ 1]) + renewed[offset + 1 :]
        assert check_document(flipped, trust=city.before).alterations == checking.CHANGED


def test_stamp_of_an_authority_nobody_here_knows_is_not_called_an_alteration(city: Rotated, bare: bytes) -> None:
    assert check_document(bare, trust=city.after).valid
    check = check_document(bare, trust=city.before)
    assert (check.valid, check.alterations) == (False, checking.UNKNOWN_AUTHORITY)
    assert check.signatures[-1].problem == Problem.UNKNOWN
    verdict = verify_file(bare, trust=city.before)
    lines = [verdict.headline, *lines_of(verdict)]
    assert (verdict.valid, verdict.answer) == (False, Answer.UNKNOWN_AUTHORITY)
    assert checking.UNKNOWN_AUTHORITY in lines
    assert any("Get the bundle anew" in line for line in lines)
    assert not any("was filled in" in line or "not issued by this city" in line for line in lines)


def test_installation_of_the_city_itself_calls_it_altered(city: Rotated, bare: bytes) -> None:
    """It knows each authority the city had, so this one is a stranger's."""
    own = verify_file(bare, trust=city.before, register=Register(find=lambda _digest: None))
    assert (own.valid, own.answer) == (False, Answer.ALTERED)


def test_another_city_is_still_another_city(city: Rotated, bare: bytes, tmp_path: Path) -> None:
    elsewhere = create_authority(tmp_path / "keys", city_name="Elsewhere", now=SIGNED_AT)
    for pdf in (bare, city.renew()):
        assert verify_file(pdf, trust=elsewhere.folder).answer is Answer.FOREIGN


def test_authority_that_a_stranger_carries_does_not_count(city: Rotated, tmp_path: Path) -> None:
    """The same name, with its own certificates in the file, vouched for by nobody here."""
    stranger = create_authority(tmp_path / "keys", city_name=CITY, now=SIGNED_AT)
    rotate(stranger, Kind.ISSUING, city_name=CITY, now=ROTATED_AT + timedelta(days=1))
    with pytest.MonkeyPatch.context() as unchecked:
        unchecked.setattr("pia_engine.documents.standing.require_genuine", lambda pdf, **_: pdf)
        forged = renew_document(city.signed, authority=open_authority(stranger.folder), now=RENEWED_AT)
    check = check_document(forged, trust=city.before)
    assert (check.valid, check.alterations) == (False, checking.ADDED)


def test_checkpoint_stamped_under_a_new_authority_is_believed_by_older_certificates(city: Rotated) -> None:
    authority: Authority = city.authority
    assert is_stamped_by_city(b"checkpoint", stamp_bytes(b"checkpoint", authority, RENEWED_AT), trust=city.before)
