"""The calendar feed as a calendar program reads it: parsed back, event by event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar, Component
from sqlalchemy.orm import Session

from pia_engine.services.calendars import make_calendar_link
from tests.factories.deputies import stand_in
from tests.factories.people import persona
from tests.factories.reminders import excepted, promised
from tests.factories.together import ask
from tests.factories.walks import START, Walk

TODAY = START.date()
DAY = dt.timedelta(days=1)

Read = Callable[[str], dict[str, Component]]


@pytest.fixture
def read(app: Flask, session: Session) -> Read:
    """Make a link for a persona, fetch it without signing in, and give its events by their summary."""

    def fetch(first: str) -> dict[str, Component]:
        token = make_calendar_link(session, persona(session, first))
        session.commit()
        answer = app.test_client().get(f"/calendar/{token}.ics")
        assert answer.status_code == 200
        assert answer.data.endswith(b"END:VCALENDAR\r\n")
        assert max(len(line) for line in answer.data.split(b"\r\n")) <= 75
        calendar = Calendar.from_ical(answer.data)
        assert str(calendar["version"]) == "2.0"
        assert not [each.errors for each in calendar.walk() if each.errors]
        return {str(each["summary"]): each for each in calendar.walk("VEVENT")}

    return fetch


def test_a_day_is_an_all_day_event_that_leads_to_its_page(walk: Walk, read: Read) -> None:
    commitment = promised(walk, TODAY + 10 * DAY, title="Zähler, Mühlstraße; „Nord“")
    ((name, found),) = read("daniel").items()
    assert name == "Keep this promise and report it: Zähler, Mühlstraße; „Nord“"
    assert (found.decoded("dtstart"), found.decoded("dtend")) == (TODAY + 10 * DAY, TODAY + 11 * DAY)
    assert str(found["url"]) == f"http://127.0.0.1:8000/commitments/{commitment.reference}"
    assert str(found["uid"]) == f"commitment-{commitment.reference.lower()}@127.0.0.1"
    assert found.decoded("last-modified") == found.decoded("dtstamp") == commitment.updated_at.replace(microsecond=0)
    assert str(found["transp"]) == "TRANSPARENT"


def test_an_event_keeps_its_name_and_its_number_rises_when_its_day_moves(
    walk: Walk, session: Session, read: Read
) -> None:
    commitment = promised(walk, TODAY + 10 * DAY)
    (before,) = read("daniel").values()
    (same,) = read("daniel").values()
    assert same.to_ical() == before.to_ical()
    commitment.due_on = TODAY + 20 * DAY
    commitment.updated_at = walk.now + DAY
    session.commit()
    (after,) = read("daniel").values()
    assert after["uid"] == before["uid"]
    assert after.decoded("sequence") > before.decoded("sequence")
    assert after.decoded("last-modified") > before.decoded("last-modified")
    assert after.decoded("dtstart") == TODAY + 20 * DAY


def test_every_kind_of_day_has_a_name_of_its_own(walk: Walk, session: Session, read: Read) -> None:
    promised(walk, TODAY + 10 * DAY)
    excepted(walk)
    persona(session, "daniel").designations[0].until_on = TODAY + 40 * DAY
    stand_in(walk, "daniel", "petra")
    found = read("daniel")
    assert set(found) == {
        "Keep this promise and report it: Cameras at the station",
        "An emergency exception you answer for ends: Drones over the flood",
        "Your role ends: Agency official: Streets and Mobility",
        "You stand in for the last day: Privacy officer: For the whole city",
    }
    assert len({str(each["uid"]) for each in found.values()}) == 4


def test_nothing_anybody_answered_or_said_is_in_it(app: Flask, walk: Walk, session: Session, read: Read) -> None:
    promised(walk, TODAY + 10 * DAY)
    ask(walk, walk.full(), due_on=TODAY + 3 * DAY)
    for first in ("daniel", "sofia"):
        text = "".join(each.to_ical().decode() for each in read(first).values())
        for secret in ("number plates before", "Is the encryption sound", "@city.example", "Amara", "Petra"):
            assert secret not in text, (first, secret)


def test_it_is_in_the_persons_language(walk: Walk, session: Session, read: Read) -> None:
    persona(session, "daniel").language = "de"
    promised(walk, TODAY + 10 * DAY)
    assert len(read("daniel")) == 1


def test_what_is_done_leaves_the_calendar(walk: Walk, session: Session, read: Read) -> None:
    audit = walk.audit("scheduled")
    (found,) = read("ingrid").values()
    assert found.decoded("dtstart") == audit.due_on
    audit.status = "closed"
    audit.conclusion, audit.concluded_at = "confirmed", walk.now
    session.commit()
    assert read("ingrid") == {}


def test_it_is_sent_as_a_calendar_that_stays_private(app: Flask, session: Session) -> None:
    token = make_calendar_link(session, persona(session, "daniel"))
    session.commit()
    client: FlaskClient = app.test_client()
    answer = client.get(f"/calendar/{token}.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers or "Cookie" not in answer.headers["Vary"]
