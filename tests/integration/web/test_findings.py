"""Answering the findings of an audit: what the page asks, who may, and what the audit's page says then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import Commitment
from pia_engine.services import findings
from pia_engine.services.annual_audits import get_audit
from pia_engine.services.findings import Audit
from tests.factories.governance.audits import audit_with_findings, programme_audit
from tests.factories.people import persona
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.integration.web.forms import send, text_of

ClientFor = Callable[[str], FlaskClient]
Make = Callable[[Callable[[Walk], Audit]], str]


@pytest.fixture
def stopped(walk: Walk, session: Session) -> Iterator[Make]:
    """Makes an audit, stops the clock there, and gives its reference."""
    holders = []

    def make(maker: Callable[[Walk], Audit]) -> str:
        reference = maker(walk).reference
        session.commit()
        holder = clock.frozen(walk.now)
        holder.__enter__()
        holders.append(holder)
        return reference

    yield make
    for holder in reversed(holders):
        holder.__exit__(None, None, None)


def accepted(session: Session, walk: Walk, **changed: str) -> dict[str, str]:
    day = walk.now.date() + dt.timedelta(days=40)
    given = {
        "response": "accepted",
        "correction": "Every clock is checked each month.",
        "keeper": str(persona(session, "daniel").id),
        "due_on-day": str(day.day),
        "due_on-month": str(day.month),
        "due_on-year": str(day.year),
    }
    session.rollback()
    return {**given, **changed}


def test_amara_accepts_a_finding_and_disputes_another(
    client_for: ClientFor, stopped: Make, session: Session, walk: Walk
) -> None:
    reference = stopped(lambda w: audit_with_findings(w, 2))
    amara = client_for("amara")
    page = text_of(amara.get(f"/audits/{reference}").text)
    assert "2 findings wait for an answer. It is given by: Amara Author." in page
    assert send(amara, f"/audits/{reference}/findings/1", **accepted(session, walk)).status_code == 303
    disputing = {"response": "disputed", "reasons": "A court ordered the copy."}
    answer = send(amara, f"/audits/{reference}/findings/2", **disputing)
    assert answer.location == f"/audits/{reference}#findings"
    page = text_of(client_for("ingrid").get(f"/audits/{reference}").text)
    said = ("Every clock is checked each month.", "Daniel Director, until", "A court ordered the copy.", "Disputed")
    for part in said:
        assert part in page
    assert "wait for an answer" not in page
    commitment = session.scalars(select(Commitment).where(Commitment.source == "audit")).one()
    assert commitment.keeper.name == "Daniel Director"


def test_helen_sees_why_she_cannot_conclude_yet(client_for: ClientFor, stopped: Make) -> None:
    reference = stopped(audit_with_findings)
    helen = client_for("helen")
    page = helen.get(f"/audits/{reference}").text
    assert "Findings nobody has answered yet: 1." in text_of(page)
    assert f'href="/audits/{reference}#findings"' in page
    assert helen.get(f"/audits/{reference}/actions/confirm").status_code == 409


def test_petra_answers_for_the_programme(client_for: ClientFor, stopped: Make, session: Session, walk: Walk) -> None:
    reference = stopped(lambda w: programme_audit(w, "findings_reported", count=1))
    petra = client_for("petra")
    assert f"/programme-audits/{reference}/findings/1" in petra.get(f"/programme-audits/{reference}").text
    assert send(petra, f"/programme-audits/{reference}/findings/1", **accepted(session, walk)).status_code == 303
    helen = client_for("helen")
    closing = f"/programme-audits/{reference}/actions/close"
    assert send(helen, closing, reason="The programme is sound.").status_code == 303


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"response": ""}, "Say whether you accept the finding."),
        ({"response": "maybe"}, "Choose from the options shown here."),
        ({"correction": "  "}, "Say what is done to put it right."),
        ({"correction": "x" * 4001}, "Shorten it to 4000 characters"),
        ({"keeper": ""}, "Choose who puts it right."),
        ({"keeper": "nobody"}, "Choose from the options shown here."),
        ({"due_on-day": "", "due_on-month": "", "due_on-year": ""}, "Choose a day."),
        ({"due_on-day": "31", "due_on-month": "2"}, "This day does not exist in that month."),
        ({"due_on-year": "2020"}, "This day has passed."),
        ({"response": "disputed", "reasons": ""}, "Say why you do not accept the finding."),
    ],
)
def test_what_does_not_fit_is_said_where_it_stands(
    client_for: ClientFor, stopped: Make, session: Session, walk: Walk, changed: dict[str, str], said: str
) -> None:
    reference = stopped(audit_with_findings)
    answer = send(client_for("amara"), f"/audits/{reference}/findings/1", **accepted(session, walk, **changed))
    assert answer.status_code == 422
    assert said in text_of(answer.text)
    audit = findings.get_finding(session, _audit(session, reference), 1)
    assert audit.response == ""


def test_somebody_elses_finding_cannot_be_answered(client_for: ClientFor, stopped: Make) -> None:
    reference = stopped(audit_with_findings)
    for first in ("daniel", "sofia", "petra", "helen", "victor", "ingrid", "adam", "otto"):
        client = client_for(first)
        assert client.get(f"/audits/{reference}/findings/1").status_code == 403, first
        token = token_in(client.get("/work").text)
        answer = client.post(
            f"/audits/{reference}/findings/1", data={"response": "disputed", "reasons": "No.", "csrf_token": token}
        )
        assert answer.status_code == 403, first


def test_an_answered_finding_is_not_asked_again(
    client_for: ClientFor, stopped: Make, session: Session, walk: Walk
) -> None:
    reference = stopped(audit_with_findings)
    amara = client_for("amara")
    url = f"/audits/{reference}/findings/1"
    stale = {**accepted(session, walk), "csrf_token": token_in(amara.get(url).text)}
    send(amara, url, response="disputed", reasons="No.")
    assert amara.get(url).status_code == 409
    assert amara.post(url, data=stale).status_code == 409


def test_what_does_not_exist_is_not_found(client_for: ClientFor, stopped: Make) -> None:
    reference = stopped(audit_with_findings)
    amara = client_for("amara")
    assert amara.get(f"/audits/{reference}/findings/9").status_code == 404
    assert amara.get("/audits/AUD-1999-0001/findings/1").status_code == 404
    assert client_for("petra").get("/programme-audits/PRA-1999-0001/findings/1").status_code == 404


def _audit(session: Session, reference: str) -> Audit:
    session.rollback()
    session.expire_all()
    return get_audit(session, reference)
