"""Observers over HTTP: appointed, told, reading; a statement written, looked at, filed; an appointment ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.jobs.mail import list_messages
from pia_engine.jobs.worker import drain
from pia_engine.models import Initiative, Observer
from pia_engine.services.initiatives import get_initiative
from pia_engine.services.observers import list_observers
from tests.factories.hearing import WANDA, hear, observe, state, wanda
from tests.factories.people import PERSONAS, email_of, persona
from tests.factories.walks import Walk
from tests.fixtures.city import NOW
from tests.integration.web.forms import fields_of, send, text_of

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
DAYS: dict[str, object] = {
    "from_on-day": "2", "from_on-month": "3", "from_on-year": "2026",
    "until_on-day": "30", "until_on-month": "6", "until_on-year": "2026",
}  # fmt: skip
TEXT = "I read all of it.\n\nThe counters see no faces; I would watch the maps."


def page_of(initiative: Initiative) -> str:
    return f"/initiatives/{initiative.reference}"


def known(fresh: Fresh, page: str) -> list[Observer]:
    with fresh() as session:
        return list_observers(session, get_initiative(session, page.removeprefix("/initiatives/")))


@pytest.mark.parametrize("first", PERSONAS)
def test_the_senior_privacy_official_appoints_and_nobody_else(
    first: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    page, person = page_of(walk.initiative()), str(wanda(session).id)
    session.commit()
    client = client_for(first)
    if first != "helen":
        assert client.get(f"{page}/observers/new").status_code == 403
        assert "Appoint an observer" not in client.get(page).text
        return
    assert send(client, f"{page}/observers/new", person=person, organisation="The Forum", **DAYS).status_code == 303
    (observer,) = known(fresh, page)
    assert (observer.organisation, str(observer.until_on)) == ("The Forum", "2026-06-30")
    assert "Wanda Witness, The Forum Statement awaited" in text_of(client.get(page).text)


def test_whoever_is_appointed_gets_a_letter_and_finds_it_in_their_work(
    app: Flask, walk: Walk, session: Session, client_for: Clients
) -> None:
    record = walk.full()
    page, person = page_of(record.initiative), str(wanda(session).id)
    session.commit()
    send(client_for("helen"), f"{page}/observers/new", person=person, **DAYS)
    drain(app, NOW)
    letters = [
        each for each in list_messages(app.extensions["pia-settings"].mail_folder) if each.to == email_of("wanda")
    ]
    assert [each.subject for each in letters if "independent observer" in each.subject]
    client = client_for("wanda")
    work = client.get("/work").text
    assert "File your statement: Traffic counters on Mill Road" in text_of(work)
    assert "What you observe" in work and f'href="{page}"' in work
    assert text_of(client.get("/initiatives").text).count("Traffic counters on Mill Road") == 1
    assert "Traffic counters" in client.get(f"/assessments/{record.reference}").text


@pytest.mark.parametrize("first", ["amara", "victor", "ingrid", "adam"])
def test_somebody_of_the_line_cannot_even_be_chosen(
    first: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    page, person = page_of(walk.initiative()), persona(session, first)
    session.commit()
    helen = client_for("helen")
    assert person.name not in text_of(helen.get(f"{page}/observers/new").text)
    refused = send(helen, f"{page}/observers/new", person=str(person.id), **DAYS)
    assert refused.status_code == 422 and "Choose from the options shown here." in refused.text
    assert known(fresh, page) == []


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"person": ""}, "Choose who observes."),
        ({"person": "nobody"}, "Choose from the options shown here."),
        ({"until_on-year": "2025"}, "The last day is before the first."),
        ({"from_on-year": "2025", "until_on-year": "2025"}, "These days are past."),
        ({"until_on-day": "", "until_on-month": "", "until_on-year": ""}, "nobody observes without an end"),
        ({"organisation": "x" * 201}, "200"),
    ],
)
def test_what_does_not_fit_is_said(
    changes: dict[str, object], sentence: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    page, person = page_of(walk.initiative()), str(wanda(session).id)
    session.commit()
    refused = send(client_for("helen"), f"{page}/observers/new", **{"person": person, **DAYS, **changes})
    assert refused.status_code == 422 and sentence in text_of(refused.text)
    assert known(fresh, page) == []


def test_a_statement_is_written_looked_at_changed_and_filed(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    record = walk.full("awaiting_decision")
    observer = observe(walk, record.initiative, wanda(session))
    page, reference = page_of(record.initiative), record.reference
    session.commit()
    client, address = client_for("wanda"), f"{page}/observers/{observer.id}/statement"
    looked = send(client, address, statement="A first try.", press="preview")
    assert looked.status_code == 200 and "This is what everybody will read" in looked.text
    assert known(fresh, page)[0].filed_at is None
    again = client.post(address, data={**fields_of(looked.text), "press": "change"})
    assert fields_of(again.text)["statement"] == "A first try."
    looked = client.post(address, data={**fields_of(again.text), "statement": TEXT, "press": "preview"})
    assert client.post(address, data={**fields_of(looked.text), "press": "file"}).status_code == 303
    assert known(fresh, page)[0].statement == TEXT
    assert "File your statement" not in client.get("/work").text
    assert "Statement filed on 2 March 2026" in text_of(client.get(page).text)
    step = text_of(client_for("helen").get(f"/assessments/{reference}/full/actions/approve").text)
    assert "Statements of independent observers" in step and "I would watch the maps" in step
    assert "The observer filed a statement" in text_of(client_for("petra").get(page).text)


def test_a_filed_statement_cannot_be_filed_again_or_changed(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    initiative = walk.initiative()
    observer = observe(walk, initiative, wanda(session))
    state(walk, observer, "Once.")
    page = page_of(initiative)
    session.commit()
    client, address = client_for("wanda"), f"{page}/observers/{observer.id}/statement"
    assert client.get(address).status_code == 409
    token = fields_of(client.get("/initiatives").text).get("csrf_token")
    for press in ("preview", "file", "change"):
        posted = {"statement": "Twice.", "press": press, "csrf_token": token or ""}
        assert client.post(address, data=posted).status_code in (303, 409)
    assert [each.statement for each in known(fresh, page)] == ["Once."]


def test_a_text_that_was_not_looked_at_is_shown_before_it_is_filed(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    initiative = walk.initiative()
    observer = observe(walk, initiative, wanda(session))
    page = page_of(initiative)
    session.commit()
    address = f"{page}/observers/{observer.id}/statement"
    answer = send(client_for("wanda"), address, statement="Unseen.", press="file")
    assert answer.status_code == 409 and "This is not the text you looked at before" in answer.text
    assert "Unseen." in answer.text
    assert known(fresh, page)[0].filed_at is None


@pytest.mark.parametrize("text", ["", "  ", "x" * 8001, "\u0e44"])
def test_a_statement_that_cannot_be_published_is_given_back(
    text: str, walk: Walk, session: Session, client_for: Clients
) -> None:
    initiative = walk.initiative()
    observer = observe(walk, initiative, wanda(session))
    session.commit()
    answer = send(client_for("wanda"), f"{page_of(initiative)}/observers/{observer.id}/statement", statement=text)
    assert answer.status_code == 422 and text.strip()[:100] in answer.text


@pytest.mark.parametrize("first", PERSONAS)
def test_nobody_but_the_observer_opens_the_page_of_the_statement(
    first: str, walk: Walk, session: Session, client_for: Clients
) -> None:
    initiative = walk.initiative()
    observer = observe(walk, initiative, wanda(session))
    session.commit()
    assert client_for(first).get(f"{page_of(initiative)}/observers/{observer.id}/statement").status_code == 403


def test_an_appointment_is_ended_early_with_a_reason(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    record = walk.full()
    observer = observe(walk, record.initiative, wanda(session))
    page = page_of(record.initiative)
    session.commit()
    helen, client, address = client_for("helen"), client_for("wanda"), f"{page}/observers/{observer.id}/withdraw"
    assert client.get(address).status_code == 403
    assert send(helen, address, reason="").status_code == 422
    assert send(helen, address, reason="She has moved away.").status_code == 303
    assert "She has moved away." in text_of(helen.get(page).text)
    assert client.get(page).status_code == 403
    assert "What you observe" not in client.get("/work").text
    assert helen.get(address).status_code == 409


def test_unknown_appointments_and_those_of_another_initiative_are_not_found(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    first, second = walk.initiative(), walk.initiative("Another one")
    observer = observe(walk, first, wanda(session))
    session.commit()
    helen = client_for("helen")
    assert helen.get(f"{page_of(first)}/observers/{uuid.uuid4()}/withdraw").status_code == 404
    assert helen.get(f"{page_of(second)}/observers/{observer.id}/withdraw").status_code == 404
    assert helen.get("/initiatives/INI-1999-0001/observers/new").status_code == 404


def test_an_observer_is_no_reader_of_comments_vendors_or_audits(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    record = walk.full("published")
    hear(walk, walk.full(title="Another one"))
    observe(walk, record.initiative, wanda(session))
    session.commit()
    shown = text_of(client_for("wanda").get(f"/assessments/{record.reference}").text)
    assert "Comments on this assessment" not in shown and "Annual audits" not in shown
    assert WANDA not in text_of(client_for("otto").get("/work").text)
