"""The annual report over HTTP: begun, written, published, and read by everybody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.extensions import db
from pia_engine.jobs.worker import drain
from pia_engine.register.pages import build_all_pages
from pia_engine.services.annual_reports import get_report
from tests.factories.governance.annual_reports import FOREWORD, annual_report
from tests.factories.walks import Walk
from tests.fixtures.city import mark_in, opened

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


def _write(client: FlaskClient, reference: str, **given: str) -> tuple[int, str]:
    address = f"/annual-reports/{reference}/text"
    answer = client.post(address, data={**opened(client, address), **given})
    return answer.status_code, answer.text


def test_petra_begins_writes_and_helen_publishes(app: Flask, walk: Walk, session: Session, client_for: Clients) -> None:
    reference = annual_report(walk).reference
    session.commit()
    petra, helen = client_for("petra"), client_for("helen")
    assert _write(petra, reference, foreword="A word to all.", learned="")[0] == 303
    publish = f"/annual-reports/{reference}/actions/publish"
    assert petra.get(publish).status_code == 403
    page = helen.get(publish)
    assert "A published report is never changed." in page.text
    assert helen.post(publish, data=opened(helen, publish)).status_code == 303
    drain(app, now=walk.now)
    shown = helen.get(f"/annual-reports/{reference}")
    assert "The report as the public reads it" in shown.text
    assert "A word to all." in shown.text


def test_petra_begins_the_report_of_a_year(session: Session, walk: Walk, client_for: Clients, fresh: Fresh) -> None:
    walk.initiative()
    session.commit()
    client = client_for("petra")
    assert "2026" in client.get("/annual-reports/new").text
    nothing = client.post("/annual-reports/new", data=opened(client, "/annual-reports/new"))
    assert nothing.status_code == 422
    assert "Choose a year." in nothing.text
    begun = client.post("/annual-reports/new", data={**opened(client, "/annual-reports/new"), "year": "2026"})
    assert begun.headers["Location"] == "/annual-reports/REP-2026"
    with fresh() as seen:
        assert get_report(seen, "REP-2026").status == "draft"
    assert "Every year has its report" in client.get("/annual-reports/new").text
    assert client.post(
        "/annual-reports/new", data={**opened(client, "/annual-reports"), "year": "2026"}
    ).status_code in (
        400,
        422,
    )


@pytest.mark.parametrize("first", ["amara", "sofia", "adam", "otto"])
def test_drafts_are_for_the_privacy_office_and_those_who_oversee_it(
    first: str, session: Session, walk: Walk, client_for: Clients
) -> None:
    reference = annual_report(walk).reference
    session.commit()
    client = client_for(first)
    for address in ("", f"/{reference}", f"/{reference}/text", f"/{reference}/actions/publish", "/new"):
        assert client.get(f"/annual-reports{address}").status_code == 403, address


@pytest.mark.parametrize("first", ["victor", "ingrid"])
def test_overseers_read_and_do_not_write(first: str, session: Session, walk: Walk, client_for: Clients) -> None:
    reference = annual_report(walk).reference
    session.commit()
    client = client_for(first)
    page = client.get(f"/annual-reports/{reference}")
    assert page.status_code == 200
    assert "Write the texts" not in page.text
    assert client.get(f"/annual-reports/{reference}/text").status_code == 403


def test_two_who_write_at_once_lose_nothing(session: Session, walk: Walk, client_for: Clients, fresh: Fresh) -> None:
    reference = annual_report(walk).reference
    session.commit()
    petra, helen = client_for("petra"), client_for("helen")
    address = f"/annual-reports/{reference}/text"
    stale = opened(petra, address)
    assert _write(helen, reference, foreword="Helen wrote this.", learned="")[0] == 303
    answer = petra.post(address, data={**stale, "foreword": "Petra wrote this.", "learned": ""})
    assert answer.status_code == 409
    assert "Petra wrote this." in answer.text
    assert "Helen wrote this." in answer.text
    with fresh() as seen:
        assert get_report(seen, reference).foreword == "Helen wrote this."
    again = {"csrf_token": stale["csrf_token"], "foreword": "Both.", "learned": "", "seen": mark_in(answer.text)}
    assert petra.post(address, data=again).status_code == 303


def test_a_text_changed_meanwhile_is_not_published_unseen(session: Session, walk: Walk, client_for: Clients) -> None:
    reference = annual_report(walk).reference
    session.commit()
    helen = client_for("helen")
    publish = f"/annual-reports/{reference}/actions/publish"
    looked_at = opened(helen, publish)
    assert _write(client_for("petra"), reference, foreword="Something else.", learned="")[0] == 303
    answer = helen.post(publish, data=looked_at)
    assert answer.status_code == 409
    assert "Nothing was done" in answer.text


def test_too_long_a_text_is_refused_and_kept_in_the_form(session: Session, walk: Walk, client_for: Clients) -> None:
    reference = annual_report(walk).reference
    session.commit()
    status, page = _write(client_for("petra"), reference, foreword="word " * 1300, learned="")
    assert status == 422
    assert "word word" in page


def test_an_unknown_report_or_step_is_not_found(session: Session, walk: Walk, client_for: Clients) -> None:
    reference = annual_report(walk).reference
    session.commit()
    client = client_for("petra")
    assert client.get("/annual-reports/REP-1999").status_code == 404
    assert client.get(f"/annual-reports/{reference}/actions/complete").status_code == 404


def test_everybody_reads_a_published_report_without_a_cookie(
    app: Flask, session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    annual_report(walk, "publishing")
    session.commit()
    drain(app, now=walk.now)
    visitor = client_for("")
    start = visitor.get("/")
    assert 'href="/reports"' in start.text
    assert "REP-2025" in visitor.get("/reports").text
    page = visitor.get("/reports/REP-2025")
    assert FOREWORD.splitlines()[0] in page.text
    assert "Set-Cookie" not in page.headers
    assert visitor.get("/reports/REP-2025", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    pdf, record = visitor.get("/reports/REP-2025/report.pdf"), visitor.get("/reports/REP-2025/report.json")
    assert pdf.content_type == "application/pdf"
    with fresh() as seen:
        report = get_report(seen, "REP-2025")
        assert hashlib.sha256(pdf.data).hexdigest() == report.pdf_digest
        assert hashlib.sha256(record.data).hexdigest() == report.json_digest
    assert report.pdf_digest in page.text
    assert json.loads(record.data)["figures"]["tables"]
    names = {each["id"] for each in json.loads(record.data)["figures"]["tables"]}
    assert not names & {"overdue", "vacancies"}


def test_the_list_of_reports_is_there_before_the_first_one(app: Flask, client_for: Clients) -> None:
    with app.app_context():
        build_all_pages(db.session(), app.extensions["pia-settings"])
    visitor = client_for("")
    assert "No annual report is published yet" in visitor.get("/reports").text
    assert "The first report is still to come." in visitor.get("/").text
    assert visitor.get("/reports/REP-2025").status_code == 404


def test_a_draft_is_nowhere_among_the_public_pages(
    app: Flask, session: Session, walk: Walk, client_for: Clients
) -> None:
    annual_report(walk)
    session.commit()
    with app.app_context():
        build_all_pages(db.session(), app.extensions["pia-settings"])
    assert "REP-2025" not in client_for("").get("/reports").text
