"""Answering an assessment section by section."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import AuditEvent
from pia_engine.services.answers import read_sheet
from pia_engine.services.assessments import get_assessment
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]
PURPOSE = {"q_purpose": "Count vehicles.", "q_benefits": "Safer crossings."}


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    """The reference of a full assessment in draft."""
    reference = walk.full("draft").reference
    session.commit()
    return reference


def url(reference: str, section: str = "purpose", stage: str = "full") -> str:
    return f"/assessments/{reference}/{stage}/sections/{section}"


def stored(session: Session, reference: str, question: str) -> object:
    session.rollback()
    session.expire_all()
    value = read_sheet(session, get_assessment(session, reference, "full")).answers.get(question)
    session.rollback()
    return value


def count_events(session: Session) -> int:
    session.rollback()
    count = session.scalar(select(func.count(AuditEvent.id))) or 0
    session.rollback()
    return count


def test_amara_saves_a_section_and_goes_on(client_for: ClientFor, session: Session, draft: str) -> None:
    answer = send(client_for("amara"), url(draft), **PURPOSE, save="continue")
    assert answer.status_code == 303
    assert answer.location == url(draft, "scope")
    assert stored(session, draft, "purpose") == "Count vehicles."


def test_amara_saves_and_comes_back_later(client_for: ClientFor, session: Session, draft: str) -> None:
    client = client_for("amara")
    answer = send(client, url(draft), **PURPOSE, save="later")
    assert answer.location == f"/assessments/{draft}"
    assert "Count vehicles." in client.get(url(draft)).text


def test_adding_a_row_keeps_everything_typed_and_saves_nothing(
    client_for: ClientFor, session: Session, draft: str
) -> None:
    rows = {"q_alternatives-0-option": "Do nothing", "q_alternatives-add": "1"}
    answer = send(client_for("amara"), url(draft), **PURPOSE, **rows)
    assert answer.status_code == 200
    for kept in ("Count vehicles.", "Safer crossings.", "Do nothing", "Row 2"):
        assert kept in answer.text
    assert stored(session, draft, "purpose") is None


def test_removing_a_row_keeps_the_others(client_for: ClientFor, draft: str) -> None:
    rows = {"q_alternatives-0-option": "First", "q_alternatives-1-option": "Second", "q_alternatives-remove": "0"}
    answer = send(client_for("amara"), url(draft), **rows)
    assert "Second" in answer.text
    assert "First" not in answer.text


def test_a_text_that_is_too_long_is_shown_again_with_a_sentence(
    client_for: ClientFor, session: Session, draft: str
) -> None:
    answer = send(client_for("amara"), url(draft), q_purpose="x" * 2001, q_benefits="Kept as well")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "x" * 2001 in answer.text
    assert "Kept as well" in answer.text
    assert stored(session, draft, "benefits") is None


def test_a_crafted_choice_is_refused_with_a_sentence(client_for: ClientFor, draft: str) -> None:
    answer = send(client_for("amara"), url(draft, "administration"), q_change_kind="everything")
    assert answer.status_code == 422
    assert "Choose from the options shown here." in answer.text


def test_a_form_without_its_version_is_refused(client_for: ClientFor, draft: str) -> None:
    answer = send(client_for("amara"), url(draft), q_purpose="Text", seen_version="")
    assert answer.status_code == 422
    assert "This page has lost its place" in answer.text


def test_what_a_form_did_not_ask_is_left_alone(client_for: ClientFor, session: Session, draft: str) -> None:
    client = client_for("amara")
    send(client, url(draft), **PURPOSE)
    send(client, url(draft), q_benefits="Rewritten", q_purpose="", asked="benefits")
    assert stored(session, draft, "purpose") == "Count vehicles."
    assert stored(session, draft, "benefits") == "Rewritten"


class TestTwoTabs:
    def conflict(self, client: FlaskClient, draft: str) -> tuple[str, dict[str, object]]:
        opened = fields_of(client.get(url(draft)).text)
        send(client, url(draft), q_purpose="First tab.")
        answer = client.post(
            url(draft), data={**opened, "q_purpose": "Second tab.", "q_benefits": "Two\nlines", "save": "continue"}
        )
        assert answer.status_code == 409
        return answer.text, fields_of(answer.text)

    def test_both_texts_are_shown(self, client_for: ClientFor, session: Session, draft: str) -> None:
        page, _fields = self.conflict(client_for("amara"), draft)
        assert "First tab." in page
        assert "Second tab." in page
        assert "Saved by Amara" in text_of(page)
        assert stored(session, draft, "purpose") == "First tab."

    @pytest.mark.parametrize(
        ("choice", "purpose"), [("theirs", "First tab."), ("mine", "Second tab."), ("edited", "Both tabs.")]
    )
    def test_the_choice_is_saved_with_everything_else_typed(
        self, client_for: ClientFor, session: Session, draft: str, choice: str, purpose: str
    ) -> None:
        client = client_for("amara")
        _page, fields = self.conflict(client, draft)
        chosen = {**fields, "keep_purpose": choice, "edit_purpose": "Both tabs.", "save": "continue"}
        answer = client.post(url(draft), data=chosen)
        assert answer.status_code == 303, answer.text
        assert stored(session, draft, "purpose") == purpose
        assert stored(session, draft, "benefits") == "Two\nlines"

    def test_a_choice_has_to_be_made(self, client_for: ClientFor, session: Session, draft: str) -> None:
        client = client_for("amara")
        _page, fields = self.conflict(client, draft)
        answer = client.post(url(draft), data={**fields, "edit_purpose": "Half a thought"})
        assert answer.status_code == 422
        assert "Choose which answer to keep." in answer.text
        assert "Half a thought" in answer.text

    def test_a_third_save_meanwhile_asks_again(self, client_for: ClientFor, session: Session, draft: str) -> None:
        client = client_for("amara")
        _page, fields = self.conflict(client, draft)
        send(client, url(draft), q_purpose="Third tab.")
        answer = client.post(url(draft), data={**fields, "keep_purpose": "mine"})
        assert answer.status_code == 409
        assert "Third tab." in answer.text
        assert "Second tab." in answer.text


def test_an_old_token_keeps_what_was_typed(client_for: ClientFor, session: Session, draft: str) -> None:
    client = client_for("amara")
    answer = send(client, url(draft), q_purpose="Typed before lunch", csrf_token="old")
    assert (answer.status_code, answer.location) == (303, url(draft))
    events = count_events(session)
    shown = client.get(url(draft))
    assert "Typed before lunch" in shown.text
    assert "We kept what you typed. Check it and save." in shown.text
    assert count_events(session) == events
    assert "Typed before lunch" not in client.get(url(draft)).text


def test_sofia_reads_what_the_author_answers_and_writes_her_own(
    client_for: ClientFor, session: Session, draft: str
) -> None:
    client = client_for("sofia")
    shown = client.get(url(draft))
    assert shown.status_code == 200
    assert "Answered by: Agency official" in shown.text
    assert "<textarea" not in shown.text
    answer = send(client, url(draft, "advice"), q_security_advice="Encrypt the link.")
    assert answer.status_code == 303
    assert stored(session, draft, "security_advice") == "Encrypt the link."


@pytest.mark.parametrize("first", ["otto", "daniel", "sofia", "petra", "helen"])
def test_only_the_author_saves_for_the_agency(client_for: ClientFor, session: Session, draft: str, first: str) -> None:
    opened = fields_of(client_for("amara").get(url(draft)).text)
    client = client_for(first)
    token = client.get("/work").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(url(draft), data={**opened, "q_purpose": "Not mine to say", "csrf_token": token})
    assert answer.status_code == 403
    assert stored(session, draft, "purpose") is None


def test_typed_text_is_shown_when_the_section_closed_meanwhile(
    client_for: ClientFor, session: Session, walk: Walk, draft: str
) -> None:
    client = client_for("amara")
    opened = fields_of(client.get(url(draft)).text)
    walk.advance(get_assessment(session, draft, "full"), "submitted")
    session.commit()
    answer = client.post(url(draft), data={**opened, "q_purpose": "Written too late"})
    assert answer.status_code == 409
    assert "Written too late" in answer.text
    assert "cannot be changed at this step" in text_of(answer.text)


def test_a_carried_answer_says_where_it_comes_from_until_it_is_saved(
    client_for: ClientFor, session: Session, draft: str
) -> None:
    client = client_for("amara")
    note = "From the initial assessment: check and confirm by saving."
    assert note in text_of(client.get(url(draft, "summary")).text)
    send(client, url(draft, "summary"))
    assert note not in text_of(client.get(url(draft, "summary")).text)


def test_amara_sees_a_requested_change_beside_its_question(client_for: ClientFor, session: Session, walk: Walk) -> None:
    reference = walk.full("changes_requested").reference
    session.commit()
    for page in (url(reference, "summary"), f"/assessments/{reference}/full/check"):
        assert "Name the street." in text_of(client_for("amara").get(page).text)


def test_the_check_page_lists_what_is_missing_and_says_why_it_cannot_be_submitted(
    client_for: ClientFor, draft: str
) -> None:
    page = client_for("amara").get(f"/assessments/{draft}/full/check")
    assert page.status_code == 200
    assert f"{url(draft)}#q_purpose" in page.text
    assert re.search(r"still need an answer: [1-9]\d*\. The first is", text_of(page.text))


def test_the_check_page_leads_to_the_submission_when_nothing_is_missing(
    client_for: ClientFor, session: Session, walk: Walk
) -> None:
    record = walk.full("changes_requested")
    reference = record.reference
    session.commit()
    client = client_for("amara")
    assert "reply" in text_of(client.get(f"/assessments/{reference}/full/check").text)
    initial = client.get(f"/assessments/{reference}/initial/check")
    assert "These answers were handed in." in text_of(initial.text)


@pytest.mark.parametrize("path", ["nonsense", "purpose/more"])
def test_an_unknown_section_is_not_found(client_for: ClientFor, draft: str, path: str) -> None:
    assert client_for("amara").get(url(draft, path)).status_code == 404


@pytest.mark.parametrize("first", ["otto", "adam"])
def test_outsiders_read_nothing(client_for: ClientFor, draft: str, first: str) -> None:
    client = client_for(first)
    assert client.get(url(draft)).status_code == 403
    assert client.get(f"/assessments/{draft}/full/check").status_code == 403
