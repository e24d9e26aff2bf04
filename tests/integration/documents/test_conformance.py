"""PDF/A-3a and PDF/UA-1 at once, in every language and at every step of a document's life."""

import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pia_engine.documents.authority import Authority
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.standing import sign_standing
from tests.factories.reports import school_route_report
from tests.integration.documents.conformance import (
    assert_conformant,
    page_validation,
    revisions_of,
    tables_without_headers,
    written,
)

LIKE_A_SIGNATURE = r"Camera \(é/ByteRange [0 10 20 30] /ByteRange [0 1 2 3]"
LONG_NAME = "Cameras, number plate readers and sound sensors along the ways to school and around the parks"


def test_every_document_before_signing_passes_both_programs(
    in_three_languages: dict[str, bytes], record: bytes, tmp_path: Path
) -> None:
    report = school_route_report()
    bare = replace(report, sections=(), risks=(), matrix=None, mitigations=(), sources=(), conditions=())
    crowded = replace(report, title=LONG_NAME, facts=report.facts * 3, summary=report.summary + " 🚸 ☎️ 👨‍👩‍👧 🇩🇪")
    documents = {
        **in_three_languages,
        "bare": render_pdf(bare, record=record),
        "crowded": render_pdf(crowded, record=record),
        "like a signature": render_pdf(
            replace(bare, title=LIKE_A_SIGNATURE, city_name="A /ByteRange [0 1 2 3]"), record=record
        ),
    }
    assert_conformant(documents, tmp_path)
    for name, file in written(documents, tmp_path).items():
        assert page_validation(file) == set(), name
        assert tables_without_headers(file) == 0, name
        checked = subprocess.run(["qpdf", "--check", str(file)], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr


def test_every_state_of_a_signed_superseded_and_renewed_document_passes(renewed: bytes, tmp_path: Path) -> None:
    states = revisions_of(renewed)
    assert len(states) >= 6
    assert_conformant({f"state-{number}": state for number, state in enumerate(states)}, tmp_path)


@pytest.mark.parametrize("language", ["japanese", "arabic"])
def test_documents_in_other_scripts_stay_conformant_when_signed_and_withdrawn(
    language: str, in_three_languages: dict[str, bytes], authority: Authority, signed_at, tmp_path: Path
) -> None:
    words = {"japanese": "2027年5月3日に取り下げられました。", "arabic": "سُحبت هذه الوثيقة في 3 مايو 2027."}
    approvers = [] if language == "arabic" else [Approver("髙橋 恵子", "道路交通部長", "承認", signed_at)] * 2
    city = {"city_name": "City of Aldermere", "reference": "PIA-2026-0042"}
    signed = sign_document(
        in_three_languages[language], authority=authority, approvers=approvers, now=signed_at, **city
    )
    withdrawn = sign_standing(
        signed, authority=authority, words=words[language], now=signed_at + timedelta(days=150), **city
    )
    documents = {"signed": signed, "withdrawn": withdrawn}
    assert_conformant(documents, tmp_path)
    text = subprocess.run(
        ["pdftotext", "-l", "1", str(tmp_path / "withdrawn.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert {"japanese": "取り下げられました", "arabic": "هذه الوثيقة"}[language] in text
