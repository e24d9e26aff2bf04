"""What a reader, a screen reader and an archive find in the rendered document."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from pia_engine.documents.rendering import render_pdf
from tests.factories.reports import school_route_report

ROOT = Path(__file__).resolve().parents[3]
PRINT_FINGERPRINTS = """
import hashlib
from pia_engine.documents.rendering import render_pdf
from tests.factories.reports import school_route_report
from tests.factories.reports_arabic import arabic_report
from tests.factories.reports_japanese import japanese_report
for report in (school_route_report(), japanese_report(), arabic_report()):
    print(hashlib.sha256(render_pdf(report, record={record!r})).hexdigest())
"""


def run_tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def file(rendered: bytes, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("rendered") / "report.pdf"
    path.write_bytes(rendered)
    return str(path)


@pytest.mark.parametrize("surroundings", [("7", "Asia/Tokyo", "C"), ("0", "America/St_Johns", "ar_EG.UTF-8")])
def test_the_same_reports_are_the_same_bytes_everywhere(
    surroundings: tuple[str, str, str], in_three_languages: dict[str, bytes], record: bytes, tmp_path: Path
) -> None:
    """Under another hash seed, time zone, language and working folder."""
    seed, zone, language = surroundings
    environment = {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "LANG": language, "PYTHONPATH": str(ROOT)}
    elsewhere = subprocess.run(
        [sys.executable, "-c", PRINT_FINGERPRINTS.format(record=record)],
        cwd=tmp_path,
        env=os.environ | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert elsewhere.stdout.split() == [hashlib.sha256(each).hexdigest() for each in in_three_languages.values()]


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
    assert "1 embedded files" in run_tool("pdfdetach", "-list", file)
    run_tool("pdfdetach", "-saveall", "-o", str(tmp_path), file)
    assert [each.name for each in tmp_path.iterdir()] == ["pia.jsonld"]
    assert (tmp_path / "pia.jsonld").read_bytes() == record


def test_file_is_well_formed_and_uses_only_our_fonts(file: str) -> None:
    assert "No syntax or stream encoding errors found" in run_tool("qpdf", "--check", file)
    names = [line.split()[0] for line in run_tool("pdffonts", file).splitlines()[2:]]
    assert names
    assert all("Noto" in name for name in names)


def test_markup_in_an_answer_stays_text(record: bytes, tmp_path: Path) -> None:
    report = replace(school_route_report(), summary='<img src="file:///etc/passwd"><b>bold</b>')
    path = tmp_path / "markup.pdf"
    path.write_bytes(render_pdf(report, record=record))
    assert "<b>bold</b>" in run_tool("pdftotext", str(path), "-")
