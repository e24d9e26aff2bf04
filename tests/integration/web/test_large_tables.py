"""An inventory as large as it may become: saved, kept unsaved, and kept through a session that ran out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import BrowserSession, Draft
from pia_engine.models.catalogue import answers_of
from pia_engine.services.assessments import get_assessment
from pia_engine.services.drafts import LARGEST
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, text_of

ClientFor = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
ROWS = 500
COLUMNS = ("element", "people", "source", "purpose", "retention", "location")
CELL = "Something this city keeps about the people who pass a counter, in the words an official needs for it. " * 2


@pytest.fixture
def page(walk: Walk, session: Session) -> str:
    """The section with the inventory of a full assessment in draft."""
    full = walk.full()
    session.commit()
    return f"/assessments/{full.reference}/full/sections/data-inventory"


def inventory(rows: int = ROWS) -> dict[str, str]:
    """What the largest table sends, every cell filled."""
    sent = {f"q_data_inventory-{row}-{column}": f"{row} {CELL}" for row in range(rows) for column in COLUMNS}
    for row in range(rows):
        sent |= {f"q_data_inventory-{row}-category": "image", f"q_data_inventory-{row}-sensitivity": "sensitive"}
    return sent


def test_five_hundred_rows_are_saved_and_one_more_is_refused(client_for: ClientFor, fresh: Fresh, page: str) -> None:
    client = client_for("amara")
    opened = fields_of(client.get(page).text)
    refused = client.post(page, data={**opened, **inventory(ROWS + 1), "save": "later"})
    assert (refused.status_code, "no more than 500 rows" in text_of(refused.text)) == (422, True)
    assert client.post(page, data={**opened, **inventory(), "save": "later"}).status_code == 303
    with fresh() as session:
        saved = answers_of(get_assessment(session, page.split("/")[2], "full").sheet)["data_inventory"]
    assert isinstance(saved, list) and len(saved) == ROWS
    assert saved[-1]["location"] == f"499 {CELL}".strip()  # type: ignore[index]
    assert "q_data_inventory-499-location" in client.get(page).text


def test_five_hundred_rows_are_kept_unsaved(client_for: ClientFor, fresh: Fresh, page: str) -> None:
    client = client_for("amara")
    typed = {**fields_of(client.get(page).text), **inventory()}
    assert client.post(f"{page}/draft", data=typed).status_code == 204
    with fresh() as session:
        kept = dict(session.scalars(select(Draft)).one().fields)
    assert inventory().items() <= kept.items()


def test_five_hundred_rows_survive_a_session_that_ran_out(client_for: ClientFor, fresh: Fresh, page: str) -> None:
    typed = {**fields_of(client_for("amara").get(page).text), **inventory()}
    late = client_for("")
    late.set_cookie("pia", "gone")
    assert "/sign-in" in late.post(page, data=typed).location
    with fresh() as session:
        parked = [each.content.get("parked") for each in session.scalars(select(BrowserSession))]
    assert inventory().items() <= dict(next(filter(None, parked))["fields"]).items()


def test_what_is_too_long_to_be_kept_is_not_dropped_in_silence(client_for: ClientFor, page: str) -> None:
    client = client_for("amara")
    typed = {**fields_of(client.get(page).text), "csrf_token": "old", "q_not_collected": "x" * LARGEST}
    answer = client.post(page, data=typed)
    assert (answer.status_code, answer.location) == (303, page)
    shown = client.get(page).text
    assert "What you typed was too long to be kept. Go back in your browser" in text_of(shown)
    assert "xxxx" not in shown
