"""An assessment's pages: how it stands, its outcome, and the steps with what they ask for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine.errors import NotPossible
from pia_engine.services import annual_audits, reviews, sign_offs
from pia_engine.services.assessments import get_assessment
from pia_engine.services.reviews import note_change
from pia_engine.web.event_words import EVENT_WORDS
from pia_engine.workflows.machine import WORKFLOWS
from tests.factories.people import PASSWORD
from tests.factories.walks import Walk
from tests.fixtures.city import opened, token_in
from tests.integration.web.forms import text_of

Clients = Callable[[str], FlaskClient]
REASON = {"reason": "A reason that others can read."}


def _post(client: FlaskClient, url: str, data: dict[str, str]) -> TestResponse:
    carried = opened(client, url) if "/actions/" in url else {"csrf_token": token_in(client.get("/work").text)}
    return client.post(url, data={**data, **carried})


def _status(session: Session, reference: str, stage: str = "full") -> str:
    session.rollback()
    session.expire_all()
    status = get_assessment(session, reference, stage).status
    session.rollback()
    return status


def test_every_event_of_every_table_has_words() -> None:
    events = {row.event for workflow in WORKFLOWS.values() for row in workflow.transitions}
    assert events <= EVENT_WORDS.keys()


def test_the_author_sees_the_tasks_and_why_submitting_waits(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("draft")
    reference = record.reference
    session.commit()
    page = client_for("amara").get(f"/assessments/{reference}").text
    assert f"/assessments/{reference}/full/sections/summary" in page
    assert f"/assessments/{reference}/full/check" in page
    assert "still need an answer" in page
    assert "The six foundations" in page
    assert "Full assessment begun" in page


def test_others_read_whose_turn_it_is_and_who_can_take_each_step(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    reference = walk.full("submitted").reference
    session.commit()
    page = client_for("daniel").get(f"/assessments/{reference}").text
    assert "Privacy officer: Petra Privacy" in page
    assert "Who can: Privacy officer." in page
    assert "Your questions" not in page


def test_an_outsider_and_the_administrator_are_kept_out(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = walk.full("draft").reference
    session.commit()
    places = ("", "/initial/outcome", "/full/v1", "/full/preview", "/full/changes", "/full/actions/submit")
    for first in ("otto", "adam"):
        client = client_for(first)
        for place in places:
            answer = client.get(f"/assessments/{reference}{place}")
            assert answer.status_code == 403, f"{first} {place}"
            assert "Who can help" in answer.text


@pytest.mark.parametrize(
    ("place", "status"),
    [
        ("/full/actions/approve", 403),
        ("/full/actions/submit", 409),
        ("/full/actions/complete_publication", 404),
        ("/full/actions/nonsense", 404),
        ("/full/review", 403),
        ("/full/v7", 404),
        ("/other/preview", 404),
    ],
)
def test_what_cannot_be_done_is_refused_in_its_own_way(
    walk: Walk, session: Session, client_for: Clients, place: str, status: int
) -> None:
    reference = walk.full("draft").reference
    session.commit()
    assert client_for("amara").get(f"/assessments/{reference}{place}").status_code == status


def test_the_officer_reads_which_rules_fired_and_determines(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.initial("submitted")
    url = f"/assessments/{record.reference}/initial"
    reference = record.reference
    session.commit()
    client = client_for("petra")
    outcome = client.get(f"{url}/outcome").text
    assert "Rules that fired" in outcome
    assert "was answered:" in outcome
    assert f"{url}/actions/determine" in outcome
    assert f"{url}/actions/determine" not in client_for("amara").get(f"{url}/outcome").text
    departing = _post(client, f"{url}/actions/determine", {"outcome": "no_pia"})
    assert departing.status_code == 422
    assert "departs from what the rules say" in departing.text
    assert _post(client, f"{url}/actions/determine", {}).status_code == 422
    assert _post(client, f"{url}/actions/determine", {"outcome": "full_pia"}).status_code == 303
    assert _status(session, reference, "initial") == "determined"
    assert "Determined by Petra Privacy" in client.get(f"/assessments/{reference}").text


def test_a_missing_reason_is_asked_for_and_the_wrong_password_loses_nothing(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    reference = walk.full("awaiting_decision").reference
    url = f"/assessments/{reference}/full/actions/approve"
    session.commit()
    client = client_for("helen")
    without = _post(client, url, {"password": PASSWORD, "conditions": "Delete after 14 days."})
    assert without.status_code == 422
    assert "Give the reasons for your decision." in without.text
    assert "Delete after 14 days." in without.text
    wrong = _post(client, url, {**REASON, "password": "not my password"})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    assert REASON["reason"] in wrong.text
    assert "not my password" not in wrong.text
    assert _status(session, reference) == "awaiting_decision"
    right = {**REASON, "password": PASSWORD, "conditions": "Delete after 14 days."}
    assert _post(client, url, right).status_code == 303
    page = client.get(f"/assessments/{reference}").text
    assert "Delete after 14 days." in page
    assert REASON["reason"] in page


def test_a_password_is_not_guessed_by_trying(walk: Walk, session: Session, client_for: Clients) -> None:
    url = f"/assessments/{walk.full('awaiting_agency_sign_off').reference}/full/actions/sign_for_agency"
    session.commit()
    client = client_for("daniel")
    tries = [_post(client, url, {**REASON, "password": f"guess {number}"}).status_code for number in range(11)]
    assert tries == [422] * 10 + [429]


def test_what_was_written_survives_an_expired_session(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = walk.full("awaiting_agency_sign_off").reference
    url = f"/assessments/{reference}/full/actions/sign_for_agency"
    session.commit()
    client = client_for("daniel")
    answer = client.post(url, data={**REASON, "password": PASSWORD, "csrf_token": "too old"})
    page = client.get(answer.location).text
    assert REASON["reason"] in page
    assert PASSWORD not in page
    assert _status(session, reference) == "awaiting_agency_sign_off"


def test_the_officer_notes_drops_and_requests_changes_and_the_author_replies(
    walk: Walk, session: Session, client_for: Clients
) -> None:
    reference = walk.full("in_review").reference
    review, changes = f"/assessments/{reference}/full/review", f"/assessments/{reference}/full/changes"
    session.commit()
    officer, author = client_for("petra"), client_for("amara")
    assert _post(officer, review, {"note": "summary", "change_summary": " "}).status_code == 422
    assert _post(officer, review, {"note": "nonsense", "change_nonsense": "x"}).status_code == 422
    for text in ("Name the street.", "Say it shorter."):
        noted = _post(officer, review, {"note": "summary", "change_summary": text})
        assert noted.status_code == 303
        assert noted.location.endswith("#question-summary")
    page = officer.get(review).text
    assert "2 changes noted" in page
    assert "Name the street." not in author.get(f"/assessments/{reference}").text
    note = page.split('name="drop" value="')[1].split('"')[0]
    assert _post(officer, review, {"drop": note}).status_code == 303
    assert _post(officer, review, {"drop": "nonsense"}).status_code == 404
    assert _post(officer, f"/assessments/{reference}/full/actions/request_changes", {}).status_code == 303
    assert officer.get(review).status_code == 409
    asked = author.get(changes).text
    assert "Say it shorter." in asked
    about = asked.split('name="reply_')[1].split('"')[0]
    assert _post(author, changes, {"reply": about, f"reply_{about}": ""}).status_code == 422
    assert _post(officer, changes, {f"reply_{about}": "Mine."}).status_code == 403
    assert _post(author, changes, {f"reply_{about}": "Shortened."}).status_code == 303
    assert "Shortened." in officer.get(changes).text
    assert _post(author, f"/assessments/{reference}/full/actions/submit", {}).status_code == 303
    assert _post(officer, f"/assessments/{reference}/full/actions/start_review", {}).status_code == 303
    assert "Reply: Shortened." in officer.get(review).text


def test_what_is_typed_at_two_questions_is_kept_together(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = walk.full("in_review").reference
    review, changes = f"/assessments/{reference}/full/review", f"/assessments/{reference}/full/changes"
    session.commit()
    officer, author = client_for("petra"), client_for("amara")
    too_long = {"change_summary": "Name the street.", "change_purpose": "x" * 4001, "note": "summary"}
    refused = _post(officer, review, too_long)
    assert refused.status_code == 422
    assert "Name the street." in refused.text
    assert "x" * 4001 in refused.text
    assert "No changes noted yet" in officer.get(review).text
    typed = {"change_summary": "Name the street.", "change_purpose": "Say for whom.", "note": "summary"}
    assert _post(officer, review, typed).status_code == 303
    assert "2 changes noted" in officer.get(review).text
    _post(officer, f"/assessments/{reference}/full/actions/request_changes", {})
    asked = [part.split('"')[0] for part in author.get(changes).text.split('name="reply_')[1:]]
    replies = {f"reply_{each}": f"Reply number {number}." for number, each in enumerate(asked)}
    assert _post(author, changes, {**replies, "reply": asked[1]}).status_code == 303
    page = officer.get(changes).text
    assert "Reply number 0." in page
    assert "Reply number 1." in page
    assert _post(author, changes, {**replies, f"reply_{asked[0]}": " "}).status_code == 422


def test_text_typed_beside_a_removed_note_is_noted(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("in_review")
    change = note_change(session, record, question="summary", text="Old.", actor=walk.who("petra"), now=walk.now)
    review = f"/assessments/{record.reference}/full/review"
    given = {"drop": str(change.id), "change_purpose": "Say for whom."}
    session.commit()
    officer = client_for("petra")
    assert _post(officer, review, given).status_code == 303
    page = officer.get(review).text
    assert "You ask: Say for whom." in page
    assert "You ask: Old." not in page


def test_the_review_shows_what_the_vendor_stated(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("draft")
    walk.vendor(record, "accepted")
    reference = record.reference
    session.commit()
    page = client_for("petra").get(f"/assessments/{reference}/full/v1").text
    assert "Stated by the vendor (Sightline Systems GmbH, 2 March 2026). Not confirmed yet." in page
    assert "Sightline Systems GmbH" in client_for("amara").get(f"/assessments/{reference}").text


def test_the_preview_holds_public_answers_only(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("approved")
    reference = record.reference
    session.commit()
    client = client_for("amara")
    inside = client.get(f"/assessments/{reference}/full/v1").text
    outside = client.get(f"/assessments/{reference}/full/preview").text
    assert "Not public" in inside
    assert "Not public" not in outside
    assert len(outside) < len(inside)


def test_a_published_assessment_links_to_its_public_page(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = walk.full("published").reference
    session.commit()
    page = client_for("ingrid").get(f"/assessments/{reference}").text
    assert f"/register/{reference}/v1" in page
    assert "Signed for the agency" in page
    assert "Go ahead as described." in page
    assert "Due on" in page


def test_a_noted_change_cannot_hurt_the_page(walk: Walk, session: Session, client_for: Clients) -> None:
    record = walk.full("in_review")
    text = "<script>alert(1)</script>"
    note_change(session, record, question="summary", text=text, actor=walk.who("petra"), now=walk.now)
    reference = record.reference
    session.commit()
    assert text not in client_for("petra").get(f"/assessments/{reference}/full/review").text


def test_a_new_version_shows_what_is_still_to_be_read_again(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    audit = walk.audit("findings_reported")
    second = annual_audits.require_new_version(
        session, audit, actor=walk.who("helen"), now=walk.now, reason="The recipients changed."
    )
    reference = second.reference
    session.commit()
    page = text_of(client_for("amara").get(f"/assessments/{reference}").text)
    assert "carried over: check and save" in page
    ready = re.search(r"(\d+) of (\d+) sections are ready", page)
    assert ready
    assert int(ready[1]) < int(ready[2]) / 2


def test_an_author_reads_why_the_decider_sent_the_text_back(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    record = walk.full("changes_requested")
    (change,) = reviews.list_requested_changes(session, record)
    reviews.reply_to_change(session, record, change.id, reply="Named.", actor=walk.who("amara"), now=walk.now)
    walk.advance(record, "awaiting_decision")
    sign_offs.send_back(session, record, actor=walk.who("helen"), now=walk.now, reason="Say when the contract ends.")
    address, point = f"/assessments/{record.reference}", str(change.id)
    session.commit()
    amara = client_for("amara")
    assert "Given back by Helen Senior" in text_of(amara.get(address).text)
    page = amara.get(f"{address}/full/changes")
    assert "Say when the contract ends." in page.text
    assert "Earlier rounds" in page.text
    assert f'name="reply_{point}"' not in page.text


def test_a_reply_of_an_earlier_round_stands(session: Session, walk: Walk) -> None:
    record = walk.full("changes_requested")
    (change,) = reviews.list_requested_changes(session, record)
    reviews.reply_to_change(session, record, change.id, reply="Named.", actor=walk.who("amara"), now=walk.now)
    walk.advance(record, "awaiting_decision")
    sign_offs.send_back(session, record, actor=walk.who("helen"), now=walk.now, reason="Say when it ends.")
    with pytest.raises(NotPossible, match="earlier round"):
        reviews.reply_to_change(session, record, change.id, reply="Other", actor=walk.who("amara"), now=walk.now)


def test_an_author_reads_why_the_first_questions_were_returned(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    reference = walk.initial("returned").reference
    session.commit()
    assert "Say who it is about." in client_for("amara").get(f"/assessments/{reference}").text
