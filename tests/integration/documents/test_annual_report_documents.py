"""The annual report on paper: fit for the archive and for screen readers, in both directions, full or bare."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.annual_report import AnnualReportDocument, annual_report_page, render_annual_report
from pia_engine.errors import Invalid
from pia_engine.services.annual_report_record import annual_report_record, document_of
from tests.factories.governance.annual_reports import annual_report
from tests.factories.walks import Walk
from tests.integration.documents.conformance import assert_conformant


@pytest.fixture
def document(session: Session, walk: Walk) -> AnnualReportDocument:
    """The report of a year with something in it."""
    walk.initiative()
    walk.now = dt.datetime(2027, 2, 2, 9, 0, tzinfo=dt.UTC)
    with clock.frozen(walk.now):
        report = annual_report(walk, "publishing", year=2026)
    return document_of(annual_report_record(session, report, now=walk.now, public_url="https://privacy.city.example"))


def test_archive_and_screen_reader_profiles_pass(document: AnnualReportDocument, tmp_path: Path) -> None:
    documents = {
        "full": document,
        "bare": replace(document, tables=(), shown=(), learned=""),
        "arabic": replace(document, language="ar", direction="rtl", title="كاميرات مراقبة طرق المدارس"),
    }
    assert_conformant({name: render_annual_report(each, record=b"{}") for name, each in documents.items()}, tmp_path)


def test_the_same_report_is_the_same_bytes(document: AnnualReportDocument) -> None:
    assert render_annual_report(document, record=b"{}") == render_annual_report(document, record=b"{}")


def test_every_chart_has_a_table_with_the_same_numbers(document: AnnualReportDocument) -> None:
    page = annual_report_page(document, record=b"{}")
    assert page.count("<svg") > 1
    assert page.count('<table class="data">') == len([each for each in document.tables if each.rows]) + 1
    assert "Mar 2026: 1." in page


def test_a_character_no_font_has_is_named_with_its_place(document: AnnualReportDocument) -> None:
    with pytest.raises(Invalid, match="U\\+12000") as refusal:
        render_annual_report(replace(document, foreword="Look \U00012000 here"), record=b"{}")
    assert "Foreword" in str(refusal.value)
