"""Pages of records: the schedule, holds, classification, case files, disposals, and what stays of what is gone."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.documents.case_checking import verify_case_file
from pia_engine.documents.checking import read_trust
from pia_engine.jobs.worker import drain
from pia_engine.models import AuditEvent, CaseFile, Disposal, Initiative, LegalHold
from pia_engine.services.disposals import propose_overdue
from pia_engine.services.disposing import carry_out_approved
from pia_engine.services.legal_holds import place_hold
from pia_engine.services.record_tables import MATTER
from pia_engine.web.record_words import TABLE_WORDS
from tests.factories.governance.disposals import disposal, retired_long_ago
from tests.factories.walks import Walk
from tests.fixtures.city import NOW, opened, token_in

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
CITYWIDE = ("petra", "helen", "victor", "ingrid")
DAY = dt.timedelta(days=1)


def post(client: FlaskClient, address: str, **given: str) -> tuple[int, str]:
    answer = client.post(address, data={**given, "csrf_token": token_in(client.get("/work").text)})
    return answer.status_code, answer.text


def test_every_table_that_is_deleted_has_a_name_people_know() -> None:
    assert {row.name for row in MATTER if row.is_disposed} == set(TABLE_WORDS)


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid", "adam", "otto"])
def test_who_sees_the_records_of_the_city(first: str, session: Session, walk: Walk, client_for: Clients) -> None:
    made = disposal(walk)
    session.commit()
    client = client_for(first)
    expected = 200 if first in CITYWIDE else 403
    for address in ("/records", "/disposals", f"/disposals/{made.reference}"):
        assert client.get(address).status_code == expected, address


def test_the_schedule_says_what_is_held(session: Session, walk: Walk, client_for: Clients) -> None:
    record = walk.full("published")
    place_hold(session, record.initiative, reason="Claim 17.", actor=walk.who("petra"), now=walk.now)
    session.commit()
    page = client_for("ingrid").get("/records").text
    assert "Published assessments and their documents" in page
    assert "For good" in page
    assert "Confidential" in page
    assert "Claim 17." in page
    assert "Nothing was disposed of yet" in page


def test_an_officer_places_and_lifts_a_hold(session: Session, walk: Walk, client_for: Clients, fresh: Fresh) -> None:
    reference = walk.initiative().reference
    session.commit()
    client, home = client_for("petra"), f"/initiatives/{reference}"
    assert post(client, f"{home}/records/hold", reason="")[0] == 422
    assert post(client, f"{home}/records/hold", reason="x" * 4001)[0] == 422
    assert post(client, f"{home}/records/hold", reason="Claim 17.")[0] == 303
    assert "A legal hold stands since" in client.get(home).text
    assert "Claim 17." in client_for("amara").get(home).text
    with fresh() as later:
        hold = later.scalars(select(LegalHold)).one().id
    address = f"{home}/records/holds/{hold}/lift"
    assert "Claim 17." in client.get(address).text
    status, page = post(client, address, reason="  ")
    assert (status, "Say why the hold is no longer needed." in page) == (422, True)
    assert post(client, address, reason="Settled.")[0] == 303
    assert post(client, address, reason="Again.")[0] == 409
    assert "A legal hold stands since" not in client.get(home).text
    page = client.get(f"{home}/records").text
    assert "Settled." in page
    with fresh() as later:
        events = set(later.scalars(select(AuditEvent.event)))
    assert {"legal-hold:placed", "legal-hold:lifted"} <= events


@pytest.mark.parametrize("first", ["amara", "sofia", "victor", "ingrid", "adam", "otto"])
def test_nobody_else_holds_or_classifies(
    first: str, session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    initiative = walk.initiative()
    hold = place_hold(session, initiative, reason="Claim.", actor=walk.who("petra"), now=walk.now)
    home, key = f"/initiatives/{initiative.reference}/records", hold.id
    session.commit()
    client = client_for(first)
    for step in ("hold", f"holds/{key}/lift", "classification"):
        assert client.get(f"{home}/{step}").status_code == 403, step
        given = {"reason": "Why not.", "classification": "public", "seen": "internal"}
        assert post(client, f"{home}/{step}", **given)[0] == 403, step
    with fresh() as later:
        assert later.get_one(LegalHold, key).lifted_at is None
        assert later.get_one(Initiative, initiative.id).classification == "internal"


def test_the_hold_of_another_initiative_is_not_found_here(session: Session, walk: Walk, client_for: Clients) -> None:
    hold = place_hold(session, walk.initiative(), reason="Claim.", actor=walk.who("petra"), now=walk.now)
    other = walk.initiative("Another")
    session.commit()
    assert client_for("petra").get(f"/initiatives/{other.reference}/records/holds/{hold.id}/lift").status_code == 404


def test_an_officer_classifies_the_records(session: Session, walk: Walk, client_for: Clients, fresh: Fresh) -> None:
    reference = walk.initiative().reference
    session.commit()
    client, address = client_for("helen"), f"/initiatives/{reference}/records/classification"
    seen = opened(client, address)
    given = {**seen, "classification": "restricted", "reason": "It names informants."}
    assert client.post(address, data={**given, "reason": ""}).status_code == 422
    assert client.post(address, data={**given, "classification": "secret"}).status_code == 422
    assert client.post(address, data=given).status_code == 303
    assert client.post(address, data={**given, "classification": "public"}).status_code == 409
    assert "Restricted" in client_for("amara").get(f"/initiatives/{reference}").text
    with fresh() as later:
        event = later.scalars(select(AuditEvent).where(AuditEvent.event == "initiative:classified")).one()
        assert event.reason == "It names informants."


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "adam", "otto"])
def test_only_citywide_roles_export(
    first: str, session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    initiative = walk.full().initiative
    reference = initiative.reference
    session.commit()
    client = client_for(first)
    assert post(client, f"/initiatives/{reference}/records/case-file", named=reference)[0] == 403
    if first in ("amara", "daniel", "sofia"):
        assert "Export the case file" not in client.get(f"/initiatives/{reference}/records").text
    with fresh() as later:
        assert later.scalars(select(CaseFile)).all() == []


def test_an_auditor_exports_the_case_file(
    app: Flask, session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    record = walk.full("submitted")
    home = f"/initiatives/{record.initiative.reference}/records"
    named = record.reference
    session.commit()
    client = client_for("ingrid")
    assert post(client, f"{home}/case-file", named="PIA-1999-0001")[0] == 422
    assert post(client, f"{home}/case-file", named=named)[0] == 303
    assert post(client, f"{home}/case-file", named=named)[0] == 409
    assert "Being made" in client.get(home).text
    with fresh() as later:
        key = later.scalars(select(CaseFile.id)).one()
    assert client.get(f"/case-files/{key}").status_code == 409
    drain(app, NOW + DAY)
    answer = client.get(f"/case-files/{key}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{named}-case-file.zip"'
    trust = read_trust(app.extensions["pia-settings"].keys_folder)
    assert verify_case_file(io.BytesIO(answer.data), trust=trust).valid
    assert f"{named}-case-file.zip" in client.get(home).text
    assert client_for("amara").get(f"/case-files/{key}").status_code == 403
    assert client.get("/case-files/0199f6a0-0000-7000-8000-000000000001").status_code == 404
    with fresh() as later:
        event = later.scalars(select(AuditEvent).where(AuditEvent.event == "case-file:exported")).one()
        assert (event.actor_name, event.role) == ("Ingrid Auditor", "auditor")


def test_an_officer_proposes_with_everything_in_sight(
    session: Session, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    reference = retired_long_ago(walk).reference
    session.commit()
    client, address = client_for("petra"), f"/initiatives/{reference}/records/disposal"
    page = client.get(address).text
    assert "What would be deleted now" in page
    assert re.search(r"Initiatives</th><td[^>]*>1<", page)
    assert post(client, address)[0] == 303
    assert post(client, address)[0] == 409
    with fresh() as later:
        made = later.scalars(select(Disposal)).one()
        assert made.author_id is not None
    assert "You proposed this disposal" not in client_for("helen").get(f"/disposals/{made.reference}").text
    assert client_for("helen").get(address).status_code == 403


def test_what_is_not_over_cannot_be_proposed(session: Session, walk: Walk, client_for: Clients) -> None:
    reference = walk.initiative().reference
    session.commit()
    answer = client_for("petra").get(f"/initiatives/{reference}/records/disposal")
    assert answer.status_code == 409
    assert "This matter still goes on." in answer.text


def disposed(session: Session, walk: Walk) -> tuple[str, str]:
    """(initiative's reference, disposal's reference) of records that are gone."""
    made = disposal(walk, "approved")
    found = made.subject, made.reference
    with clock.frozen(NOW + DAY):
        assert carry_out_approved(session, now=NOW + DAY) == 1
    session.commit()
    return found


@pytest.mark.parametrize(
    ("first", "status"),
    [("amara", 410), ("daniel", 410), ("petra", 410), ("ingrid", 410), ("otto", 404), ("adam", 403)],
)
def test_a_link_to_disposed_records_says_what_they_were(
    first: str, status: int, session: Session, walk: Walk, client_for: Clients
) -> None:
    subject, _reference = disposed(session, walk)
    client = client_for(first)
    answer = client.get(f"/initiatives/{subject}")
    assert answer.status_code == status
    assert ("Kiosks at the harbour" in answer.text) == (status == 410)
    if status == 410:
        assert "Never decided" in answer.text
        assert client.get(f"/initiatives/{subject}/records").status_code == 410


def test_what_was_never_public_leaves_nothing_in_public(session: Session, walk: Walk, client_for: Clients) -> None:
    subject, _reference = disposed(session, walk)
    visitor = client_for("")
    assert visitor.get(f"/register/{subject}").status_code == 404
    assert visitor.get("/register/PIA-1999-0001").status_code == 404


def test_the_disposal_stays_with_its_numbers(session: Session, walk: Walk, client_for: Clients) -> None:
    subject, reference = disposed(session, walk)
    client = client_for("ingrid")
    page = client.get(f"/disposals/{reference}").text
    assert "What was deleted" in page
    assert "Carried out" in page
    assert subject in client.get("/records").text
    assert reference in client.get("/disposals?status=carried_out").text
    assert "Nothing matches" in client.get("/disposals?status=proposed").text


def test_a_long_list_has_pages(session: Session, walk: Walk, client_for: Clients) -> None:
    for number in range(27):
        retired_long_ago(walk, f"Kiosk {number}")
    assert propose_overdue(session, now=NOW) == 27
    session.commit()
    client = client_for("helen")
    assert "Pages of disposals" in client.get("/disposals").text
    assert client.get("/disposals?page=2").text.count("DSP-2026-") >= 2
    assert client.get("/disposals?page=99999999999").status_code == 200
    assert "27 disposals wait for approval" in client.get("/records").text


def test_a_hold_stands_in_the_way_and_the_page_says_so(session: Session, walk: Walk, client_for: Clients) -> None:
    made = disposal(walk)
    subject = session.scalars(select(Initiative).where(Initiative.reference == made.subject)).one()
    place_hold(session, subject, reason="A claim.", actor=walk.who("petra"), now=walk.now)
    session.commit()
    answer = client_for("helen").get(f"/disposals/{made.reference}")
    assert "A legal hold stands on these records." in answer.text
    assert client_for("helen").get(f"/disposals/{made.reference}/actions/approve").status_code == 409
    assert client_for("helen").get(f"/disposals/{made.reference}/actions/burn").status_code == 404
