"""Certificates and revocation lists at the addresses the public reads them from, and never a key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography import x509
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.register.pages import build_all_pages
from pia_engine.settings import Settings


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
