"""Signing in and out, and looking after one's own password, through the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.cities import get_city
from pia_engine.services.outbox import list_jobs
from pia_engine.services.people import set_active
from tests.factories.people import FOUNDED, PASSWORD, email_of, persona
from tests.fixtures.city import signed_in, token_in

ClientFor = Callable[[str], FlaskClient]
REFUSAL = "The e-mail address and the password do not belong together here."


def try_to_sign_in(client: FlaskClient, email: str, password: str, next_url: str = "") -> Any:
    page = client.get("/sign-in", query_string={"next": next_url} if next_url else {})
    fields = {"email": email, "password": password, "csrf_token": token_in(page.text), "next": next_url}
    return client.post("/sign-in", data=fields)


def test_the_right_password_leads_to_ones_work(client_for: ClientFor) -> None:
    answer = try_to_sign_in(client_for(""), email_of("amara"), PASSWORD)
    assert (answer.status_code, answer.location) == (302, "/work")


def test_the_address_may_be_written_in_capitals(client_for: ClientFor) -> None:
    assert try_to_sign_in(client_for(""), email_of("amara").upper(), PASSWORD).location == "/work"


def test_a_wrong_password_and_an_unknown_address_are_refused_in_the_same_words(client_for: ClientFor) -> None:
    wrong = try_to_sign_in(client_for(""), email_of("amara"), "not the password")
    unknown = try_to_sign_in(client_for(""), "nobody@city.example", "not the password")
    for answer in (wrong, unknown):
        assert answer.status_code == 200
        assert answer.text.count(REFUSAL) == 1
        assert "govuk-error-message" not in answer.text
    assert _shape(wrong.text, email_of("amara")) == _shape(unknown.text, "nobody@city.example")


def _shape(page: str, email: str) -> str:
    """The page without what differs between any two requests."""
    kept = [line for line in page.splitlines() if "csrf_token" not in line and "nonce" not in line]
    return "\n".join(kept).replace(email, "…")


def test_nothing_typed_says_what_is_missing(client_for: ClientFor) -> None:
    assert REFUSAL in try_to_sign_in(client_for(""), "", "").text


def test_a_closed_account_is_refused_like_a_wrong_password(client_for: ClientFor, session: Session) -> None:
    set_active(session, persona(session, "amara"), active=False, actor=SYSTEM, now=FOUNDED)
    session.commit()
    answer = try_to_sign_in(client_for(""), email_of("amara"), PASSWORD)
    assert answer.status_code == 200
    assert REFUSAL in answer.text


def test_too_many_tries_are_slowed_down(app: Flask, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.extensions["pia-settings"].model_copy(update={"sign_in_limit": "2 per minute"})
    monkeypatch.setitem(app.extensions, "pia-settings", settings)
    client = client_for("")
    answers = [try_to_sign_in(client, email_of("amara"), "not the password") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many tries" in answers[-1].text
    assert answers[-1].headers["Retry-After"] == "60"


def test_signing_in_well_is_never_slowed_down(
    app: Flask, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["pia-settings"].model_copy(update={"sign_in_limit": "2 per minute"})
    monkeypatch.setitem(app.extensions, "pia-settings", settings)
    answers = [try_to_sign_in(client_for(""), email_of("amara"), PASSWORD) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302] * 5


def test_signing_in_leads_to_the_page_that_was_asked_for(client_for: ClientFor) -> None:
    client = client_for("")
    asked = client.get("/account?from=letter")
    assert (asked.status_code, asked.location) == (303, "/sign-in?next=/account?from%3Dletter")
    assert (
        try_to_sign_in(client, email_of("amara"), PASSWORD, "/account?from=letter").location == "/account?from=letter"
    )


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        " //evil.example",
        "\t//evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "https:evil.example",
    ],
)
def test_signing_in_never_leads_off_the_site(client_for: ClientFor, elsewhere: str) -> None:
    answers = (
        try_to_sign_in(client_for(""), email_of("amara"), PASSWORD, elsewhere),
        client_for("amara").get("/sign-in", query_string={"next": elsewhere}),
    )
    for answer in answers:
        assert answer.status_code == 302
        assert urlsplit(urljoin("http://localhost/sign-in", answer.location)).netloc == "localhost"
        assert not answer.location.startswith(("//", "/\\", "/\t"))


def test_the_demo_city_says_where_its_passwords_were_printed(client_for: ClientFor, session: Session) -> None:
    assert "demo city" not in client_for("").get("/sign-in").text
    get_city(session).is_demo = True
    session.commit()
    assert "demo city" in client_for("").get("/sign-in").text


def test_a_person_changes_the_password_and_other_browsers_are_signed_out(client_for: ClientFor) -> None:
    here, there = client_for("amara"), client_for("amara")
    page = here.get("/account/password")
    new = "four words not found together"
    fields = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    answer = here.post("/account/password", data={**fields, "csrf_token": token_in(page.text)})
    assert (answer.status_code, answer.location) == (302, "/account")
    assert "Your password is changed." in here.get("/account").text
    assert there.get("/account").location == "/sign-in?next=/account"
    assert try_to_sign_in(client_for(""), email_of("amara"), new).location == "/work"


@pytest.mark.parametrize(
    ("present", "new", "again", "sentence"),
    [
        (
            "wrong wrong wrong",
            "a new long password",
            "a new long password",
            "This is not your present password.",
        ),
        (PASSWORD, "short", "short", "The password needs at least 12 characters."),
        (PASSWORD, "a new long password", "another long password", "The two passwords are not the same."),
        (PASSWORD, PASSWORD, PASSWORD, "This is the password you have now."),
        ("", "a new long password", "a new long password", "Enter a password."),
    ],
)
def test_a_password_that_does_not_fit_is_refused_in_words(
    client_for: ClientFor, present: str, new: str, again: str, sentence: str
) -> None:
    client = client_for("amara")
    page = client.get("/account/password")
    fields = {"password": present, "new_password": new, "new_password_confirm": again}
    answer = client.post("/account/password", data={**fields, "csrf_token": token_in(page.text)})
    assert answer.status_code == 200
    assert sentence in answer.text
    assert 'aria-invalid="true"' in answer.text


def ask_for_link(client: FlaskClient, email: str, **options: Any) -> Any:
    page = client.get("/forgotten-password")
    return client.post("/forgotten-password", data={"email": email, "csrf_token": token_in(page.text)}, **options)


def letters(fresh: Callable[[], Session]) -> list[Any]:
    with fresh() as session:
        return [job.payload for job in list_jobs(session, state="waiting") if job.kind == "account-message"]


def link_in(letter: Any) -> str:
    line = next(line for line in letter["token"].splitlines() if "/forgotten-password/" in line)
    return str(line.strip())


def test_somebody_who_forgot_the_password_chooses_another_once(
    client_for: ClientFor, fresh: Callable[[], Session]
) -> None:
    client = client_for("")
    assert "a message with a link is on its way" in ask_for_link(client, email_of("amara")).text
    (letter,) = letters(fresh)
    assert letter["to"] == email_of("amara")
    assert letter["subject"] == "Choose your password"
    path = link_in(letter).removeprefix("http://127.0.0.1:8000")
    page, new = client.get(path), "four words not found together"
    fields = {"password": new, "password_confirm": new}
    answer = client.post(path, data={**fields, "csrf_token": token_in(page.text)})
    assert (answer.status_code, answer.location) == (302, "/sign-in")
    assert "Your password is set. Sign in with it." in client.get("/sign-in").text
    assert try_to_sign_in(client, email_of("amara"), new).location == "/work"
    again = client_for("").get(path)
    assert again.location == "/forgotten-password"


def test_asking_for_an_unknown_address_looks_the_same_and_sends_nothing(
    client_for: ClientFor, fresh: Callable[[], Session]
) -> None:
    known, unknown = (ask_for_link(client_for(""), email) for email in (email_of("amara"), "nobody@city.example"))
    assert known.status_code == unknown.status_code == 200
    assert _shape(known.text, email_of("amara")) == _shape(unknown.text, "nobody@city.example")
    assert len(letters(fresh)) == 1


def test_the_link_never_leads_to_an_address_the_browser_made_up(
    client_for: ClientFor, fresh: Callable[[], Session]
) -> None:
    client = client_for("")
    page = client.get("/forgotten-password", headers={"Host": "evil.example"})
    client.set_cookie("pia", page.headers["Set-Cookie"].split(";")[0].removeprefix("pia="), domain="evil.example")
    fields = {"email": email_of("amara"), "csrf_token": token_in(page.text)}
    client.post("/forgotten-password", data=fields, headers={"Host": "evil.example"})
    (letter,) = letters(fresh)
    assert "evil.example" not in letter["token"]
    assert link_in(letter).startswith("http://127.0.0.1:8000/forgotten-password/")


def test_a_broken_link_says_so(client_for: ClientFor) -> None:
    client = client_for("")
    answer = client.get("/forgotten-password/not-a-token", follow_redirects=True)
    assert "This link does not work" in answer.text


def test_signing_in_twice_is_no_mistake(client_for: ClientFor) -> None:
    client = client_for("amara")
    assert client.get("/sign-in").location == "/work"
    client.get("/account")
    other = client_for("")
    signed_in(other, "daniel")
    assert "Daniel Director" in other.get("/account").text
