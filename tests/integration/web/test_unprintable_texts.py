"""Characters the published document cannot print: said at the field when somebody saves, with everything kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import Draft, Initiative, OutboxJob
from pia_engine.services.answers import read_sheet
from pia_engine.services.assessments import get_assessment
from tests.factories.people import department
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, send, text_of

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
THAI = "Counts at the ไฟ crossing"
SENTENCE = "The published document cannot print “ไ” (U+0E44), “ฟ” (U+0E1F). Write words instead."


@pytest.fixture
def draft(walk: Walk, session: Session) -> str:
    reference = walk.full("draft").reference
    session.commit()
    return reference


@pytest.mark.parametrize(
    ("section", "typed"),
    [
        ("purpose", {"q_purpose": THAI, "q_benefits": "Safer crossings."}),
        ("purpose", {"q_alternatives-0-option": THAI, "q_benefits": "Safer crossings."}),
    ],
)
def test_author_reads_at_the_field_what_cannot_be_printed_and_keeps_the_text(
    section: str, typed: dict[str, str], client_for: Clients, fresh: Fresh, draft: str
) -> None:
    answer = send(client_for("amara"), f"/assessments/{draft}/full/sections/{section}", **typed, save="continue")
    assert answer.status_code == 422
    assert SENTENCE in text_of(answer.text)
    assert "ไฟ" in answer.text
    assert "Safer crossings." in answer.text
    with fresh() as session:
        assert read_sheet(session, get_assessment(session, draft, "full")).answers.get("purpose") is None


def test_every_shipped_script_and_emoji_can_be_saved(client_for: Clients, fresh: Fresh, draft: str) -> None:
    text = "Cameras, كاميرات الطرق, 髙橋さんの通学路, Κάμερες, Камеры ✅ 🚸"
    answer = send(client_for("amara"), f"/assessments/{draft}/full/sections/purpose", q_purpose=text, save="continue")
    assert answer.status_code == 303
    with fresh() as session:
        assert read_sheet(session, get_assessment(session, draft, "full")).answers["purpose"] == text


def test_what_is_typed_and_not_saved_is_kept_with_such_characters(
    client_for: Clients, fresh: Fresh, draft: str
) -> None:
    client, path = client_for("amara"), f"/assessments/{draft}/full/sections/purpose"
    kept = client.post(f"{path}/draft", data={**fields_of(client.get(path).text), "q_purpose": THAI})
    assert kept.status_code == 204
    with fresh() as session:
        assert session.scalar(select(func.count(Draft.id))) == 1
    assert "ไฟ" in client.get(path).text


def test_a_vendor_reads_it_too(client_for: Clients, walk: Walk, session: Session) -> None:
    walk.vendor(walk.full("draft"), "issued")
    (token,) = (job.payload["token"] for job in session.scalars(select(OutboxJob)) if "token" in job.payload)
    session.commit()
    answer = send(client_for(""), f"/vendor/{token}/sections/company", q_company_name=THAI, save="later")
    assert answer.status_code == 422
    assert SENTENCE in text_of(answer.text)
    assert "ไฟ" in answer.text


def test_a_signatory_reads_it_before_signing(client_for: Clients, walk: Walk, session: Session) -> None:
    url = f"/assessments/{walk.full('awaiting_agency_sign_off').reference}/full/actions/sign_for_agency"
    session.commit()
    answer = send(client_for("daniel"), url, reason=THAI, password="x")
    assert answer.status_code == 422
    assert SENTENCE in text_of(answer.text)


def test_the_title_of_an_initiative_is_looked_at(client_for: Clients, fresh: Fresh, session: Session) -> None:
    data = {"title": THAI, "summary": "Sensors.", "department": str(department(session, "mobility").id)}
    session.rollback()
    answer = send(client_for("amara"), "/initiatives/new", **data)
    assert answer.status_code == 422
    assert SENTENCE in text_of(answer.text)
    with fresh() as looked:
        assert looked.scalar(select(func.count(Initiative.id)).where(Initiative.title == THAI)) == 0


def test_the_name_of_the_city_is_looked_at(client_for: Clients) -> None:
    answer = send(client_for("adam"), "/administration/city", name="เทศบาล")
    assert answer.status_code == 422
    assert "cannot print “เ” (U+0E40)" in text_of(answer.text)
