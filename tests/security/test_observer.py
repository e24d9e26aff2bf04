"""An independent observer over HTTP: every address of the one initiative they read, and of everything they must not.

The routes come from the application and the permissions from the table written by hand, so a new page is tried here
as soon as it exists.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.permissions.vocabulary import Permission
from pia_engine.services.annual_audits import list_audits
from pia_engine.services.comments import write_comment
from pia_engine.services.commitments import NewCommitment, make_commitment
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.legal_holds import place_hold
from pia_engine.services.observers import list_observers
from pia_engine.web.access import LINK, PUBLIC, SIGNED_IN, declared_access
from tests.factories.attachments import attach
from tests.factories.hearing import hear, observe, replied, wanda
from tests.factories.people import email_of
from tests.factories.together import ask
from tests.factories.walks import Walk
from tests.fixtures.city import token_in
from tests.security.test_matrix import LET_IN
from tests.security.test_routes import City, _own_rules, _path, _readable, city
from tests.unit.permissions.test_people import ALLOWED

__all__ = ["city"]

OTHER = "Another plan nobody is to know of"
TALK, CONTACT = "Between us: the head is against it.", "lena@sightline.example"
OF_THE_PUBLIC = ("/static", "/register", "/verify", "/city.css", "/privacy", "/accessibility", "/reports")
OF_ONE_STEP = {"assessments.act", "history.ask_to_restore", "initiatives.act"}
"""Pages of steps: who may open one follows from the step, and none is an observer's."""
LINKED = re.compile(r'href="(/[^"#]*)')


@pytest.fixture
def observed(app: Flask, session: Session, walk: Walk) -> City:
    """One record of each kind that belongs to the initiative Wanda observes, and another initiative beside it."""
    walk.full("published", title=OTHER)
    record = walk.full(title="Traffic counters on Mill Road")
    walk.vendor(record, "accepted")
    walk.advance(record, "changes_requested")
    full, stage = record.reference, "full"
    file = attach(walk, record, "summary", settings=app.extensions["pia-settings"])
    entry = hear(walk, record, replied(is_public=False))
    write_comment(session, record, "summary", text=TALK, actor=walk.who("amara"), now=walk.now)
    observer = observe(walk, record.initiative, wanda(session))
    here = {"reference": full, "stage": stage, "section": "summary", "question": "summary", "risk_id": "r1"}
    places = {
        "initiatives": {"reference": record.initiative.reference, "action": "retire"},
        "assessments": {**here, "action": "submit", "edition": "1"},
        "history": {**here, "number": "1"},
        "beginning": {**here, "source": full},
        "attachments": {**here, "attachment_id": str(file.id)},
        "contributions": {"reference": full, "contribution_id": str(ask(walk, record).id)},
        "consultations": {"reference": full, "consultation_id": str(entry.id)},
        "observers": {"reference": record.initiative.reference, "observer_id": str(observer.id)},
        **{name: here for name in ("sections", "risks", "risk", "comparing", "comments")},
    }
    session.commit()
    return City(places)


def test_an_observer_opens_what_the_table_allows_and_nothing_else(
    app: Flask, observed: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client, access = client_for("wanda"), declared_access(app)
    token = {"csrf_token": token_in(client.get("/work").text)}
    wrong, opened = [], 0
    for rule in _own_rules(app):
        path, declared = _path(app, rule, observed), access[rule.endpoint]
        if path is None or declared in (PUBLIC, LINK, SIGNED_IN):
            continue
        may = "wanda" in ALLOWED[Permission(declared)]
        if "GET" in (rule.methods or ()):
            status = client.get(path).status_code
            if rule.endpoint in OF_ONE_STEP:
                may = False
            if (status == 403) is may or status not in LET_IN | {403}:
                wrong.append(f"GET {path}: {status}")
            opened += status == 200
        if "POST" in (rule.methods or ()) and not may:
            status = client.post(path, data=token).status_code
            if status != 403:
                wrong.append(f"POST {path}: {status}")
    assert wrong == []
    assert opened > 10


def test_an_observer_of_one_initiative_opens_nothing_of_another(
    app: Flask, city: City, session: Session, client_for: Callable[[str], FlaskClient]
) -> None:
    client, access, tried = client_for("wanda"), declared_access(app), 0
    theirs = ("consultations.", "observers.")
    for rule in _readable(app):
        path = _path(app, rule, city)
        if path is None or not rule.arguments or access[rule.endpoint] in (PUBLIC, LINK):
            continue
        if not rule.endpoint.startswith(theirs):
            assert client.get(path).status_code == 403, path
            tried += 1
    assert tried > 15


def test_every_link_an_observer_meets_is_open_and_no_page_speaks_of_anything_else(
    observed: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for("wanda")
    seen, waiting = set(), ["/work", "/initiatives", "/initiatives?q=Another", "/account"]
    while waiting:
        address = waiting.pop()
        if address in seen or address == "/" or address.startswith(OF_THE_PUBLIC):
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code in (200, 303), f"{address}: {answer.status_code}"
        for secret in (OTHER, TALK, CONTACT):
            assert secret.encode() not in answer.data, f"{address} speaks of {secret}"
        if answer.mimetype == "text/html":
            waiting += [found.replace("&amp;", "&") for found in LINKED.findall(answer.text)]
    reference = observed.places["assessments"]["reference"]
    assert {f"/assessments/{reference}", f"/assessments/{reference}/full/v1"} <= seen
    assert len(seen) > 12


def test_an_appointment_that_is_over_opens_nothing_any_more(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    record = walk.full("published")
    observer = observe(walk, record.initiative, wanda(session))
    addresses = [f"/initiatives/{record.initiative.reference}", f"/assessments/{record.reference}"]
    audit = list_audits(session, record.reference)[0].reference
    session.commit()
    client = client_for("wanda")
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    assert client.get(f"/audits/{audit}").status_code == 403
    observer.withdrawn_on = observer.from_on
    session.commit()
    assert [client.get(address).status_code for address in addresses] == [403, 403]
    assert len(list_observers(session, record.initiative)) == 1
    assert email_of("wanda") not in client.get("/work").text


def test_an_observer_reads_neither_internal_commitments_nor_why_a_hold_was_placed(
    app: Flask, observed: City, session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    reference = observed.places["initiatives"]["reference"]
    initiative = get_initiative(session, reference)
    promise = NewCommitment(
        text="Replace the guard nobody trusts.",
        keeper=initiative.author,
        due_on=walk.now.date(),
        source="officer",
        initiative=initiative,
        is_public=False,
    )
    make_commitment(session, promise, actor=walk.who("petra"), now=walk.now)
    place_hold(session, initiative, reason="A neighbour sues.", actor=walk.who("petra"), now=walk.now)
    session.commit()
    page = client_for("petra").get(f"/initiatives/{reference}").text
    assert "nobody trusts" in page and "A neighbour sues" in page
    for path in (f"/initiatives/{reference}", f"/initiatives/{reference}/gate", f"/initiatives/{reference}/records"):
        page = client_for("wanda").get(path)
        assert page.status_code == 200
        assert "nobody trusts" not in page.text, path
        assert "A neighbour sues" not in page.text, path
