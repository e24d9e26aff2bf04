"""The programs that judge our documents see what is wrong: each fault put in on purpose fails."""

import re
import subprocess
from pathlib import Path

import pytest

from pia_engine.documents.rendering import press_page, render_page
from tests.factories.reports import CREATED_AT, bare_report
from tests.integration.documents.conformance import page_validation, tables_without_headers, verapdf, written

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="9" height="9"/></svg>'
NO_HEADERS = "<table><tbody><tr><td>Data</td><td>Why</td></tr><tr><td>Picture</td><td>Safety</td></tr></tbody></table>"
SUMMARY = '<section class="opening" id="summary">'

IN_THE_PAGE = {
    "no_language": ('<html lang="en-GB" dir="ltr">', "<html>"),
    "no_title": (r"<title>.*?</title>", ""),
    "drawing_without_title": (SUMMARY, SUMMARY + DRAWING),
    "picture_without_words": (SUMMARY, f'{SUMMARY}<img src="data:image/png;base64,{PIXEL}">'),
    "skipped_heading": ("<h2>Summary in plain words</h2>", "<h5>Summary in plain words</h5>"),
    "unprintable": ("Nobody watches", "Nobody ไ watches"),
    "private_use": ("Nobody watches", "Nobody \ue123 watches"),
    "opacity": ('<p class="lead">', '<p class="lead" style="opacity: .5">'),
    "table_without_headers": (SUMMARY, SUMMARY + NO_HEADERS),
}
"""What is replaced in the finished page before it goes to the press."""

IN_THE_FILE = {
    "attachment_without_relationship": (b"/AFRelationship /Source", b"/AFRelationshop /Source"),
    "attachment_unlisted": (b"/AF [", b"/AG ["),
    "metadata_of_another_archive_profile": (b'pdfaid:part="3"', b'pdfaid:part="2"'),
    "metadata_without_screen_reader_profile": (b'pdfuaid:part="1"', b'pdfuaid:part="7"'),
}
"""What is replaced in the finished file, byte for byte."""

SEEN = {
    "no_language": {"7.2-29", "PDFUA1-LANGUAGE-TAG-001"},
    "no_title": {"7.1-9", "PDFUA1-METADATA-TITLE-001"},
    "drawing_without_title": {"7.3-1", "PDFUA1-FIGURE-ALTERNATIVE-TEXT-001"},
    "picture_without_words": {"7.3-1", "PDFUA1-FIGURE-ALTERNATIVE-TEXT-001"},
    "skipped_heading": {"7.4.2-1", "PDFUA1-HEADING-NESTING-001"},
    "unprintable": {"6.2.11.8-1", "7.21.8-1", "PDFA3A-NOTDEF-GLYPH-001", "PDFUA1-NOTDEF-GLYPH-001"},
    "private_use": {"6.2.11.7.3-1", "PDFA3A-UNICODE-PUA-ACTUALTEXT-001"},
    "opacity": {"7.1-3"},
    "table_without_headers": {"tables without headers: 1"},
    "attachment_without_relationship": {"6.8-3", "PDFA3A-FILE-SPEC-AF-RELATIONSHIP-001"},
    "attachment_unlisted": {"6.8-4", "PDFA3A-FILE-SPEC-ASSOCIATION-001"},
    "metadata_of_another_archive_profile": {"6.6.4-2", "PDFA3A-ID-PART-001"},
    "metadata_without_screen_reader_profile": {"5-2", "PDFUA1-ID-PART-001"},
    "none": set(),
}
"""The rules that must be broken: of veraPDF (by clause), of page-validation (by name), and ours about tables."""


@pytest.fixture(scope="module")
def faulty(brief: bytes, record: bytes, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A document for each fault."""
    page = render_page(bare_report(), record=record)
    documents = {}
    for name, (sound, broken) in IN_THE_PAGE.items():
        changed, times = re.subn(sound, lambda _match, broken=broken: broken, page, count=1, flags=re.DOTALL)
        assert times == 1, name
        documents[name] = press_page(changed, reference="PIA-2026-0042", created_at=CREATED_AT, record=record)
    plain = _readable(brief, tmp_path_factory.mktemp("faults"))
    for name, (sound_bytes, broken_bytes) in IN_THE_FILE.items():
        assert sound_bytes in plain, name
        documents[name] = plain.replace(sound_bytes, broken_bytes)
    return {**documents, "none": plain}


def _readable(pdf: bytes, folder: Path) -> bytes:
    """The same document with every object in plain sight, as qpdf writes it."""
    (folder / "packed.pdf").write_bytes(pdf)
    command = ["qpdf", "--qdf", "--object-streams=disable", str(folder / "packed.pdf"), str(folder / "plain.pdf")]
    subprocess.run(command, check=True)
    return (folder / "plain.pdf").read_bytes()


@pytest.fixture(scope="module")
def findings(faulty: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Everything the programs say of each document."""
    files = written(faulty, tmp_path_factory.mktemp("faulty"))
    said = verapdf(files)
    for name, file in files.items():
        bare = tables_without_headers(file)
        said[name] |= page_validation(file) | ({f"tables without headers: {bare}"} if bare else set())
    return said


def test_each_fault_put_in_on_purpose_is_seen_and_the_same_file_without_one_passes(
    findings: dict[str, set[str]],
) -> None:
    """One test for all: the documents take seconds to make, and each process would make them anew."""
    assert {fault: rules - findings[fault] for fault, rules in SEEN.items() if rules - findings[fault]} == {}
    assert findings["none"] == set()
