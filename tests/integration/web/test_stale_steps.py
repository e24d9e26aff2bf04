"""A step is taken on what the person looked at: from a page opened before a change, nothing is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, WorkflowRecord
from pia_engine.services import comments, sign_offs
from tests.factories.people import PASSWORD
from tests.factories.walks import Walk
from tests.integration.web.forms import fields_of, text_of

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
CHANGED = "This has changed since you opened the page. Look again, then decide."
GIVEN = {"reason": "The benefit outweighs the risk.", "conditions": "Delete after a week.", "password": PASSWORD}


@pytest.fixture
def waiting(walk: Walk, session: Session) -> Assessment:
    record = walk.full("awaiting_decision")
    session.commit()
    return record


def approve_url(record: Assessment) -> str:
    return f"/assessments/{record.reference}/full/actions/approve"


def go_round_again(walk: Walk, record: Assessment) -> None:
    """The author takes the text back, changes the summary, and everybody goes round once more."""
    amara = walk.who("amara")
    sign_offs.take_back(walk.session, record, actor=amara, now=walk.now, reason="New supplier.")
    changed = {"summary": "Another text, which Helen has not read."}
    walk.answer(record, {**changed}, roles=frozenset({"agency_official"}), actor=amara)
    walk.advance(record, "awaiting_decision")
    walk.session.commit()


def status_of(fresh: Fresh, record: WorkflowRecord) -> str:
    with fresh() as later:
        return later.get_one(type(record), record.id).status


def test_an_approval_opened_before_the_text_changed_approves_nothing(
    waiting: Assessment, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    helen, url = client_for("helen"), approve_url(waiting)
    old = {**fields_of(helen.get(url).text), **GIVEN}
    go_round_again(walk, waiting)
    refused = helen.post(url, data=old)
    assert refused.status_code == 409
    assert CHANGED in text_of(refused.text)
    assert f'href="/assessments/{waiting.reference}"' in refused.text[refused.text.index(CHANGED) :]
    for words in (GIVEN["reason"], GIVEN["conditions"]):
        assert words in refused.text
    assert PASSWORD not in refused.text
    assert status_of(fresh, waiting) == "awaiting_decision"
    again = {**fields_of(refused.text), "password": PASSWORD}
    assert helen.post(url, data=again).status_code == 303
    assert status_of(fresh, waiting) == "approved"


def test_a_form_without_the_mark_counts_as_changed(waiting: Assessment, client_for: Clients, fresh: Fresh) -> None:
    helen, url = client_for("helen"), approve_url(waiting)
    token = fields_of(helen.get(url).text)["csrf_token"]
    refused = helen.post(url, data={**GIVEN, "csrf_token": token})
    assert (refused.status_code, CHANGED in text_of(refused.text)) == (409, True)
    assert status_of(fresh, waiting) == "awaiting_decision"


def test_what_was_parked_from_an_older_page_keeps_its_mark(
    waiting: Assessment, walk: Walk, client_for: Clients, fresh: Fresh
) -> None:
    helen, url = client_for("helen"), approve_url(waiting)
    old = {**fields_of(helen.get(url).text), **GIVEN}
    go_round_again(walk, waiting)
    parked = helen.post(url, data={**old, "csrf_token": "too old"})
    shown = helen.get(parked.location).text
    assert GIVEN["reason"] in shown
    assert helen.post(url, data={**fields_of(shown), "password": PASSWORD}).status_code == 409
    assert status_of(fresh, waiting) == "awaiting_decision"


def test_a_comment_written_meanwhile_disturbs_nobody(
    waiting: Assessment, walk: Walk, session: Session, client_for: Clients, fresh: Fresh
) -> None:
    helen, url = client_for("helen"), approve_url(waiting)
    opened_before = {**fields_of(helen.get(url).text), **GIVEN}
    petra = walk.who("petra")
    comments.write_comment(session, waiting, "summary", text="Well put.", actor=petra, now=walk.now)
    session.commit()
    assert helen.post(url, data=opened_before).status_code == 303
    assert status_of(fresh, waiting) == "approved"


@pytest.mark.parametrize(
    ("make", "address", "first", "given"),
    [
        (lambda w: w.audit("due"), "/audits/{}/actions/start", "ingrid", {}),
        (lambda w: w.vendor(w.full()), "/vendor-responses/{}/actions/cancel", "petra", {"reason": "No tender."}),
        (lambda w: w.full("approved").initiative, "/initiatives/{}/actions/retire", "amara", {"reason": "Old."}),
    ],
)
def test_every_other_step_asks_for_the_mark_too(
    make: Callable[[Walk], WorkflowRecord],
    address: str,
    first: str,
    given: dict[str, str],
    walk: Walk,
    session: Session,
    client_for: Clients,
    fresh: Fresh,
) -> None:
    record = make(walk)
    url, before = address.format(record.reference), record.status
    session.commit()
    client = client_for(first)
    fields = fields_of(client.get(url).text)
    refused = client.post(url, data={**fields, **given, "seen": "another_1"})
    assert (refused.status_code, CHANGED in text_of(refused.text)) == (409, True)
    assert status_of(fresh, record) == before
    assert client.post(url, data={**fields, **given}).status_code == 303
    assert status_of(fresh, record) != before
