"""Programs that are not ours read every signature and stamp, today and, as far as can be simulated, in decades."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.ades import ades_lta_validation, simulate_future_ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from pia_engine.documents.apart import run_apart
from pia_engine.documents.authority import Authority, create_authority, revoke
from pia_engine.documents.checking import check_document
from pia_engine.documents.containers import find_containers
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.signers import asn1_certificate
from pia_engine.documents.standing import renew_document, sign_standing
from tests.factories.signed_files import content_of, openssl
from tests.integration.documents.conformance import assert_conformant, revisions_of

CITY, REFERENCE = "City of Aldermere", "PIA-2026-0042"
DECADE = timedelta(days=3650)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A city that began two years before the clock of this computer, which other programs ask."""
    began = datetime.now(UTC) - timedelta(days=730)
    return create_authority(tmp_path_factory.mktemp("old") / "keys", city_name=CITY, now=began)


@pytest.fixture(scope="module")
def copies(brief: bytes, old: Authority, approvers: list[Approver]) -> dict[str, bytes]:
    """One short document through its life: published, superseded, renewed twice, the last time a day ago."""
    now = datetime.now(UTC)
    signed = sign_document(
        brief,
        authority=old,
        approvers=approvers,
        city_name=CITY,
        reference=REFERENCE,
        now=now - timedelta(days=700),
    )
    superseded = sign_standing(
        signed,
        authority=old,
        words="Superseded by edition 2.",
        reference=REFERENCE,
        city_name=CITY,
        now=now - timedelta(days=690),
    )
    renewed = renew_document(superseded, authority=old, now=now - timedelta(days=360))
    again = renew_document(renewed, authority=old, now=now - timedelta(days=1))
    return {"signed": signed, "superseded": superseded, "renewed": renewed, "again": again}


def test_openssl_verifies_every_signature_and_every_stamp(
    renewed: bytes, authority: Authority, signed_at: datetime, tmp_path: Path
) -> None:
    """The ones over the document, and the stamps beside the signatures."""
    accepted = []
    for container in find_containers(renewed):
        (tmp_path / "content").write_bytes(container.covered(renewed))
        (tmp_path / "der").write_bytes(content_of(renewed, container))
        issuing = authority.folder / "issuing.crt"
        if container.is_stamp:
            command = ["ts", "-verify", "-token_in", "-in", tmp_path / "der", "-data", tmp_path / "content"]
            done = openssl([*command, "-untrusted", issuing], authority, signed_at)
        else:
            command = ["cms", "-verify", "-inform", "DER", "-in", tmp_path / "der", "-content", tmp_path / "content"]
            command += ["-binary", "-purpose", "any", "-out", tmp_path / "out", "-certfile", issuing]
            done = openssl(command, authority, signed_at)
        accepted.append((container.is_stamp, done.returncode))
    assert accepted == [(False, 0), (False, 0), (False, 0), (True, 0), (False, 0), (True, 0), (True, 0)]


def test_openssl_verifies_the_stamp_beside_each_signature(
    superseded: bytes, authority: Authority, signed_at: datetime, tmp_path: Path
) -> None:
    for container in find_containers(superseded):
        if container.is_stamp or container.signed_data is None:
            continue
        (signer,) = container.signed_data["signer_infos"]
        (tmp_path / "signature").write_bytes(signer["signature"].native)
        (tmp_path / "token").write_bytes(signer["unsigned_attrs"][0]["values"][0].dump())
        command = ["ts", "-verify", "-token_in", "-in", tmp_path / "token", "-data", tmp_path / "signature"]
        assert "Verification: OK" in openssl(command, authority, signed_at).stdout


def test_qpdf_finds_no_fault_in_any_copy(signed: bytes, superseded: bytes, renewed: bytes, tmp_path: Path) -> None:
    for name, pdf in {"signed": signed, "superseded": superseded, "renewed": renewed}.items():
        (tmp_path / name).write_bytes(pdf)
        assert subprocess.run(["qpdf", "--check", tmp_path / name], check=False).returncode == 0


def test_verapdf_passes_every_revision(renewed: bytes, tmp_path: Path) -> None:
    states = revisions_of(renewed)
    assert len(states) == 8
    assert_conformant({f"{number}": state for number, state in enumerate(states)}, tmp_path)


def test_metadata_is_the_same_bytes_in_every_copy(rendered: bytes, renewed: bytes) -> None:
    metadata = re.compile(rb"<\?xpacket begin.*?<\?xpacket end[^>]*>", re.DOTALL)
    assert len(metadata.findall(rendered)) == 1
    assert metadata.findall(renewed) == metadata.findall(rendered)


