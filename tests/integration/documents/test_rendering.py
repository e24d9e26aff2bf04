"""What a reader, a screen reader and an archive find in the rendered document."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pia_engine.documents.press import OwnFilesOnly
from pia_engine.documents.rendering import Limits, render_pdf
from pia_engine.errors import PiaError
from tests.factories.reports import school_route_report

ROOT = Path(__file__).resolve().parents[3]
PRINT_FINGERPRINT = """
import hashlib
from pia_engine.documents.rendering import render_pdf
from tests.factories.reports import school_route_report
print(hashlib.sha256(render_pdf(school_route_report(), record={record!r})).hexdigest())
"""


def run_tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def file(rendered: bytes, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("rendered") / "report.pdf"
    path.write_bytes(rendered)
    return str(path)


def test_same_report_gives_the_same_bytes_under_another_hash_seed_time_zone_and_folder(
    rendered: bytes, record: bytes, tmp_path: Path
) -> None:
    environment = os.environ | {
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "PYTHONPATH": str(ROOT),
    }
    elsewhere = subprocess.run(
        [sys.executable, "-c", PRINT_FINGERPRINT.format(record=record)],
        cwd=tmp_path,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert elsewhere.stdout.strip() == hashlib.sha256(rendered).hexdigest()


def test_reader_finds_every_part_of_the_report(file: str) -> None:
    text = " ".join(run_tool("pdftotext", "-raw", file, "-").split())
    for part in (
        "School-route monitoring cameras",
        "Summary in plain words",
        "The six foundations",
        "Street pictures without sound",
        "Stated by Sightline Systems GmbH on 3 November 2026",
        "Pictures are used to follow a person's",
        "Quarterly check of the log of releases",
        "Signed digitally by Daniel Reyes",
        "https://privacy.aldermere.example/register/PIA-2026-0042/v1",
        "PIA-2026-0042 · Edition 1",
        "Page 2 of 9",
    ):
        assert part in text


def test_screen_reader_finds_tags_headers_and_names_of_the_signature_places(file: str) -> None:
    assert "Tagged:          yes" in run_tool("pdfinfo", file)
    tree = run_tool("pdfinfo", "-struct", file)
    for expected in ("H1", "H2", "/Scope /Column", "/Scope /Row", "Caption", "Figure", "Form"):
        assert expected in tree
    assert "Page 2 of" not in tree


def test_computer_finds_the_record_attached_unchanged(file: str, record: bytes, tmp_path: Path) -> None:
    run_tool("pdfdetach", "-saveall", "-o", str(tmp_path), file)
    assert (tmp_path / "pia.json").read_bytes() == record


def test_file_is_well_formed_and_uses_only_our_fonts(file: str) -> None:
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", "--check", file)
    names = [line.split()[0] for line in run_tool("pdffonts", file).splitlines()[2:]]
    assert names
    assert all("Noto" in name for name in names)


def test_arabic_report_runs_right_to_left_and_its_text_can_be_copied(record: bytes, tmp_path: Path) -> None:
    summary = "تراقب المدينة الطرق المؤدية إلى المدارس"
    report = replace(school_route_report(), language="ar", direction="rtl", summary=summary)
    path = tmp_path / "arabic.pdf"
    path.write_bytes(render_pdf(report, record=record))
    assert summary in run_tool("pdftotext", str(path), "-")


def test_markup_in_an_answer_stays_text(record: bytes, tmp_path: Path) -> None:
    report = replace(school_route_report(), summary='<img src="file:///etc/passwd"><b>bold</b>')
    path = tmp_path / "markup.pdf"
    path.write_bytes(render_pdf(report, record=record))
    assert "<b>bold</b>" in run_tool("pdftotext", str(path), "-")


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/x.css",
        "pia-document:../report.css",
        "ftp://h/x",
    ],
)
def test_press_refuses_every_address_but_our_own_files(address: str) -> None:
    with pytest.raises(ValueError, match="disallowed protocol"):
        OwnFilesOnly().fetch(address)


def test_press_hands_out_our_fonts_and_style_sheet() -> None:
    fetcher = OwnFilesOnly()
    assert fetcher.fetch("pia-document:report.css").content_type == "text/css"
    assert fetcher.fetch("pia-document:NotoSans-Regular.ttf").read(4) == b"\x00\x01\x00\x00"


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (Limits(memory=80 * 1024**2), "could not be typeset"),
        (Limits(largest_page=1000), "too large"),
    ],
)
def test_publisher_reads_a_sentence_when_a_limit_is_met(limits: Limits, sentence: str, record: bytes) -> None:
    with pytest.raises(PiaError, match=sentence):
        render_pdf(school_route_report(), record=record, limits=limits)


def test_publisher_reads_a_sentence_when_typesetting_takes_too_long(record: bytes) -> None:
    with pytest.raises(PiaError, match="took too long"):
        render_pdf(school_route_report(), record=record, limits=Limits(seconds=0))
