"""Initiatives: registering one, finding it, its steps, and the way back after a refusal or a withdrawal."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine.services import sign_offs
from pia_engine.services.initiatives import get_initiative
from tests.factories.people import department
from tests.factories.walks import Walk
from tests.fixtures.city import opened, token_in

Clients = Callable[[str], FlaskClient]
REASON = {"reason": "A reason that others can read."}


def _post(client: FlaskClient, url: str, data: dict[str, str], *, form_at: str = "/work") -> TestResponse:
    carried = opened(client, url) if "/actions/" in url else {"csrf_token": token_in(client.get(form_at).text)}
    return client.post(url, data={**data, **carried})


def _new(session: Session, **changes: str) -> dict[str, str]:
    usual = {
        "title": "Smart parking",
        "summary": "Sensors show free parking bays. Drivers find one sooner.",
        "department": str(department(session, "mobility").id),
        "change_kind": "new",
        "procurement": "T-2026-17",
        "target_on-day": "1",
        "target_on-month": "9",
        "target_on-year": "2026",
    }
    return {**usual, **changes}


def test_an_official_registers_an_initiative_and_begins_its_assessment(session: Session, client_for: Clients) -> None:
    client, data = client_for("amara"), _new(session)
    session.rollback()
    registered = _post(client, "/initiatives/new", data)
    assert registered.status_code == 303
    page = client.get(registered.location).text
    for expected in ("Smart parking", "T-2026-17", "1 September 2026", "Begin the initial", "No assessment yet"):
        assert expected in page
    begun = _post(client, f"{registered.location}/assessment", {})
    assert begun.status_code == 303
    assert "Your questions" in client.get(begun.location).text
    again = _post(client, f"{registered.location}/assessment", {})
    assert again.status_code == 409


def test_what_is_missing_is_said_and_what_was_typed_stays(session: Session, client_for: Clients) -> None:
    client = client_for("amara")
    data = _new(session, title="", **{"target_on-month": "13"})
    session.rollback()
    answer = _post(client, "/initiatives/new", data)
    assert answer.status_code == 422
    page = answer.text
    assert "Give the initiative a name." in page
    assert "The month must be between 1 and 12." in page
    assert "Sensors show free parking bays." in page


def test_nobody_registers_for_a_department_of_others(session: Session, client_for: Clients) -> None:
    data = _new(session, department=str(department(session, "parks").id))
    session.rollback()
    assert _post(client_for("amara"), "/initiatives/new", data).status_code == 422


def test_what_was_typed_survives_an_expired_session(session: Session, client_for: Clients) -> None:
    client, data = client_for("amara"), _new(session)
    session.rollback()
    answer = client.post("/initiatives/new", data={**data, "csrf_token": "too old"})
    page = client.get(answer.location).text
    assert "Sensors show free parking bays." in page
    assert "not saved yet" in page


def test_only_those_who_may_see_the_list(walk: Walk, session: Session, client_for: Clients) -> None:
    initiative = walk.initiative("Cameras on routes to school")
    reference = initiative.reference
    session.commit()
    assert "Cameras on routes" in client_for("petra").get("/initiatives").text
    outsider = client_for("otto")
    assert "No initiative is registered yet" in outsider.get("/initiatives").text
    assert outsider.get(f"/initiatives/{reference}").status_code == 403
    assert client_for("adam").get("/initiatives").status_code == 403
    assert client_for("petra").get("/initiatives/new").status_code == 403
    assert client_for("petra").get("/initiatives/INI-2026-9999").status_code == 404


def test_the_list_is_searched_and_filtered(walk: Walk, session: Session, client_for: Clients) -> None:
    for number in range(27):
        walk.initiative(f"Counter {number}")
    walk.initiative("Drones 100%")
    session.commit()
    client = client_for("petra")
    assert "28 initiatives" in client.get("/initiatives").text
    assert 'aria-label="Page 2"' in client.get("/initiatives").text
    found = client.get("/initiatives?q=100%25").text
    assert "Drones 100%" in found
    assert "Counter 1" not in found
    assert "No initiative matches" in client.get("/initiatives?status=live").text
    assert client.get("/initiatives?page=0&status=nonsense").status_code == 200
    assert client.get("/initiatives?page=99999999999999999999").status_code == 200


def test_going_live_waits_for_an_assessment_that_allows_it(walk: Walk, session: Session, client_for: Clients) -> None:
    early, cleared = walk.full("draft", title="Early"), walk.full("approved", title="Cleared")
    references = early.initiative.reference, cleared.initiative.reference
    session.commit()
    client = client_for("amara")
    assert client.get(f"/initiatives/{references[0]}/actions/go_live").status_code == 409
    assert _post(client, f"/initiatives/{references[1]}/actions/go_live", {}).status_code == 303
    assert "Initiative went live" in client.get(f"/initiatives/{references[1]}").text
    session.expire_all()
    assert get_initiative(session, references[1]).status == "live"


def test_a_refused_initiative_is_opened_and_assessed_anew(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("awaiting_decision")
    sign_offs.reject(
        session,
        record,
        actor=walk.who("helen"),
        now=walk.now,
        reason="The risk is too high.",
        overrules="The advice counts on a law that has changed.",
    )
    url = f"/initiatives/{record.initiative.reference}"
    session.commit()
    client = client_for("amara")
    assert client_for("petra").get(f"{url}/actions/reopen").status_code == 403
    without = _post(client, f"{url}/actions/reopen", {"reason": " "})
    assert without.status_code == 422
    assert "Say what has changed since." in without.text
    assert _post(client, f"{url}/actions/reopen", REASON).status_code == 303
    assert "Begin the initial assessment" in client.get(url).text
    assert _post(client, f"{url}/assessment", {}).status_code == 303


def test_after_a_withdrawal_the_next_assessment_may_begin(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.initial("withdrawn")
    url = f"/initiatives/{record.initiative.reference}"
    session.commit()
    assert _post(client_for("amara"), f"{url}/assessment", {}).status_code == 303