@pytest.mark.parametrize("name", ["signed", "superseded", "renewed", "again"])
def test_independent_library_allows_all_that_came_after_each_signature(
    copies: dict[str, bytes], old: Authority, name: str
) -> None:
    reader = PdfFileReader(BytesIO(copies[name]))
    fields = []
    for signature in reader.embedded_regular_signatures:
        now = find_time(copies[name], old, signature.field_name)
        context = [ValidationContext(trust_roots=[root_of(old)], allow_fetching=False, moment=now) for _ in range(2)]
        judging = async_validate_pdf_signature(
            signature, signer_validation_context=context[0], ts_validation_context=context[1]
        )
        status = run_apart(judging)
        assert status.bottom_line, status.pretty_print_details()
        fields.append(signature.field_name)
    assert fields == ["Seal", "Approver1", "Approver2"] + ["Standing"] * (name != "signed")
    for stamp in reader.embedded_timestamp_signatures:
        context[0] = ValidationContext(
            trust_roots=[root_of(old)], other_certs=[asn1_certificate(old.issuing.certificate)], allow_fetching=False
        )
        status = run_apart(async_validate_pdf_timestamp(stamp, validation_context=context[0]))
        assert (status.valid, status.intact, status.trusted) == (True, True, True)


def find_time(pdf: bytes, authority: Authority, field: str) -> datetime:
    (at,) = [each.signed_at for each in check_document(pdf, trust=authority.folder).signatures if each.field == field]
    assert at is not None
    return at


def root_of(authority: Authority) -> object:
    return asn1_certificate(authority.root.certificate)


def long_term(authority: Authority) -> PdfSignatureValidationSpec:
    """Nothing is fetched, and every certificate needs proof that it was not revoked."""
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=[root_of(authority)]),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy.from_legacy("hard-fail")),
    )
    return PdfSignatureValidationSpec(SignatureValidationSpec(cert_validation_policy=policy))


def test_long_term_validation_of_a_copy_made_now_passes_in_ten_years(
    brief: bytes, approvers: list[Approver], tmp_path: Path
) -> None:
    """With time stamps kept up, as we do; the certificates of the approvers last an hour."""
    now = datetime.now(UTC)
    own = create_authority(tmp_path / "keys", city_name=CITY, now=now)
    signed = sign_document(brief, authority=own, approvers=approvers, city_name=CITY, reference=REFERENCE, now=now)
    stated = sign_standing(signed, authority=own, words="Withdrawn.", reference=REFERENCE, city_name=CITY, now=now)
    results = {}
    for number in range(4):
        signature = PdfFileReader(BytesIO(stated)).embedded_regular_signatures[number]
        judging = simulate_future_ades_lta_validation(signature, long_term(own), future_validation_time=now + DECADE)
        results[signature.field_name] = run_apart(judging).ades_subindic.name
    assert results == {"Seal": "OK", "Approver1": "OK", "Approver2": "OK", "Standing": "OK"}


def test_long_term_validation_passes_on_the_copy_renewed_twice(copies: dict[str, bytes], old: Authority) -> None:
    """Not asked of the approvers' certificates, which ended long ago.

    The library goes back in time to the day a revocation list ends, where EN 319 102-1 goes to the day it was issued.
    """
    results = {}
    for signature in PdfFileReader(BytesIO(copies["again"])).embedded_regular_signatures:
        if signature.field_name in ("Seal", "Standing"):
            result = run_apart(ades_lta_validation(signature, long_term(old)))
            results[signature.field_name] = result.ades_subindic.name
    assert results == {"Seal": "OK", "Standing": "OK"}


def test_long_term_validation_survives_a_seal_that_is_revoked_later(
    copies: dict[str, bytes], old: Authority, tmp_path: Path
) -> None:
    """As our own check does: the newest lists in the file name the seal, its signature is older."""
    revoke(old.folder, old.seal.certificate.serial_number, at=datetime.now(UTC), reason="key_compromise")
    renewed = renew_document(copies["again"], authority=old, now=datetime.now(UTC))
    assert check_document(renewed, trust=old.folder).valid
    signature = PdfFileReader(BytesIO(renewed)).embedded_regular_signatures[0]
    result = run_apart(ades_lta_validation(signature, long_term(old)))
    assert result.ades_subindic.name == "OK", result.failure_msg
