"""The vendor's part: the officer's pages, and the pages the secret link opens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.models import OutboxJob, VendorResponse
from pia_engine.services import vendor_responses
from pia_engine.services.answers import read_sheet
from pia_engine.services.assessments import get_assessment
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]
ATTESTED = {"name": "Lena Hoffmann", "title": "Head of product", "is_true": "yes"}


class Asked:
    """A vendor response in a wanted state, with its link."""

    def __init__(self, walk: Walk, session: Session, status: str) -> None:
        record = walk.full("draft")
        response = walk.vendor(record, status)
        self.assessment, self.reference, self.id = record.reference, response.reference, response.id
        self.first = next(iter(read_sheet(session, response).visible)).id
        session.commit()
        self.session = session
        session.rollback()

    @property
    def link(self) -> str:
        jobs = self.session.scalars(select(OutboxJob).order_by(OutboxJob.queued_at, OutboxJob.id)).all()
        mine = [job.payload for job in jobs if job.payload.get("vendor_response") == str(self.id)]
        self.session.rollback()
        return "/vendor/" + [payload["token"] for payload in mine if "token" in payload][-1]

    @property
    def page(self) -> str:
        return f"/vendor-responses/{self.reference}"

    def state(self) -> VendorResponse:
        self.session.rollback()
        self.session.expire_all()
        response = self.session.get_one(VendorResponse, self.id)
        _ = response.status, response.evaluations
        return response

    def status(self) -> str:
        found = self.state().status
        self.session.rollback()
        return found


@pytest.fixture
def asked(walk: Walk, session: Session) -> Callable[[str], Asked]:
    return lambda status: Asked(walk, session, status)


def test_petra_asks_a_vendor(client_for: ClientFor, session: Session, walk: Walk) -> None:
    reference = walk.full("draft").reference
    session.commit()
    answer = send(
        client_for("petra"),
        f"/assessments/{reference}/vendors/new",
        company="Sightline Systems GmbH",
        contact_name="Lena Hoffmann",
        contact_email="lena@sightline.example",
    )
    assert answer.status_code == 303
    page = client_for("petra").get(answer.location)
    assert "No answers yet" in page.text
    assert "No mail server is set up." in page.text


def test_an_address_that_is_none_is_refused(client_for: ClientFor, session: Session, walk: Walk) -> None:
    reference = walk.full("draft").reference
    session.commit()
    url = f"/assessments/{reference}/vendors/new"
    answer = send(client_for("petra"), url, company="Sightline", contact_name="Lena", contact_email="lena")
    assert answer.status_code == 422
    assert "Write an e-mail address" in answer.text
    assert 'value="Sightline"' in answer.text


@pytest.mark.parametrize("first", ["amara", "sofia", "helen", "otto", "adam", "ingrid"])
def test_only_the_privacy_officer_asks_a_vendor(
    client_for: ClientFor, session: Session, walk: Walk, first: str
) -> None:
    reference = walk.full("draft").reference
    session.commit()
    assert client_for(first).get(f"/assessments/{reference}/vendors/new").status_code == 403


def test_the_vendor_answers_without_an_account(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case, lena = asked("issued"), client_for("")
    start = lena.get(case.link)
    assert "You need no account." in start.text
    assert start.headers["Referrer-Policy"] == "no-referrer"
    assert case.status() == "issued"
    answer = send(lena, f"{case.link}/sections/company", q_company_name="Sightline Systems GmbH", save="later")
    assert answer.location == case.link
    assert case.status() == "in_progress"


def test_the_vendor_attests_and_gets_a_receipt(
    client_for: ClientFor, asked: Callable[[str], Asked], walk: Walk, session: Session
) -> None:
    case, lena = asked("in_progress"), client_for("")
    assert "still need an answer" in text_of(lena.get(f"{case.link}/attest").text)
    response = case.state()
    walk.answer(response, {}, roles=frozenset({"vendor_respondent"}), actor=vendor_responses.vendor_actor(response))
    session.commit()
    refused = send(lena, f"{case.link}/attest", name="", title="")
    assert refused.status_code == 422
    assert "Tick the statement if it holds." in refused.text
    answer = send(lena, f"{case.link}/attest", **ATTESTED)
    assert answer.location == f"{case.link}/receipt"
    receipt = text_of(lena.get(answer.location).text)
    assert "Lena Hoffmann, Head of product" in receipt
    assert case.reference in receipt


def test_after_sending_the_link_shows_the_receipt_and_saves_nothing(
    client_for: ClientFor, asked: Callable[[str], Asked]
) -> None:
    case, lena = asked("submitted"), client_for("")
    assert lena.get(case.link).location == f"{case.link}/receipt"
    receipt = lena.get(f"{case.link}/receipt")
    token = send_token(client_for, asked, lena)
    answer = lena.post(
        f"{case.link}/sections/company", data={"csrf_token": token, "seen_version": "1", "q_company_name": "Other name"}
    )
    assert receipt.status_code == 200
    assert answer.status_code == 409
    assert "Other name" in answer.text


def send_token(client_for: ClientFor, asked: Callable[[str], Asked], lena: FlaskClient) -> str:
    """A valid token of this browser, from another vendor's open form."""
    other = asked("issued")
    return str(fields_of(lena.get(f"{other.link}/sections/company").text)["csrf_token"])


