"""Sealing and signing a document, seen by us and by an independent reader (poppler)."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import unescape

import pytest

from pia_engine.documents.authority import Authority, create_authority
from pia_engine.documents.certificates import issue_person
from pia_engine.documents.proofs import Problem
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.signatures import Approver, check_document, read_trust, sign_document
from pia_engine.documents.standing import renew_document, sign_standing
from pia_engine.errors import PiaError
from tests.factories.reports import bare_report


def test_seal_comes_first_then_each_approver_in_order(signed: bytes, authority: Authority, signed_at: datetime) -> None:
    check = check_document(signed, trust=authority.folder)
    assert check.valid
    assert check.alterations is None
    assert [(each.name, each.role) for each in check.signers] == [
        ("City of Aldermere Seal", ""),
        ("Daniel Reyes", "Director, Streets and Mobility"),
        ("Helen Achterberg", "Senior privacy official"),
    ]
    assert [each.covers_whole_file for each in check.signatures] == [False, False, False, True]
    assert [each.field for each in check.signatures] == ["Seal", "Approver1", "Approver2", "TimeStamp4"]
    assert [each.is_stamp for each in check.signatures] == [False, False, False, True]
    assert {each.stamped_by for each in check.signatures} == {"City of Aldermere Time stamps"}
    assert {each.signed_at for each in check.signatures} == {signed_at}
    assert check.standing is None
    assert {each.organisation for each in check.signatures} == {"City of Aldermere"}
    assert check.signatures[2].reason.startswith("PIA-2026-0042: Approved with conditions (2026-11-19 09:41")


def test_root_certificate_alone_is_enough_to_check(signed: bytes, authority: Authority) -> None:
    assert check_document(signed, trust=[authority.root.certificate]).valid


def test_rendered_bytes_stay_as_they_were(signed: bytes, rendered: bytes) -> None:
    assert signed.startswith(rendered)


def test_signature_of_another_city_is_not_trusted(signed: bytes, stranger: Authority) -> None:
    check = check_document(signed, trust=stranger.folder)
    assert (check.valid, check.alterations) == (False, None)
    assert all(each.intact and not each.trusted for each in check.signatures)
    assert {each.problem for each in check.signatures} == {Problem.UNTRUSTED}


def test_document_without_approvers_is_refused_when_it_has_places_for_them(
    rendered: bytes, authority: Authority, signed_at: datetime
) -> None:
    with pytest.raises(PiaError, match="3 empty places for seal and signatures, but 1 are needed"):
        sign_document(
            rendered,
            authority=authority,
            approvers=[],
            city_name="City",
            reference="PIA-2026-0042",
            now=signed_at,
        )


def test_something_else_than_a_pdf_is_refused(authority: Authority, signed_at: datetime) -> None:
    with pytest.raises(PiaError, match="not a PDF"):
        sign_document(b"hello", authority=authority, approvers=[], city_name="City", reference="R", now=signed_at)


def test_nobody_signs_before_the_authority_exists(
    rendered: bytes, authority: Authority, approvers: list[Approver], signed_at: datetime
) -> None:
    with pytest.raises(PiaError):
        sign_document(
            rendered,
            authority=authority,
            approvers=approvers,
            city_name="City",
            reference="R",
            now=signed_at - timedelta(days=30),
        )


def test_poppler_finds_every_signature_valid_and_trusted(
    rendered: bytes, approvers: list[Approver], tmp_path: Path
) -> None:
    now = datetime.now(UTC)  # poppler asks its own clock whether the certificates are in force
    authority = create_authority(tmp_path / "keys", city_name="City of Aldermere", now=now)
    path, store = tmp_path / "signed.pdf", f"sql:{tmp_path}"
    signed = sign_document(
        rendered, authority=authority, approvers=approvers, city_name="City", reference="PIA-2026-0042", now=now
    )
    path.write_bytes(
        sign_standing(
            signed, authority=authority, words="Withdrawn.", reference="PIA-2026-0042", city_name="City", now=now
        )
    )
    root = str(authority.folder / "root.crt")
    subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", root], check=True)
    seen = subprocess.run(["pdfsig", "-nssdir", store, str(path)], capture_output=True, text=True, check=False).stdout
    assert seen.count("Signature is Valid.") == 4
    assert seen.count("Certificate is Trusted.") == 4
    assert seen.count("Signature has not yet been verified.") == 2  # it reads no time stamps; OpenSSL does, elsewhere
    assert seen.count("Total document signed") == 1


def test_trust_without_a_root_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PiaError, match=r"root\.crt"):
        read_trust(tmp_path)


LIKE_A_SIGNATURE = r"Camera \(/ByteRange [0 10 20 30]) trial"


def test_title_and_city_that_look_like_a_signature_are_published_as_typed(
    authority: Authority, approvers: list[Approver], record: bytes, signed_at: datetime, tmp_path: Path
) -> None:
    report = replace(bare_report(), title=LIKE_A_SIGNATURE, city_name=LIKE_A_SIGNATURE)
    signed = sign_document(
        render_pdf(report, record=record),
        authority=authority,
        approvers=[replace(each, decision=f"Approved {LIKE_A_SIGNATURE}") for each in approvers],
        city_name=LIKE_A_SIGNATURE,
        reference="PIA-2026-0042",
        now=signed_at,
    )
    assert check_document(signed, trust=authority.folder).valid
    (tmp_path / "signed.pdf").write_bytes(signed)
    for shown in (["pdfinfo", "signed.pdf"], ["pdfinfo", "-meta", "signed.pdf"]):
        said = subprocess.run(shown, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        assert unescape(said, {"&#47;": "/"}).count(LIKE_A_SIGNATURE) >= 2, said


def test_file_that_would_not_pass_its_own_check_is_not_let_out(
    brief: bytes, superseded: bytes, authority: Authority, approvers: list[Approver], signed_at: datetime
) -> None:
    """Something in it looks like one more signature, wherever it came from."""
    added = b"%/ByteRange [0 10 20 30]\n"
    city: dict[str, Any] = {"reference": "PIA-2026-0042", "city_name": "City", "authority": authority}
    with pytest.raises(PiaError, match=r"did not pass its own check .*changed after"):
        sign_document(brief + added, approvers=approvers, now=signed_at, **city)
    with pytest.raises(PiaError, match="did not pass its own check"):
        renew_document(superseded + added, authority=authority, now=signed_at)
    closed = sign_document(brief, approvers=approvers, now=signed_at, **city)
    with pytest.raises(PiaError, match="did not pass its own check"):
        sign_standing(closed + added, words="Withdrawn.", now=signed_at, **city)


def test_approver_without_a_role_never_passes_for_the_seal(
    brief: bytes, authority: Authority, approvers: list[Approver], signed_at: datetime
) -> None:
    people = [replace(each, role=" ", name="City Seal") for each in approvers]
    signed = sign_document(
        brief, authority=authority, approvers=people, city_name="City", reference="PIA-2026-0042", now=signed_at
    )
    check = check_document(signed, trust=authority.folder)
    assert check.valid
    assert [(each.is_seal, each.role) for each in check.signers] == [
        (True, ""),
        (False, people[0].decision),
        (False, people[1].decision),
    ]
    with pytest.raises(ValueError, match=r"^$"):
        issue_person(authority.issuing, name="City Seal", role="", city="City", now=signed_at)
