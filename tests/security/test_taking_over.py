"""An administrator, or whoever stands in for one, comes by no account and by no role through what they may change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.errors import Invalid, NotPossible
from pia_engine.jobs.mail import list_messages
from pia_engine.jobs.worker import drain
from pia_engine.models import Deputy, OutboxJob
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services import deputies, people
from tests.factories.deputies import stand_in
from tests.factories.people import FOUNDED, email_of, persona
from tests.factories.walks import Walk
from tests.fixtures.city import NOW, token_in

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
PEOPLE = "/administration/people"
NEW = "victor.new@city.example"
MARCH_10, MARCH_20 = dt.date(2026, 3, 10), dt.date(2026, 3, 20)


def post(client: FlaskClient, address: str, **fields: str) -> Any:
    return client.post(address, data={**fields, "csrf_token": token_in(client.get("/account").text)})


def page_of(first: str, fresh: Fresh) -> str:
    with fresh() as session:
        return f"{PEOPLE}/{persona(session, first).id}"


def move_victor(client: FlaskClient, fresh: Fresh, **fields: str) -> str:
    """The administrator gives the executive another address; returns the page."""
    page = page_of("victor", fresh)
    given = {"name": "Victor Executive", "email": NEW, "job_title": "", **fields}
    assert post(client, f"{page}/edit", **given).location == page
    return page


def links_sent(fresh: Fresh) -> list[str]:
    with fresh() as session:
        jobs = session.scalars(select(OutboxJob).where(OutboxJob.kind == "account-message"))
        return [job.payload["to"] for job in jobs]


def ask_for_a_link(client: FlaskClient, email: str) -> Any:
    form = client.get("/forgotten-password")
    fields = {"email": email, "csrf_token": token_in(form.text)}
    return client.post("/forgotten-password", data=fields, follow_redirects=True)


def test_the_old_address_is_told_who_changed_it_and_whom_to_tell(
    app: Flask, client_for: ClientFor, fresh: Fresh
) -> None:
    move_victor(client_for("adam"), fresh)
    drain(app, NOW)
    (letter,) = list_messages(app.extensions["pia-settings"].mail_folder)
    assert letter.to == email_of("victor")
    assert letter.subject == "The address of your account was changed"
    assert letter.body.startswith("Hello Victor Executive,\n\n")
    assert "Changed by: Adam Administrator" in letter.body
    assert "tell Privacy office, privacy@city.example, at once" in letter.body
    assert "for 3 days nobody is sent a link" in letter.body
    assert NEW not in letter.body


def test_the_administrator_reads_in_the_list_of_jobs_what_the_letter_is(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("adam")
    move_victor(client, fresh)
    assert "Message about a changed address" in client.get("/administration/jobs").text


def test_no_link_goes_to_an_address_given_less_than_three_days_ago(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("adam")
    page = move_victor(client, fresh)
    answer = post(client, f"{page}/password-link")
    assert answer.status_code == 409
    assert "was changed less than three days ago" in answer.text
    assert links_sent(fresh) == []


def test_nor_does_the_page_for_forgotten_passwords_send_one_or_say_why(client_for: ClientFor, fresh: Fresh) -> None:
    move_victor(client_for("adam"), fresh)
    visitor = client_for("")
    refused = ask_for_a_link(visitor, NEW)
    assert f"If {NEW} has an account here" in refused.text
    assert "No link can be sent" not in refused.text
    assert links_sent(fresh) == []
    ask_for_a_link(visitor, email_of("amara"))
    assert links_sent(fresh) == [email_of("amara")]


@pytest.mark.parametrize(("hours", "sent"), [(71, False), (73, True)])
def test_after_three_days_a_link_goes_to_the_new_address(
    client_for: ClientFor, fresh: Fresh, hours: int, sent: bool
) -> None:
    page = move_victor(client_for("adam"), fresh)
    with clock.frozen(NOW + dt.timedelta(hours=hours)):
        assert post(client_for("adam"), f"{page}/password-link").status_code == (303 if sent else 409)
        ask_for_a_link(client_for(""), NEW)
    assert links_sent(fresh) == [NEW] * (2 if sent else 0)


def test_another_name_delays_no_link_and_sends_no_letter(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("adam")
    page = move_victor(client, fresh, name="Victoria Executive", email=email_of("victor"))
    assert post(client, f"{page}/password-link").status_code == 303
    with fresh() as session:
        assert {job.kind for job in session.scalars(select(OutboxJob))} == {"account-message"}


def test_an_address_mistyped_for_somebody_new_is_corrected_and_used_at_once(
    client_for: ClientFor, fresh: Fresh
) -> None:
    client = client_for("adam")
    page = post(client, f"{PEOPLE}/new", name="Nora", email="nroa@city.example", job_title="").location
    assert post(client, f"{page}/edit", name="Nora", email="nora@city.example", job_title="").status_code == 303
    assert post(client, f"{page}/password-link").status_code == 303
    assert links_sent(fresh) == ["nroa@city.example", "nora@city.example"]


def test_an_administrator_does_not_change_the_own_account(client_for: ClientFor, fresh: Fresh) -> None:
    client, page = client_for("adam"), page_of("adam", fresh)
    assert "/edit" not in client.get(page).text
    assert client.get(f"{page}/edit").status_code == 409
    answer = post(client, f"{page}/edit", name="Adam", email="adam.new@city.example", job_title="")
    assert answer.status_code == 409 and "an account of your own" in answer.text


def test_a_deputy_does_not_change_the_account_of_the_administrator(
    client_for: ClientFor, session: Session, walk: Walk, fresh: Fresh
) -> None:
    stand_in(walk, "sofia", "adam")
    session.commit()
    address = f"{page_of('adam', fresh)}/edit"
    answer = post(client_for("sofia"), address, name="Adam", email="sofia.two@city.example", job_title="")
    assert answer.status_code == 409
    with fresh() as again:
        assert persona(again, "adam").name == "Adam Administrator"


def test_a_deputy_of_two_administrators_gives_neither_a_role(session: Session, walk: Walk) -> None:
    people.designate(
        session, persona(session, "ingrid"), Role.ADMINISTRATOR, department=None, designated_by="Mayor",
        instrument="2", from_on=FOUNDED.date(), actor=SYSTEM, now=FOUNDED,
    )  # fmt: skip
    (second,) = [each for each in persona(session, "ingrid").designations if each.role == Role.ADMINISTRATOR]
    days = deputies.Absence(dt.date(2026, 3, 3), dt.date(2026, 3, 4))
    deputies.name_deputy(session, second, persona(session, "sofia"), days, actor=walk.who("ingrid"), now=walk.now)
    stand_in(walk, "sofia", "adam")
    walk.now += dt.timedelta(days=1)
    for first in ("adam", "ingrid"):
        with pytest.raises(NotPossible, match="of your own"):
            people.designate(
                session, persona(session, first), Role.EXECUTIVE, department=None, designated_by="Mayor",
                instrument="3", from_on=NOW.date(), actor=walk.who("sofia"), now=walk.now,
            )  # fmt: skip


def test_a_deputy_does_not_make_the_administrator_somebody_s_deputy(
    client_for: ClientFor, session: Session, walk: Walk, fresh: Fresh
) -> None:
    stand_in(walk, "sofia", "adam")
    held = persona(session, "victor").designations[0]
    possible = deputies.list_possible_deputies(session, held, actor=walk.who("sofia"))
    assert not {"Adam Administrator", "Sofia Security"} & {each.name for each in possible}
    with pytest.raises(NotPossible, match="You stand in for this person"):
        stand_in(walk, "adam", "victor", by="sofia")
    adam, address = str(persona(session, "adam").id), f"/people/roles/{held.id}/deputies/new"
    session.commit()
    week = {
        "from_on-day": "2", "from_on-month": "3", "from_on-year": "2026",
        "until_on-day": "9", "until_on-month": "3", "until_on-year": "2026", "reason": "Leave",
    }  # fmt: skip
    answer = post(client_for("sofia"), address, person=adam, **week)
    assert answer.status_code == 422 and "Choose from the options shown here." in answer.text
    with fresh() as again:
        assert len(again.scalars(select(Deputy)).all()) == 1


def test_the_designated_person_may_name_whom_they_stand_in_for(session: Session, walk: Walk) -> None:
    stand_in(walk, "sofia", "adam")
    assert stand_in(walk, "adam", "sofia").person_id == persona(session, "adam").id


def test_ending_a_designation_never_makes_it_longer(client_for: ClientFor, session: Session, fresh: Fresh) -> None:
    held = persona(session, "victor").designations[0]
    people.end_designation(session, held.id, until_on=MARCH_10, actor=SYSTEM, now=NOW)
    with pytest.raises(Invalid, match="ends before that day already"):
        people.end_designation(session, held.id, until_on=MARCH_20, actor=SYSTEM, now=NOW)
    session.commit()
    client, address = client_for("adam"), f"{page_of('victor', fresh)}/designations/{held.id}/end"
    later = {"until_on-day": "20", "until_on-month": "3", "until_on-year": "2026"}
    answer = post(client, address, **later)
    assert answer.status_code == 422 and "ends before that day already" in answer.text
    assert post(client, address, **{**later, "until_on-day": "9"}).status_code == 303
    with fresh() as again:
        assert persona(again, "victor").designations[0].until_on == dt.date(2026, 3, 9)


def test_a_designation_that_is_over_is_not_revived(client_for: ClientFor, session: Session, fresh: Fresh) -> None:
    held = persona(session, "victor").designations[0]
    people.end_designation(session, held.id, until_on=dt.date(2026, 3, 1), actor=SYSTEM, now=NOW)
    session.commit()
    fields = {"until_on-day": "20", "until_on-month": "3", "until_on-year": "2026"}
    answer = post(client_for("adam"), f"{page_of('victor', fresh)}/designations/{held.id}/end", **fields)
    assert answer.status_code == 409 and "This designation is over already." in answer.text
    with fresh() as again:
        assert persona(again, "victor").designations[0].until_on == dt.date(2026, 3, 1)
