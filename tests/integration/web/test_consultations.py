"""The log of who was heard, over HTTP: recorded, answered, corrected by two at once, taken off; and who reads it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Consultation
from pia_engine.services.assessments import get_assessment
from pia_engine.services.consultations import list_consultations
from tests.factories.hearing import hear, observe, replied, wanda
from tests.factories.people import PERSONAS
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
RECORDERS = ("amara", "daniel", "petra")
GIVEN: dict[str, object] = {
    "kind": "public", "who": "Residents of Mill Road, about 40", "channel": "Evening meeting",
    "asked": "Where should the counters stand?",
    "asked_on-day": "1", "asked_on-month": "3", "asked_on-year": "2026",
}  # fmt: skip
REPLY: dict[str, object] = {
    "reply": "Not before the school.", "effect": "One counter was moved.",
    "replied_on-day": "2", "replied_on-month": "3", "replied_on-year": "2026",
}  # fmt: skip


def listed(fresh: Fresh, reference: str) -> list[Consultation]:
    with fresh() as session:
        return list_consultations(session, get_assessment(session, reference, "full"))


def log_of(record: Assessment) -> str:
    return f"/assessments/{record.reference}/full/consultations"


@pytest.mark.parametrize("first", PERSONAS)
def test_those_who_write_and_the_officer_record_others_read_or_see_nothing(
    first: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    record = walk.full()
    entry = hear(walk, record)
    log, reference = log_of(record), record.reference
    session.commit()
    client = client_for(first)
    assert client.get(log).status_code == (403 if first in ("otto", "adam") else 200)
    if first in RECORDERS:
        assert send(client, f"{log}/new", **GIVEN).status_code == 303
        assert [each.who for each in listed(fresh, reference)][-1] == GIVEN["who"]
        return
    for address in (f"{log}/new", f"{log}/{entry.id}", f"{log}/{entry.id}/remove"):
        assert client.get(address).status_code == 403
    assert "Record who was asked" not in client.get(log).text
    assert len(listed(fresh, reference)) == 1


def test_a_reply_is_added_and_read_by_whoever_reviews_signs_and_decides(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    record = walk.full("awaiting_decision")
    entry = hear(walk, record)
    log, page = log_of(record), f"/assessments/{record.reference}"
    session.commit()
    helen = client_for("helen")
    step = text_of(helen.get(f"{page}/full/actions/approve").text)
    assert "Civil Rights Forum" in step and "One reply is still awaited" in step and "No reply yet" in step
    assert send(client_for("petra"), f"{log}/{entry.id}", **REPLY).status_code == 303
    step = text_of(helen.get(f"{page}/full/actions/approve").text)
    assert "replied on 2 March 2026" in step and "One counter was moved." in step
    assert "still awaited" not in step
    assert "Not before the school." in text_of(helen.get(log).text)
    history = text_of(helen.get(page).text)
    assert "Consultation recorded" in history and "Reply to a consultation recorded" in history


def test_the_officer_who_reviews_sees_who_was_heard(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("in_review")
    hear(walk, record)
    session.commit()
    assert "Civil Rights Forum" in text_of(client_for("petra").get(f"/assessments/{record.reference}/full/review").text)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"kind": ""}, "Choose whom you put it to."),
        ({"kind": "friend"}, "Choose from the options shown here."),
        ({"who": " "}, "Say who was asked."),
        ({"who": "x" * 201}, "200"),
        ({"asked": "x" * 4001}, "4000"),
        ({"asked_on-day": "32"}, "This day does not exist"),
        ({"asked_on-year": "2027"}, "This day is still to come"),
        ({"reply": "Yes."}, "A reply and its day belong together"),
        ({**REPLY, "replied_on-month": "2"}, "The reply came on or after"),
        ({"is_public": "some"}, "Choose from the options shown here."),
        ({"asked": "May we \u0e44?"}, "cannot print"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    changes: dict[str, object], sentence: str, walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    record = walk.full()
    log, reference = log_of(record), record.reference
    session.commit()
    refused = send(client_for("amara"), f"{log}/new", **{**GIVEN, **changes})
    assert refused.status_code == 422, text_of(refused.text)
    assert sentence in text_of(refused.text) and "Evening meeting" in refused.text
    assert listed(fresh, reference) == []


def test_two_who_add_the_reply_at_once_lose_neither(
    walk: Walk, session: Session, fresh: Fresh, client_for: Clients
) -> None:
    record = walk.full()
    entry = hear(walk, record)
    address, reference = f"{log_of(record)}/{entry.id}", record.reference
    session.commit()
    amara, petra = client_for("amara"), client_for("petra")
    opened = fields_of(amara.get(address).text)
    assert send(petra, address, **REPLY).status_code == 303
    refused = amara.post(address, data={**opened, **REPLY, "reply": "At night as well."})
    assert refused.status_code == 409
    page = text_of(refused.text)
    assert "Somebody else changed this entry meanwhile" in page
    assert "Not before the school." in page and "At night as well." in page
    assert [each.reply for each in listed(fresh, reference)] == ["Not before the school."]
    assert amara.post(address, data=fields_of(refused.text)).status_code == 303
    assert [each.reply for each in listed(fresh, reference)] == ["At night as well."]


def test_an_entry_is_taken_off_with_a_reason(walk: Walk, session: Session, fresh: Fresh, client_for: Clients) -> None:
    record = walk.full()
    entry = hear(walk, record)
    address, reference = f"{log_of(record)}/{entry.id}/remove", record.reference
    session.commit()
    amara = client_for("amara")
    assert send(amara, address, reason="").status_code == 422
    assert send(amara, address, reason="Recorded twice").status_code == 303
    assert listed(fresh, reference) == []
    page = text_of(amara.get(f"/assessments/{reference}").text)
    assert "Consultation taken off the list" in page and "Recorded twice" in page
    assert amara.get(address).status_code == 409


def test_after_the_decision_the_log_is_read_only(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("awaiting_decision")
    entry = hear(walk, record, replied())
    walk._to_approved(record, "low")
    log = log_of(record)
    session.commit()
    amara = client_for("amara")
    assert "Count at night too." in amara.get(log).text
    assert "Record who was asked" not in amara.get(log).text
    for address in (f"{log}/new", f"{log}/{entry.id}", f"{log}/{entry.id}/remove"):
        assert amara.get(address).status_code == 409


def test_unknown_entries_and_those_of_another_assessment_are_not_found(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    record, other = walk.full(), walk.full(title="Another one")
    foreign = hear(walk, other)
    session.commit()
    amara = client_for("amara")
    assert amara.get(f"{log_of(record)}/{uuid.uuid4()}").status_code == 404
    assert amara.get(f"{log_of(record)}/{foreign.id}").status_code == 404
    assert amara.get("/assessments/PIA-1999-0001/full/consultations").status_code == 404


def test_a_resident_named_is_pointed_out_to_those_who_can_mend_it(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    record = walk.full()
    hear(walk, record, replied(kind="public", who="Maria Schneider of Mill Road"))
    log = log_of(record)
    session.commit()
    assert "This seems to name a person: Maria Schneider" in client_for("amara").get(log).text
    assert "This seems to name a person" not in client_for("ingrid").get(log).text


def test_a_long_log_is_read_in_pages(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full()
    for number in range(23):
        hear(walk, record, replied(who=f"Body {number:02}"))
    log = log_of(record)
    session.commit()
    amara = client_for("amara")
    assert "Body 19" in amara.get(log).text and "Body 20" not in amara.get(log).text
    assert "Body 22" in amara.get(f"{log}?page=2").text
    assert "Body 22" in amara.get(f"{log}?page=99999999999999999999").text


def test_an_observer_reads_the_log_and_changes_nothing(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full()
    entry = hear(walk, record, replied(is_public=False))
    observe(walk, record.initiative, wanda(session))
    log = log_of(record)
    session.commit()
    client = client_for("wanda")
    assert "Count at night too." in client.get(log).text
    assert client.get(f"{log}/{entry.id}").status_code == 403
