"""The administrator's pages about messages, background work, the city and the policy; and who is kept out."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pia_engine.jobs import mail
from pia_engine.jobs.messages import Letter
from pia_engine.models import AuditEvent
from pia_engine.services.audit import verify_trail
from pia_engine.services.cities import get_city
from pia_engine.services.outbox import LETTER_ATTEMPTS, fail_job, lease_job, list_jobs, queue_job
from tests.factories.people import PERSONAS, persona
from tests.factories.walks import Walk
from tests.fixtures.city import NOW, token_in

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
PAGES = [
    "/administration",
    "/administration/people",
    "/administration/people/new",
    "/administration/messages",
    "/administration/jobs",
    "/administration/city",
    "/administration/changes",
]


@pytest.mark.parametrize("first", sorted(PERSONAS))
@pytest.mark.parametrize("address", PAGES)
def test_only_an_administrator_reaches_administration(client_for: ClientFor, first: str, address: str) -> None:
    answer = client_for(first).get(address)
    assert answer.status_code == (200 if first == "adam" else 403)
    if first != "adam":
        assert "Who can help: Administrator" in answer.text


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_is_asked_to_sign_in(client_for: ClientFor, address: str) -> None:
    answer = client_for("").get(address)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={address}")


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_everybody_designated_reads_the_policy(client_for: ClientFor, first: str) -> None:
    page = client_for(first).get("/policy")
    assert page.status_code == 200
    assert "As little as possible" in page.text
    assert "Executive (city manager)" in page.text


def test_an_administrator_has_no_right_to_assessments(client_for: ClientFor, walk: Walk, session: Session) -> None:
    assessment = walk.full("draft")
    session.commit()
    client = client_for("adam")
    for address in ("/initiatives", "/initiatives/new", f"/assessments/{assessment.reference}"):
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "Who can help: Agency official" in answer.text
        assert "You cannot do this with the roles you hold." in answer.text


def post(client: FlaskClient, address: str, page: str, **fields: str) -> Any:
    return client.post(address, data={**fields, "csrf_token": token_in(client.get(page).text)})


def keep_letter(app: Flask, subject: str, *, at: dt.datetime, key: str) -> None:
    settings = app.extensions["pia-settings"]
    letter = Letter("petra@city.example", subject, f"Read https://city.example/{key}\n<script>alert(1)</script>")
    composed = mail._compose(letter, settings, identity=key * 32, now=at, encoding="8bit")
    mail._keep(settings.mail_folder, f"{key * 32}.eml", composed.as_bytes())


def test_without_a_mail_server_the_messages_are_read_here(app: Flask, client_for: ClientFor) -> None:
    client = client_for("adam")
    empty = client.get("/administration/messages").text
    assert "No mail server is set. Nobody receives these messages by e-mail." in empty
    assert "instance/mail" in empty
    assert "No message is kept here." in empty
    keep_letter(app, "Older <b>message</b>", at=NOW - dt.timedelta(days=1), key="a")
    keep_letter(app, "Newer message", at=NOW, key="b")
    page = client.get("/administration/messages").text
    assert page.index("Newer message") < page.index("Older &lt;b&gt;message")
    message = client.get(f"/administration/messages/{'a' * 32}.eml").text
    assert "petra@city.example" in message
    assert "<script>alert" not in message
    assert 'href="https://city.example/a"' in message


def test_with_a_mail_server_the_page_says_that_messages_go_out(
    app: Flask, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = app.extensions["pia-settings"].model_copy(update={"smtp_url": "smtp://mail.example"})
    monkeypatch.setitem(app.extensions, "pia-settings", settings)
    page = client_for("adam").get("/administration/messages").text
    assert "A mail server is set" in page
    assert "No mail server is set" not in page


@pytest.mark.parametrize("name", ["nope.eml", "..%2Fpia.db", "c" * 32 + ".eml", "%2e%2e%2fkeys%2fsecret.key"])
def test_a_message_that_is_none_is_not_found(client_for: ClientFor, name: str) -> None:
    assert client_for("adam").get(f"/administration/messages/{name}").status_code == 404


@pytest.fixture
def dead_job(session: Session) -> str:
    job = queue_job(session, "notice", key="notice:1", payload={}, now=NOW)
    for attempt in range(1, LETTER_ATTEMPTS + 1):
        at = NOW + dt.timedelta(days=attempt)
        assert lease_job(session, now=at)
        fail_job(session, job.id, attempt, error="The mail server <hung up>.", now=at)
    session.commit()
    return str(job.id)


def test_an_administrator_sees_what_was_given_up_and_tries_again(
    client_for: ClientFor, dead_job: str, fresh: Fresh
) -> None:
    client = client_for("adam")
    assert "1 job was given up and needs you." in client.get("/administration").text
    page = client.get("/administration/jobs").text
    assert "The mail server &lt;hung up&gt;." in page
    assert "Notice of a step" in page
    assert post(client, f"/administration/jobs/{dead_job}/retry", "/administration/jobs").status_code == 303
    after = client.get("/administration/jobs").text
    assert "Nothing was given up." in after
    with fresh() as session:
        assert [str(job.id) for job in list_jobs(session, state="waiting")] == [dead_job]


def test_a_job_that_is_none_is_not_found(client_for: ClientFor) -> None:
    address = "/administration/jobs/00000000-0000-0000-0000-000000000000/retry"
    assert post(client_for("adam"), address, "/account").status_code == 404


CITY = {
    "name": "City of Testwell",
    "service_name": "Privacy assessments",
    "introduction": "How we use data about people.",
    "contact_name": "Privacy office",
    "contact_email": "privacy@city.example",
    "time_zone": "Asia/Tokyo",
    "language": "en",
    "brand_colour": "#123456",
    "link_colour": "#0b5c6b",
}


def test_an_administrator_changes_the_city_and_public_pages_follow(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("adam")
    answer = post(client, "/administration/city", "/administration/city", **{**CITY, "name": "Testwell-on-Sea"})
    assert (answer.status_code, answer.location) == (303, "/administration/city")
    page = client.get("/administration/city").text
    assert "Saved. The public pages follow in a moment." in page
    assert 'value="Testwell-on-Sea"' in page
    with fresh() as session:
        city = get_city(session)
        assert (city.time_zone, city.brand_colour) == ("Asia/Tokyo", "#123456")
        assert [job.kind for job in list_jobs(session, state="waiting")] == ["pages"]
    post(client, "/administration/city", "/administration/city", **CITY)
    with fresh() as session:
        assert [job.kind for job in list_jobs(session, state="waiting")] == ["pages", "pages"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("brand_colour", "#ffee00", "This colour is too pale: its contrast with white is 1.2 to 1"),
        ("link_colour", "#999999", "Choose a darker one."),
        ("brand_colour", "red;}", "Write the colour as # and six digits or letters"),
        ("time_zone", "Nowhere/Land", "Choose from the options shown here."),
        ("language", "xx", "Choose from the options shown here."),
        ("contact_email", "no address", "Write an e-mail address"),
        ("name", "", "Give the city’s name."),
    ],
)
def test_a_city_that_would_not_work_is_refused_and_nothing_typed_is_lost(
    client_for: ClientFor, fresh: Fresh, field: str, value: str, sentence: str
) -> None:
    client = client_for("adam")
    fields = {**CITY, "introduction": "Something newly typed.", field: value}
    answer = post(client, "/administration/city", "/administration/city", **fields)
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    assert f'href="#{field}"' in answer.text
    assert "Something newly typed." in answer.text
    with fresh() as session:
        assert get_city(session).time_zone == "Europe/Berlin"
        assert list_jobs(session, state="waiting") == []


def test_a_stale_page_overwrites_nothing_and_loses_nothing(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("adam")
    opened = client.get("/administration/city").text
    mark = opened[opened.index('name="seen"') - 200 :]
    seen = re.search(r'value="([0-9a-f]{64})"', mark)
    assert seen, mark[:400]
    post(client, "/administration/city", "/administration/city", **{**CITY, "contact_name": "The clerk"})
    typed = {**CITY, "introduction": "Typed in the other window.", "seen": seen.group(1)}
    answer = post(client, "/administration/city", "/account", **typed)
    assert answer.status_code == 409
    assert "Typed in the other window." in answer.text
    assert "Somebody else saved the settings while you had them open" in answer.text
    assert "The clerk" in answer.text.partition('id="saved-meanwhile"')[2].partition("</dl>")[0]
    with fresh() as session:
        assert get_city(session).contact_name == "The clerk"
    again = re.findall(r'name="seen"[^>]*value="([0-9a-f]{64})"', answer.text)
    assert again and again[0] != seen.group(1)
    assert post(client, "/administration/city", "/account", **{**typed, "seen": again[0]}).status_code == 303
    with fresh() as session:
        assert get_city(session).introduction == "Typed in the other window."


def test_a_change_elsewhere_in_the_city_s_record_makes_no_page_stale(client_for: ClientFor, fresh: Fresh) -> None:
    client = client_for("adam")
    opened = client.get("/administration/city").text
    seen = re.findall(r'name="seen"[^>]*value="([0-9a-f]{64})"', opened)
    post(client, "/administration/people/new", "/account", name="Nora", email="nora@city.example", job_title="")
    fields = {**CITY, "seen": seen[0]}
    assert post(client, "/administration/city", "/account", **fields).status_code == 303


def test_every_change_of_settings_and_people_is_on_record_without_addresses(
    client_for: ClientFor, fresh: Fresh
) -> None:
    client = client_for("adam")
    post(client, "/administration/city", "/account", **{**CITY, "contact_email": "new@city.example"})
    added = post(client, "/administration/people/new", "/account", name="Nora", email="nora@city.example", job_title="")
    page = added.location
    changed = {"name": "Nora Newcomer", "email": "nn@city.example", "job_title": "Archivist"}
    assert post(client, f"{page}/edit", "/account", **changed).location == page
    post(client, f"{page}/close", "/account")
    post(client, f"{page}/reopen", "/account")
    record = client.get("/administration/changes").text
    said = ["Account opened again", "Account closed", "Account changed", "Account given", "settings were changed"]
    assert [record.index(each) for each in said] == sorted(record.index(each) for each in said)
    assert "Time zone: before “Europe/Berlin”, now “Asia/Tokyo”" in record
    assert "Nora Newcomer, Name, E-mail address, Job" in record
    assert "Adam Administrator" in record
    with fresh() as session:
        city = get_city(session)
        events = session.scalars(select(AuditEvent).where(AuditEvent.aggregate_id == city.id)).all()
        assert len(events) == city.trail_length
        assert not [event.event for event in events if b"@" in event.body]
        assert {event.role for event in events if event.actor_id} == {"administrator"}
        assert not list(verify_trail(session))


def test_an_alteration_of_the_city_s_record_is_noticed(session: Session) -> None:
    session.execute(text("DROP TRIGGER audit_event_no_update"))
    city = get_city(session)
    session.execute(
        text("UPDATE audit_event SET body = replace(body, 'auditor', 'executive') WHERE aggregate_kind = 'city'")
    )
    (broken,) = verify_trail(session)
    assert (broken.aggregate_kind, broken.aggregate_id, broken.why) == ("city", city.id, "its content was altered")
    first = session.scalars(
        select(AuditEvent.sequence).where(AuditEvent.event == "designation:begun").order_by(AuditEvent.sequence)
    ).all()
    assert broken.sequence in first


def test_an_address_somebody_has_is_refused_when_an_account_is_changed(client_for: ClientFor, fresh: Fresh) -> None:
    with fresh() as session:
        page = f"/administration/people/{persona(session, 'otto').id}"
    client, fields = client_for("adam"), {"name": "Otto", "email": "AMARA@city.example", "job_title": "Gardener"}
    answer = post(client, f"{page}/edit", "/account", **fields)
    assert answer.status_code == 422
    assert "Somebody already has the address AMARA@city.example." in answer.text
    assert 'value="Gardener"' in answer.text
    assert "Change the account" in client.get(f"{page}/edit").text
