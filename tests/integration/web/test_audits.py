"""Annual audits, from the list of what is due to the conclusion."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.services import annual_audits
from pia_engine.services.assessments import get_assessment
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]


@pytest.fixture
def audit(walk: Walk, session: Session) -> Iterator[Callable[[str], str]]:
    """Makes an audit in a wanted status and stops the clock there; gives its reference."""
    stopped: list[object] = []

    def make(status: str) -> str:
        reference = walk.audit(status).reference
        session.commit()
        session.rollback()
        holder = clock.frozen(walk.now)
        holder.__enter__()
        stopped.append(holder)
        return reference

    yield make
    for holder in reversed(stopped):
        holder.__exit__(None, None, None)  # type: ignore[attr-defined]


def status_of(session: Session, reference: str) -> str:
    session.rollback()
    session.expire_all()
    status = annual_audits.get_audit(session, reference).status
    session.rollback()
    return status


def test_the_list_says_what_is_due_and_what_is_empty(client_for: ClientFor, audit: Callable[[str], str]) -> None:
    reference = audit("due")
    page = text_of(client_for("ingrid").get("/audits").text)
    assert reference in page
    assert "No audit is in progress." in page


def test_ingrid_starts_answers_and_reports(
    client_for: ClientFor, audit: Callable[[str], str], session: Session, walk: Walk
) -> None:
    reference = audit("due")
    ingrid = client_for("ingrid")
    assert send(ingrid, f"/audits/{reference}/actions/start").status_code == 303
    saved = send(ingrid, f"/audits/{reference}/sections/use", q_period="March 2026 to March 2027", save="later")
    assert saved.location == f"/audits/{reference}"
    assert "still need an answer" in text_of(ingrid.get(f"/audits/{reference}/check").text)
    assert ingrid.get(f"/audits/{reference}/actions/report_findings").status_code == 409
    record = annual_audits.get_audit(session, reference)
    walk.answer(record, {}, roles=frozenset({"auditor"}), actor=walk.who("ingrid"))
    session.commit()
    answer = send(ingrid, f"/audits/{reference}/actions/report_findings")
    assert answer.location == f"/audits/{reference}"
    assert status_of(session, reference) == "findings_reported"


def test_helen_confirms_with_a_reason_and_the_next_audit_is_scheduled(
    client_for: ClientFor, audit: Callable[[str], str], session: Session
) -> None:
    reference, helen = audit("findings_reported"), client_for("helen")
    assert send(helen, f"/audits/{reference}/actions/confirm", reason="").status_code == 422
    assert send(helen, f"/audits/{reference}/actions/confirm", reason="It works as published.").status_code == 303
    assert status_of(session, reference) == "closed"
    page = text_of(helen.get(f"/audits/{reference}").text)
    assert "The published assessment still holds." in page
    assert "It works as published." in page


def test_helen_requires_a_new_version(client_for: ClientFor, audit: Callable[[str], str], session: Session) -> None:
    reference, helen = audit("findings_reported"), client_for("helen")
    url = f"/audits/{reference}/actions/require_new_version"
    assert send(helen, url, reason="The cameras now count people too.").status_code == 303
    assessment = annual_audits.get_audit(session, reference).assessment.reference
    assert get_assessment(session, assessment, "full").edition == 2


@pytest.mark.parametrize(
    ("first", "action", "status", "refused"),
    [
        ("amara", "start", "due", 403),
        ("petra", "start", "due", 403),
        ("otto", "start", "due", 403),
        ("adam", "start", "due", 403),
        ("ingrid", "confirm", "findings_reported", 403),
        ("victor", "require_new_version", "findings_reported", 403),
        ("helen", "confirm", "in_progress", 409),
        ("ingrid", "start", "in_progress", 409),
        ("ingrid", "dance", "due", 404),
    ],
)
def test_who_may_not(
    client_for: ClientFor, audit: Callable[[str], str], first: str, action: str, status: str, refused: int
) -> None:
    url = f"/audits/{audit(status)}/actions/{action}"
    assert client_for(first).get(url).status_code == refused


def test_only_the_auditor_answers(client_for: ClientFor, audit: Callable[[str], str]) -> None:
    reference = audit("in_progress")
    url = f"/audits/{reference}/sections/use"
    opened = fields_of(client_for("ingrid").get(url).text)
    amara = client_for("amara")
    assert "<textarea" not in amara.get(url).text
    token = amara.get("/work").text.split('name="csrf_token" value="')[1].split('"')[0]
    assert amara.post(url, data={**opened, "q_period": "Mine", "csrf_token": token}).status_code == 403


def test_an_unknown_audit_is_not_found(client_for: ClientFor) -> None:
    assert client_for("ingrid").get("/audits/AUD-2026-9999").status_code == 404
