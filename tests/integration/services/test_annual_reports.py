"""The annual report: one a year, two people, frozen figures, a sealed document that `pia verify` knows."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.signatures import check_document
from pia_engine.documents.storage import open_storage
from pia_engine.errors import Invalid, NotAllowed, NotPossible, Stale
from pia_engine.jobs.worker import drain
from pia_engine.register.entries import canonical_bytes
from pia_engine.register.verification import verify_file
from pia_engine.services import annual_reports
from pia_engine.services.annual_reports import begin_report, order_report, text_mark, write_report
from pia_engine.services.audit import verify_trail
from pia_engine.services.known_documents import find_document, register_of
from tests.factories.governance.annual_reports import annual_report
from tests.factories.walks import Walk

Fresh = Callable[[], Session]


def test_there_is_one_report_a_year(session: Session, walk: Walk) -> None:
    annual_report(walk)
    with pytest.raises(NotPossible, match="already"):
        begin_report(session, year=2025, actor=walk.who("helen"), now=walk.now)


def test_a_withdrawn_report_can_be_begun_again_under_another_reference(walk: Walk) -> None:
    first, second = annual_report(walk, "withdrawn"), annual_report(walk, "withdrawn")
    assert [first.reference, second.reference] == ["REP-2025", "REP-2025-2"]
    assert annual_report(walk).reference == "REP-2025-3"


@pytest.mark.parametrize("year", [1999, 2027])
def test_a_year_that_has_not_begun_has_no_report(year: int, session: Session, walk: Walk) -> None:
    with pytest.raises(Invalid):
        begin_report(session, year=year, actor=walk.who("petra"), now=walk.now)


@pytest.mark.parametrize("first", ["amara", "sofia", "victor", "ingrid", "adam"])
def test_only_the_privacy_office_begins_a_report(first: str, session: Session, walk: Walk) -> None:
    with pytest.raises(NotAllowed):
        begin_report(session, year=2025, actor=walk.who(first), now=walk.now)


def test_whoever_began_the_report_does_not_publish_it(session: Session, walk: Walk) -> None:
    report = begin_report(session, year=2025, actor=walk.who("helen"), now=walk.now)
    write_report(
        session,
        report,
        foreword="Words.",
        learned="",
        seen=text_mark(report),
        actor=walk.who("petra"),
        now=walk.now,
    )
    for first in ("helen", "petra"):
        with pytest.raises(NotAllowed):
            order_report(session, report, actor=walk.who(first), now=walk.now)
    assert report.status == "draft"


def test_without_a_foreword_nothing_is_published(session: Session, walk: Walk) -> None:
    report = begin_report(session, year=2025, actor=walk.who("petra"), now=walk.now)
    with pytest.raises(NotPossible, match="foreword"):
        order_report(session, report, actor=walk.who("helen"), now=walk.now)


def test_a_year_that_goes_on_is_not_published(session: Session, walk: Walk) -> None:
    report = annual_report(walk, year=2026)
    with pytest.raises(NotPossible, match="not over"):
        order_report(session, report, actor=walk.who("helen"), now=walk.now)
    with clock.frozen(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)) as new_year:  # in Testwell, it is 2027
        order_report(session, report, actor=walk.who("helen"), now=new_year)
    assert report.status == "publishing"


def test_nobody_overwrites_what_another_saved(session: Session, walk: Walk) -> None:
    report = annual_report(walk)
    before, petra, helen = text_mark(report), walk.who("petra"), walk.who("helen")
    assert write_report(session, report, foreword="One.", learned="", seen=before, actor=petra, now=walk.now)
    with pytest.raises(Stale):
        write_report(session, report, foreword="Other.", learned="", seen=before, actor=helen, now=walk.now)
    assert report.foreword == "One."


def test_saving_the_same_text_changes_nothing(session: Session, walk: Walk) -> None:
    report = annual_report(walk)
    length = report.trail_length
    same = {"foreword": report.foreword, "learned": report.learned}
    assert not write_report(session, report, **same, seen="", actor=walk.who("petra"), now=walk.now)
    assert report.trail_length == length


def test_a_text_may_be_long_but_not_endless(session: Session, walk: Walk) -> None:
    report = annual_report(walk)
    with pytest.raises(Invalid, match="6000"):
        write_report(
            session,
            report,
            foreword="x" * 6001,
            learned="",
            seen=text_mark(report),
            actor=walk.who("petra"),
            now=walk.now,
        )


def test_a_report_that_is_no_draft_keeps_its_text(session: Session, walk: Walk) -> None:
    report = annual_report(walk, "publishing")
    with pytest.raises(NotPossible, match="no draft"):
        write_report(
            session, report, foreword="x", learned="", seen=text_mark(report), actor=walk.who("petra"), now=walk.now
        )


def test_the_figures_are_frozen_when_the_publication_is_ordered(session: Session, walk: Walk) -> None:
    walk.full("published")
    report = annual_report(walk, year=2026)
    with clock.frozen(dt.datetime(2027, 1, 4, 9, 0, tzinfo=dt.UTC)) as later:
        order_report(session, report, actor=walk.who("helen"), now=later)
    frozen = annual_reports.figures_of(session, report, now=walk.now)
    walk.full("draft", title="Another")
    assert annual_reports.figures_of(session, report, now=walk.now) == frozen
    outcomes = next(each for each in frozen.tables if each.id == "outcomes")
    assert ("Full PIA needed", 1) in [tuple(row) for row in outcomes.rows]
    assert not {"overdue", "vacancies"} & {each.id for each in frozen.tables}


def test_a_published_report_is_a_sealed_document_that_is_known_again(
    app: Flask, session: Session, walk: Walk, fresh: Fresh
) -> None:
    walk.full("in_review")
    report = annual_report(walk, "publishing")
    reference = report.reference
    session.commit()
    drain(app, now=walk.now)
    settings = app.extensions["pia-settings"]
    with fresh() as seen:
        done = annual_reports.get_report(seen, reference)
        assert done.status == "published"
        storage = open_storage(settings.documents_folder)
        pdf, record = storage.get(done.pdf_digest), storage.get(done.json_digest)
        known = find_document(seen, hashlib.sha256(pdf).hexdigest())
        assert known is not None
        assert (known.reference, known.title) == (reference, "Annual report 2025")
        assert find_document(seen, "0" * 64) is None
        verdict = verify_file(pdf, trust=settings.keys_folder, register=register_of(seen, storage))
        assert list(verify_trail(seen)) == []
    assert verdict.valid
    assert any("exactly this file as REP-2025" in sentence for sentence in verdict.sentences)
    assert check_document(pdf, trust=settings.keys_folder).valid
    document = json.loads(record)
    assert document["kind"] == "annual-report"
    assert document["published_by"] == "Helen Senior"
    assert canonical_bytes(document) == record


def test_making_the_files_twice_is_the_same_as_once(app: Flask, session: Session, walk: Walk, fresh: Fresh) -> None:
    report = annual_report(walk, "published")
    steps = report.trail_length
    annual_reports.record_report(session, report, annual_reports.ReportFiles("4" * 64, "5" * 64), now=walk.now)
    assert (report.pdf_digest, report.trail_length) == ("2" * 64, steps)
