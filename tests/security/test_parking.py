"""What is kept of a form that came too late, from whom, and what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import BrowserSession, OutboxJob
from pia_engine.models.catalogue import answers_of
from pia_engine.services import vendor_responses
from tests.factories.walks import Walk
from tests.fixtures.city import token_in

Fresh = Callable[[], Session]


def _sessions(fresh: Fresh) -> int:
    with fresh() as session:
        return session.scalar(select(func.count(BrowserSession.token_hash))) or 0


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_foreign_page_cannot_leave_a_text_or_a_session(
    headers: dict[str, str], client_for: Callable[[str], FlaskClient], fresh: Fresh
) -> None:
    visitor = client_for("")
    visitor.set_cookie("pia", "gone")
    answer = visitor.post("/initiatives/new", data={"title": "Planted"}, headers=headers)
    assert "Set-Cookie" not in answer.headers
    assert _sessions(fresh) == 0


def test_a_browser_that_was_never_here_leaves_nothing(client_for: Callable[[str], FlaskClient], fresh: Fresh) -> None:
    client_for("").post("/vendor/garbage/attest", data={"name": "x" * 10_000})
    assert _sessions(fresh) == 0


def test_a_flood_of_late_forms_is_not_kept(client_for: Callable[[str], FlaskClient], fresh: Fresh) -> None:
    for number in range(40):
        visitor = client_for("")
        visitor.set_cookie("pia", f"gone-{number}")
        visitor.post("/initiatives/new", data={"title": "x"})
    assert _sessions(fresh) == 20


def _link(session: Session) -> str:
    job = session.scalars(select(OutboxJob).where(OutboxJob.kind == "vendor-invitation")).one()
    return f"/vendor/{job.payload['token']}"


def test_a_vendor_can_save_over_https_although_no_referrer_is_sent(
    app: Flask, session: Session, walk: Walk, client_for: Callable[[str], FlaskClient], fresh: Fresh
) -> None:
    response = walk.vendor(walk.full())
    address, reference = _link(session), response.reference
    session.commit()
    vendor = client_for("")
    page = vendor.get(f"{address}/sections/company", base_url="https://localhost")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    answer = vendor.post(
        f"{address}/sections/company",
        base_url="https://localhost",
        data={
            "csrf_token": token_in(page.text),
            "seen_version": "1",
            "asked": "product_name",
            "q_product_name": "Tally 3",
            "save": "later",
        },
    )
    assert answer.status_code == 303
    with fresh() as later:
        saved = vendor_responses.get_vendor_response(later, reference)
        assert answers_of(saved.sheet)["product_name"] == "Tally 3"


def test_an_absurd_version_number_is_not_found(
    session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]
) -> None:
    reference = walk.full().reference
    session.commit()
    assert client_for("petra").get(f"/assessments/{reference}/full/v9223372036854775808").status_code == 404
