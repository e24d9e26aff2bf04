"""The administrator gives accounts, records designations, closes and opens again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Designation
from pia_engine.permissions.roles import Role
from pia_engine.services.outbox import list_jobs
from pia_engine.services.people import find_person_by_email
from tests.factories.people import PASSWORD, email_of, persona
from tests.fixtures.city import token_in

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
PEOPLE = "/administration/people"
MARCH_2 = {"from_on-day": "2", "from_on-month": "3", "from_on-year": "2026"}
GIVEN = {"designated_by": "Mayor", "instrument": "Order 7/2026", **MARCH_2}


def post(client: FlaskClient, address: str, **fields: str) -> Any:
    return client.post(address, data={**fields, "csrf_token": token_in(client.get("/account").text)})


def page_of(first: str, fresh: Fresh) -> str:
    with fresh() as session:
        return f"{PEOPLE}/{persona(session, first).id}"


def designation_of(first: str, fresh: Fresh) -> Designation:
    with fresh() as session:
        return persona(session, first).designations[0]


def test_the_list_shows_everybody_with_their_roles(client_for: ClientFor) -> None:
    page = client_for("adam").get(PEOPLE).text
    assert "9 people" in page
    assert "Agency official – Parks and Libraries" in page
    assert page.index("Adam Administrator") < page.index("Victor Executive")


def test_the_list_is_searched_by_name_and_address(client_for: ClientFor) -> None:
    client = client_for("adam")
    found = client.get(PEOPLE, query_string={"q": "OTTO@"}).text
    assert "1 person" in found and "Otto Outsider" in found and "Petra Privacy" not in found
    nobody = client.get(PEOPLE, query_string={"q": "<script>"}).text
    assert "Nobody fits “&lt;script&gt;”." in nobody


@pytest.mark.parametrize("page", ["-3", "0", "99", "x"])
def test_a_page_number_out_of_range_shows_a_page_all_the_same(client_for: ClientFor, page: str) -> None:
    assert client_for("adam").get(PEOPLE, query_string={"page": page}).status_code == 200


def test_a_new_person_chooses_a_password_through_a_link_and_signs_in(client_for: ClientFor, fresh: Fresh) -> None:
    answer = post(client_for("adam"), f"{PEOPLE}/new", name="Nora Newcomer", email="nora@city.example", job_title="")
    assert answer.status_code == 303
    with fresh() as session:
        (job,) = list_jobs(session, state="waiting")
        nora = find_person_by_email(session, "nora@city.example")
        assert nora is not None and nora.password is None
        assert answer.location == f"{PEOPLE}/{nora.id}"
    assert job.payload["to"] == "nora@city.example"
    link = next(line for line in job.payload["token"].splitlines() if "/forgotten-password/" in line)
    path = link.strip().removeprefix("http://127.0.0.1:8000")
    client, new = client_for(""), "four words not found together"
    fields = {"password": new, "password_confirm": new, "csrf_token": token_in(client.get(path).text)}
    assert client.post(path, data=fields).location == "/sign-in"
    entry = {
        "email": "nora@city.example",
        "password": new,
        "csrf_token": token_in(client.get("/sign-in").text),
    }
    assert client.post("/sign-in", data=entry).location == "/work"
    assert "You are not designated to any role yet." in client.get("/account").text


@pytest.mark.parametrize(
    ("name", "email", "sentence"),
    [
        ("", "nora@city.example", "Give the person’s name."),
        ("Nora", "", "Give the person’s e-mail address."),
        ("Nora", "nora at city", "Write an e-mail address"),
        ("Nora", "AMARA@city.example", "Somebody already has the address AMARA@city.example."),
    ],
)
def test_an_account_that_would_not_work_is_refused(
    client_for: ClientFor, fresh: Fresh, name: str, email: str, sentence: str
) -> None:
    answer = post(client_for("adam"), f"{PEOPLE}/new", name=name, email=email, job_title="Archivist")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Archivist"' in answer.text
    with fresh() as session:
        assert list_jobs(session, state="waiting") == []


def test_an_administrator_records_a_designation(client_for: ClientFor, fresh: Fresh) -> None:
    client, otto = client_for("adam"), page_of("otto", fresh)
    answer = post(client, f"{otto}/designations/new", role=str(Role.PRIVACY_OFFICER), department="", **GIVEN)
    assert (answer.status_code, answer.location) == (303, otto)
    page = client.get(otto).text
    assert "The designation of Otto Outsider is recorded." in page
    assert "Privacy officer" in page and "Mayor, Order 7/2026" in page and "from 2 March 2026" in page
    assert "Privacy officer" in client_for("otto").get("/account").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"role": ""}, "Choose a role."),
        ({"role": "system"}, "Choose from the options shown here."),
        ({"role": str(Role.AGENCY_OFFICIAL)}, "An agency official acts for a department: choose which."),
        ({"designated_by": ""}, "Say who designated the person."),
        ({"instrument": ""}, "Say where the designation is written down."),
        ({"from_on-day": "31", "from_on-month": "2"}, "This day does not exist in that month."),
        (
            {"until_on-day": "1", "until_on-month": "3", "until_on-year": "2026"},
            "The last day is before the first. Check both dates.",
        ),
    ],
)
def test_a_designation_that_would_not_hold_is_refused(
    client_for: ClientFor, fresh: Fresh, changed: dict[str, str], sentence: str
) -> None:
    fields = {"role": str(Role.AUDITOR), "department": "", **GIVEN, **changed}
    answer = post(client_for("adam"), f"{page_of('otto', fresh)}/designations/new", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_designation_ends_on_a_day_and_the_role_with_it(client_for: ClientFor, fresh: Fresh) -> None:
    client, petra = client_for("adam"), page_of("petra", fresh)
    held = designation_of("petra", fresh)
    ended = {"until_on-day": "1", "until_on-month": "3", "until_on-year": "2026"}
    answer = post(client, f"{petra}/designations/{held.id}/end", **ended)
    assert (answer.status_code, answer.location) == (303, petra)
    page = client.get(petra).text
    assert "from 5 January 2026 to 1 March 2026" in page
    assert "Ended" in page
    assert designation_of("petra", fresh).until_on == dt.date(2026, 3, 1)
    assert client_for("petra").get("/initiatives").status_code == 403


def test_a_designation_of_somebody_else_is_not_ended_through_this_person(client_for: ClientFor, fresh: Fresh) -> None:
    held = designation_of("petra", fresh)
    answer = client_for("adam").get(f"{page_of('otto', fresh)}/designations/{held.id}/end")
    assert answer.status_code == 404


def test_a_closed_account_is_signed_out_and_cannot_sign_in_until_opened(client_for: ClientFor, fresh: Fresh) -> None:
    adam, amara, address = client_for("adam"), client_for("amara"), page_of("amara", fresh)
    assert post(adam, f"{address}/close").status_code == 303
    assert "The account of Amara Author is closed." in adam.get(address).text
    assert amara.get("/account").status_code == 303
    assert post(adam, f"{address}/password-link").status_code == 409
    visitor = client_for("")
    entry = {
        "email": email_of("amara"),
        "password": PASSWORD,
        "csrf_token": token_in(visitor.get("/sign-in").text),
    }
    assert visitor.post("/sign-in", data=entry).status_code == 200
    assert post(adam, f"{address}/reopen").status_code == 303
    assert client_for("amara").get("/account").status_code == 200


def test_an_administrator_sends_a_link_and_never_sees_a_password(client_for: ClientFor, fresh: Fresh) -> None:
    client, address = client_for("adam"), page_of("amara", fresh)
    assert post(client, f"{address}/password-link").status_code == 303
    assert "A link to choose a password is on its way to Amara Author" in client.get(address).text
    with fresh() as own:
        assert [job.payload["to"] for job in list_jobs(own, state="waiting")] == [email_of("amara")]
    assert 'type="password"' not in client.get(address).text


@pytest.mark.parametrize("step", ["designations/new", "close"])
def test_an_administrator_changes_nothing_of_their_own(client_for: ClientFor, fresh: Fresh, step: str) -> None:
    client, address = client_for("adam"), page_of("adam", fresh)
    answer = post(client, f"{address}/{step}", role=str(Role.PRIVACY_OFFICER), **GIVEN)
    assert answer.status_code == 409
    assert "Who can help: Another administrator" in answer.text
    assert "This is you." in client.get(address).text


@pytest.mark.parametrize("step", ["", "/designations/new", "/close", "/reopen", "/password-link"])
def test_a_person_who_does_not_exist_is_not_found(client_for: ClientFor, step: str) -> None:
    client, address = client_for("adam"), f"{PEOPLE}/00000000-0000-0000-0000-000000000000{step}"
    answer = client.get(address) if step in ("", "/designations/new") else post(client, address)
    assert answer.status_code == 404
    assert "There is no such person." in answer.text


@pytest.mark.parametrize("first", ["amara", "petra", "helen", "ingrid", "otto"])
@pytest.mark.parametrize("step", ["designations/new", "close", "reopen", "password-link"])
def test_nobody_else_changes_people(client_for: ClientFor, fresh: Fresh, first: str, step: str) -> None:
    address = page_of("otto", fresh)
    assert post(client_for(first), f"{address}/{step}", role=str(Role.AUDITOR), **GIVEN).status_code == 403
