"""Everything that can go wrong ends in a page that says what happened, what to do and who can help."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from pia_engine.errors import Gone, Invalid, NotPossible
from pia_engine.web.access import by_link
from tests.fixtures.city import token_in
from tests.integration.web.test_site import bring_back, lose_database

ClientFor = Callable[[str], FlaskClient]

HEADINGS = {
    400: "Something is wrong with this request",
    403: "You cannot do this",
    404: "Page not found",
    405: "This page does not take what was sent",
    409: "Not possible now",
    410: "This is no longer here",
    413: "Too much was sent at once",
    422: "This does not fit yet",
    429: "Too many tries",
    500: "Something went wrong on our side",
    503: "Not available at the moment",
}


@pytest.fixture
def failing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], object]], None]]:
    """Makes the help page, and the page behind a vendor's link, do what a test wants."""

    def fail_with(what: Callable[[], object]) -> None:
        monkeypatch.setitem(app.view_functions, "site.help_page", what)

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    yield fail_with


@pytest.mark.parametrize("first", ["", "amara"])
@pytest.mark.parametrize("status", sorted(HEADINGS))
def test_every_error_is_a_page_for_visitors_and_for_staff(
    client_for: ClientFor, failing: Callable[[Callable[[], object]], None], first: str, status: int
) -> None:
    failing(lambda: abort(status))
    answer = client_for(first).get("/help")
    assert answer.status_code == status
    assert f'<h1 class="govuk-heading-xl">{HEADINGS[status]}</h1>' in answer.text
    assert "City of Testwell" in answer.text
    assert ('href="/work">My work' in answer.text) == bool(first)
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotPossible("The record is closed."), 409),
        (Gone("The link ran out."), 410),
        (Invalid("It is too long."), 422),
    ],
)
def test_our_own_errors_say_their_sentence(
    client_for: ClientFor, failing: Callable[[Callable[[], object]], None], error: Exception, status: int
) -> None:
    def raise_it() -> object:
        raise error

    failing(raise_it)
    answer = client_for("").get("/help")
    assert answer.status_code == status
    assert str(error) in answer.text


def test_an_unexpected_error_gives_a_number_and_logs_no_personal_data(
    client_for: ClientFor, failing: Callable[[Callable[[], object]], None], caplog: pytest.LogCaptureFixture
) -> None:
    answers = ["the answer of Amara Author, amara@city.example"]

    def break_down() -> object:
        raise RuntimeError(answers[0])

    failing(break_down)
    with caplog.at_level(logging.ERROR):
        answer = client_for("amara").get("/help?q=a+secret")
    assert answer.status_code == 500
    reference = answer.text.partition("Give them this number: ")[2][:10]
    assert reference.startswith("E-")
    assert f"unexpected RuntimeError at site.help_page, reference {reference}" in caplog.text
    assert "break_down" in caplog.text
    for secret in ("amara", "Amara", "a secret", "a+secret"):
        assert secret not in caplog.text


@pytest.mark.parametrize("address", ["/sign-in", "/work", "/help", "/nope", "/account"])
@pytest.mark.parametrize("first", ["", "amara"])
def test_without_its_database_the_service_says_so_on_a_page(
    app: Flask, client_for: ClientFor, failing: object, first: str, address: str
) -> None:
    client = client_for(first)
    lose_database(app)
    try:
        answer = client.get(address)
    finally:
        bring_back(app)
    if not first and address in ("/help", "/nope", "/work", "/account"):
        assert answer.status_code in (200, 303, 404)
        return
    assert answer.status_code == 503
    assert HEADINGS[503] in answer.text
    assert answer.headers["Retry-After"] == "60"
    assert "Set-Cookie" not in answer.headers


def test_what_was_sent_to_a_lost_database_is_refused_not_dropped(
    app: Flask, client_for: ClientFor, failing: object
) -> None:
    client = client_for("amara")
    token = token_in(client.get("/account").text)
    lose_database(app)
    try:
        answer = client.post("/account/other-sessions", data={"csrf_token": token})
    finally:
        bring_back(app)
    assert answer.status_code == 503
    assert "go back to find what you typed" in answer.text


def test_a_wrong_method_says_which_are_right(client_for: ClientFor) -> None:
    answer = client_for("amara").get("/account/other-sessions")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_too_much_text_is_refused_with_a_page(client_for: ClientFor) -> None:
    client = client_for("adam")
    token = token_in(client.get("/administration/city").text)
    answer = client.post("/administration/city", data={"csrf_token": token, "introduction": "x" * (5 * 1024 * 1024)})
    assert answer.status_code == 413
    assert HEADINGS[413] in answer.text


def test_a_page_behind_a_secret_link_keeps_its_own_frame(
    app: Flask, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = next(rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == "/vendor/<token>")

    def gone(**_parts: str) -> object:
        raise Gone("This link ran out on 2 March 2026.", who_can_help="The privacy office")

    monkeypatch.setitem(app.view_functions, endpoint, by_link(gone))  # type: ignore[type-var]
    answer = client_for("").get("/vendor/a-token")
    assert answer.status_code == 410
    assert "Page for vendors" in answer.text
    assert "Who can help: The privacy office" in answer.text
    assert "/sign-in" not in answer.text.split("<footer")[0]


def test_a_missing_page_offers_places_to_go(client_for: ClientFor) -> None:
    answer = client_for("").get("/nope")
    assert answer.status_code == 404
    assert 'href="/sign-in"' in answer.text
    assert 'href="/"' in answer.text
