"""The city's seal when its key lies elsewhere: in a PKCS#12 file, on a PKCS#11 token. Checked by openssl, too."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pkcs11 import exceptions

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.outside_authorities import SEALS, adopt
from pia_engine.documents.signers import OutsideSeal, open_sealing, seal_signer
from pia_engine.errors import PiaError
from pia_engine.settings import Settings
from tests.fixtures.outside_authorities import OutsideAuthorities
from tests.fixtures.tokens import Token

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CONTENT = b"the record of a city"

Configured = Callable[..., Settings]


@pytest.fixture
def configured(tmp_path: Path, outside_authorities: OutsideAuthorities) -> Configured:
    """An installation whose city has adopted the outside seal named, configured as a test says."""

    def configure(seal: str = "seal", **fields: object) -> Settings:
        settings = Settings(instance=tmp_path / "instance", **fields)  # type: ignore[arg-type]
        create_authority(settings.keys_folder, city_name="City of Testwell", now=NOW)
        certificates = outside_authorities.certificates
        adopt(settings.keys_folder, SEALS, [certificates[name] for name in (seal, "issuing", "root")])
        return settings

    return configure


@pytest.fixture(scope="session")
def seals_on_token(token: Token, outside_authorities: OutsideAuthorities) -> Token:
    for name in ("seal", "rsa-seal"):
        token.put(name, outside_authorities.keys[name], outside_authorities.certificates[name])
    return token


def on_token(token: Token, label: str = "seal", **other: object) -> dict[str, object]:
    return {
        "seal_pkcs11_module": token.module,
        "seal_pkcs11_token": token.name,
        "seal_pkcs11_label": label,
        "seal_pin_file": token.pin_file,
        **other,
    }


def sealed(authority: Authority, content: bytes = CONTENT) -> bytes:
    signing = seal_signer(authority).async_sign_general_data(content, "sha256", detached=True)
    return bytes(run_apart(signing).dump())


def openssl_says(content: bytes, seal: bytes, root: x509.Certificate, folder: Path) -> str:
    (folder / "content").write_bytes(content)
    (folder / "seal.p7s").write_bytes(seal)
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    words = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "seal.p7s", "-content", "content",
             "-CAfile", "root.pem", "-purpose", "any", "-out", "out"]  # fmt: skip
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60, check=False).stderr


@pytest.mark.parametrize("name", ["seal", "rsa-seal"])
def test_city_seals_with_a_key_from_a_pkcs12_file(
    configured: Configured, outside_authorities: OutsideAuthorities, tmp_path: Path, name: str
) -> None:
    settings = configured(
        name,
        seal_pkcs12_file=outside_authorities.pkcs12(name, tmp_path),
        seal_passphrase_file=outside_authorities.passphrase_file,
    )
    authority = open_sealing(settings, now=NOW)
    assert authority.seal.certificate == outside_authorities.certificates[name]
    said = openssl_says(CONTENT, sealed(authority), outside_authorities.certificates["root"], tmp_path)
    assert "Verification successful" in said


@pytest.mark.parametrize("name", ["seal", "rsa-seal"])
def test_city_seals_with_a_key_that_never_leaves_its_token(
    configured: Configured, seals_on_token: Token, outside_authorities: OutsideAuthorities, tmp_path: Path, name: str
) -> None:
    settings = configured(name, **on_token(seals_on_token, name))
    seal = sealed(open_sealing(settings, now=NOW))
    assert "Verification successful" in openssl_says(CONTENT, seal, outside_authorities.certificates["root"], tmp_path)
    assert "Verification successful" not in openssl_says(
        b"another", seal, outside_authorities.certificates["root"], tmp_path
    )


def test_the_seals_certificate_may_lie_in_a_file_beside_the_token(
    configured: Configured, seals_on_token: Token, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    file = tmp_path / "seal.cer"
    file.write_bytes(outside_authorities.certificates["seal"].public_bytes(serialization.Encoding.DER))
    settings = configured(**on_token(seals_on_token, seal_certificate_file=file))
    assert open_sealing(settings, now=NOW).seal.certificate == outside_authorities.certificates["seal"]


def test_nothing_is_sealed_when_the_token_holds_another_key_than_the_certificate(
    configured: Configured, seals_on_token: Token, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    file = tmp_path / "neighbour.cer"
    file.write_bytes(outside_authorities.certificates["neighbour"].public_bytes(serialization.Encoding.DER))
    settings = configured("neighbour", **on_token(seals_on_token, seal_certificate_file=file))
    with pytest.raises(PiaError, match="do not belong together"):
        sealed(open_sealing(settings, now=NOW))


def test_wrong_pin_is_a_sentence_and_the_right_one_works_again(
    configured: Configured, seals_on_token: Token, tmp_path: Path
) -> None:
    pin = tmp_path / "pin"
    pin.write_text("000000\n")
    settings = configured(**on_token(seals_on_token, seal_pin_file=pin))
    with pytest.raises(PiaError, match="refused the PIN") as told:
        open_sealing(settings, now=NOW)
    assert "000000" not in str(told.value)
    pin.write_bytes(seals_on_token.pin_file.read_bytes())
    assert sealed(open_sealing(settings, now=NOW))


def test_wrong_pin_is_tried_only_once_because_tokens_lock_themselves(
    configured: Configured, seals_on_token: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    class Strict:
        def open(self, *, user_pin: str) -> None:
            tried.append(user_pin)
            raise exceptions.PinIncorrect

    monkeypatch.setattr("pia_engine.documents.tokens._find_token", lambda _: Strict())
    pin = tmp_path / "pin"
    settings = configured(**on_token(seals_on_token, seal_pin_file=pin))
    for guess in ("1111", "1111", "1111", "2222"):
        pin.write_text(guess)
        with pytest.raises(PiaError, match="refused the PIN"):
            open_sealing(settings, now=NOW)
    assert tried == ["1111", "2222"]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"seal_pkcs11_token": "elsewhere"}, "“elsewhere” is not there"),
        ({"seal_pkcs11_label": "nothing"}, "exactly one private key with the label “nothing”"),
        ({"seal_pkcs11_module": Path("/usr/lib/none.so")}, "module /usr/lib/none.so cannot be loaded"),
        ({"seal_pin_file": Path("/nowhere/pin")}, "PIA_SEAL_PIN_FILE"),
        ({"seal_pkcs11_label": ""}, "PIA_SEAL_PKCS11_LABEL"),
        ({"seal_pkcs12_file": Path("/nowhere/seal.p12")}, "both name a seal"),
    ],
)
def test_what_is_wrong_with_the_token_is_a_sentence(
    configured: Configured, seals_on_token: Token, changed: dict[str, object], sentence: str
) -> None:
    settings = configured(**on_token(seals_on_token, **changed))
    with pytest.raises(PiaError, match=sentence):
        open_sealing(settings, now=NOW)


def test_token_that_went_away_stops_sealing_until_it_is_back(
    configured: Configured, seals_on_token: Token, tmp_path: Path
) -> None:
    authority = open_sealing(configured(**on_token(seals_on_token)), now=NOW)
    tokens = seals_on_token.folder / "tokens"
    tokens.rename(tmp_path / "safe")
    tokens.mkdir()
    try:
        with pytest.raises(PiaError, match="token “city”"):
            sealed(authority)
    finally:
        tokens.rmdir()
        (tmp_path / "safe").rename(tokens)
    assert sealed(authority)


def test_wrong_passphrase_is_a_sentence_that_does_not_repeat_it(
    configured: Configured, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    wrong = tmp_path / "passphrase"
    wrong.write_text("open sesame")
    file = outside_authorities.pkcs12("seal", tmp_path)
    settings = configured(seal_pkcs12_file=file, seal_passphrase_file=wrong)
    with pytest.raises(PiaError, match="PIA_SEAL_PASSPHRASE_FILE") as told:
        open_sealing(settings, now=NOW)
    assert "sesame" not in str(told.value)
    file.write_bytes(b"garbled")
    with pytest.raises(PiaError, match="cannot be opened"):
        open_sealing(settings, now=NOW)
    file.unlink()
    with pytest.raises(PiaError, match="cannot be read"):
        open_sealing(settings, now=NOW)


def test_seal_nobody_adopted_is_not_used(
    configured: Configured, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    """The authority that issued the city's seal issued its neighbour's, too."""
    settings = configured(
        "seal",
        seal_pkcs12_file=outside_authorities.pkcs12("neighbour", tmp_path),
        seal_passphrase_file=outside_authorities.passphrase_file,
    )
    with pytest.raises(PiaError, match="not been adopted"):
        open_sealing(settings, now=NOW)


def test_expired_seal_seals_nothing(
    configured: Configured, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    settings = configured(
        seal_pkcs12_file=outside_authorities.pkcs12("seal", tmp_path),
        seal_passphrase_file=outside_authorities.passphrase_file,
    )
    ends = outside_authorities.certificates["seal"].not_valid_after_utc
    assert open_sealing(settings, now=ends - timedelta(seconds=1))
    with pytest.raises(PiaError, match="expired on 2040-01-01"):
        open_sealing(settings, now=ends)


def test_an_outside_seal_needs_no_key_in_the_key_folder(
    configured: Configured, outside_authorities: OutsideAuthorities, tmp_path: Path
) -> None:
    settings = configured(
        seal_pkcs12_file=outside_authorities.pkcs12("seal", tmp_path),
        seal_passphrase_file=outside_authorities.passphrase_file,
    )
    (settings.keys_folder / "seal.key").unlink()
    seal = open_sealing(settings, now=NOW).seal
    assert isinstance(seal, OutsideSeal)
    with pytest.raises(PiaError, match="keys cannot be read"):
        open_sealing(replace_setting(settings), now=NOW)


def replace_setting(settings: Settings) -> Settings:
    return settings.model_copy(update={"seal_pkcs12_file": None})
