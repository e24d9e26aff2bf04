"""What is due on “My work” and on its own page, putting it off, how often one is reminded, and the calendar's link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import Person, Snooze
from tests.factories.people import persona
from tests.factories.reminders import promised
from tests.factories.walks import START, Walk
from tests.fixtures.city import signed_in, token_in
from tests.integration.web.forms import fields_of, send, text_of
from tests.integration.web.test_query_counts import counted

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
TODAY = START.date()
DAY = dt.timedelta(days=1)


@pytest.fixture
def reference(walk: Walk, session: Session) -> str:
    """A promise Daniel keeps, due in ten days."""
    made = promised(walk, TODAY + 10 * DAY).reference
    session.commit()
    return made


def date_fields(day: dt.date) -> dict[str, str]:
    return {"until_on-day": str(day.day), "until_on-month": str(day.month), "until_on-year": str(day.year)}


def test_my_work_says_what_is_due_soon_and_how_near_in_words(walk: Walk, session: Session, client_for: Clients) -> None:
    for days in (-3, 0, 1, 10, 60):
        promised(walk, TODAY + 5 * DAY, title=f"Thing {days}").due_on = TODAY + days * DAY
    session.commit()
    words = text_of(client_for("daniel").get("/work").text)
    assert "Due soon" in words
    for standing in ("Overdue by 3 days", "Due today", "In 1 day", "In 10 days"):
        assert standing in words
    assert "In 60 days" not in words
    assert "See what is due later: 1 thing" in words
    assert words.index("Thing -3") < words.index("Thing 0") < words.index("Thing 10")
    assert "Due on 12 March 2026" in words
    assert words.count("Thing 10") == 2  # the link, and what its “Put off” is about
    assert "Thing 60" in words  # it waits, though it is not due soon


def test_the_page_of_what_is_due_has_everything_in_groups(walk: Walk, session: Session, client_for: Clients) -> None:
    for days in (-3, 2, 60):
        promised(walk, TODAY + 5 * DAY, title=f"Thing {days}").due_on = TODAY + days * DAY
    session.commit()
    words = text_of(client_for("daniel").get("/reminders").text)
    assert words.index("Overdue") < words.index("This week") < words.index("Later") < words.index("Thing 60")
    assert "Reminders begin 14 days before" in words
    assert "Nothing with a day is due for you" in client_for("petra").get("/reminders").text


def test_a_long_list_has_pages(walk: Walk, session: Session, client_for: Clients) -> None:
    for number in range(52):
        promised(walk, TODAY + (number + 1) * DAY, title=f"Thing {number}.")
    session.commit()
    client = client_for("daniel")
    assert client.get("/reminders").text.count("app-due__item") == 50
    assert client.get("/reminders?page=2").text.count("app-due__item") == 2
    assert client.get("/reminders?page=99").text.count("app-due__item") == 2
    assert client.get("/reminders?page=x").status_code == 200


def test_one_puts_a_thing_off_and_takes_that_back(reference: str, client_for: Clients, fresh: Fresh) -> None:
    client = client_for("daniel")
    address = f"/reminders/commitment/{reference}/put-off"
    assert address in client.get("/work").text
    answer = send(client, address)
    assert (answer.status_code, answer.location) == (303, "/work")
    page = client.get("/work").text
    assert "Put off: you are reminded again from 9 March 2026" in text_of(page)
    assert address not in page
    assert "Due soon" not in page
    assert "Put off" in client.get("/reminders").text
    back = f"/reminders/commitment/{reference}/remind-again"
    assert back in page
    assert client.post(back, data={"csrf_token": token_in(page)}).status_code == 303
    assert "Due soon" in client.get("/work").text
    with fresh() as look:
        assert look.scalar(select(func.count(Snooze.id))) == 0


@pytest.mark.parametrize("day", [TODAY, TODAY + 11 * DAY, TODAY - DAY, dt.date(2199, 1, 1)])
def test_a_day_that_does_not_fit_is_said_at_the_field(reference: str, client_for: Clients, day: dt.date) -> None:
    answer = send(client_for("daniel"), f"/reminders/commitment/{reference}/put-off", **date_fields(day))
    assert answer.status_code == 422
    assert "Choose a day from tomorrow to 12 March 2026" in answer.text
    assert f'value="{day.year}"' in answer.text


def test_an_empty_day_is_asked_for(reference: str, client_for: Clients) -> None:
    empty = {"until_on-day": "", "until_on-month": "", "until_on-year": ""}
    answer = send(client_for("daniel"), f"/reminders/commitment/{reference}/put-off", **empty)
    assert answer.status_code == 422
    assert "Give the day." in answer.text


@pytest.mark.parametrize("first", ["petra", "otto", "adam"])
def test_nobody_puts_off_what_is_due_for_others(reference: str, client_for: Clients, first: str) -> None:
    client = client_for(first)
    assert client.get(f"/reminders/commitment/{reference}/put-off").status_code == 404
    token = token_in(client.get("/account").text)
    for address in ("put-off", "remind-again"):
        client.post(f"/reminders/commitment/{reference}/{address}", data={"csrf_token": token})
    assert "Due soon" in client_for("daniel").get("/work").text


def test_what_is_overdue_cannot_be_put_off_and_the_page_says_so(reference: str, client_for: Clients) -> None:
    with clock.frozen(START + 10 * DAY):
        client = client_for("daniel")
        assert "put-off" not in client.get("/work").text
        answer = client.get(f"/reminders/commitment/{reference}/put-off")
    assert answer.status_code == 409
    assert "cannot be put off any more" in answer.text


def test_an_unknown_thing_is_not_found(client_for: Clients) -> None:
    client = client_for("daniel")
    for kind, record in (("commitment", "COM-1999-0001"), ("nonsense", "x"), ("designation", "x" * 300)):
        assert client.get(f"/reminders/{kind}/{record}/put-off").status_code == 404


def test_one_chooses_how_often_on_the_account_page(client_for: Clients, fresh: Fresh) -> None:
    client = client_for("daniel")
    page = client.get("/account").text
    assert "cannot be switched off" in page
    sent = {"csrf_token": token_in(page), "reminders": "weekly"}
    assert client.post("/account/reminders", data=sent).status_code == 303
    with fresh() as look:
        assert persona(look, "daniel").reminders == "weekly"
    shown = client.get("/account").text
    assert 'value="weekly" checked' in " ".join(shown.split())
    for wrong in ("", "never"):
        answer = client.post("/account/reminders", data={**sent, "reminders": wrong})
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
    with fresh() as look:
        assert persona(look, "daniel").reminders == "weekly"


def test_the_calendars_link_is_shown_once_renewed_and_switched_off(client_for: Clients, fresh: Fresh) -> None:
    client = client_for("daniel")
    token = {"csrf_token": token_in(client.get("/account").text)}
    links = []
    for _time in range(2):
        page = client.post("/account/calendar", data=token).text
        start = page.index("<code>") + len("<code>")
        links.append(page[start : page.index("</code>")])
    assert links[0] != links[1]
    paths = [link.removeprefix("http://127.0.0.1:8000") for link in links]
    assert [client.get(path).status_code for path in paths] == [404, 200]
    account = client.get("/account").text
    assert links[1] not in account
    assert "Make a new link" in account
    with fresh() as look:
        kept = look.scalars(select(Person.calendar_token_hash).where(Person.calendar_token_hash.is_not(None))).one()
    assert kept is not None
    assert kept not in links[1]
    assert client.post("/account/calendar/off", data=token).status_code == 303
    assert client.get(paths[1]).status_code == 404


def test_the_pages_ask_no_more_for_fifty_records_than_for_five(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    client = client_for("daniel")

    def counts() -> dict[str, int]:
        session.commit()
        found = {}
        for page in ("/work", "/reminders"):
            client.get(page)
            with counted() as sent:
                assert client.get(page).status_code == 200
            found[page] = len(sent)
        return found

    for number in range(5):
        promised(walk, TODAY + 5 * DAY, title=f"Thing {number}")
    few = counts()
    for number in range(45):
        promised(walk, TODAY + 5 * DAY, title=f"More {number}")
    assert counts() == few
    assert max(few.values()) <= 60


def test_what_was_typed_is_there_after_signing_in_again(reference: str, client_for: Clients) -> None:
    address = f"/reminders/commitment/{reference}/put-off"
    sent = {**fields_of(client_for("daniel").get(address).text), **date_fields(TODAY + 3 * DAY)}
    client = client_for("")
    client.get("/sign-in")
    answer = client.post(address, data=sent)
    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?next=")
    signed_in(client, "daniel")
    shown = client.get(unquote(answer.location.partition("next=")[2])).text
    assert 'value="5"' in shown
