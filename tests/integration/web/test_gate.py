"""The gate in the browser: its page, the paper with the code, and the address the paper leads to."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.services.commitments import list_commitments_of
from pia_engine.services.gate_documents import GateDocument
from pia_engine.services.initiatives import get_initiative, retire_initiative
from tests.factories.governance.exceptions import grant, paper, request
from tests.factories.people import PERSONAS
from tests.factories.walks import Walk
from tests.fixtures.city import token_in

Clients = Callable[[str], FlaskClient]


def test_the_initiative_says_what_may_be_done_and_who_can_help(
    session: Session, walk: Walk, client_for: Clients
) -> None:
    reference = walk.initial("submitted").initiative.reference
    session.commit()
    for path in ("", "/gate"):
        page = client_for("amara").get(f"/initiatives/{reference}{path}").text
        assert "May the contract be awarded?" in page
        assert "PIA-2026-0001 is not determined yet. Its status:" in page
        assert "Who can help: Privacy officer." in page
    assert 'href="/assessments/PIA-2026-0001"' in page


def test_conditions_stand_with_their_days_and_records(session: Session, walk: Walk, client_for: Clients) -> None:
    record = walk.full("published")
    reference = record.initiative.reference
    session.commit()
    page = client_for("ingrid").get(f"/initiatives/{reference}/gate").text
    assert "Yes, with conditions" in page
    assert re.search(r'href="/commitments/COM-2026-\d{4}"', page)
    assert "is approved." in page


def test_the_department_makes_the_paper_and_renews_its_code(
    session: Session, walk: Walk, client_for: Clients, fresh: Callable[[], Session]
) -> None:
    reference = walk.full("approved").initiative.reference
    session.commit()
    client, gate = client_for("amara"), f"/initiatives/{reference}/gate"
    assert client.get(f"{gate}/paper").status_code == 302
    page = client.get(gate).text
    assert "Make the paper" in page
    made = client.post(f"{gate}/code", data={"csrf_token": token_in(page)})
    assert (made.status_code, made.location) == (303, f"{gate}/paper")
    sheet = client.get(made.location).text
    address = re.search(r"http://127\.0\.0\.1:8000(/gate/[a-z0-9-]+)", sheet)
    assert address
    assert "<svg" in sheet
    assert "It names no people" in sheet
    visitor = client_for("")
    assert visitor.get(address.group(1)).status_code == 200
    again = client.get(f"{gate}/code").text
    assert "Every paper printed so far opens nothing" in again
    assert client.post(f"{gate}/code", data={"csrf_token": token_in(again)}).status_code == 303
    assert visitor.get(address.group(1)).status_code == 404
    with fresh() as s:
        assert get_initiative(s, reference).trail_length >= 2
    assert "New code for the printed answer of the gate" in client.get(f"/initiatives/{reference}").text


@pytest.mark.parametrize("first", ["petra", "helen", "victor", "ingrid", "sofia", "otto", "adam"])
def test_nobody_else_makes_a_code(session: Session, walk: Walk, client_for: Clients, first: str) -> None:
    url = f"/initiatives/{walk.initiative().reference}/gate/code"
    session.commit()
    client = client_for(first)
    assert client.get(url).status_code == 403
    assert client.post(url, data={"csrf_token": token_in(client.get("/work").text)}).status_code == 403


def test_whoever_holds_the_paper_reads_the_present_answer_and_no_names(
    session: Session, walk: Walk, client_for: Clients
) -> None:
    initiative = walk.initial("draft").initiative
    grant(walk, request(walk, initiative), conditions="Only at night.")
    code = paper(walk, initiative)
    session.commit()
    answer = client_for("").get(f"/gate/{code}")
    assert answer.status_code == 200
    for text in ("Asked on 2 March 2026, 10:00", "No", "Yes, with conditions", "Only at night.", "noindex"):
        assert text in answer.text
    for name, _role, _department in PERSONAS.values():
        assert name not in answer.text
    assert "/assessments/" not in answer.text
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers


def test_machines_read_the_same_as_json(session: Session, walk: Walk, client_for: Clients) -> None:
    initiative = walk.full("approved").initiative
    code = paper(walk, initiative)
    initiative.procurement = "T/2026/17"
    session.commit()
    visitor = client_for("")
    by_address = visitor.get(f"/gate/{code}.json")
    by_header = visitor.get(f"/gate/{code}", headers={"Accept": "application/json"})
    assert by_address.json == by_header.json
    assert by_address.content_type == by_header.content_type == "application/json"
    assert "Accept" in by_header.headers["Vary"]
    found = GateDocument.model_validate(by_address.json)
    assert found.award.answer == "yes_with_conditions"
    assert found.initiative.procurement_number == "T/2026/17"
    assert all(each.url is None for each in (*found.award.reasons, *found.award.conditions))


def test_what_was_promised_inside_stays_inside(session: Session, walk: Walk, client_for: Clients) -> None:
    record = walk.full("approved")
    hidden = list_commitments_of(session, record.initiative)[0]
    hidden.text, hidden.is_public = "Change the lock of the server room.", False
    code, reference = paper(walk, record.initiative), record.initiative.reference
    session.commit()
    outside = client_for("").get(f"/gate/{code}").text
    assert "server room" not in outside
    assert "A commitment that is not public." in outside
    assert "server room" not in client_for("amara").get(f"/initiatives/{reference}/gate/paper").text
    assert "server room" in client_for("amara").get(f"/initiatives/{reference}/gate").text


@pytest.mark.parametrize("code", ["nothing", "22222-33333-44444-55555", "%00", "a" * 3000])
def test_a_code_that_is_none_says_so(client_for: Clients, code: str) -> None:
    answer = client_for("").get(f"/gate/{code}")
    assert answer.status_code == 404
    assert "This code opens nothing" in answer.text


def test_codes_cannot_be_tried_in_masses(client_for: Clients) -> None:
    visitor = client_for("")
    statuses = {visitor.get(f"/gate/code-{number}").status_code for number in range(70)}
    assert statuses == {404, 429}


def test_the_old_answer_is_no_answer_any_more(session: Session, walk: Walk, client_for: Clients) -> None:
    initiative = walk.full("approved").initiative
    code = paper(walk, initiative)
    session.commit()
    visitor = client_for("")
    assert visitor.get(f"/gate/{code}.json").json["go_live"]["answer"] == "yes_with_conditions"  # type: ignore[index]
    retire_initiative(session, initiative, actor=walk.who("amara"), now=walk.now, reason="Sold.")
    session.commit()
    assert visitor.get(f"/gate/{code}.json").json["go_live"]["answer"] == "no"  # type: ignore[index]
