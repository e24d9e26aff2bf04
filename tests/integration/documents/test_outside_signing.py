"""A whole document sealed from a token, stamped by an outside authority and checked: by us, by openssl, by poppler."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader

from pia_engine.cli import run
from pia_engine.documents.authority import create_authority
from pia_engine.documents.outside_authorities import SEALS, STAMPS, adopt
from pia_engine.documents.signatures import Approver, check_document, sign_document
from pia_engine.documents.signers import open_sealing
from pia_engine.documents.standing import renew_document, renewal_due
from pia_engine.errors import PiaError
from pia_engine.settings import Settings
from tests.fixtures.outside_authorities import OutsideAuthorities
from tests.fixtures.tokens import Token

CITY = "City of Testwell"


@dataclass(frozen=True, slots=True)
class Sealed:
    """One document and the installation that made it."""

    pdf: bytes
    settings: Settings
    at: datetime


@pytest.fixture(scope="session")
def settings_outside(
    token: Token, outside_authorities: OutsideAuthorities, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Seal on a token, issued by an outside CA; time stamps from an outside authority, the first address being down."""
    certificates = outside_authorities.certificates
    token.put("whole-seal", outside_authorities.keys["seal"], certificates["seal"])
    settings = Settings(
        instance=tmp_path_factory.mktemp("outside-city"),
        seal_pkcs11_module=token.module,
        seal_pkcs11_token=token.name,
        seal_pkcs11_label="whole-seal",
        seal_pin_file=token.pin_file,
        tsa_urls=f"http://127.0.0.1:9/ {outside_authorities.stamp_url}",
    )
    create_authority(settings.keys_folder, city_name=CITY, now=datetime.now(UTC))
    above = [certificates["issuing"], certificates["root"]]
    adopt(settings.keys_folder, SEALS, [certificates["seal"], *above])
    adopt(settings.keys_folder, STAMPS, above)
    return settings


@pytest.fixture(scope="session")
def sealed(settings_outside: Settings, rendered: bytes, approvers: list[Approver]) -> Sealed:
    now = datetime.now(UTC)
    return Sealed(sign(rendered, settings_outside, approvers, now), settings_outside, now)


def sign(rendered: bytes, settings: Settings, approvers: list[Approver], now: datetime) -> bytes:
    authority = open_sealing(settings, now=now)
    words = {"city_name": CITY, "reference": "PIA-2026-0042"}
    return sign_document(rendered, authority=authority, approvers=approvers, now=now, **words)


def test_document_sealed_from_a_token_is_genuine(sealed: Sealed, outside_authorities: OutsideAuthorities) -> None:
    check = check_document(sealed.pdf, trust=sealed.settings.keys_folder)
    assert check.valid
    assert [each.name for each in check.signers] == ["City of Testwell Seal", "Daniel Reyes", "Helen Achterberg"]
    assert {each.stamped_by for each in check.signers} == {"Trust Services tsa"}
    closing = check.signatures[-1]
    assert closing.is_stamp
    assert closing.name == "City of Testwell Time stamps"


