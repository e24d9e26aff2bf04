"""Pages of emergency exceptions: asking, granting, the panel on the initiative, the list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine import clock
from pia_engine.services.exceptions import get_exception
from tests.factories.governance.exceptions import EMERGENCY, exception, grant, request
from tests.factories.people import persona
from tests.factories.walks import Walk
from tests.fixtures.city import NOW, opened

Clients = Callable[[str], FlaskClient]


def given(session: Session, **changes: str) -> dict[str, str]:
    usual = {
        "emergency": EMERGENCY,
        "use": "Cameras on two bridges.",
        "days": "7",
        "responsible": str(persona(session, "daniel").id),
    }
    return {**usual, **changes}


def post(client: FlaskClient, url: str, data: dict[str, str]) -> TestResponse:
    return client.post(url, data={**data, **opened(client, url)})


def test_an_official_asks_and_the_executive_grants_fewer_days(
    session: Session, walk: Walk, client_for: Clients, fresh: Callable[[], Session]
) -> None:
    initiative, data = walk.initiative().reference, given(session)
    session.commit()
    amara, page = client_for("amara"), f"/initiatives/{initiative}"
    assert "Ask for an emergency exception" in amara.get(page).text
    asked = post(amara, f"{page}/emergency-exception", data)
    assert asked.status_code == 303
    assert asked.location == "/emergency-exceptions/EXC-2026-0001"
    assert "Nothing may begin before it is granted" in amara.get(asked.location).text
    victor, step = client_for("victor"), f"{asked.location}/actions/grant"
    assert "Grant or refuse an emergency exception" in victor.get("/work").text
    shown = victor.get(step).text
    assert "Asked for: 7. You may grant fewer." in shown
    assert 'value="7"' in shown
    assert post(victor, step, {"reason": "It cannot wait.", "days": "2", "conditions": "At night."}).status_code == 303
    found = victor.get(asked.location).text
    for text in ("In force for 3 more days, the last being 4 March 2026", "At night.", "Daniel Director", "Granted by"):
        assert text in found
    panel = amara.get(page).text
    assert "An emergency exception is in force for 3 more days, until 4 March 2026." in panel
    assert "Daniel Director answers for it." in panel
    with fresh() as s:
        assert get_exception(s, "EXC-2026-0001").days == 7


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"emergency": " "}, "Say what the emergency is."),
        ({"use": ""}, "Say what will be used, and how."),
        ({"days": ""}, "Say for how many days."),
        ({"days": "0"}, "The number must be 1 or more."),
        ({"days": "31"}, "The number must be 30 or less."),
        ({"days": "1.5"}, "Write whole days, for example 7."),
        ({"days": "a week"}, "Write a number in digits"),
        ({"responsible": ""}, "Choose who is responsible."),
        ({"responsible": "nobody"}, "responsible"),
        ({"emergency": "x" * 4001}, "4000"),
    ],
)
def test_what_does_not_fit_is_said_and_what_was_typed_stays(
    session: Session, walk: Walk, client_for: Clients, changes: dict[str, str], said: str
) -> None:
    url, data = f"/initiatives/{walk.initiative().reference}/emergency-exception", given(session, **changes)
    session.commit()
    answer = post(client_for("amara"), url, data)
    assert answer.status_code == 422
    assert said in answer.text
    assert "There is a problem" in answer.text
    if "use" not in changes:
        assert "Cameras on two bridges." in answer.text


@pytest.mark.parametrize(
    ("days", "said"), [("8", "7 or less"), ("0", "1 or more"), ("", "for how many days"), ("2.5", "whole days")]
)
def test_the_executive_cannot_grant_other_days(
    session: Session, walk: Walk, client_for: Clients, days: str, said: str
) -> None:
    url = f"/emergency-exceptions/{exception(walk).reference}/actions/grant"
    session.commit()
    answer = post(client_for("victor"), url, {"reason": "It cannot wait.", "days": days})
    assert answer.status_code == 422
    assert said in answer.text
    assert "It cannot wait." in answer.text


def test_what_was_typed_survives_an_expired_session(session: Session, walk: Walk, client_for: Clients) -> None:
    url, data = f"/initiatives/{walk.initiative().reference}/emergency-exception", given(session)
    session.commit()
    client = client_for("amara")
    answer = client.post(url, data={**data, "csrf_token": "too old"})
    page = client.get(answer.location).text
    assert "Cameras on two bridges." in page
    assert "not saved yet" in page


def test_a_second_request_is_refused_with_the_first_ones_name(
    session: Session, walk: Walk, client_for: Clients
) -> None:
    found = exception(walk)
    page, reference = f"/initiatives/{found.initiative.reference}", found.reference
    session.commit()
    client = client_for("amara")
    answer = client.get(f"{page}/emergency-exception")
    assert answer.status_code == 409
    assert reference in answer.text
    assert "Nothing may begin before the executive grants it" in client.get(page).text
    assert "None can be asked for here now" in client.get(page).text


def test_who_can_ask_is_said_to_everybody_else(session: Session, walk: Walk, client_for: Clients) -> None:
    page = f"/initiatives/{walk.initiative().reference}"
    session.commit()
    for first in ("petra", "victor", "ingrid"):
        assert "Who can: Agency official" in client_for(first).get(page).text
        assert client_for(first).get(f"{page}/emergency-exception").status_code == 403
    assert client_for("otto").get(f"{page}/emergency-exception").status_code == 403
    assert client_for("amara").get("/initiatives/INI-2026-9999/emergency-exception").status_code == 404


def test_an_exception_granted_meanwhile_is_not_refused_unseen(
    session: Session, walk: Walk, client_for: Clients, fresh: Callable[[], Session]
) -> None:
    found = exception(walk)
    url = f"/emergency-exceptions/{found.reference}/actions/refuse"
    session.commit()
    client = client_for("victor")
    seen = opened(client, url)
    grant(walk, found)
    session.commit()
    assert client.post(url, data={"reason": "No.", **seen}).status_code == 409
    with fresh() as s:
        assert get_exception(s, found.reference).status == "granted"


def test_a_further_one_says_how_many_there_were(session: Session, walk: Walk, client_for: Clients) -> None:
    first = exception(walk, "expired")
    initiative = first.initiative.reference
    session.commit()
    with clock.frozen(walk.now):
        client = client_for("amara")
        asking = client.get(f"/initiatives/{initiative}/emergency-exception").text
        assert "There was 1 emergency exception before" in asking
        second = request(walk, first.initiative)
        session.commit()
        step = f"/emergency-exceptions/{second.reference}/actions/grant"
        assert "This initiative had 1 exception before." in client_for("victor").get(step).text
        grant(walk, second)
        session.commit()
        shown = client.get(f"/emergency-exceptions/{second.reference}").text
        assert "There was 1 emergency exception before" in shown
        assert first.reference in shown
        assert "It is not the first: there was 1 before." in client.get(f"/initiatives/{initiative}").text


def test_the_panel_goes_with_the_last_day(session: Session, walk: Walk, client_for: Clients) -> None:
    found = exception(walk, "granted")
    page = f"/initiatives/{found.initiative.reference}"
    session.commit()
    with clock.frozen(NOW + dt.timedelta(days=7)):
        assert "in force for 1 more day" in client_for("amara").get(page).text
    with clock.frozen(NOW + dt.timedelta(days=8)):
        assert "is in force" not in client_for("amara").get(page).text


def test_those_who_oversee_find_every_exception(session: Session, walk: Walk, client_for: Clients) -> None:
    granted = exception(walk, "granted", title="Watching the river").reference
    exception(walk, "refused", title="Watching the bridge")
    session.commit()
    for first in ("petra", "helen", "victor", "ingrid"):
        listed = client_for(first).get("/emergency-exceptions").text
        assert "2 exceptions, newest first" in listed
        assert "days left" in listed
    client = client_for("ingrid")
    assert "Watching the bridge" not in client.get("/emergency-exceptions?q=river").text
    assert "Watching the river" not in client.get("/emergency-exceptions?status=refused").text
    assert "No exception matches" in client.get("/emergency-exceptions?q=volcano").text
    assert client.get("/emergency-exceptions?page=99999999999&status=nonsense").status_code == 200
    assert "There was no emergency exception yet" in client_for("otto").get("/emergency-exceptions").text
    assert client_for("adam").get("/emergency-exceptions").status_code == 403
    assert client_for("otto").get(f"/emergency-exceptions/{granted}").status_code == 403
    assert client.get("/emergency-exceptions/EXC-2026-9999").status_code == 404
    assert client.get(f"/emergency-exceptions/{granted}/actions/expire").status_code == 404


def test_more_than_a_page_of_exceptions_is_paged(session: Session, walk: Walk, client_for: Clients) -> None:
    for number in range(26):
        request(walk, walk.initiative(f"Bridge {number}"))
    session.commit()
    assert 'aria-label="Page 2"' in client_for("ingrid").get("/emergency-exceptions").text
    assert "Bridge 0" in client_for("ingrid").get("/emergency-exceptions?page=2").text


def test_ending_it_is_explained_before_it_is_done(session: Session, walk: Walk, client_for: Clients) -> None:
    url = f"/emergency-exceptions/{exception(walk, 'granted').reference}/actions/end"
    session.commit()
    client = client_for("petra")
    page = client.get(url).text
    assert "What the exception allowed has to stop today" in page
    assert "the executive" in page
    assert "govuk-button--warning" in page
    assert client.post(url, data={"reason": "", **opened(client, url)}).status_code == 422
    assert client.post(url, data={"reason": "The water fell.", **opened(client, url)}).status_code == 303
