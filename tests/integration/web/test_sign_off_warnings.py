"""Every page that would change an answer says beforehand whose sign-offs that makes void."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.services.assessments import get_assessment
from tests.factories.attachments import PDF
from tests.factories.together import ask, sign_off
from tests.factories.walks import Walk
from tests.fixtures.files import Desk
from tests.integration.web.forms import fields_of, send, text_of

Clients = Callable[[str], FlaskClient]
SENTENCE = "Changing an answer here makes these sign-offs void"
SOFIA = f"{SENTENCE}: Sofia Security (Security)."


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    """A full assessment in draft whose purpose Sofia is going to sign off."""
    reference = walk.full("draft").reference
    session.commit()
    return reference


def signed(walk: Walk, session: Session, reference: str, *sections: str) -> None:
    """Sofia signs these sections off."""
    session.expire_all()
    sign_off(walk, ask(walk, get_assessment(session, reference, "full"), *sections))
    session.commit()


def test_putting_an_earlier_text_back_says_whose_sign_offs_it_voids(
    walk: Walk, session: Session, client_for: Clients, draft: str
) -> None:
    client, section = client_for("amara"), f"/assessments/{draft}/full/sections/purpose"
    send(client, section, q_purpose="Count the vehicles on Mill Road.")
    send(client, section, q_purpose="Count the bicycles on Mill Road.")
    earlier = f"/assessments/{draft}/full/history/purpose"
    assert SENTENCE not in text_of(client.get(f"{earlier}/1/restore").text)
    signed(walk, session, draft, "purpose")
    assert SOFIA in text_of(client.get(f"{earlier}/1/restore").text)
    assert SENTENCE not in text_of(client.get(f"{earlier}/2/restore").text)


def test_the_merge_page_says_whose_sign_offs_a_choice_voids(
    walk: Walk, session: Session, client_for: Clients, draft: str
) -> None:
    first, second = client_for("amara"), client_for("amara")
    section = f"/assessments/{draft}/full/sections/purpose"
    opened = fields_of(second.get(section).text)
    send(first, section, q_purpose="Count the vehicles.")
    signed(walk, session, draft, "purpose")
    answer = second.post(section, data={**opened, "q_purpose": "Count the bicycles."})
    assert answer.status_code == 409
    words = text_of(answer.text)
    assert "Count the bicycles." in words
    assert SOFIA in words


def test_a_template_s_preview_names_the_sections_and_the_sign_offs_it_would_void(
    walk: Walk, session: Session, client_for: Clients, draft: str
) -> None:
    template = walk.full("published", title="Sensors on Bank Street").reference
    session.commit()
    client, page = client_for("amara"), f"/assessments/{draft}/full/template/{template}"
    assert SENTENCE not in text_of(client.get(page).text)
    signed(walk, session, draft, "purpose", "scope")
    words = text_of(client.get(page).text)
    found = re.search(rf"In ([^:]+): {re.escape(SOFIA)}", words)
    assert found, words[:1500]
    assert len(found[1].split(", ")) >= 2
    assert words.index(SOFIA) < words.index("Carry over these")


def test_files_that_are_an_answer_say_whose_sign_offs_they_void(
    desk: Desk, walk: Walk, session: Session, client_for: Clients
) -> None:
    amara = client_for("amara")
    desk.attach(amara, ("plan.pdf", PDF), question="evidence")
    assert SENTENCE not in text_of(amara.get(desk.url("evidence")).text)
    signed(walk, session, desk.reference, "summary")
    page = amara.get(desk.url("evidence"))
    assert SOFIA in text_of(page.text)
    removing = re.search(r'href="([^"]+/remove)"', page.text)
    assert removing
    assert SOFIA in text_of(amara.get(removing[1]).text)
    assert SENTENCE not in text_of(client_for("helen").get(desk.url("evidence")).text)


def test_files_beside_another_answer_void_nothing(
    desk: Desk, walk: Walk, session: Session, client_for: Clients
) -> None:
    signed(walk, session, desk.reference, "summary")
    assert SENTENCE not in text_of(client_for("amara").get(desk.url("summary")).text)