def test_an_unknown_link_opens_nothing(client_for: ClientFor) -> None:
    answer = client_for("").get("/vendor/0123456789")
    assert answer.status_code == 404
    assert "This link does not open anything." in answer.text


def test_an_expired_link_says_what_to_do(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case = asked("in_progress")
    with clock.frozen(dt.datetime(2027, 3, 2, tzinfo=dt.UTC)):
        answer = client_for("").get(case.link)
    assert answer.status_code == 410
    assert "ask the privacy officer for a new link" in answer.text


def test_words_typed_while_the_link_ran_out_are_shown(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case, lena = asked("in_progress"), client_for("")
    opened = fields_of(lena.get(f"{case.link}/sections/company").text)
    session_end = case.state().expires_at
    case.session.rollback()
    with clock.frozen(session_end):
        fresh = client_for("")
        token = fields_of(fresh.get("/sign-in").text)["csrf_token"]
        answer = fresh.post(
            f"{case.link}/sections/company", data={**opened, "q_company_name": "Typed too late", "csrf_token": token}
        )
    assert answer.status_code == 410
    assert "Typed too late" in answer.text


def test_one_vendor_cannot_open_the_staff_pages(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case = asked("submitted")
    answer = client_for("").get(case.page)
    assert answer.status_code in (302, 303)
    assert "/sign-in" in answer.location


def test_petra_judges_each_answer_and_asks_about_one(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case, petra = asked("submitted"), client_for("petra")
    verdicts = {f"verdict_{case.first}": "queried", f"note_{case.first}": ""}
    refused = send(petra, case.page, **verdicts)
    assert refused.status_code == 422
    assert "say what the vendor should clarify." in refused.text
    verdicts[f"note_{case.first}"] = "Is this the parent company?"
    assert send(petra, case.page, **verdicts, save="accept-rest").status_code == 303
    judged = {each.question: each.verdict for each in case.state().evaluations}
    case.session.rollback()
    assert judged.pop(case.first) == "queried"
    assert set(judged.values()) == {"accepted"}
    assert "Told by e-mail The vendor" in text_of(petra.get(f"{case.page}/actions/query").text)
    assert send(petra, f"{case.page}/actions/query").status_code == 303
    assert case.status() == "clarification"


def test_the_vendor_replies_changes_the_answer_and_sends_again(
    client_for: ClientFor, asked: Callable[[str], Asked]
) -> None:
    case, lena = asked("clarification"), client_for("")
    assert "The privacy officer asks about 1 answer" in text_of(lena.get(case.link).text)
    page = f"{case.link}/clarification"
    assert "Since when?" in text_of(lena.get(page).text)
    answer = send(lena, page, **{f"reply_{case.first}": "Since 2019.", "change": case.first})
    assert answer.location == f"{case.link}/sections/company#q_{case.first}"
    assert "Since when?" in text_of(lena.get(f"{case.link}/sections/company").text)
    send(lena, f"{case.link}/sections/company", **{f"q_{case.first}": "A clearer answer"})
    assert send(lena, f"{case.link}/attest", **ATTESTED).status_code == 303
    judge = text_of(client_for("petra").get(case.page).text)
    assert "The vendor replied: Since 2019." in judge


def test_accepted_answers_fill_the_assessment_with_their_source(
    client_for: ClientFor, asked: Callable[[str], Asked], session: Session
) -> None:
    case, petra = asked("submitted"), client_for("petra")
    closed = text_of(petra.get(case.page).text)
    assert "Answers not accepted yet" in closed
    send(petra, case.page, save="accept-rest")
    assert send(petra, f"{case.page}/actions/accept").status_code == 303
    sheet = read_sheet(session, get_assessment(session, case.assessment, "full"))
    carried = next(answer.question for answer in sheet.stored.values() if answer.origin == "vendor")
    section = sheet.questionnaire.section_of(carried).id
    session.rollback()
    page = client_for("amara").get(f"/assessments/{case.assessment}/full/sections/{section}")
    assert "From Sightline Systems GmbH's answers, stated on" in text_of(page.text)


def test_cancelling_needs_a_reason_and_closes_the_link(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case, petra = asked("in_progress"), client_for("petra")
    link = case.link
    assert send(petra, f"{case.page}/actions/cancel", reason="").status_code == 422
    assert send(petra, f"{case.page}/actions/cancel", reason="The tender was withdrawn.").status_code == 303
    answer = client_for("").get(link)
    assert answer.status_code == 410
    assert "The city has cancelled this request." in answer.text


@pytest.mark.parametrize(("first", "may_read"), [("amara", 200), ("ingrid", 200), ("otto", 403), ("adam", 403)])
def test_who_reads_a_vendors_answers(
    client_for: ClientFor, asked: Callable[[str], Asked], first: str, may_read: int
) -> None:
    assert client_for(first).get(asked("submitted").page).status_code == may_read


def test_the_author_cannot_judge(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case, amara = asked("submitted"), client_for("amara")
    assert 'name="verdict_' not in amara.get(case.page).text
    token = fields_of(amara.get(f"/assessments/{case.assessment}/full/sections/purpose").text)["csrf_token"]
    answer = amara.post(case.page, data={"csrf_token": token, f"verdict_{case.first}": "accepted"})
    assert answer.status_code == 403
    assert amara.get(f"{case.page}/actions/accept").status_code == 403


LATE = dt.datetime(2027, 3, 2, tzinfo=dt.UTC)


def run_out(case: Asked) -> None:
    vendor_responses.expire_overdue(case.session, now=LATE)
    case.session.commit()


def test_the_author_cannot_ask_the_vendor_or_send_a_link(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    submitted, expired, amara = asked("submitted"), asked("in_progress"), client_for("amara")
    run_out(expired)
    token = fields_of(amara.get(f"/assessments/{submitted.assessment}/full/sections/purpose").text)["csrf_token"]
    for case, action, status in ((submitted, "query", "submitted"), (expired, "reissue", "expired")):
        assert amara.post(f"{case.page}/actions/{action}", data={"csrf_token": token}).status_code == 403
        assert case.status() == status


def test_a_new_link_opens_what_the_vendor_wrote(client_for: ClientFor, asked: Callable[[str], Asked]) -> None:
    case = asked("in_progress")
    old = case.link
    run_out(case)
    with clock.frozen(LATE):
        petra, page = client_for("petra"), f"{case.page}/actions/reissue"
        assert "Told by e-mail The vendor" in text_of(petra.get(page).text)
        assert send(petra, page).status_code == 303
        assert case.status() == "in_progress"
        assert client_for("").get(case.link).status_code == 200
        assert client_for("").get(old).status_code == 404
