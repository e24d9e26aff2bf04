"""The public pages of the annual reports: the list, and each report with its files; made as bytes like all others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.documents.figures import FigureTable, Headline
from pia_engine.models import AnnualReport, PublishedCopy
from pia_engine.register.edition_standing import copy_lines
from pia_engine.register.entry_page import file_size

if TYPE_CHECKING:
    from pia_engine.register.pages import Page, PagePress

ADDRESS = "/reports"


def published_reports(session: Session) -> Sequence[AnnualReport]:
    """Every published report, the newest year first."""
    query = select(AnnualReport).where(AnnualReport.published_at.is_not(None), AnnualReport.pdf_digest != "")
    return session.scalars(query.order_by(AnnualReport.year.desc())).all()


def report_pages(press: PagePress, session: Session, reports: Sequence[AnnualReport]) -> Iterator[Page]:
    """The list under `/reports`, and below it each report as a page, a PDF and a JSON document."""
    yield ADDRESS, press.html("reports", reports=reports)
    for report in reports:
        yield from _pages_of(press, report, _copies_of(session, report), session)


def _copies_of(session: Session, report: AnnualReport) -> Sequence[PublishedCopy]:
    """Every file of a report, the first one first."""
    query = select(PublishedCopy).where(PublishedCopy.annual_report_id == report.id)
    return session.scalars(query.order_by(PublishedCopy.number)).all()


def _pages_of(
    press: PagePress, report: AnnualReport, copies: Sequence[PublishedCopy], session: Session
) -> Iterator[Page]:
    newest = copies[-1].digest if copies else report.pdf_digest
    pdf, content = press.storage.get(newest), press.storage.get(report.json_digest)
    base = f"{ADDRESS}/{report.reference}"
    yield f"{base}/report.pdf", press.public.keep(pdf, "pdf", name=f"{report.reference}.pdf")
    yield f"{base}/report.json", press.public.keep(content, "json", name=f"{report.reference}.json")
    yield (
        base,
        press.html(
            "report",
            **report_context(json.loads(content)),
            report=report,
            copies=copy_lines(session, copies, press.language),
            pdf={"href": f"{base}/report.pdf", "size": file_size(len(pdf), press.language)},
            json={"href": f"{base}/report.json", "size": file_size(len(content), press.language)},
            shown=press.language.number,
        ),
    )


def report_context(record: dict[str, Any]) -> dict[str, Any]:
    """What the page shows, from the published record."""
    figures = record["figures"]
    return {
        "record": record,
        "headlines": [Headline(**each) for each in figures["headlines"]],
        "tables": [FigureTable.of_document(each) for each in figures["tables"]],
    }
