"""W7: making a published document, against a plain rendering of the same page by the same layout engine."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from weasyprint import HTML  # type: ignore[import-untyped]

from benchmarks.measuring import Result, compare
from pia_engine.documents.authority import create_authority
from pia_engine.documents.press import BASE_ADDRESS, OwnFilesOnly, press
from pia_engine.documents.rendering import FONT_SETTINGS, RECORD_NAME, render_page
from pia_engine.documents.report import Report
from pia_engine.documents.signatures import Approver, sign_document
from tests.factories.reports import CREATED_AT, school_route_report

RECORD = b'{"reference":"PIA-2026-0042","title":"School-route monitoring cameras"}'
ROUNDS = 5
RENDER, SIGN, WHOLE, PAGE = 1.25, 0.15, 1.4, 2.0
"""What is to be reached: the first two from the design papers, their sum, and how far a page may slow down."""
LENGTHS = {12: 2, 100: 55, 300: 175}
"""How many times the sections of the sample are in a document of about so many pages."""


def typesetting() -> Iterator[Result]:
    """Everything in turns, in this process."""
    os.environ["FONTCONFIG_FILE"] = str(FONT_SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        yield from whole_document(Path(folder))
    yield from each_length()


def whole_document(folder: Path) -> Iterator[Result]:
    """Render, seal, two approvals and every time stamp."""
    report = long_report(LENGTHS[12])
    job = job_of(report)
    authority = create_authority(folder / "keys", city_name=report.city_name, now=CREATED_AT)
    seal = partial(
        sign_document,
        authority=authority,
        approvers=[Approver(line.name, line.role, line.decision, line.signed_at) for line in report.sign_offs],
        city_name=report.city_name,
        reference=report.reference,
        now=CREATED_AT,
    )
    rendered = press(job)
    pages = f"{page_count(rendered)} pages"
    made, bare = compare(lambda: seal(press(job)), partial(plain, job), rounds=ROUNDS, times=1)
    yield Result("W7", f"render, seal, 2 approve, stamp {pages}, to plain", made, bare, to_reach=WHOLE)
    signed, bare = compare(partial(seal, rendered), partial(plain, job), rounds=ROUNDS, times=1)
    yield Result("W7", f"seal, 2 approve, stamp {pages}, to plain", signed, bare, to_reach=SIGN)


def each_length() -> Iterator[Result]:
    """Milliseconds for a page: to the plain rendering of the same pages, and to a page of the short document."""
    shortest = 0.0
    for length, times in LENGTHS.items():
        job = job_of(long_report(times))
        pages = page_count(press(job))
        rounds = ROUNDS if length == min(LENGTHS) else 1
        made, bare = compare(partial(press, job), partial(plain, job), rounds=rounds, times=1)
        yield Result("W7", f"one page of {pages}, to plain", made / pages, bare / pages, to_reach=RENDER)
        if shortest:
            yield Result("W7", f"one page of {pages}, to the shortest", made / pages, shortest, to_reach=PAGE)
        shortest = shortest or made / pages


def job_of(report: Report) -> dict[str, str]:
    """What the press process is handed."""
    return {
        "page": render_page(report, record=RECORD),
        "record": base64.b64encode(RECORD).decode(),
        "record_name": RECORD_NAME,
        "record_description": report.reference,
        "reference": report.reference,
        "created_at": CREATED_AT.isoformat(),
    }


def plain(job: dict[str, str]) -> object:
    """The floor: what the layout engine makes of the same page by itself."""
    return HTML(string=job["page"], base_url=BASE_ADDRESS, url_fetcher=OwnFilesOnly()).write_pdf()


def long_report(times: int) -> Report:
    """The sample with its sections so many times, each under a name of its own."""
    report = school_route_report()
    sections = [
        replace(section, id=f"{section.id}-{time}" if time else section.id, number=f"{section.number}.{time}")
        for time in range(times + 1)
        for section in report.sections
    ]
    return replace(report, sections=tuple(sections))


def page_count(pdf: bytes) -> int:
    return int(PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Count"])
