"""The annual reports of the demo: the words of a year, and its publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy.orm import Session

from pia_engine.demo.chapter import Chapter
from pia_engine.services import annual_reports

Step = Callable[[Session, Chapter, str, dt.datetime], None]


def _write(year: int) -> Step:
    """Begin the draft of a year and write its texts."""

    def write(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
        actor, texts = chapter.actor(session, by, now), chapter.content["reports"][year]
        report = annual_reports.begin_report(session, year=year, actor=actor, now=now)
        annual_reports.write_report(
            session,
            report,
            foreword=texts["foreword"].strip(),
            learned=texts["learned"].strip(),
            seen=annual_reports.text_mark(report),
            actor=actor,
            now=now,
        )

    return write


def _publish(year: int) -> Step:
    """Order its publication; the worker does the rest."""

    def publish(session: Session, chapter: Chapter, by: str, now: dt.datetime) -> None:
        report = annual_reports.get_report(session, f"REP-{year}")
        annual_reports.order_report(session, report, actor=chapter.actor(session, by, now), now=now)

    return publish


STEPS: dict[str, Step] = {
    "write_annual_report_2025": _write(2025),
    "publish_annual_report_2025": _publish(2025),
    "write_annual_report_2026": _write(2026),
}
