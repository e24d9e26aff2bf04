"""The annual report of the programme: begin it, write it, order its publication, record that its files exist.

Making the files is `jobs.annual_reports`; what they say is `annual_report_record`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.figures import FigureTable, Headline
from pia_engine.errors import N_, Invalid, NotFound, NotPossible, Stale
from pia_engine.models import AnnualReport
from pia_engine.permissions.people import check_may
from pia_engine.permissions.roles import SYSTEM, Actor
from pia_engine.permissions.vocabulary import Permission
from pia_engine.register.language import Language, language_of
from pia_engine.services.audit import append_event
from pia_engine.services.cities import get_city
from pia_engine.services.log_calls import log_annual_report
from pia_engine.services.outbox import queue_job
from pia_engine.services.programme import figures
from pia_engine.services.programme_tables import published_tables, read_headlines
from pia_engine.services.workflow import apply_action, begin_life
from pia_engine.workflows.annual_report import Action, Status

TEXT_LIMIT = 6000
EARLIEST_YEAR = 2000
_BEGUN_ALREADY = N_("There is a report on this year already. Go on with that one, or withdraw its draft first.")


@dataclass(frozen=True, slots=True)
class ReportFigures:
    """The figures of one report in the city's language: counted now for a draft, frozen once its publication began."""

    from_on: dt.date
    until_on: dt.date
    headlines: tuple[Headline, ...]
    tables: tuple[FigureTable, ...]

    def as_document(self) -> dict[str, Any]:
        """The figures as they are kept with the report."""
        return {
            "from_on": self.from_on.isoformat(),
            "until_on": self.until_on.isoformat(),
            "headlines": [asdict(each) for each in self.headlines],
            "tables": [each.as_document() for each in self.tables],
        }

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> ReportFigures:
        """The figures as they were frozen."""
        return cls(
            from_on=dt.date.fromisoformat(document["from_on"]),
            until_on=dt.date.fromisoformat(document["until_on"]),
            headlines=tuple(Headline(**each) for each in document["headlines"]),
            tables=tuple(FigureTable.of_document(each) for each in document["tables"]),
        )


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What was made for one report: digests name the stored bytes."""

    pdf_digest: str
    json_digest: str


def list_reports(session: Session) -> list[AnnualReport]:
    """Every report, the newest year first."""
    return list(
        session.scalars(select(AnnualReport).order_by(AnnualReport.year.desc(), AnnualReport.created_at.desc()))
    )


def get_report(session: Session, reference: str) -> AnnualReport:
    """The report with this reference. Raises NotFound."""
    report = session.scalars(select(AnnualReport).where(AnnualReport.reference == reference)).one_or_none()
    if report is None:
        raise NotFound(N_("There is no annual report with this reference."))
    return report


def years_to_report(session: Session, *, today: dt.date, first: int) -> list[int]:
    """The years a report can be begun for, newest first: from `first` to this one, those without a report."""
    taken = {each.year for each in list_reports(session) if each.status != Status.WITHDRAWN}
    return [year for year in range(today.year, max(first, EARLIEST_YEAR) - 1, -1) if year not in taken]


def begin_report(session: Session, *, year: int, actor: Actor, now: dt.datetime) -> AnnualReport:
    """The draft of one year's report. Raises NotPossible while there is another that is not withdrawn."""
    check_may(actor, Permission.ANNUAL_REPORT_DRAFT)
    if not EARLIEST_YEAR <= year <= clock.day_of(now, get_city(session).time_zone).year:
        raise Invalid(N_("Choose a year that has begun."))
    of_year = select(func.count(AnnualReport.id)).where(AnnualReport.year == year)
    if session.scalar(of_year.where(AnnualReport.status != Status.WITHDRAWN)):
        raise NotPossible(_BEGUN_ALREADY)
    before = session.scalar(of_year) or 0
    reference = f"REP-{year}-{before + 1}" if before else f"REP-{year}"
    report = AnnualReport(reference=reference, year=year, author_id=actor.person_id, figures={})
    try:
        begin_life(session, report, "annual-report:drafted", actor=actor, now=now)
    except IntegrityError:  # somebody began one at the very same moment
        raise NotPossible(_BEGUN_ALREADY) from None
    return report


