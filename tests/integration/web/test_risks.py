"""The pages of the risk register, as each person meets them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from pia_engine.models.catalogue import answers_of
from pia_engine.questionnaires.definition import Value
from pia_engine.services.answers import save_answers
from pia_engine.services.assessments import get_assessment
from tests.factories.answers import sample_risk
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    """The reference of a full assessment in draft with two risks."""
    full = walk.full()
    risks = [sample_risk(), sample_risk(id="r2", risk="It leaks.", residual_likelihood="5", residual_severity="5")]
    actor = walk.who("amara")
    answers: dict[str, Value | None] = {"risks": risks, "benefits": "Safer crossings.", "overall_residual_risk": "low"}
    save_answers(session, full, answers, seen_version=full.sheet.version, actor=actor, now=walk.now)
    session.commit()
    return full.reference


def url(reference: str, rest: str = "") -> str:
    return f"/assessments/{reference}/full/risks{rest}"


def hidden(page: str) -> dict[str, str]:
    """What the forms of a page send without being asked."""
    return dict(re.findall(r'name="(csrf_token|seen)"[^>]* value="([^"]*)"', page))


def stored(fresh: Fresh, reference: str) -> list[dict[str, str]]:
    with fresh() as session:
        return answers_of(get_assessment(session, reference, "full").sheet).get("risks", [])  # type: ignore[return-value]


def test_register_shows_risks_benefits_and_who_decides(client_for: ClientFor, draft: str) -> None:
    page = client_for("amara").get(url(draft)).text
    said = text_of(page)
    assert "R2: It leaks." in said
    assert "Before: Medium" in said and "After: High" in said
    assert "Safer crossings." in said
    assert "Highest in this register: High." in said
    assert "What is stated is lower than the highest risk of the register." in said
    assert "So the decision is made by: Executive (city manager)." in said
    assert 'role="img"' in page and "<desc" in page


def test_amara_adds_a_risk_from_the_catalogue(client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    client = client_for("amara")
    assert "/risks/new?threat=linking" in client.get(url(draft, "/catalogue")).text
    fields = fields_of(client.get(url(draft, "/new?threat=linking&action=linking")).text)
    assert (fields["threat"], fields.get("action", "")) == ("linking", "")
    answer = send(client, url(draft, "/new?threat=linking"), risk="Two lists are joined.", save="controls")
    assert answer.location == url(draft, "/r3/controls")
    assert stored(fresh, draft)[2] == {"id": "r3", "risk": "Two lists are joined.", "threat": "linking"}
    assert "Still to fill in: What happens to people" in text_of(client.get(url(draft)).text)


def test_a_risk_about_nothing_is_refused_and_nothing_typed_is_lost(
    client_for: ClientFor, draft: str, fresh: Fresh
) -> None:
    answer = send(client_for("amara"), url(draft, "/new"), harm="Only the harm.")
    assert answer.status_code == 422
    assert "Say what could go wrong." in answer.text and "Only the harm." in answer.text
    assert len(stored(fresh, draft)) == 2


def test_amara_changes_one_risk_and_goes_to_the_next(client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    answer = send(client_for("amara"), url(draft, "/r1"), likelihood="5", save="next")
    assert (answer.status_code, answer.location) == (303, url(draft, "/r2"))
    assert stored(fresh, draft)[0] == sample_risk(likelihood="5")
    last = send(client_for("amara"), url(draft, "/r2"), save="next")
    assert last.location == url(draft)


def test_two_tabs_on_one_risk_lose_nothing(client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    client = client_for("amara")
    opened = fields_of(client.get(url(draft, "/r1")).text)
    client.post(url(draft, "/r1"), data={**opened, "harm": "Fear of the first tab."})
    answer = client.post(url(draft, "/r1"), data={**opened, "harm": "Shame of the second."})
    assert answer.status_code == 409
    assert "Fear of the first tab." in answer.text and "Shame of the second." in answer.text
    assert stored(fresh, draft)[0]["harm"] == "Fear of the first tab."
    again = {**fields_of(answer.text), "harm": "Fear and shame."}
    assert client.post(url(draft, "/r1"), data=again).status_code == 303
    assert stored(fresh, draft)[0]["harm"] == "Fear and shame."


def test_a_risk_another_tab_removed_can_be_put_back(client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    client = client_for("amara")
    opened = fields_of(client.get(url(draft, "/r1")).text)
    assert send(client, url(draft, "/r1/remove")).location == url(draft)
    answer = client.post(url(draft, "/r1"), data={**opened, "harm": "Written meanwhile."})
    assert answer.status_code == 409
    assert "removed by somebody else" in answer.text
    assert client.post(url(draft, "/r1"), data=fields_of(answer.text)).status_code == 303
    assert [risk["id"] for risk in stored(fresh, draft)] == ["r2", "r1"]


@pytest.mark.parametrize("made_up", ["zzz", "r99999999999", "r3", "R1"])
def test_nobody_names_a_new_risk_themselves(client_for: ClientFor, draft: str, fresh: Fresh, made_up: str) -> None:
    client = client_for("amara")
    fields = fields_of(client.get(url(draft, "/new")).text)
    answer = client.post(url(draft, f"/{made_up}"), data={**fields, "risk": "Planted."})
    assert answer.status_code == 404
    assert [risk["id"] for risk in stored(fresh, draft)] == ["r1", "r2"]


def test_controls_are_found_without_script_and_others_stay(client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    client = client_for("amara")
    page = client.get(url(draft, "/r1/controls?q=training+role")).text
    assert "AT-3 Role-based Training" in page and "AC-3 Access" not in page
    address = url(draft, "/r1/controls?q=role-based")
    answer = client.post(address, data={**hidden(client.get(address).text), "controls": "AT-3"})
    assert answer.location == url(draft, "/r1")
    assert stored(fresh, draft)[0]["controls"] == "AC-3 AT-3"
    refused = client.post(address, data={**hidden(client.get(address).text), "controls": "AC-1"})
    assert refused.status_code == 422
    assert "No control fits" in client.get(url(draft, "/r1/controls?q=zeppelin")).text


def test_controls_chosen_in_two_tabs_ask_to_look_again(client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    client, address = client_for("amara"), url(draft, "/r1/controls")
    opened = hidden(client.get(address).text)
    client.post(address, data={**opened, "controls": ["AC-3", "SI-12"]})
    answer = client.post(address, data={**opened, "controls": ["AT-3"]})
    assert answer.status_code == 409
    assert "Somebody else changed this in the meantime" in answer.text
    assert "Chosen now: AC-3, SI-12" in answer.text
    assert stored(fresh, draft)[0]["controls"] == "AC-3 SI-12"
    again = {**hidden(answer.text), "controls": ["AT-3"]}
    assert client.post(address, data=again).status_code == 303
    assert stored(fresh, draft)[0]["controls"] == "AT-3"


def test_a_register_changed_meanwhile_is_not_confirmed_unseen(
    client_for: ClientFor, walk: Walk, session: Session, draft: str, fresh: Fresh
) -> None:
    full = get_assessment(session, draft, "full")
    taken_over = next(answer for answer in full.sheet.answers if answer.question == "risks")
    taken_over.is_confirmed, taken_over.origin = False, "previous"
    session.commit()
    client = client_for("amara")
    opened = hidden(client.get(url(draft)).text)
    send(client, url(draft, "/r1"), harm="Written in another tab.")
    assert client.post(url(draft, "/confirm"), data=opened).status_code == 409
    assert len(opened["seen"]) == 24
    assert "seen" not in hidden(client.get(url(draft)).text)  # a change confirms the register
    assert stored(fresh, draft)[0]["harm"] == "Written in another tab."


def test_removing_asks_first_and_goes_once(client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    client = client_for("amara")
    assert "Remove risk R2?" in client.get(url(draft, "/r2/remove")).text
    assert len(stored(fresh, draft)) == 2
    assert send(client, url(draft, "/r2/remove")).status_code == 303
    assert [risk["id"] for risk in stored(fresh, draft)] == ["r1"]
    assert client.get(url(draft, "/r2")).status_code == 404


@pytest.mark.parametrize("first", ["daniel", "petra", "helen", "victor", "ingrid", "sofia"])
def test_readers_read_and_write_nothing(first: str, client_for: ClientFor, draft: str, fresh: Fresh) -> None:
    client = client_for(first)
    assert "Add a risk" not in client.get(url(draft)).text
    page = client.get(url(draft, "/r1"))
    assert page.status_code == 200 and "you cannot change it" in page.text
    token = token_in(page.text)
    for rest, fields in (("/r1", {"risk": "Mine."}), ("/new", {"risk": "Mine."}), ("/r1/remove", {}), ("/confirm", {})):
        answer = client.post(url(draft, rest), data={"csrf_token": token, **fields})
        assert answer.status_code == 403, rest
    assert [risk["id"] for risk in stored(fresh, draft)] == ["r1", "r2"]


def test_other_departments_see_no_register(client_for: ClientFor, draft: str) -> None:
    for rest in ("", "/r1", "/catalogue", "/new"):
        assert client_for("otto").get(url(draft, rest)).status_code == 403


def test_what_was_typed_survives_a_hand_in_meanwhile(
    client_for: ClientFor, walk: Walk, session: Session, draft: str
) -> None:
    client = client_for("amara")
    opened = fields_of(client.get(url(draft, "/r1")).text)
    full = get_assessment(session, draft, "full")
    walk.advance(full, "submitted")
    session.commit()
    answer = client.post(url(draft, "/r1"), data={**opened, "harm": "Nobody shall lose this."})
    assert answer.status_code == 409
    assert "Nobody shall lose this." in answer.text


@pytest.mark.parametrize(
    "crafted",
    [
        {"likelihood": "9"},
        {"likelihood": ["1", "2"]},
        {"risk": "x" * 5000},
        {"risk": "\x00"},
        {"due_on-day": "31", "due_on-month": "2", "due_on-year": "2027"},
        {"response": "ignore"},
        {"owner": ["a", "b"]},
    ],
)
def test_crafted_fields_get_a_sentence(
    crafted: dict[str, object], client_for: ClientFor, draft: str, fresh: Fresh
) -> None:
    client = client_for("amara")
    fields = fields_of(client.get(url(draft, "/r1")).text)
    answer = client.post(url(draft, "/r1"), data={**fields, **crafted})
    assert answer.status_code == 422, answer.text[:500]
    assert "There is a problem" in answer.text
    assert stored(fresh, draft)[0] == sample_risk()


def test_a_hundred_risks_ask_the_database_no_more_than_two(
    client_for: ClientFor, walk: Walk, session: Session, draft: str
) -> None:
    client = client_for("amara")
    client.get(url(draft))
    few = _count_queries(client, url(draft))
    full, actor = get_assessment(session, draft, "full"), walk.who("amara")
    many = [sample_risk(id=f"r{number}") for number in range(1, 101)]
    save_answers(session, full, {"risks": many}, seen_version=full.sheet.version, actor=actor, now=walk.now)
    session.commit()
    assert _count_queries(client, url(draft)) == few
    page = client.get(url(draft)).text
    assert "R100" in page and "Each risk in full" not in page


def _count_queries(client: FlaskClient, address: str) -> int:
    statements: list[str] = []

    def count(_conn: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", count)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return len(statements)
