"""The city's certificate authority: who it names, what it may do, and how its keys lie on the disk."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pia_engine.documents.authority import Authority, create_authority, issue_person_certificate, open_authority
from pia_engine.documents.certificates import DOCUMENT_SIGNING
from pia_engine.errors import PiaError

NOW = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
CITY = "City of Aldermere"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return create_authority(tmp_path / "instance" / "keys", city_name=CITY, now=NOW)


def test_chain_runs_from_root_over_issuing_to_the_seal(authority: Authority) -> None:
    root, issuing, seal = (each.certificate for each in (authority.root, authority.issuing, authority.seal))
    root.verify_directly_issued_by(root)
    issuing.verify_directly_issued_by(root)
    seal.verify_directly_issued_by(issuing)
    assert all(isinstance(each.public_key().curve, ec.SECP256R1) for each in (root, issuing, seal))  # type: ignore[union-attr]
    lengths = [each.extensions.get_extension_for_class(x509.BasicConstraints).value for each in (root, issuing, seal)]
    assert [(each.ca, each.path_length) for each in lengths] == [(True, 1), (True, 0), (False, None)]


def test_keys_are_readable_by_their_owner_only(authority: Authority) -> None:
    assert stat.S_IMODE(authority.folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in authority.folder.glob("*.key")}
    assert modes == dict.fromkeys(("root.key", "issuing.key", "seal.key", "tsa.key"), 0o600)
    assert (authority.folder / "seal.key").read_text().startswith("-----BEGIN PRIVATE KEY-----")


def test_existing_keys_are_never_overwritten(authority: Authority) -> None:
    before = {path.name: path.read_bytes() for path in authority.folder.iterdir()}
    with pytest.raises(PiaError, match="never overwritten"):
        create_authority(authority.folder, city_name="Another city", now=NOW)
    assert {path.name: path.read_bytes() for path in authority.folder.iterdir()} == before


def test_failed_creation_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pia_engine.documents.key_files.write_new", full_disk)
    with pytest.raises(PiaError, match="could not be written"):
        create_authority(tmp_path / "keys", city_name=CITY, now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_opened_authority_is_the_created_one(authority: Authority) -> None:
    assert open_authority(authority.folder).seal.certificate == authority.seal.certificate


@pytest.mark.parametrize("damage", ["missing", "mixed up", "garbled"])
def test_administrator_reads_a_sentence_when_keys_cannot_be_read(authority: Authority, damage: str) -> None:
    key = authority.folder / "seal.key"
    if damage == "missing":
        key.unlink()
    elif damage == "mixed up":
        key.write_bytes((authority.folder / "root.key").read_bytes())
    else:
        key.write_bytes(b"garbled")
    with pytest.raises(PiaError, match="Restore the key folder"):
        open_authority(authority.folder)


def test_person_certificate_names_person_role_and_city_and_lasts_an_hour(authority: Authority) -> None:
    files = sorted(authority.folder.iterdir())
    person = issue_person_certificate(authority, name="Helen Achterberg", role="Senior official", city=CITY, now=NOW)
    certificate = person.certificate
    subject = {each.oid: each.value for each in certificate.subject}
    assert subject == {
        NameOID.ORGANIZATION_NAME: CITY,
        NameOID.COMMON_NAME: "Helen Achterberg",
        NameOID.TITLE: "Senior official",
    }
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(hours=1)
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert set(purposes) == {DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION}
    assert sorted(authority.folder.iterdir()) == files


def test_each_act_has_its_own_key(authority: Authority) -> None:
    acts = [issue_person_certificate(authority, name="A", role="B", city=CITY, now=NOW) for _ in range(2)]
    assert acts[0].certificate.public_key() != acts[1].certificate.public_key()


def test_names_longer_than_certificates_allow_are_shortened(authority: Authority) -> None:
    person = issue_person_certificate(authority, name="A" * 100, role="B" * 100, city="C" * 100, now=NOW)
    assert all(len(str(each.value).encode()) <= 66 for each in person.certificate.subject)
    japanese = issue_person_certificate(authority, name="加" * 40, role="B", city="C", now=NOW)
    (name,) = japanese.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == "加" * 20 + "…"


def test_no_certificate_is_issued_before_the_authority_exists(authority: Authority) -> None:
    with pytest.raises(PiaError, match="lies before"):
        issue_person_certificate(authority, name="A", role="B", city=CITY, now=NOW - timedelta(days=2))


def test_revocation_lists_are_signed_afresh(authority: Authority) -> None:
    later = NOW + timedelta(days=400)
    of_root, of_issuing = authority.revocation_lists(later)
    assert of_root.is_signature_valid(authority.root.certificate.public_key())  # type: ignore[arg-type]
    assert of_issuing.is_signature_valid(authority.issuing.certificate.public_key())  # type: ignore[arg-type]
    assert of_issuing.last_update_utc == later
