"""What the city writes on a published document later, and how a copy is kept checkable."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pia_engine.documents.authority import Authority
from pia_engine.documents.checking import Standing, check_document
from pia_engine.documents.rendering import render_pdf
from pia_engine.documents.signatures import Approver, sign_document
from pia_engine.documents.standing import renew_document, renewal_due, sign_standing
from pia_engine.errors import Invalid, PiaError
from tests.factories.reports import school_route_report
from tests.integration.documents.conftest import CITY, WORDS

REFERENCE = "PIA-2026-0042"
ARABIC = "حلت محلها الطبعة 2 في 22 نوفمبر 2026."
JAPANESE = "2026年11月22日に第2版に置き換えられました。"


def text_of(pdf: bytes, folder: Path) -> str:
    (folder / "read.pdf").write_bytes(pdf)
    return subprocess.run(["pdftotext", folder / "read.pdf", "-"], capture_output=True, text=True, check=True).stdout


def test_document_says_itself_what_became_of_it(superseded: bytes, authority: Authority, signed_at: datetime) -> None:
    check = check_document(superseded, trust=authority.folder)
    assert check.valid
    assert check.standing == Standing(WORDS, signed_at + timedelta(days=2))
    assert [each.field for each in check.signers] == ["Seal", "Approver1", "Approver2", "Standing"]
    assert check.signers[3].is_seal


def test_published_file_stays_as_it_was_and_valid(signed: bytes, superseded: bytes, authority: Authority) -> None:
    assert superseded.startswith(signed)
    assert check_document(signed, trust=authority.folder).valid
    assert check_document(signed, trust=authority.folder).standing is None


def test_words_are_seen_on_the_cover(signed: bytes, superseded: bytes, tmp_path: Path) -> None:
    assert WORDS not in text_of(signed, tmp_path)
    seen = []
    for name, pdf in {"before": signed, "after": superseded}.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
        picture = ["pdftoppm", "-r", "50", "-f", "1", "-l", "1", tmp_path / f"{name}.pdf"]
        seen.append(subprocess.run(picture, capture_output=True, check=True).stdout)
    assert seen[0] != seen[1]
    fonts = subprocess.run(["pdffonts", tmp_path / "after.pdf"], capture_output=True, text=True, check=True).stdout
    assert all(" yes " in line for line in fonts.splitlines()[2:])


@pytest.mark.parametrize(("language", "direction", "words"), [("ar", "rtl", ARABIC), ("ja", "ltr", JAPANESE)])
def test_words_can_be_written_in_the_language_of_the_document(
    authority: Authority, record: bytes, signed_at: datetime, language: str, direction: str, words: str
) -> None:
    report = replace(school_route_report(), language=language, direction=direction, sections=(), sign_offs=())
    signed = sign_document(
        render_pdf(report, record=record),
        authority=authority,
        approvers=[],
        city_name=CITY,
        reference=REFERENCE,
        now=signed_at,
    )
    stated = sign_standing(signed, authority=authority, words=words, reference=REFERENCE, city_name=CITY, now=signed_at)
    check = check_document(stated, trust=authority.folder)
    assert check.valid
    assert check.standing is not None
    assert check.standing.words == words


def test_place_is_written_into_only_once(superseded: bytes, authority: Authority, signed_at: datetime) -> None:
    with pytest.raises(PiaError, match="no empty place for its standing"):
        sign_standing(
            superseded, authority=authority, words="Again.", reference=REFERENCE, city_name=CITY, now=signed_at
        )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("word " * 400, "too long for its place"), ("Withdrawn \U00013000", "cannot be printed")],
)
def test_words_that_cannot_be_shown_are_refused(
    signed: bytes, authority: Authority, signed_at: datetime, words: str, sentence: str
) -> None:
    with pytest.raises((PiaError, Invalid), match=sentence):
        sign_standing(signed, authority=authority, words=words, reference=REFERENCE, city_name=CITY, now=signed_at)


def test_renewing_is_due_two_months_before_the_lists_end(signed: bytes, renewed: bytes, signed_at: datetime) -> None:
    assert renewal_due(signed) == signed_at + timedelta(days=340)
    assert renewal_due(renewed) == signed_at + timedelta(days=342 + 340)


def test_renewed_copy_says_the_same(superseded: bytes, renewed: bytes, authority: Authority) -> None:
    before, after = (check_document(pdf, trust=authority.folder) for pdf in (superseded, renewed))
    assert renewed.startswith(superseded)
    assert after.valid
    assert after.standing == before.standing
    assert [each.signed_at for each in after.signers] == [each.signed_at for each in before.signers]


def test_document_without_a_seal_cannot_be_renewed_on_a_schedule(rendered: bytes) -> None:
    with pytest.raises(PiaError, match="not signed by this program"):
        renewal_due(rendered)


@pytest.mark.usefixtures("unchecked")
def test_closing_stamp_alone_makes_no_document_genuine(
    rendered: bytes, authority: Authority, signed_at: datetime
) -> None:
    assert not check_document(
        renew_document(rendered, authority=authority, now=signed_at), trust=authority.folder
    ).valid


@pytest.mark.usefixtures("unchecked")
def test_document_with_an_empty_approver_s_place_is_not_genuine(
    rendered: bytes, authority: Authority, approvers: list[Approver], signed_at: datetime
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pia_engine.documents.signatures._check_places", lambda *_: None)
        signed = sign_document(
            rendered,
            authority=authority,
            approvers=approvers[:1],
            city_name=CITY,
            reference=REFERENCE,
            now=signed_at,
        )
    check = check_document(signed, trust=authority.folder)
    assert not check.valid
    assert "cut back" in str(check.alterations)
