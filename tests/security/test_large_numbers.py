"""Numbers in an address larger than the database can hold: no page breaks over them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.services import policies
from tests.factories.walks import Walk

HUGE = "9" * 23
PAGES = (
    "/register?page={n}",
    "/initiatives?page={n}",
    "/people?page={n}",
    "/administration/people?page={n}",
    "/administration/changes?page={n}",
    "/policy/versions/{n}",
    "/policy/versions/{n}/compare",
    "/policy/versions/{n}/thresholds",
    "/policy/versions/2/thresholds/try?page={n}",
    "/assessments/{r}/full/v{n}",
    "/assessments/{r}/full/compare?from={n}&to={n}",
    "/assessments/{r}/full/comments?page={n}&version={n}",
    "/assessments/{r}/full/comments/summary?page={n}",
    "/assessments/{r}/full/comments/summary?version={n}",
    "/assessments/{r}/full/history/summary?page={n}",
    "/assessments/{r}/full/history/summary?edition={n}",
    "/assessments/{r}/full/history/summary/{n}/restore",
    "/assessments/{r}/full/files?page={n}",
    "/assessments/{r}/full/template?page={n}",
)


@pytest.mark.parametrize("first", ["amara", "petra", "adam"])
def test_a_number_beyond_all_bounds_breaks_no_page(
    first: str, walk: Walk, session: Session, client_for: Callable[[str], FlaskClient]
) -> None:
    policies.begin_draft(session, actor=walk.who("petra"), now=walk.now)
    reference = walk.full("draft").reference
    session.commit()
    client = client_for(first)
    addresses = [page.format(n=number, r=reference) for page in PAGES for number in (HUGE, f"-{HUGE}")]
    answered = {address: client.get(address).status_code for address in addresses}
    assert {address: status for address, status in answered.items() if status not in (200, 403, 404)} == {}
    assert 200 in answered.values()