def test_neighbours_seal_of_the_same_authority_does_not_count(
    sealed: Sealed, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    """The very same file, for somebody who pinned another seal below the same root."""
    for name in ("root.crt", "issuing.crt", "root.crl", "issuing.crl"):
        (tmp_path / name).write_bytes((sealed.settings.keys_folder / name).read_bytes())
    certificates = outside_authorities.certificates
    above = [certificates["issuing"], certificates["root"]]
    adopt(tmp_path, STAMPS, above)
    adopt(tmp_path, SEALS, [certificates["neighbour"], *above])
    assert not check_document(sealed.pdf, trust=tmp_path).valid
    adopt(tmp_path, SEALS, [certificates["seal"]])
    assert check_document(sealed.pdf, trust=tmp_path).valid


def test_pia_verify_reads_it_with_nothing_but_the_trust_folder(sealed: Sealed, tmp_path: Path) -> None:
    file = tmp_path / "pia.pdf"
    file.write_bytes(sealed.pdf)
    assert run(["verify", str(file), "--trust", str(sealed.settings.keys_folder), "--offline"]) == 0
    file.write_bytes(sealed.pdf[:-20] + b"x" + sealed.pdf[-19:])
    assert run(["verify", str(file), "--trust", str(sealed.settings.keys_folder), "--offline"]) == 1


def test_openssl_verifies_the_seal_and_the_outside_stamp_in_the_file(
    sealed: Sealed, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    for name in ("root", "issuing"):
        pem = outside_authorities.certificates[name].public_bytes(serialization.Encoding.PEM)
        (tmp_path / f"{name}.pem").write_bytes(pem)
    signatures = PdfFileReader(BytesIO(sealed.pdf)).embedded_signatures
    seal, outside_stamp = signatures[0], signatures[-2]
    for number, (each, words) in enumerate(
        [
            (seal, "cms -verify -inform DER -binary -purpose any -certfile issuing.pem -out out -content"),
            (outside_stamp, "ts -verify -token_in -untrusted issuing.pem -data"),
        ]
    ):
        start, length, rest, more = each.byte_range
        (tmp_path / f"covered{number}").write_bytes(sealed.pdf[start : start + length] + sealed.pdf[rest : rest + more])
        (tmp_path / f"container{number}").write_bytes(each.pkcs7_content)
        said = subprocess.run(
            ["openssl", *words.split(), f"covered{number}", "-in", f"container{number}", "-CAfile", "root.pem"],
            cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert re.search("Verification successful|Verification: OK", said.stdout + said.stderr), said.stderr


def test_what_the_outside_authority_said_lies_in_the_file(sealed: Sealed) -> None:
    store = PdfFileReader(BytesIO(sealed.pdf)).root["/DSS"]
    assert len(store["/OCSPs"]) >= 2  # about the seal, and about the stamper
    assert len(store["/CRLs"]) >= 3  # two of the city, one of the outside root


def test_older_list_of_the_outside_root_brings_the_renewal_forward_once(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = renewal_due(sealed.pdf)
    assert sealed.at < due < sealed.at + timedelta(days=31)
    later = due + timedelta(hours=1)

    def asked_later(url: str, *, question: bytes | None = None, kind: str = "", most_bytes: int) -> bytes:
        headers = {"X-Certomancer-Fake-Time": later.isoformat(), "Content-Type": kind}
        method = "GET" if question is None else "POST"
        answer = requests.request(method, url, data=question, headers=headers, timeout=10)
        return answer.content[:most_bytes]

    monkeypatch.setattr("pia_engine.documents.outside_evidence.ask", asked_later)
    authority = open_sealing(sealed.settings.model_copy(update={"tsa_urls": ""}), now=later)
    renewed = renew_document(sealed.pdf, authority=authority, now=later)
    assert check_document(renewed, trust=sealed.settings.keys_folder).valid
    assert renewal_due(renewed) > later + timedelta(days=300)


def test_renewal_does_not_need_the_outside_authorities(
    sealed: Sealed, outside_authorities: OutsideAuthorities, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty years on, they may be gone."""
    authority = open_sealing(sealed.settings.model_copy(update={"tsa_urls": ""}), now=sealed.at)

    def gone(url: str, **_: object) -> bytes:
        raise PiaError("%(host)s is gone", host=url)

    monkeypatch.setattr("pia_engine.documents.outside_evidence.ask", gone)
    renewed = renew_document(sealed.pdf, authority=authority, now=sealed.at + timedelta(days=300))
    assert renewed.startswith(sealed.pdf)
    assert check_document(renewed, trust=sealed.settings.keys_folder).valid


def test_nothing_is_signed_when_no_time_stamp_authority_answers(
    settings_outside: Settings, rendered: bytes, approvers: list[Approver]
) -> None:
    down = settings_outside.model_copy(update={"tsa_urls": "http://127.0.0.1:9/"})
    with pytest.raises(PiaError, match="None of the outside time-stamp authorities"):
        sign(rendered, down, approvers, datetime.now(UTC))


def test_time_stamps_nobody_adopted_are_not_asked_for(outside_authorities: OutsideAuthorities, tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path, tsa_urls=outside_authorities.stamp_url)
    create_authority(settings.keys_folder, city_name=CITY, now=datetime.now(UTC))
    with pytest.raises(PiaError, match="pia keys adopt time-stamps"):
        open_sealing(settings, now=datetime.now(UTC))


@pytest.mark.parametrize("name", ["seal", "rsa-seal"])
def test_document_sealed_from_a_pkcs12_file_is_genuine(
    outside_authorities: OutsideAuthorities, rendered: bytes, approvers: list[Approver], tmp_path: Path, name: str
) -> None:
    settings = Settings(
        instance=tmp_path,
        seal_pkcs12_file=outside_authorities.pkcs12(name, tmp_path),
        seal_passphrase_file=outside_authorities.passphrase_file,
    )
    now = datetime.now(UTC)
    create_authority(settings.keys_folder, city_name=CITY, now=now)
    certificates = outside_authorities.certificates
    adopt(settings.keys_folder, SEALS, [certificates[each] for each in (name, "issuing", "root")])
    check = check_document(sign(rendered, settings, approvers, now), trust=settings.keys_folder)
    assert check.valid
    assert check.signers[0].is_seal
