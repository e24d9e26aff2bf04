"""`pia keys` as an administrator types it: looking, making anew, taking back, adopting."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from pia_engine import clock
from pia_engine.cli import run
from pia_engine.documents.authority import open_authority
from pia_engine.documents.checking import check_document
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.signers import open_sealing
from pia_engine.documents.standing import renew_document
from pia_engine.errors import PiaError
from pia_engine.settings import Settings
from tests.factories.reports import school_route_report
from tests.fixtures.outside_authorities import OutsideAuthorities

Typed = Callable[..., tuple[int, str]]
CITY = "City of Example"


@pytest.fixture(scope="module")
def first_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "instance"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIA_INSTANCE", str(folder))
        assert run(["init", "--city-name", CITY]) == 0
    return folder


@pytest.fixture
def settings(first_installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A city that has just been founded, for one test alone."""
    folder = tmp_path / "instance"
    shutil.copytree(first_installation, folder)
    monkeypatch.setenv("PIA_INSTANCE", str(folder))
    return Settings(instance=folder)


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str], settings: Settings) -> Typed:
    def type_command(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(["keys", *words])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return type_command


@pytest.fixture(scope="module")
def page() -> bytes:
    return render_pdf(school_route_report(), record=b"{}")


def signed(page: bytes, settings: Settings) -> bytes:
    now = clock.now()
    people = [Approver(line.name, line.role, line.decision, line.signed_at) for line in school_route_report().sign_offs]
    authority = open_sealing(settings, now=now)
    return sign_document(page, authority=authority, approvers=people, city_name=CITY, reference="PIA-1", now=now)


def signed_before(page: bytes, settings: Settings) -> bytes:
    """Signed a minute ago: what is revoked in the very second of a signature is revoked before it."""
    with clock.frozen(clock.now() - timedelta(minutes=1)):
        return signed(page, settings)


def serial_of(settings: Settings, name: str) -> str:
    path = settings.keys_folder / f"{name}.crt"
    return f"{x509.load_pem_x509_certificate(path.read_bytes()).serial_number:x}"


def events(settings: Settings) -> list[str]:
    with sqlite3.connect(settings.instance / "pia.db") as database:
        return [row[0] for row in database.execute("SELECT event FROM audit_event ORDER BY sequence")]


def published(settings: Settings, address: str) -> bytes:
    entry = json.loads((settings.public_folder / "live.json").read_text())["pages"][address]
    return (settings.public_folder / "store" / f"{entry['sha256']}.{entry['kind']}").read_bytes()


def test_status_of_a_new_city_names_every_key_and_is_content(typed: Typed, settings: Settings) -> None:
    code, said = typed("status")
    assert code == 0
    for what in ("Root", "Issuing authority", "City seal", "Time stamps", "Transparency log", "Revoked by the root"):
        assert f"good  {what}" in said
    assert serial_of(settings, "seal") in said
    assert "All keys are in order." in said


@pytest.mark.parametrize(
    ("days", "code", "sentence"),
    [(0, 0, "in order"), (25, 1, "it runs out"), (365 * 10 - 40, 1, "it ends soon"), (365 * 11, 1, "it has expired")],
)
def test_status_leaves_with_1_when_something_runs_out(typed: Typed, days: int, code: int, sentence: str) -> None:
    with clock.frozen(datetime.now(UTC) + timedelta(days=days)):
        left, said = typed("status")
    assert left == code
    assert sentence in said


def test_status_names_keys_others_may_read_and_keys_that_do_not_belong_together(
    typed: Typed, settings: Settings
) -> None:
    (settings.keys_folder / "seal.key").chmod(0o640)
    code, said = typed("status")
    assert code == 1
    assert "others may read it: chmod 600" in said
    (settings.keys_folder / "seal.key").chmod(0o600)
    shutil.copy(settings.keys_folder / "tsa.key", settings.keys_folder / "seal.key")
    code, said = typed("status")
    assert code == 1
    assert "City seal: key or certificate is missing, garbled, or they do not belong together" in said


def test_status_before_there_are_keys_says_what_to_do(typed: Typed, settings: Settings) -> None:
    shutil.rmtree(settings.keys_folder)
    code, said = typed("status")
    assert code == 1
    assert "pia init" in said


@pytest.mark.parametrize("kind", ["seal", "time-stamps", "issuing"])
def test_after_a_rotation_old_and_new_documents_are_genuine(
    typed: Typed, settings: Settings, page: bytes, kind: str
) -> None:
    before = signed(page, settings)
    keys = {path.name: path.read_bytes() for path in settings.keys_folder.glob("*.key")}
    code, said = typed("rotate", kind, "--yes")
    assert code == 0
    assert "its key is destroyed" in said
    after = signed(page, settings)
    for document in (before, after):
        assert check_document(document, trust=settings.keys_folder).valid
    now = datetime.now(UTC) + timedelta(days=300)
    renewed = renew_document(before, authority=open_authority(settings.keys_folder), now=now)
    assert check_document(renewed, trust=settings.keys_folder).valid
    changed = {path.name for path in settings.keys_folder.glob("*.key") if path.read_bytes() != keys[path.name]}
    assert (
        changed
        == {
            "seal": {"seal.key"},
            "time-stamps": {"tsa.key"},
            "issuing": {"issuing.key", "seal.key", "tsa.key"},
        }[kind]
    )
    everything = b"".join(path.read_bytes() for path in settings.keys_folder.iterdir())
    assert all(keys[name] not in everything for name in changed)
    assert {path.stat().st_mode & 0o777 for path in settings.keys_folder.glob("*.key")} == {0o600}
    assert events(settings)[-1] == "city:key-rotated"
    assert typed("status")[0] == 0


def test_rotation_asks_first_and_no_means_no(typed: Typed, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.read_bytes() for path in settings.keys_folder.iterdir()}
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    code, said = typed("rotate", "seal")
    assert code == 130
    assert "Stopped" in said
    assert {path: path.read_bytes() for path in settings.keys_folder.iterdir()} == before


def test_revoked_seal_counts_before_and_not_after_and_the_public_list_says_so(
    typed: Typed, settings: Settings, page: bytes, tmp_path: Path
) -> None:
    before = signed_before(page, settings)
    folder = settings.keys_folder
    stolen = open_authority(shutil.copytree(folder, tmp_path / "stolen"))
    serial = serial_of(settings, "seal")
    code, said = typed("revoke", serial, "--reason", "key_compromise", "--yes")
    assert code == 0
    assert "pia keys rotate seal" in said
    assert check_document(before, trust=folder).valid
    with pytest.raises(PiaError, match="“seal” is revoked"):
        signed(page, settings)
    later = clock.now() + timedelta(minutes=1)
    forged = sign_document(page, authority=stolen, approvers=people(), city_name=CITY, reference="PIA-1", now=later)
    assert not check_document(forged, trust=folder).valid
    listed = x509.load_der_x509_crl(published(settings, "/verify/issuing.crl"))
    assert [f"{each.serial_number:x}" for each in listed] == [serial]
    assert typed("status")[0] == 1
    assert typed("rotate", "seal", "--yes")[0] == 0
    assert check_document(signed(page, settings), trust=folder).valid
    assert typed("status")[0] == 0
    assert events(settings)[-2:] == ["city:certificate-revoked", "city:key-rotated"]


def people() -> list[Approver]:
    return [Approver(line.name, line.role, line.decision, line.signed_at) for line in school_route_report().sign_offs]


def test_replaced_issuing_authority_is_revoked_on_the_roots_list(typed: Typed, settings: Settings, page: bytes) -> None:
    before, folder = signed_before(page, settings), settings.keys_folder
    serial, seal = serial_of(settings, "issuing"), serial_of(settings, "seal")
    typed("rotate", "issuing", "--yes")
    code, said = typed("revoke", seal, "--reason", "superseded", "--yes")
    assert code == 1
    assert "Revoke that authority instead" in said
    assert typed("revoke", serial, "--reason", "ca_compromise", "--yes")[0] == 0
    listed = x509.load_der_x509_crl((folder / "root.crl").read_bytes())
    assert [f"{each.serial_number:x}" for each in listed] == [serial]
    assert not check_document(before, trust=folder).valid  # somebody else may have made its last stamp
    renewed = renew_document(before, authority=open_authority(folder), now=clock.now())
    assert check_document(renewed, trust=folder).valid


def test_leaked_time_stamps_need_a_renewal_and_nothing_else(typed: Typed, settings: Settings, page: bytes) -> None:
    before, folder = signed_before(page, settings), settings.keys_folder
    assert typed("revoke", serial_of(settings, "tsa"), "--reason", "key_compromise", "--yes")[0] == 0
    with pytest.raises(PiaError, match="“tsa” is revoked"):
        signed(page, settings)
    typed("rotate", "time-stamps", "--yes")
    assert not check_document(before, trust=folder).valid
    renewed = renew_document(before, authority=open_authority(folder), now=clock.now())
    assert renewed.startswith(before)
    assert check_document(renewed, trust=folder).valid


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("revoke", "zz", "--reason", "superseded"), 2, "pia keys status"),
        (("revoke", "ab", "--reason", "because"), 1, "no reason for revoking"),
        (("rotate", "root"), 2, "issuing"),
        (("adopt", "seal"), 1, "settings name no seal"),
        (("adopt", "time-stamps"), 1, "its root included"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(typed: Typed, words: tuple[str, ...], code: int, sentence: str) -> None:
    left, said = typed(*words, *(["--yes"] if words[0] == "revoke" else []))
    assert left == code
    assert sentence in said


def test_root_is_not_revoked_and_nothing_twice(typed: Typed, settings: Settings) -> None:
    assert typed("revoke", serial_of(settings, "root"), "--reason", "superseded", "--yes")[0] == 1
    first = typed("revoke", serial_of(settings, "tsa"), "--reason", "superseded", "--yes")
    again = typed("revoke", serial_of(settings, "tsa"), "--reason", "superseded", "--yes")
    assert (first[0], again[0]) == (0, 1)
    assert "revoked already" in again[1]


def test_fresh_lists_are_signed_and_published(typed: Typed, settings: Settings) -> None:
    later = datetime.now(UTC) + timedelta(days=25)
    with clock.frozen(later):
        code, said = typed("lists")
    assert code == 0
    assert str((later + timedelta(days=31)).date()) in said
    for name in ("root", "issuing"):
        listed = x509.load_der_x509_crl(published(settings, f"/verify/{name}.crl"))
        assert listed.last_update_utc == later.replace(microsecond=0)


def test_seal_of_an_outside_authority_is_adopted_by_its_fingerprint(
    typed: Typed,
    settings: Settings,
    page: bytes,
    outside_authorities: OutsideAuthorities,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = outside_authorities.pkcs12("seal", settings.instance)
    monkeypatch.setenv("PIA_SEAL_PKCS12_FILE", str(file))
    monkeypatch.setenv("PIA_SEAL_PASSPHRASE_FILE", str(outside_authorities.passphrase_file))
    outside_authorities.passphrase_file.chmod(0o600)
    code, said = typed("status")
    assert code == 1
    assert "it has not been adopted" in said
    code, said = typed("adopt", "seal", str(outside_authorities.chain_folder), "--yes")
    assert code == 0
    assert "CN=City of Testwell Seal" in said
    assert events(settings)[-1] == "city:certificate-adopted"
    code, said = typed("status")
    assert code == 0, said
    assert "City seal of the key folder (not in use)" in said
    assert "Authority above the seal" in said
    assert typed("rotate", "seal", "--yes")[0] == 1
    (settings.keys_folder / "seal.key").unlink()
    assert typed("status")[0] == 0
    assert typed("lists")[0] == 0
    assert typed("rotate", "issuing", "--yes")[0] == 0
    configured = Settings(instance=settings.instance)
    check = check_document(signed(page, configured), trust=settings.keys_folder)
    assert check.valid
    assert check.signers[0].organisation == "City of Testwell"
    assert published(settings, f"/verify/seals/{fingerprint(outside_authorities)}.crt")


def fingerprint(outside: OutsideAuthorities) -> str:
    return outside.certificates["seal"].fingerprint(SHA256()).hex()[:16]


def test_no_secret_is_ever_printed(typed: Typed, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = settings.instance / "passphrase"
    secrets.write_text("open sesame")
    file = settings.instance / "seal.p12"
    file.write_bytes(b"garbled")
    monkeypatch.setenv("PIA_SEAL_PKCS12_FILE", str(file))
    monkeypatch.setenv("PIA_SEAL_PASSPHRASE_FILE", str(secrets))
    for words in (("status",), ("adopt", "seal", "--yes")):
        code, said = typed(*words)
        assert code == 1
        assert "sesame" not in said
        assert "PIA_SEAL_PASSPHRASE_FILE" in said
