"""The chart of roles, deputies over HTTP as each role, gaps wherever they matter, and who answers for an assessment."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.jobs.mail import list_messages
from pia_engine.jobs.worker import drain
from pia_engine.models import Assessment, Deputy
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services.people import designate, end_designation, set_active
from tests.factories.deputies import MARCH_2, MARCH_9, stand_in
from tests.factories.people import FOUNDED, PASSWORD, PERSONAS, persona
from tests.factories.walks import Walk
from tests.fixtures.city import NOW, opened, token_in

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
CHART = "/people/roles"
WEEK = {
    "from_on-day": "2", "from_on-month": "3", "from_on-year": "2026",
    "until_on-day": "9", "until_on-month": "3", "until_on-year": "2026", "reason": "Leave",
}  # fmt: skip
DECISION = {"reason": "The benefit outweighs the risk.", "conditions": "", "password": PASSWORD}


def post(client: FlaskClient, address: str, **fields: str) -> Any:
    carried = (
        opened(client, address) if "/actions/" in address else {"csrf_token": token_in(client.get("/account").text)}
    )
    return client.post(address, data={**fields, **carried})


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def naming_address(session: Session, first: str) -> str:
    return f"{CHART}/{persona(session, first).designations[0].id}/deputies/new"


def end_of(session: Session, first: str, day: dt.date) -> None:
    held = persona(session, first).designations[0]
    end_designation(session, held.id, until_on=day, actor=SYSTEM, now=FOUNDED)


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_everybody_designated_sees_who_answers_for_what(client_for: ClientFor, first: str) -> None:
    client = client_for(first)
    page = client.get(CHART)
    assert page.status_code == 200
    said = text_of(page.text)
    for name, _role, _department in PERSONAS.values():
        assert name in said
    assert "Annex to “Privacy impact assessment policy”, version 1." in said
    assert "The roles of foundation 4 on 2 March 2026." in said
    assert "Designated by Mayor, Order 1/2026, from 5 January 2026 until further notice." in said
    assert f'href="{CHART}"' in client.get("/policy").text
    assert f'href="{CHART}"' in client.get("/help").text


def test_somebody_without_a_role_and_a_visitor_do_not(client_for: ClientFor, session: Session) -> None:
    end_of(session, "otto", dt.date(2026, 3, 1))
    session.commit()
    assert client_for("otto").get(CHART).status_code == 403
    assert client_for("").get(CHART).location == f"/sign-in?next={CHART}"


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_a_deputy_is_named_by_the_designated_person_or_an_administrator_only(
    client_for: ClientFor, session: Session, fresh: Fresh, first: str
) -> None:
    address, otto = naming_address(session, "helen"), str(persona(session, "otto").id)
    session.commit()
    client, may = client_for(first), first in ("helen", "adam")
    assert client.get(address).status_code == (200 if may else 403)
    assert (address in client.get(CHART).text) is may
    assert post(client, address, person=otto, **WEEK).status_code == (303 if may else 403)
    with fresh() as again:
        assert len(again.scalars(select(Deputy)).all()) == int(may)


def test_a_named_deputy_is_on_the_chart_and_both_are_told(app: Flask, client_for: ClientFor, session: Session) -> None:
    address, sofia = naming_address(session, "helen"), str(persona(session, "sofia").id)
    session.commit()
    answer = post(client_for("adam"), address, person=sofia, **WEEK)
    assert (answer.status_code, answer.location) == (303, CHART)
    said = text_of(client_for("otto").get(CHART).text)
    assert "Deputy: Sofia Security Stands in now" in said
    assert "Named from 2 March 2026 to 9 March 2026. Reason: Leave" in said
    assert "9 March 2026 : Sofia Security stands in for Helen Senior for the last day" in said
    work = text_of(client_for("sofia").get("/work").text)
    assert "You stand in for: Helen Senior: Senior privacy official, from 2 March 2026 to 9 March 2026" in work
    drain(app, NOW)
    letters = {each.to: each for each in list_messages(app.extensions["pia-settings"].mail_folder)}
    assert letters["sofia@city.example"].subject == "You stand in for Helen Senior"
    assert letters["helen@city.example"].subject == "Sofia Security stands in for you"
    assert "from 2 March 2026 to 9 March 2026" in letters["sofia@city.example"].body
    assert "http://127.0.0.1:8000/people/roles" in letters["helen@city.example"].body


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"person": ""}, "Choose who stands in."),
        ({"until_on-day": "", "until_on-month": "", "until_on-year": ""}, "Give the last day"),
        ({"until_on-day": "1"}, "The last day is before the first."),
        ({"from_on-day": "1"}, "not for days that are past"),
        ({"person": "helen"}, "Choose from the options shown here."),
    ],
)
def test_a_naming_that_would_not_hold_is_refused_and_nothing_typed_is_lost(
    client_for: ClientFor, session: Session, changed: dict[str, str], sentence: str
) -> None:
    address = naming_address(session, "helen")
    given = {"person": "sofia", **WEEK, **changed}
    given["person"] = str(persona(session, given["person"]).id) if given["person"] else ""
    session.commit()
    answer = post(client_for("helen"), address, **given)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Leave"' in answer.text


def test_a_deputy_decides_in_those_days_and_not_outside_them(
    client_for: ClientFor, session: Session, walk: Walk, fresh: Fresh
) -> None:
    record = walk.full("awaiting_decision")
    stand_in(walk, "ingrid", "helen")
    url, key = f"/assessments/{record.reference}", record.id
    session.commit()
    for day in (MARCH_2 - dt.timedelta(days=1), MARCH_9 + dt.timedelta(days=1)):
        with clock.frozen(dt.datetime.combine(day, dt.time(12), dt.UTC)):
            client = client_for("ingrid")
            assert post(client, f"{url}/full/actions/approve", **DECISION).status_code == 403
    client = client_for("ingrid")
    assert "Decide: Traffic counters on Mill Road" in text_of(client.get("/work").text)
    form = text_of(client.get(f"{url}/full/actions/approve").text)
    assert "On record as done by Ingrid Auditor, for Helen Senior" in form
    assert post(client, f"{url}/full/actions/approve", **DECISION).status_code == 303
    with fresh() as again:
        assert again.get_one(Assessment, key).status == "approved"
    with clock.frozen(dt.datetime(2026, 4, 1, 12, tzinfo=dt.UTC)):
        page = client_for("petra").get(url).text
        said = text_of(page[page.index('id="responsible"') :])
        assert "Senior privacy official Helen Senior Approved: Ingrid Auditor, for Helen Senior (Senior" in said
        history = text_of(page[page.index("app-timeline") :])
        assert "Approved Ingrid Auditor, for Helen Senior" in history


def test_an_assessment_says_who_answers_for_it_now_and_who_did_then(
    client_for: ClientFor, session: Session, walk: Walk
) -> None:
    record = walk.full("awaiting_agency_sign_off")
    end_of(session, "petra", dt.date(2026, 3, 2))
    designate(
        session, persona(session, "otto"), Role.PRIVACY_OFFICER, department=None, designated_by="Mayor",
        instrument="9", from_on=dt.date(2026, 3, 3), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    session.commit()
    with clock.frozen(dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC)):
        page = client_for("daniel").get(f"/assessments/{record.reference}").text
    said = text_of(page[page.index('id="responsible"') :])
    assert "Privacy officer Otto Outsider Outcome of the initial assessment determined: Petra Privacy (Privacy" in said
    assert "Signature for the agency Agency official Daniel Director No step taken yet" in said
    assert "Author Agency official Amara Author" in said


def test_a_deputy_is_withdrawn_after_being_asked_once_more(client_for: ClientFor, session: Session, walk: Walk) -> None:
    address = f"{CHART}/deputies/{stand_in(walk, 'sofia', 'helen').id}/withdraw"
    session.commit()
    for first in ("sofia", "petra", "otto"):
        assert post(client_for(first), address).status_code == 403
    client = client_for("helen")
    assert "From this moment the deputy can do nothing more" in client.get(address).text
    assert post(client, address).status_code == 303
    assert "Deputy:" not in client.get(CHART).text
    assert post(client, address).status_code == 409


def test_a_gap_is_seen_on_the_chart_by_the_administrator_and_at_the_assessment(
    client_for: ClientFor, session: Session, walk: Walk
) -> None:
    record = walk.full("submitted")
    reference = record.reference
    stand_in(walk, "sofia", "petra")
    session.commit()
    complete = client_for("amara").get(f"/assessments/{reference}").text
    assert "Every role this assessment depends on is designated to somebody." in complete
    end_of(session, "petra", dt.date(2026, 3, 1))
    set_active(session, persona(session, "daniel"), active=False, actor=SYSTEM, now=FOUNDED)
    session.commit()
    gaps = (
        "Nobody is designated: Privacy officer.",
        "Streets and Mobility has one agency official only.",
        "Parks and Libraries has one agency official only.",
    )
    admin = client_for("adam")
    for page in (CHART, "/administration", "/work"):
        said = text_of(admin.get(page).text)
        assert [gap for gap in gaps if gap not in said] == [], page
    amara = client_for("amara")
    assert not [gap for gap in gaps if gap in text_of(amara.get("/work").text)]
    said = text_of(amara.get(f"/assessments/{reference}").text)
    assert (
        "Roles that nobody is designated to: Privacy officer and "
        "a second agency official of Streets and Mobility, to sign." in said
    )


def test_a_department_without_anybody_is_a_gap(client_for: ClientFor, session: Session) -> None:
    end_of(session, "otto", dt.date(2026, 3, 1))
    session.commit()
    said = text_of(client_for("adam").get(CHART).text)
    assert "Parks and Libraries has no agency official: nobody can write or sign." in said


def test_what_begins_and_ends_soon_is_announced(client_for: ClientFor, session: Session) -> None:
    end_of(session, "victor", dt.date(2026, 4, 30))
    end_of(session, "ingrid", dt.date(2026, 12, 31))
    designate(
        session, persona(session, "otto"), Role.EXECUTIVE, department=None, designated_by="Mayor",
        instrument="9", from_on=dt.date(2026, 5, 1), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    session.commit()
    said = text_of(client_for("petra").get(CHART).text)
    assert "30 April 2026 : Last day of Victor Executive: Executive (city manager)" in said
    assert "1 May 2026 : Otto Outsider begins: Executive (city manager)" in said
    assert "Designated by Mayor, 9, from 1 May 2026 until further notice." in said and "Not yet in force" in said
    assert "31 December 2026 : " not in said
