"""Audits of the programme in the browser: the list, planning, the sample, the answers, closing, and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.jobs.audit_reports import make_audit_report
from pia_engine.jobs.engine import workplace_of
from pia_engine.models import ProgrammeAudit
from pia_engine.services.programme_audits import get_audit, sampled
from pia_engine.services.samples import ticket_of
from tests.factories.governance.audits import answer_all, audit_with_findings, programme_audit
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]
Make = Callable[..., str]


@pytest.fixture
def audit(walk: Walk, session: Session) -> Iterator[Make]:
    """Makes an audit in a wanted status, over one published assessment, stops the clock, gives its reference."""
    holders = []

    def make(status: str, count: int = 0) -> str:
        walk.full("published")
        reference = programme_audit(walk, status, count=count).reference
        session.commit()
        holder = clock.frozen(walk.now)
        holder.__enter__()
        holders.append(holder)
        return reference

    yield make
    for holder in reversed(holders):
        holder.__exit__(None, None, None)


def again(session: Session, reference: str) -> ProgrammeAudit:
    """The audit as it is stored now, apart from every session, so that none keeps others from writing."""
    session.rollback()
    session.expire_all()
    found = get_audit(session, reference)
    session.expunge(found)
    session.rollback()
    return found


def test_the_empty_list_says_when_the_first_audit_is_due(client_for: ClientFor) -> None:
    page = client_for("ingrid").get("/programme-audits")
    text = text_of(page.text)
    assert "The programme has not been audited yet." in text
    assert "The next one is due on 5 January 2027." in text
    assert "Plan an audit now" not in text


def test_the_list_of_audits_leads_to_the_programme_and_back(client_for: ClientFor, audit: Make) -> None:
    reference = audit("in_progress")
    ingrid = client_for("ingrid")
    assert 'href="/programme-audits"' in ingrid.get("/audits").text
    assert 'href="/programme-audits"' not in client_for("amara").get("/audits").text
    page = ingrid.get("/programme-audits").text
    assert f'href="/programme-audits/{reference}"' in page
    assert 'href="/audits"' in page


def test_helen_plans_an_audit(client_for: ClientFor, session: Session) -> None:
    helen = client_for("helen")
    assert "/programme-audits/new" in helen.get("/programme-audits").text
    day = {"due_on-day": "1", "due_on-month": "June", "due_on-year": "2026"}
    planned = send(helen, "/programme-audits/new", **day)
    assert planned.location == "/programme-audits/PRA-2026-0001"
    assert "What comes next" in helen.get(planned.location).text
    second = send(helen, "/programme-audits/new", **day)
    assert second.status_code == 409
    assert "PRA-2026-0001 is not closed yet" in text_of(second.text)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (("", "", ""), "Choose the day by which the audit should be done."),
        (("1", "1", "2020"), "This day has passed."),
        (("32", "1", "2027"), "This day does not exist in that month."),
    ],
)
def test_a_day_that_does_not_fit_is_said(client_for: ClientFor, day: tuple[str, str, str], said: str) -> None:
    given = dict(zip(("due_on-day", "due_on-month", "due_on-year"), day, strict=True))
    answer = send(client_for("helen"), "/programme-audits/new", **given)
    assert answer.status_code == 422
    assert said in text_of(answer.text)


@pytest.mark.parametrize("first", ["amara", "sofia", "petra", "victor", "ingrid", "adam"])
def test_nobody_else_plans_one(client_for: ClientFor, first: str) -> None:
    assert client_for(first).get("/programme-audits/new").status_code == 403


def test_starting_shows_the_sample_and_how_to_draw_again(client_for: ClientFor, audit: Make, session: Session) -> None:
    reference = audit("planned")
    ingrid = client_for("ingrid")
    assert send(ingrid, f"/programme-audits/{reference}/actions/start").status_code == 303
    page = ingrid.get(f"/programme-audits/{reference}").text
    record = again(session, reference)
    drawn = record.sample[0][0]
    assert f'href="/assessments/{drawn}"' in page
    assert "1 of 1 decision of the period was drawn by lot" in text_of(page)
    assert "Drawing again just now gave this very sample." in text_of(page)
    assert record.seed in page
    table = ingrid.get(f"/programme-audits/{reference}/drawn-from.csv")
    assert table.mimetype == "text/csv"
    assert ticket_of(sampled(record)[0], record.seed) in table.text


def test_ingrid_answers_and_reports(client_for: ClientFor, audit: Make, session: Session, walk: Walk) -> None:
    reference = audit("in_progress")
    ingrid = client_for("ingrid")
    home = f"/programme-audits/{reference}"
    section = ingrid.get(f"{home}/sections/sampled").text
    assert again(session, reference).sample[0][0] in section
    saved = send(ingrid, f"{home}/sections/sampled", q_how_looked="I read the files.", save="later")
    assert saved.location == home
    assert "still need an answer" in text_of(ingrid.get(f"{home}/check").text)
    assert ingrid.get(f"{home}/actions/report_findings").status_code == 409
    answer_all(walk, get_audit(session, reference))
    session.commit()
    assert send(ingrid, f"{home}/actions/report_findings").location == home
    assert "The auditor found nothing to mend." in text_of(ingrid.get(home).text)


def test_what_is_typed_is_kept_as_a_draft(client_for: ClientFor, audit: Make) -> None:
    reference = audit("in_progress")
    ingrid = client_for("ingrid")
    url = f"/programme-audits/{reference}/sections/sampled"
    fields = fields_of(ingrid.get(url).text)
    kept = ingrid.post(f"{url}/draft", data={**fields, "q_how_looked": "Half a sentence"})
    assert kept.status_code in (200, 204)
    assert "Half a sentence" in ingrid.get(url).text


def test_only_who_conducts_it_can_write(client_for: ClientFor, audit: Make) -> None:
    reference = audit("in_progress")
    url = f"/programme-audits/{reference}/sections/sampled"
    opened = fields_of(client_for("ingrid").get(url).text)
    for first in ("petra", "helen", "victor", "amara", "adam"):
        client = client_for(first)
        token = token_in(client.get("/work").text)
        assert client.post(url, data={**opened, "csrf_token": token}).status_code == 403, first


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "adam", "otto"])
def test_departments_do_not_see_it(client_for: ClientFor, audit: Make, first: str) -> None:
    reference = audit("in_progress")
    for path in ("", "/check", "/drawn-from.csv", "/report.pdf", "/sections/sampled"):
        assert client_for(first).get(f"/programme-audits/{reference}{path}").status_code == 403


def test_helen_cancels_what_is_planned(client_for: ClientFor, audit: Make, session: Session) -> None:
    reference = audit("planned")
    helen = client_for("helen")
    assert send(helen, f"/programme-audits/{reference}/actions/cancel", reason="").status_code == 422
    assert send(helen, f"/programme-audits/{reference}/actions/cancel", reason="Next year.").status_code == 303
    assert again(session, reference).status == "cancelled"
    assert "This audit was cancelled." in helen.get(f"/programme-audits/{reference}").text


def test_the_closing_report_can_be_loaded_once_it_is_made(
    client_for: ClientFor, audit: Make, session: Session, app: Flask
) -> None:
    reference = audit("closed")
    home, victor = f"/programme-audits/{reference}", client_for("victor")
    assert "is being made and sealed" in victor.get(home).text
    assert victor.get(f"{home}/report.pdf").status_code == 409
    record = again(session, reference)
    payload = {"kind": "programme_audit", "audit": str(record.id)}
    make_audit_report(workplace_of(app).context("audit-report", "key", payload, now=clock.now()))
    assert f"{home}/report.pdf" in victor.get(home).text
    file = victor.get(f"{home}/report.pdf")
    assert (file.status_code, file.mimetype) == (200, "application/pdf")
    assert file.data.startswith(b"%PDF-")
    assert reference in file.headers["Content-Disposition"]
    assert "no-store" in file.headers["Cache-Control"]


def test_the_report_of_an_annual_audit_is_not_there_before_the_end(
    client_for: ClientFor, session: Session, walk: Walk
) -> None:
    reference = audit_with_findings(walk).reference
    session.commit()
    with clock.frozen(walk.now):
        assert client_for("amara").get(f"/audits/{reference}/report.pdf").status_code == 409
        assert client_for("otto").get(f"/audits/{reference}/report.pdf").status_code == 403


def test_what_does_not_exist_is_not_found(client_for: ClientFor, audit: Make) -> None:
    reference = audit("planned")
    ingrid = client_for("ingrid")
    assert ingrid.get("/programme-audits/PRA-1999-0001").status_code == 404
    assert ingrid.get(f"/programme-audits/{reference}/actions/dance").status_code == 404
    assert ingrid.get(f"/programme-audits/{reference}/sections/nowhere").status_code == 404
