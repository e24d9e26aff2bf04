"""What the public gets of an annual report: one JSON document, and the printed report that is made from it alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from pia_engine.documents.annual_report import AnnualReportDocument
from pia_engine.errors import N_
from pia_engine.models import AnnualReport
from pia_engine.questionnaires.wording import Sentence
from pia_engine.register.entries import city_entry
from pia_engine.register.json_ld import REPORT, linked
from pia_engine.register.language import language_of
from pia_engine.register.proceedings import iso_instant
from pia_engine.services.annual_reports import ReportFigures
from pia_engine.services.cities import get_city

SCHEMA_VERSION = 1
KIND = "annual-report"
TITLE = N_("How %(city)s looked after privacy in %(year)s")
PERIOD = N_("%(first)s to %(last)s")


def annual_report_record(
    session: Session, report: AnnualReport, *, now: dt.datetime, public_url: str
) -> dict[str, Any]:
    """The public document of a report whose figures are frozen."""
    city = get_city(session)
    language = language_of(city.language, city.time_zone)
    frozen = ReportFigures.of_document(report.figures)
    period = Sentence(PERIOD, first=language.day(frozen.from_on), last=language.day(frozen.until_on))
    address = f"{public_url.rstrip('/')}/reports/{report.reference}"
    record = {
        "schema_version": SCHEMA_VERSION,
        "kind": KIND,
        "reference": report.reference,
        "year": report.year,
        "permalink": address,
        "language": city.language,
        "title": language.say(Sentence(TITLE, city=city.name, year=str(report.year))),
        "period": language.say(period),
        "published_at": iso_instant(now),
        "city": city_entry(city, language),
        "foreword": report.foreword,
        "learned": report.learned,
        "begun_by": report.author.name,
        "published_by": report.publisher.name if report.publisher else "",
        "figures": report.figures,
    }
    return linked(record, address=address, types=REPORT)


def document_of(record: Mapping[str, Any]) -> AnnualReportDocument:
    """The report to print, from the public document: nothing else can slip into it."""
    city = record["city"]
    language = language_of(record["language"], city["time_zone"])
    figures = ReportFigures.of_document(record["figures"])
    facts = (
        (N_("Published"), language.day_of(record["published_at"])),
        (N_("Begun by"), record["begun_by"]),
        (N_("Published by"), record["published_by"]),
        (N_("Contact"), f"{city['contact_name']}, {city['contact_email']}"),
    )
    return AnnualReportDocument(
        reference=record["reference"],
        year=record["year"],
        title=record["title"],
        city_name=city["name"],
        period=record["period"],
        language=record["language"],
        direction=language.direction,
        created_at=dt.datetime.fromisoformat(record["published_at"]),
        verification_address=record["permalink"],
        foreword=record["foreword"],
        learned=record["learned"],
        headlines=figures.headlines,
        tables=figures.tables,
        shown=tuple(tuple(tuple(map(language.number, row)) for row in each.rows) for each in figures.tables),
        facts=tuple((language.say(label), text) for label, text in facts if text.strip(", ")),
        notice=city["notice"],
    )
