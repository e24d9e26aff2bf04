"""Spot checks over HTTP: the share, one check, and its two outcomes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Reconsideration, SpotCheck
from tests.factories.governance.looking_again import cleared, draw_share, drawn
from tests.factories.walks import Walk
from tests.integration.web.forms import send, text_of

Client = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


@pytest.fixture
def check(session: Session, walk: Walk) -> SpotCheck:
    found = drawn(walk)
    session.commit()
    return found


def test_the_list_shows_the_share_and_what_was_drawn(
    check: SpotCheck, session: Session, walk: Walk, client_for: Client
) -> None:
    draw_share(walk, 0)
    cleared(walk, "delegated_review", "Parking sensors")
    session.commit()
    for first in ("petra", "helen", "victor", "ingrid"):
        page = text_of(client_for(first).get("/spot-checks").text)
        assert "2026 2 1 (50 %) 1 0 0" in page
        assert check.reference in page
        assert "Petra Privacy" in page
    assert "Nothing matches" in client_for("petra").get("/spot-checks?status=overturned").text


def test_nothing_drawn_reads_as_such(client_for: Client) -> None:
    assert "Nothing was drawn yet" in client_for("petra").get("/spot-checks").text


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "otto", "adam"])
def test_others_do_not_see_spot_checks(first: str, check: SpotCheck, client_for: Client) -> None:
    client = client_for(first)
    assert client.get("/spot-checks").status_code == 403
    assert client.get(f"/spot-checks/{check.reference}").status_code == 403


def test_the_page_lets_anybody_draw_again(check: SpotCheck, client_for: Client) -> None:
    page = text_of(client_for("ingrid").get(f"/spot-checks/{check.reference}").text)
    assert check.draw["seed"] in page
    assert "It comes out the same." in page
    assert "Drawn is what lies below 10000 of 10000: 100 % by version 1 of the policy." in page
    assert "Count only, keep no picture." in page


def test_whoever_decided_is_told_why_they_cannot_check_and_it_does_not_wait_for_them(
    check: SpotCheck, client_for: Client
) -> None:
    petra = client_for("petra")
    assert "made this decision" in text_of(petra.get(f"/spot-checks/{check.reference}").text)
    assert petra.get(f"/spot-checks/{check.reference}/actions/agree").status_code == 403
    assert "Check a delegated decision" not in text_of(petra.get("/work").text)
    assert "Check a delegated decision" in text_of(client_for("helen").get("/work").text)


def test_overturning_says_what_follows_and_leads_there(check: SpotCheck, client_for: Client, fresh: Fresh) -> None:
    helen = client_for("helen")
    url = f"/spot-checks/{check.reference}/actions/overturn"
    assert "raises a cause to look again" in text_of(helen.get(url).text)
    missing = send(helen, url, reason="")
    assert missing.status_code == 422
    assert send(helen, url, reason="Faces can be seen.").status_code == 303
    with fresh() as looked:
        cause = looked.scalars(select(Reconsideration)).one()
        reference, title = cause.reference, cause.initiative.title
    page = helen.get(f"/spot-checks/{check.reference}")
    assert f'href="/reconsiderations/{reference}"' in page.text
    assert "Faces can be seen." in text_of(page.text)
    assert title in text_of(helen.get(f"/reconsiderations/{reference}").text)


def test_unknown_checks_and_steps_are_not_found(check: SpotCheck, client_for: Client) -> None:
    client = client_for("helen")
    assert client.get("/spot-checks/SPC-1999-0001").status_code == 404
    assert client.get(f"/spot-checks/{check.reference}/actions/explode").status_code == 404
