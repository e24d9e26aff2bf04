"""The calendar's secret link: nothing but the whole present token opens it, and it opens nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Person
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.calendars import end_calendar_link, make_calendar_link
from pia_engine.services.people import set_active
from pia_engine.services.sessions import hash_token
from tests.factories.people import persona
from tests.fixtures.city import NOW


@pytest.fixture
def token(session: Session) -> str:
    """Daniel's."""
    made = make_calendar_link(session, persona(session, "daniel"))
    session.commit()
    return made


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def test_only_a_hash_of_it_is_kept(token: str, session: Session) -> None:
    kept = session.scalars(select(Person.calendar_token_hash).where(Person.calendar_token_hash.is_not(None))).one()
    assert kept == hash_token(token)
    assert len(token) >= 43


def test_guesses_open_nothing(token: str, visitor: FlaskClient) -> None:
    kept = hash_token(token)
    for guess in ("x", token[:-1], token.swapcase(), kept, "%00", "None", "..%2f", f"{token}x"):
        answer = visitor.get(f"/calendar/{guess}.ics")
        assert answer.status_code == 404, guess
        assert "VCALENDAR" not in answer.text
    assert visitor.get(f"/calendar/{token}").status_code == 404
    assert visitor.get(f"/calendar/{token}.ics").status_code == 200


def test_somebody_without_a_calendar_is_not_found_by_an_empty_token(visitor: FlaskClient) -> None:
    assert visitor.get("/calendar/.ics").status_code == 404


def test_a_link_that_was_renewed_or_switched_off_opens_nothing(
    token: str, session: Session, visitor: FlaskClient
) -> None:
    newer = make_calendar_link(session, persona(session, "daniel"))
    session.commit()
    assert [visitor.get(f"/calendar/{each}.ics").status_code for each in (token, newer)] == [404, 200]
    end_calendar_link(session, persona(session, "daniel"))
    session.commit()
    assert visitor.get(f"/calendar/{newer}.ics").status_code == 404


def test_a_closed_account_has_no_calendar_and_opening_it_again_brings_none_back(
    token: str, session: Session, visitor: FlaskClient
) -> None:
    for active in (False, True):
        set_active(session, persona(session, "daniel"), active=active, actor=SYSTEM, now=NOW)
        session.commit()
        assert visitor.get(f"/calendar/{token}.ics").status_code == 404


def test_an_account_closed_in_any_other_way_has_none_either(token: str, session: Session, visitor: FlaskClient) -> None:
    persona(session, "daniel").active = False
    session.commit()
    assert visitor.get(f"/calendar/{token}.ics").status_code == 404


def test_it_cannot_be_tried_without_end(token: str, visitor: FlaskClient) -> None:
    answers = [visitor.get(f"/calendar/{number}.ics").status_code for number in range(62)]
    assert answers[0] == 404
    assert answers[-1] == 429


def test_it_signs_nobody_in(token: str, visitor: FlaskClient) -> None:
    visitor.get(f"/calendar/{token}.ics")
    assert visitor.get("/work").status_code in (302, 303)
    assert visitor.post(f"/calendar/{token}.ics").status_code in (400, 405)


def test_somebody_elses_session_makes_no_difference(token: str, client_for: Callable[[str], FlaskClient]) -> None:
    client = client_for("petra")
    assert "VCALENDAR" in client.get(f"/calendar/{token}.ics").text
    assert "Set-Cookie" not in client.get(f"/calendar/{token}.ics").headers
    assert client.get("/work").status_code == 200


@pytest.mark.parametrize("address", ["/account/calendar", "/account/calendar/off", "/account/reminders"])
def test_links_are_made_by_whoever_is_signed_in_and_with_a_token_of_the_page(
    token: str, session: Session, visitor: FlaskClient, client_for: Callable[[str], FlaskClient], address: str
) -> None:
    visitor.post(address)
    client_for("daniel").post(address)
    session.rollback()
    session.expire_all()
    assert persona(session, "daniel").calendar_token_hash == hash_token(token)
