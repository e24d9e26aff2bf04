"""What somebody typed while a record changed under them is shown once more, to be copied; nothing else is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.services import policies, thresholds
from pia_engine.services.assessments import get_assessment, withdraw_assessment
from pia_engine.services.thresholds import get_rule_book
from pia_engine.web import salvage
from tests.factories.people import persona
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.integration.web.forms import fields_of, text_of

Clients = Callable[[str], FlaskClient]
OFFER = "It is not saved. Copy what you want to keep."
TYPED = "Which street is meant,\nand since <when>?"
SHOWN = "Which street is meant,\nand since &lt;when&gt;?"


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    """A full assessment in draft."""
    reference = walk.full("draft").reference
    session.commit()
    return reference


def withdraw(walk: Walk, session: Session, reference: str) -> None:
    session.expire_all()
    record = get_assessment(session, reference, "full")
    withdraw_assessment(session, record, actor=walk.who("amara"), now=walk.now, reason="Cancelled")
    session.commit()


def test_a_comment_on_an_assessment_withdrawn_meanwhile_can_be_copied(
    walk: Walk, session: Session, client_for: Clients, draft: str
) -> None:
    client, page = client_for("petra"), f"/assessments/{draft}/full/comments/summary"
    opened = fields_of(client.get(page).text)
    withdraw(walk, session, draft)
    answer = client.post(page, data={**opened, "new_comment": TYPED, "save": "new_comment"})
    assert answer.status_code == 409
    assert OFFER in answer.text
    assert answer.text.count(SHOWN) == 1
    assert answer.text.count('"app-answer"') == 1
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_request_to_an_expert_that_comes_too_late_can_be_copied(
    walk: Walk, session: Session, client_for: Clients, draft: str
) -> None:
    client, page = client_for("amara"), f"/assessments/{draft}/full/contributions/new"
    opened, sofia = fields_of(client.get(page).text), str(persona(session, "sofia").id)
    withdraw(walk, session, draft)
    given = {**opened, "person": sofia, "topic": "security", "sections": ["security"], "text": TYPED}
    answer = client.post(page, data=given)
    assert answer.status_code == 409
    assert SHOWN in answer.text
    assert sofia not in answer.text


def test_a_threshold_rule_a_colleague_removed_can_be_copied(walk: Walk, session: Session, client_for: Clients) -> None:
    policy = policies.begin_draft(session, actor=walk.who("petra"), now=walk.now)
    session.commit()
    book = get_rule_book(session, policy)
    rule = book.document["rules"][0]["id"]
    client, page = client_for("petra"), f"/policy/versions/2/thresholds/rules/{rule}"
    opened = fields_of(client.get(page).text)
    thresholds.remove_rule(session, policy, rule, seen=book.digest, actor=walk.who("petra"), now=walk.now)
    session.commit()
    answer = client.post(page, data={**opened, "because": TYPED})
    assert answer.status_code == 404
    assert SHOWN in answer.text
    assert book.digest not in answer.text


def test_a_policy_section_of_a_draft_withdrawn_meanwhile_can_be_copied(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    policy = policies.begin_draft(session, actor=walk.who("petra"), now=walk.now)
    session.commit()
    client, page = client_for("petra"), "/policy/draft/sections/principles"
    token = token_in(client.get(page).text)
    policies.withdraw_draft(session, policy, actor=walk.who("petra"), now=walk.now, reason="Begun too early.")
    session.commit()
    answer = client.post(page, data={"csrf_token": token, "principles-0-text": TYPED})
    assert answer.status_code == 404
    assert SHOWN in answer.text


@pytest.mark.parametrize(
    "name_and_value",
    [
        ("password", "a password of several words"),
        ("new_password_confirm", "a password of several words"),
        ("seen", "f" * 64),
        ("asked", "purpose scope summary"),
        ("person", "01a20797-76af-76dd-87e2-63e07ed6063e"),
        ("text", "Too small"),
    ],
)
def test_secrets_and_marks_of_the_form_are_not_repeated(
    name_and_value: tuple[str, str], client_for: Clients, draft: str
) -> None:
    client, (name, value) = client_for("petra"), name_and_value
    token = token_in(client.get("/work").text)
    answer = client.post("/assessments/PIA-1999-999/full/comments/summary", data={"csrf_token": token, name: value})
    assert answer.status_code == 404
    assert value not in answer.text
    assert OFFER not in answer.text


def test_a_page_shows_no_more_than_it_can_hold(
    client_for: Clients, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(salvage, "MOST", 30)
    client = client_for("petra")
    given = {"one": "first text " * 2, "two": "second text", "three": "third text, left out"}
    given["csrf_token"] = token_in(client.get("/work").text)
    words = text_of(client.post("/assessments/PIA-1999-999/full/comments/summary", data=given).text)
    assert "first text first text second te Where to go now" in words
    assert "third text" not in words


@pytest.mark.parametrize("mode", ["cors", "no-cors", "same-origin"])
def test_what_a_script_sends_by_itself_is_not_repeated(mode: str, client_for: Clients, draft: str) -> None:
    client = client_for("petra")
    given = {"csrf_token": token_in(client.get("/work").text), "new_comment": TYPED}
    page = "/assessments/PIA-1999-999/full/comments/summary"
    by_hand = client.post(page, data=given, headers={"Sec-Fetch-Mode": "navigate"})
    by_script = client.post(page, data=given, headers={"Sec-Fetch-Mode": mode})
    assert SHOWN in by_hand.text
    assert SHOWN not in by_script.text


def test_nothing_is_repeated_to_who_is_not_signed_in(client_for: Clients, draft: str) -> None:
    visitor = client_for("")
    given = {"csrf_token": token_in(visitor.get("/sign-in").text), "q_purpose": TYPED}
    answer = visitor.post("/vendor/no-such-link/sections/security", data=given)
    assert answer.status_code >= 400
    assert "Which street is meant" not in answer.text
