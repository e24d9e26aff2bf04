"""What is typed and not saved: kept for its writer alone, offered again, thrown away or saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine import clock
from pia_engine.models import Draft
from pia_engine.services.answers import read_sheet
from pia_engine.services.assessments import get_assessment
from pia_engine.services.drafts import KEPT_DAYS, LARGEST, purge_drafts
from pia_engine.services.outbox import list_jobs
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
OFFERED = "and did not save it. It is in the fields below."


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    reference = walk.full("draft").reference
    session.commit()
    return reference


def url(reference: str, section: str = "purpose") -> str:
    return f"/assessments/{reference}/full/sections/{section}"


def keep(client: FlaskClient, path: str, **typed: object) -> TestResponse:
    """What the script sends while somebody types."""
    return client.post(f"{path}/draft", data={**fields_of(client.get(path).text), **typed})


def count(fresh: Fresh) -> int:
    with fresh() as session:
        return session.scalar(select(func.count(Draft.id))) or 0


def stored(fresh: Fresh, reference: str) -> object:
    with fresh() as session:
        return read_sheet(session, get_assessment(session, reference, "full")).answers.get("purpose")


def test_typed_text_is_kept_unsaved_and_offered_again(client_for: ClientFor, fresh: Fresh, draft: str) -> None:
    client = client_for("amara")
    answer = keep(client, url(draft), q_purpose="Half a thought")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Pia-Kept-At"] == "10%3A00"  # nine o'clock UTC, where the city is
    assert stored(fresh, draft) is None
    page = client_for("amara").get(url(draft)).text
    assert "Half a thought" in page
    assert OFFERED in text_of(page)


def test_one_persons_draft_is_one_and_the_newest(client_for: ClientFor, fresh: Fresh, draft: str) -> None:
    client = client_for("amara")
    keep(client, url(draft), q_purpose="First")
    keep(client, url(draft), q_purpose="Second")
    assert count(fresh) == 1
    assert "Second" in client.get(url(draft)).text


def test_nobody_else_sees_it(client_for: ClientFor, draft: str) -> None:
    keep(client_for("amara"), url(draft), q_purpose="Half a thought")
    for first in ("petra", "sofia", "daniel", "ingrid"):
        assert "Half a thought" not in client_for(first).get(url(draft)).text


def test_saving_removes_it(client_for: ClientFor, fresh: Fresh, draft: str) -> None:
    client = client_for("amara")
    keep(client, url(draft), q_purpose="Half a thought")
    assert send(client, url(draft)).status_code == 303
    assert stored(fresh, draft) == "Half a thought"
    assert count(fresh) == 0
    assert OFFERED not in client.get(url(draft)).text


def test_what_says_the_same_as_the_saved_answers_is_not_offered(client_for: ClientFor, draft: str) -> None:
    client = client_for("amara")
    send(client, url(draft), q_purpose="Count vehicles.")
    assert keep(client, url(draft)).status_code == 204
    assert OFFERED not in client.get(url(draft)).text


def test_a_form_nobody_touched_says_the_same_as_what_is_saved_in_every_section(
    client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk
) -> None:
    """Whatever the kind of question: the field prints what is stored, and reads back the same."""
    record = walk.full("changes_requested")
    sections = [section.id for section in read_sheet(session, record).questionnaire.sections]
    reference = record.reference
    session.commit()
    client = client_for("amara")
    for section in sections:
        page = client.get(url(reference, section)).text
        if 'name="seen_version"' not in page:
            continue
        kept = client.post(f"{url(reference, section)}/draft", data=fields_of(page))
        assert kept.status_code == 204, section
        assert OFFERED not in text_of(client.get(url(reference, section)).text), section
    assert count(fresh) > 10


def test_what_cannot_be_read_is_kept_as_it_was_typed(client_for: ClientFor, draft: str) -> None:
    client = client_for("amara")
    keep(client, url(draft), q_purpose="x" * 2500)
    page = client.get(url(draft))
    assert "x" * 2500 in page.text
    assert "There is a problem" not in page.text


def test_throwing_it_away_asks_first(client_for: ClientFor, fresh: Fresh, draft: str) -> None:
    client = client_for("amara")
    keep(client, url(draft), q_purpose="Half a thought")
    asked = client.get(f"{url(draft)}/draft/throw-away")
    assert "Half a thought" in text_of(asked.text)
    assert count(fresh) == 1
    answer = client.post(f"{url(draft)}/draft/throw-away", data=fields_of(asked.text))
    assert (answer.status_code, answer.location) == (303, url(draft))
    assert count(fresh) == 0
    assert "Half a thought" not in client.get(url(draft)).text


def test_without_a_draft_there_is_nothing_to_throw_away(client_for: ClientFor, draft: str) -> None:
    assert "Nothing is kept unsaved here" in client_for("amara").get(f"{url(draft)}/draft/throw-away").text


def test_a_draft_kept_before_somebody_else_saved_does_not_undo_their_text(
    client_for: ClientFor, fresh: Fresh, draft: str
) -> None:
    client = client_for("amara")
    keep(client, url(draft), q_benefits="Mine, unsaved.")
    old = fields_of(client.get(url(draft)).text)
    client.get(f"{url(draft)}/draft/throw-away")
    client.post(url(draft), data={**old, "q_benefits": "", "q_purpose": "Newer."})
    assert client.post(f"{url(draft)}/draft", data={**old, "q_benefits": "Mine, unsaved."}).status_code == 204
    send(client, url(draft))
    assert stored(fresh, draft) == "Newer."


@pytest.mark.parametrize("first", ["daniel", "sofia", "petra", "helen", "ingrid", "otto", "adam"])
def test_only_who_may_save_may_keep(client_for: ClientFor, fresh: Fresh, draft: str, first: str) -> None:
    opened = fields_of(client_for("amara").get(url(draft)).text)
    client = client_for(first)
    token = client.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(f"{url(draft)}/draft", data={**opened, "csrf_token": token, "q_purpose": "Not mine"})
    assert answer.status_code == 403
    assert client.get(f"{url(draft)}/draft/throw-away").status_code == 403
    assert count(fresh) == 0


def test_a_form_opened_by_one_person_keeps_nothing_under_the_name_of_another(
    client_for: ClientFor, fresh: Fresh, draft: str
) -> None:
    """Amara and Sofia both answer in this assessment; the form Amara left open stays hers."""
    opened = fields_of(client_for("sofia").get(url(draft, "advice")).text)
    client = client_for("amara")
    token = client.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(f"{url(draft)}/draft", data={**opened, "csrf_token": token})
    assert answer.status_code == 403
    assert count(fresh) == 0


def test_a_session_that_ran_out_keeps_nothing_and_says_so_by_leading_to_sign_in(
    client_for: ClientFor, fresh: Fresh, draft: str
) -> None:
    opened = fields_of(client_for("amara").get(url(draft)).text)
    answer = client_for("").post(f"{url(draft)}/draft", data={**opened, "q_purpose": "Half a thought"})
    assert answer.status_code == 303
    assert "/sign-in" in answer.location
    assert count(fresh) == 0


def test_nothing_is_kept_after_the_answers_were_handed_in(
    client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk, draft: str
) -> None:
    client = client_for("amara")
    opened = fields_of(client.get(url(draft)).text)
    walk.advance(get_assessment(session, draft, "full"), "submitted")
    session.commit()
    assert client.post(f"{url(draft)}/draft", data=opened).status_code == 409
    assert count(fresh) == 0


def test_more_than_can_be_kept_is_refused(client_for: ClientFor, fresh: Fresh, draft: str) -> None:
    answer = keep(client_for("amara"), url(draft), q_purpose="x" * (LARGEST + 1))
    assert answer.status_code == 422
    assert count(fresh) == 0


def test_a_draft_nobody_came_back_to_is_forgotten_after_a_month(
    client_for: ClientFor, fresh: Fresh, session: Session, draft: str
) -> None:
    keep(client_for("amara"), url(draft), q_purpose="Half a thought")
    kept = clock.now()
    assert purge_drafts(session, now=kept + dt.timedelta(days=KEPT_DAYS)) == 0
    assert purge_drafts(session, now=kept + dt.timedelta(days=KEPT_DAYS, seconds=1)) == 1
    session.commit()
    assert count(fresh) == 0


class TestOtherPlaces:
    def test_the_vendors_text_is_kept_behind_its_link(
        self, client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk
    ) -> None:
        walk.vendor(walk.full())
        token = next(job.payload["token"] for job in list_jobs(session, state="waiting") if "token" in job.payload)
        session.commit()
        section = f"/vendor/{token}/sections/company"
        client = client_for("")
        opened = fields_of(client.get(section).text)
        answer = client.post(f"{section}/draft", data={**opened, "q_company_name": "Sightline"})
        assert answer.status_code == 204
        assert "Sightline" in client_for("").get(section).text
        assert "Sightline" in text_of(client.get(f"{section}/draft/throw-away").text)
        assert count(fresh) == 1

    def test_the_auditors_text_is_kept(self, client_for: ClientFor, fresh: Fresh, session: Session, walk: Walk) -> None:
        audit = walk.audit("in_progress")
        section = read_sheet(session, audit).questionnaire.sections[0].id
        path = f"/audits/{audit.reference}/sections/{section}"
        session.commit()
        with clock.frozen(walk.now):
            client = client_for("ingrid")
            opened = fields_of(client.get(path).text)
            name = next(each for each in opened if each.startswith("q_") and opened[each] == "")
            assert client.post(f"{path}/draft", data={**opened, name: "2026 in short"}).status_code == 204
            assert "2026 in short" in client.get(path).text
        assert count(fresh) == 1


class TestConfirming:
    def test_amara_confirms_what_was_carried_with_one_button(
        self, client_for: ClientFor, fresh: Fresh, draft: str
    ) -> None:
        client = client_for("amara")
        opened = fields_of(client.get(url(draft, "summary")).text)
        assert opened["carried"]
        answer = client.post(f"{url(draft, 'summary')}/confirm", data=opened)
        assert (answer.status_code, answer.location) == (303, url(draft, "summary"))
        page = text_of(client.get(url(draft, "summary")).text)
        assert "check and confirm by saving" not in page
        assert count(fresh) == 0

    def test_anything_else_typed_stays_unsaved_and_what_was_changed_is_not_confirmed(
        self, client_for: ClientFor, fresh: Fresh, draft: str
    ) -> None:
        client = client_for("amara")
        opened = fields_of(client.get(url(draft, "summary")).text)
        assert "summary" in str(opened["carried"]).split()
        client.post(f"{url(draft, 'summary')}/confirm", data={**opened, "q_summary": "Rewritten."})
        with fresh() as session:
            sheet = read_sheet(session, get_assessment(session, draft, "full"))
            assert sheet.answers["summary"] != "Rewritten."
            assert "summary" in sheet.unconfirmed
        page = client.get(url(draft, "summary")).text
        assert "Rewritten." in page
        assert OFFERED in text_of(page)

    def test_nobody_confirms_for_the_author(self, client_for: ClientFor, fresh: Fresh, draft: str) -> None:
        opened = fields_of(client_for("amara").get(url(draft, "summary")).text)
        client = client_for("sofia")
        token = client.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = client.post(f"{url(draft, 'summary')}/confirm", data={**opened, "csrf_token": token})
        assert answer.status_code == 403
        with fresh() as session:
            assert "summary" in read_sheet(session, get_assessment(session, draft, "full")).unconfirmed