def write_report(
    session: Session, report: AnnualReport, *, foreword: str, learned: str, seen: str, actor: Actor, now: dt.datetime
) -> bool:
    """Save the two texts; False when nothing changed. Raises Stale when somebody saved since; then nothing is saved."""
    check_may(actor, Permission.ANNUAL_REPORT_DRAFT, report)
    check_is_draft(report)
    if max(len(foreword), len(learned)) > TEXT_LIMIT:
        raise Invalid(N_("A text of the report may have %(limit)s characters at most."), limit=TEXT_LIMIT)
    if (foreword, learned) == (report.foreword, report.learned):
        return False
    if seen != text_mark(report):
        raise Stale(N_("Somebody else saved this report while you had it open. Nothing of yours was saved yet."))
    report.foreword, report.learned, report.updated_at = foreword, learned, now
    append_event(session, report, "annual-report:changed", actor=actor, now=now, details={"text": text_mark(report)})
    session.flush()
    return True


def check_is_draft(report: AnnualReport) -> None:
    """Raises NotPossible for a report whose text is settled."""
    if report.status != Status.DRAFT:
        raise NotPossible(N_("This report is no draft any more, so its text stays as it is."))


def text_mark(report: AnnualReport) -> str:
    """Which text somebody has before them, in few letters."""
    return hashlib.sha256(rfc8785.dumps([report.foreword, report.learned])).hexdigest()[:16]


def withdraw_report(session: Session, report: AnnualReport, *, actor: Actor, now: dt.datetime, reason: str) -> None:
    """Give the draft up; a new one can be begun."""
    apply_action(session, report, Action.WITHDRAW, actor=actor, now=now, reason=reason)


def order_report(session: Session, report: AnnualReport, *, actor: Actor, now: dt.datetime) -> None:
    """Freeze the figures, and have the report typeset, sealed and put before the public by the worker."""
    frozen = live_figures(session, report, now=now).as_document()
    digest = hashlib.sha256(rfc8785.dumps(frozen)).hexdigest()
    apply_action(session, report, Action.PUBLISH, actor=actor, now=now, details={"figures": digest})
    report.figures, report.ordered_by = frozen, actor.id
    session.flush()
    queue_job(session, "annual-report", key=f"annual-report:{report.id}", payload={"report": str(report.id)}, now=now)


def record_report(session: Session, report: AnnualReport, files: ReportFiles, *, now: dt.datetime) -> None:
    """Record that the files exist. Doing it twice is the same as once."""
    if report.status != Status.PUBLISHING:
        return
    report.pdf_digest, report.json_digest, report.published_at = files.pdf_digest, files.json_digest, now
    apply_action(session, report, Action.COMPLETE, actor=SYSTEM, now=now, details=asdict(files))
    log_annual_report(session, report, now=now)
    queue_job(session, "pages", key=f"pages:{report.id}", payload={"reference": report.reference}, now=now)


def figures_of(session: Session, report: AnnualReport, *, now: dt.datetime) -> ReportFigures:
    """The figures of a report: frozen, or of a draft as they are now."""
    return ReportFigures.of_document(report.figures) if report.figures else live_figures(session, report, now=now)


def live_figures(session: Session, report: AnnualReport, *, now: dt.datetime) -> ReportFigures:
    """The figures of the report's year, counted now; of a year that goes on, until today."""
    city = get_city(session)
    today = clock.day_of(now, city.time_zone)
    first, last = dt.date(report.year, 1, 1), min(dt.date(report.year, 12, 31), today)
    language: Language = language_of(city.language, city.time_zone)
    found = figures(session, from_on=first, until_on=last)
    return ReportFigures(first, last, read_headlines(found, language), published_tables(found, language))
