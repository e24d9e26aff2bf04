"""The administrator's pages of keys: made and shown once, listed without their text, revoked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine.models import ApiKey
from tests.fixtures.city import token_in

Clients = Callable[[str], FlaskClient]
URL = "/administration/api-keys"


def make(client: FlaskClient, name: str = "Purchasing", year: str = "2026", month: str = "12") -> TestResponse:
    page = client.get(f"{URL}/new").text
    day = {"expires_on-day": "31", "expires_on-month": month, "expires_on-year": year}
    return client.post(f"{URL}/new", data={"name": name, **day, "csrf_token": token_in(page)})


def test_a_key_is_shown_once_and_opens_the_gate(client_for: Clients, fresh: Callable[[], Session]) -> None:
    adam = client_for("adam")
    assert "No key was made yet" in adam.get(URL).text
    made = make(adam)
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    found = re.search(r"pia_[\w-]{43}", made.text)
    assert found
    listed = adam.get(URL).text
    assert "Purchasing" in listed
    assert "31 December 2026" in listed
    assert "Never" in listed
    assert found.group() not in listed
    asked = client_for("").get("/api/v1/gate/INI-2026-0001", headers={"Authorization": f"Bearer {found.group()}"})
    assert asked.status_code == 404
    assert "2 March 2026" in adam.get(URL).text
    changes = adam.get("/administration/changes").text
    assert "Key for another system made" in changes
    assert "Purchasing" in changes
    assert found.group() not in changes


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": ""}, "Say which system uses the key."),
        ({"year": "2027"}, "Choose a day from today until a year from today."),
        ({"year": "2025"}, "Choose a day from today until a year from today."),
        ({"month": "13"}, "The month must be between 1 and 12."),
        ({"name": "x" * 201}, "200"),
    ],
)
def test_what_does_not_fit_makes_no_key(
    client_for: Clients, fresh: Callable[[], Session], given: dict[str, str], said: str
) -> None:
    answer = make(client_for("adam"), **given)
    assert answer.status_code == 422
    assert said in answer.text
    with fresh() as s:
        assert s.scalars(select(ApiKey)).all() == []


def test_sending_the_form_twice_makes_one_key(client_for: Clients, fresh: Callable[[], Session]) -> None:
    adam = client_for("adam")
    assert make(adam).status_code == 200
    again = make(adam)
    assert again.status_code == 422
    assert "valid already" in again.text
    with fresh() as s:
        assert len(s.scalars(select(ApiKey)).all()) == 1


def test_revoking_asks_first(client_for: Clients, fresh: Callable[[], Session]) -> None:
    adam = client_for("adam")
    make(adam)
    with fresh() as s:
        url = f"{URL}/{s.scalars(select(ApiKey.id)).one()}/revoke"
    page = adam.get(url).text
    assert "cannot be undone" in page
    assert adam.post(url, data={"csrf_token": token_in(page)}).status_code == 303
    assert "Revoked" in adam.get(URL).text
    assert adam.post(url, data={"csrf_token": token_in(page)}).status_code == 409
    assert adam.get(f"{URL}/00000000-0000-0000-0000-000000000000/revoke").status_code == 404


@pytest.mark.parametrize("first", ["amara", "petra", "helen", "victor", "ingrid", "otto"])
def test_only_administrators_reach_them(client_for: Clients, first: str) -> None:
    client = client_for(first)
    for path in (URL, f"{URL}/new"):
        assert client.get(path).status_code == 403
    assert client.post(f"{URL}/new", data={"csrf_token": token_in(client.get("/work").text)}).status_code == 403
