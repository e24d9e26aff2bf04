"""W7: making a published document, against a plain rendering of the same page by the same layout engine."""

from __future__ import annotations

import base64
import os
import resource
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
from pia_engine.documents.rendering import FONT_SETTINGS, RECORD_NAME, Limits, render_page, render_pdf
from pia_engine.documents.report import Report
from pia_engine.documents.signatures import Approver, sign_document
from tests.factories.reports import CREATED_AT, school_route_report

RECORD = b'{"reference":"PIA-2026-0042","title":"School-route monitoring cameras"}'
ROUNDS = 5
WHOLE, SIGN, PAGE = 3.0, 2.0, 2.5
TWELVE, HUNDRED, THREE_HUNDRED = 2, 55, 175
"""How many times the sections of the sample are in a document of about so many pages."""


def typesetting() -> Iterator[Result]:
    """Everything in turns in this process, then long documents in the press process, by its processor time."""
    os.environ["FONTCONFIG_FILE"] = str(FONT_SETTINGS)
    with tempfile.TemporaryDirectory() as folder:
        yield from whole_document(Path(folder))
    yield from long_documents()


def whole_document(folder: Path) -> Iterator[Result]:
    """Render, seal, two approvals and every time stamp."""
    report = long_report(TWELVE)
    page = render_page(report, record=RECORD)
    job = {
        "page": page,
        "record": base64.b64encode(RECORD).decode(),
        "record_name": RECORD_NAME,
        "record_description": report.reference,
        "reference": report.reference,
        "created_at": CREATED_AT.isoformat(),
    }
    authority = create_authority(folder / "keys", city_name=report.city_name, now=CREATED_AT)
    approvers = [Approver(line.name, line.role, line.decision, line.signed_at) for line in report.sign_offs]
    seal = partial(
        sign_document,
        authority=authority,
        approvers=approvers,
        city_name=report.city_name,
        reference=report.reference,
        now=CREATED_AT,
    )
    rendered = press(job)

    def render() -> bytes:
        return press(job)

    def plain() -> object:
        return HTML(string=page, base_url=BASE_ADDRESS, url_fetcher=OwnFilesOnly()).write_pdf()

    def sign() -> bytes:
        return seal(rendered)

    def whole() -> bytes:
        return seal(render())

    pages = f"{page_count(rendered)} pages"
    made, bare = compare(whole, plain, rounds=ROUNDS, times=1)
    yield Result("W7", f"render, seal, 2 approve, stamp {pages}, to plain", made, bare, to_reach=WHOLE)
    typeset, bare = compare(render, plain, rounds=ROUNDS, times=1)
    yield Result("W7", f"render {pages} for the archive, to plain", typeset, bare, to_reach=WHOLE)
    signed, typeset = compare(sign, render, rounds=ROUNDS, times=1)
    yield Result("W7", "seal, 2 approvals and stamps, to the render", signed, typeset, to_reach=SIGN)


def long_documents() -> Iterator[Result]:
    """Milliseconds of the press process for a page, its start included, to the same of the short document."""
    _, short = per_page(TWELVE)
    for times in (HUNDRED, THREE_HUNDRED):
        pages, long = per_page(times)
        yield Result("W7", f"one page of {pages}, to one page of 12", long, short, to_reach=PAGE)


def per_page(times: int) -> tuple[int, float]:
    """How many pages the document has, and what one took."""
    before = _children()
    limits = Limits(seconds=900, memory=4 * 1024**3)
    pages = page_count(render_pdf(long_report(times), record=RECORD, limits=limits))
    return pages, (_children() - before) * 1000 / pages


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


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
