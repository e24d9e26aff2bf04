"""Certificates and revocation lists at the addresses the public reads them from, and never a key."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.documents.authority import create_authority
from pia_engine.register.live import PublicFolder
from pia_engine.register.pages import build_all_pages
from pia_engine.settings import Settings

NOW = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("name", ["root", "issuing", "seal", "tsa"])
def test_anybody_reads_the_citys_certificates(
    session: Session, settings: Settings, client_for: Callable[[str], FlaskClient], name: str
) -> None:
    build_all_pages(session, settings)
    answer = client_for("").get(f"/verify/{name}.crt")
    assert answer.status_code == 200
    assert answer.mimetype == "application/x-x509-ca-cert"
    assert x509.load_pem_x509_certificate(answer.data)
    assert answer.data == (settings.keys_folder / f"{name}.crt").read_bytes()


@pytest.mark.parametrize("name", ["root", "issuing"])
def test_anybody_reads_what_was_revoked(
    session: Session, settings: Settings, client_for: Callable[[str], FlaskClient], name: str
) -> None:
    build_all_pages(session, settings)
    answer = client_for("").get(f"/verify/{name}.crl")
    assert answer.mimetype == "application/pkix-crl"
    issuer = x509.load_pem_x509_certificate((settings.keys_folder / f"{name}.crt").read_bytes())
    assert x509.load_der_x509_crl(answer.data).is_signature_valid(issuer.public_key())  # type: ignore[arg-type]


def test_no_key_is_ever_published(
    session: Session, settings: Settings, client_for: Callable[[str], FlaskClient]
) -> None:
    build_all_pages(session, settings)
    secrets = [path.read_bytes().splitlines()[1] for path in settings.keys_folder.glob("*.key")]
    assert len(secrets) >= 4
    published = [path.read_bytes() for path in settings.public_folder.rglob("*") if path.is_file()]
    assert not any(secret in content for secret in secrets for content in published)
    for path in settings.keys_folder.glob("*.key"):
        assert client_for("").get(f"/verify/{path.name}").status_code == 404


@pytest.mark.parametrize("name", ["root.crt", "approvers/people.crt"])
def test_key_laid_beside_a_certificate_is_not_published(
    session: Session, settings: Settings, tmp_path: Path, name: str
) -> None:
    """A combined PEM, as other programs write it: certificate and private key in one file."""
    elsewhere = settings.model_copy(update={"instance": tmp_path})
    authority = create_authority(elsewhere.keys_folder, city_name="City of Testwell", now=NOW)
    certificate, key = (authority.folder / "root.crt").read_bytes(), (authority.folder / "root.key").read_bytes()
    (authority.folder / "approvers").mkdir()
    (authority.folder / name).write_bytes(key + certificate)
    build_all_pages(session, elsewhere)
    public = PublicFolder(elsewhere.public_folder)
    shown = public.read_map()
    assert (public.store / shown[f"/verify/{name}"].file).read_bytes() == certificate
    assert not any(b"PRIVATE KEY" in each.read_bytes() for each in public.store.iterdir())
    with zipfile.ZipFile(public.store / shown["/verify/bundle.zip"].file) as archive:
        assert archive.read(name) == certificate
