"""A session ends for good, belongs to one sign-in, and loses nothing that was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import BrowserSession
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.people import set_active
from pia_engine.services.sessions import hash_token, purge_expired
from tests.factories.people import FOUNDED, PASSWORD, email_of, persona
from tests.fixtures.city import NOW, signed_in, token_in

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("pia")
    assert cookie is not None
    return cookie.value


def holding(app: Flask, cookie: str) -> FlaskClient:
    """A browser that got hold of a copy of the cookie."""
    thief = app.test_client()
    thief.set_cookie("pia", cookie)
    return thief


def post(client: FlaskClient, address: str, page: str, **fields: str) -> object:
    return client.post(address, data={**fields, "csrf_token": token_in(client.get(page).text)})


def test_a_cookie_copied_before_signing_out_is_dead_afterwards(app: Flask, client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("amara")
    copied = cookie_of(client)
    assert holding(app, copied).get("/account").status_code == 200
    post(client, "/sign-out", "/account")
    assert holding(app, copied).get("/account").location == "/sign-in?next=/account"
    with fresh() as session:
        assert session.get(BrowserSession, hash_token(copied)) is None


def test_a_cookie_planted_before_signing_in_opens_nothing(app: Flask, client_for: ClientFor) -> None:
    client = client_for("")
    planted_page = client.get("/sign-in").text
    planted = cookie_of(client)
    signed_in(client, "amara")
    assert cookie_of(client) != planted
    assert holding(app, planted).get("/account").status_code == 303
    assert client.get("/account").status_code == 200
    known_token = token_in(planted_page)
    refused = client.post("/account/other-sessions", data={"csrf_token": known_token})
    assert "signed out" not in client.get(refused.location).text


def test_the_table_alone_opens_nothing(app: Flask, client_for: ClientFor, fresh: Fresh) -> None:
    client_for("amara")
    with fresh() as session:
        hashes = list(session.scalars(select(BrowserSession.token_hash)))
    assert hashes
    assert all(holding(app, known).get("/account").status_code == 303 for known in hashes)


def test_closing_an_account_ends_its_sessions(client_for: ClientFor, session: Session) -> None:
    client = client_for("amara")
    set_active(session, persona(session, "amara"), active=False, actor=SYSTEM, now=FOUNDED)
    session.commit()
    assert client.get("/account").status_code == 303


def test_a_person_signs_every_other_browser_out(app: Flask, client_for: ClientFor, fresh: Fresh) -> None:
    here, there, somebody_else = client_for("amara"), client_for("amara"), client_for("daniel")
    assert "1 other browser is signed in" in here.get("/account").text
    post(here, "/account/other-sessions", "/account")
    assert "1 other browser was signed out." in here.get("/account").text
    assert there.get("/account").status_code == 303
    assert somebody_else.get("/account").status_code == 200
    with fresh() as session:
        kept = [row.token_hash for row in session.scalars(select(BrowserSession)) if row.person_id]
    assert hash_token(cookie_of(here)) in kept


def test_an_ended_session_does_not_come_back_with_a_late_answer(
    app: Flask, client_for: ClientFor, fresh: Fresh
) -> None:
    client = client_for("amara")
    interface = app.session_interface
    with app.test_request_context("/account", headers={"Cookie": f"pia={cookie_of(client)}"}) as context:
        late = context.session
        with fresh() as session:
            session.delete(session.get_one(BrowserSession, hash_token(late.token)))
            session.commit()
        late["typed"] = "late"
        interface.save_session(app, late, app.make_response("late"))
    assert client.get("/account").status_code == 303


def test_a_session_runs_out_and_is_forgotten(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("amara")
    with clock.frozen(NOW + dt.timedelta(hours=9)):
        assert client.get("/account").status_code == 303
        with fresh() as session:
            assert purge_expired(session, now=clock.now()) >= 1
            session.commit()


def test_a_session_in_use_does_not_run_out(client_for: ClientFor) -> None:
    client = client_for("amara")
    for hours in (4, 8, 12):
        with clock.frozen(NOW + dt.timedelta(hours=hours)):
            assert client.get("/account").status_code == 200


def test_what_was_typed_into_an_expired_session_is_shown_again(client_for: ClientFor) -> None:
    client = client_for("adam")
    token = token_in(client.get("/administration/people/new").text)
    typed = {
        "name": "Nora Newcomer",
        "email": "nora@city.example",
        "job_title": "Archivist",
        "csrf_token": token,
    }
    with clock.frozen(NOW + dt.timedelta(hours=9)):
        refused = client.post("/administration/people/new", data=typed)
        assert (refused.status_code, refused.location) == (303, "/sign-in?next=/administration/people/new")
        page = client.get(refused.location)
        entry = {"email": email_of("adam"), "password": PASSWORD, "next": "/administration/people/new"}
        back = client.post("/sign-in", data={**entry, "csrf_token": token_in(page.text)})
        assert back.location == "/administration/people/new"
        shown = client.get(back.location).text
        assert "Nora Newcomer" in shown and "Archivist" in shown
        assert "It is not saved yet" in shown
        assert "Nora Newcomer" not in client.get("/administration/people/new").text
        assert "Nora Newcomer" not in client.get("/administration/people").text


def test_a_forged_post_changes_nothing(client_for: ClientFor) -> None:
    client = client_for("amara")
    client_for("amara")
    forged = client.post("/account/other-sessions", data={})
    assert forged.status_code == 303
    assert "1 other browser is signed in" in client.get("/account").text


def test_a_page_that_takes_no_get_leads_back_to_where_the_form_was(client_for: ClientFor) -> None:
    client = client_for("amara")
    came_from = {"Referer": "http://localhost/account?x=1"}
    assert client.post("/account/other-sessions", data={}, headers=came_from).location == "/account"
    elsewhere = {"Referer": "https://evil.example//account"}
    assert client.post("/account/other-sessions", data={}, headers=elsewhere).location == "/work"
    tricky = {"Referer": "http://localhost//evil.example"}
    assert client.post("/account/other-sessions", data={}, headers=tricky).location == "/evil.example"


def test_passwords_are_never_kept(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("amara")
    client.post("/account/password", data={"password": PASSWORD, "new_password": "my new secret words"})
    client_for("").post("/sign-in", data={"email": "x@city.example", "password": "my new secret words"})
    with fresh() as session:
        contents = [str(row.content) for row in session.scalars(select(BrowserSession))]
    assert not any("my new secret words" in content or PASSWORD in content for content in contents)


@pytest.mark.parametrize("accepts", ["application/json", "text/html"])
def test_nobody_gets_or_uses_a_token_instead_of_a_session(app: Flask, client_for: ClientFor, accepts: str) -> None:
    client = client_for("")
    page = client.get("/sign-in")
    entry = {
        "email": email_of("amara"),
        "password": PASSWORD,
        "csrf_token": token_in(page.text),
        "remember": "y",
    }
    answer = client.post("/sign-in?include_auth_token", data=entry, headers={"Accept": accepts})
    assert answer.status_code == 302
    assert "token" not in answer.text
    assert [cookie.split("=")[0] for cookie in answer.headers.getlist("Set-Cookie")] == ["pia"]


def test_the_cookie_cannot_be_read_by_scripts_or_sent_from_other_sites(client_for: ClientFor) -> None:
    cookie = client_for("").get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/help", "/help/glossary", "/nope", "/register/nope"])
def test_reading_leaves_no_cookie(client_for: ClientFor, address: str) -> None:
    assert "Set-Cookie" not in client_for("").get(address).headers
