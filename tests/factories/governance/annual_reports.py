"""Annual reports in each status. Petra begins the one of 2025, which is over; Helen publishes it."""

from __future__ import annotations

from pia_engine.models import AnnualReport
from pia_engine.services import annual_reports
from tests.factories.steps import REASON, Case
from tests.factories.walks import Walk

YEAR = 2025
FOREWORD = "This year the city began to look before it acts.\nIt will go on doing so."
LEARNED = "Departments ask too late. We now ask them when they plan their budget."


def annual_report(walk: Walk, status: str = "draft", *, year: int = YEAR) -> AnnualReport:
    """A report with both texts written."""
    actor = walk.who("petra")
    report = annual_reports.begin_report(walk.session, year=year, actor=actor, now=walk.now)
    annual_reports.write_report(
        walk.session,
        report,
        foreword=FOREWORD,
        learned=LEARNED,
        seen=annual_reports.text_mark(report),
        actor=actor,
        now=walk.now,
    )
    if status == "withdrawn":
        annual_reports.withdraw_report(walk.session, report, actor=actor, now=walk.now, reason="The wrong year.")
    if status in ("publishing", "published"):
        annual_reports.order_report(walk.session, report, actor=walk.who("helen"), now=walk.now)
    if status == "published":
        files = annual_reports.ReportFiles("2" * 64, "3" * 64)
        annual_reports.record_report(walk.session, report, files, now=walk.now)
    return report


MAKERS = {"annual_report": annual_report}
CASES = (
    Case("annual_report", "publish", annual_report, ("helen",), "publishing"),
    Case("annual_report", "withdraw", annual_report, ("petra", "helen"), "withdrawn", given=REASON),
)


def PLACES(walk: Walk) -> dict[str, dict[str, str]]:
    """The draft of 2025."""
    return {"reports": {"reference": annual_report(walk).reference, "action": "publish"}}
