"""Explained actions: wherever a step is not possible, the page leads to where that can be changed, or to who can help.

There is a case for every guard. Each link is followed by whoever reads it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.errors import NotAllowed, NotPossible
from pia_engine.models import WorkflowRecord
from pia_engine.permissions.capacity import in_capacity
from pia_engine.permissions.records import GUARDS
from pia_engine.web.signposts import signpost
from tests.factories.people import acting, persona
from tests.factories.refusals import CASES, ELSEWHERE, Case
from tests.factories.together import ask
from tests.factories.walks import Walk
from tests.fixtures.city import token_in

Clients = Callable[[str], FlaskClient]


def refusal_of(case: Case, walk: Walk, record: WorkflowRecord) -> NotAllowed | NotPossible:
    actor = in_capacity(acting(walk.session, case.first, walk.now), case.permission, record)
    with pytest.raises((NotAllowed, NotPossible)) as refusal:
        GUARDS[case.guard](walk.session, record, actor)
    return refusal.value


def test_there_is_a_case_for_every_guard() -> None:
    assert {case.guard for case in CASES} | ELSEWHERE == set(GUARDS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_refusal_leads_to_a_page_its_reader_can_open(
    case: Case, app: Flask, walk: Walk, session: Session, client_for: Clients
) -> None:
    record = case.make(walk)
    session.flush()
    with app.test_request_context():
        g.actor = acting(session, case.first, walk.now)
        found = signpost(refusal_of(case, walk, record), record)
    assert found is not None
    assert re.search(case.leads_to, found.url), found.url
    session.commit()
    assert client_for(case.first).get(found.url).status_code == 200, found.url


@pytest.mark.parametrize("case", [case for case in CASES if case.page], ids=str)
def test_the_list_of_steps_has_the_link(case: Case, walk: Walk, session: Session, client_for: Clients) -> None:
    record = case.make(walk)
    session.flush()
    sentence = str(refusal_of(case, walk, record))
    address = case.page.format(record.reference)
    session.commit()
    page = client_for(case.first).get(address)
    assert page.status_code == 200
    entries = re.findall(r"<li><span class=\"app-actions__label\">.*?</li>", page.text, re.DOTALL)
    said = [entry for entry in entries if sentence in html.unescape(entry)]
    assert said, (sentence, entries)
    for entry in said:
        link = re.search(r'href="([^"]+)"', entry)
        assert link, entry
        assert re.search(case.leads_to, html.unescape(link[1])), link[1]


def test_a_step_taken_too_early_answers_with_the_way_on_and_back(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    reference = walk.full("draft").reference
    session.commit()
    client = client_for("amara")
    address = f"/assessments/{reference}/full/actions/submit"
    token = token_in(client.get("/account").text)
    for answer in (client.get(address), client.post(address, data={"csrf_token": token})):
        assert answer.status_code == 409
        link = re.search(r'href="([^"]+)">Go to the question<', answer.text)
        assert link, answer.text
        assert client.get(html.unescape(link[1])).status_code == 200
        assert f'href="/assessments/{reference}">Back to {reference}<' in answer.text


@pytest.mark.parametrize(
    ("first", "anchor"), [("otto", "role-privacy_officer"), ("victor", "departments"), ("adam", "departments")]
)
def test_who_may_not_is_led_to_who_may(
    walk: Walk, session: Session, client_for: Clients, first: str, anchor: str
) -> None:
    reference = walk.full("draft").reference
    session.commit()
    client = client_for(first)
    answer = client.get(f"/assessments/{reference}/full/actions/submit")
    assert answer.status_code == 403
    link = re.search(r'href="([^"]+)">See who that is<', answer.text)
    assert link, answer.text
    assert f'id="{anchor}"' in client.get(link[1]).text or anchor == "departments"
    assert ("Back to" in answer.text) == (first == "victor")


def test_nobody_without_a_role_is_led_where_they_cannot_go(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = walk.full("draft").reference
    for held in persona(session, "otto").designations:
        held.until_on = held.from_on
    session.commit()
    answer = client_for("otto").get(f"/assessments/{reference}")
    assert answer.status_code == 403
    assert "See who that is" not in answer.text


def test_the_chart_has_an_anchor_for_each_role_a_refusal_names(client_for: Clients) -> None:
    page = client_for("petra").get("/people/roles").text
    for role in ("privacy_officer", "senior_privacy_official", "executive", "auditor", "contributor", "administrator"):
        assert page.count(f'id="role-{role}"') == 1
    assert 'id="departments"' in page


def test_an_expert_who_cannot_sign_off_yet_is_led_to_the_question(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    record = walk.full("draft")
    address = f"/assessments/{record.reference}/full/contributions/{ask(walk, record).id}"
    session.commit()
    client = client_for("sofia")
    link = re.search(r'href="([^"]+)">Go to the question<', client.get(address).text)
    assert link
    assert client.get(html.unescape(link[1])).status_code == 200
