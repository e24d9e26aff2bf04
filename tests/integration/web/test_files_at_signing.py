"""Files beside an answer void no signature; whoever signs next is shown those that came or went meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Attachment
from pia_engine.services import attachments, reviews
from pia_engine.settings import Settings
from tests.factories.attachments import attach
from tests.factories.together import advise_again, ask, ready, sign_off, take_back
from tests.factories.walks import Walk

ClientFor = Callable[[str], FlaskClient]
Put = Callable[[Assessment, str], Attachment]
HEADING = "Files changed since the first signature that still stands"


def page(client: FlaskClient, record: Assessment, action: str) -> str:
    answer = client.get(f"/assessments/{record.reference}/full/actions/{action}")
    assert answer.status_code == 200
    return answer.text


@pytest.fixture
def put(app: Flask, walk: Walk) -> Put:
    """Attach a file of this name and content beside the summary."""
    settings: Settings = app.extensions["pia-settings"]

    def put(record: Assessment, name: str) -> Attachment:
        walk.now += dt.timedelta(minutes=1)
        return attach(walk, record, "summary", settings=settings, name=name, content=name.encode())

    return put


def test_the_decider_sees_what_came_and_went_since_the_agency_signed(
    walk: Walk, session: Session, client_for: ClientFor, put: Put
) -> None:
    record = ready(walk)
    put(record, "seen.txt")
    dropped = put(record, "dropped.txt")
    walk.advance(record, "awaiting_decision")
    session.commit()
    assert HEADING not in page(client_for("helen"), record, "approve")
    walk.now += dt.timedelta(minutes=1)
    take_back(walk, record)
    put(record, "new.txt")
    attachments.remove_attachment(session, put(record, "gone-again.txt"), actor=walk.who("amara"), now=walk.now)
    attachments.remove_attachment(session, dropped, actor=walk.who("amara"), now=walk.now)
    advise_again(walk, record)
    session.commit()
    assert record.status == "awaiting_decision"
    said = page(client_for("helen"), record, "approve")
    assert HEADING in said
    assert "new.txt</bdi></a>: attached to “" in said and "dropped.txt</bdi></a>: removed from “" in said
    assert "seen.txt" not in said and "gone-again.txt" not in said
    assert HEADING not in page(client_for("helen"), record, "reject")


def test_the_officer_and_the_agency_see_what_came_since_an_expert_signed(
    walk: Walk, session: Session, client_for: ClientFor, put: Put
) -> None:
    record = ready(walk)
    sign_off(walk, ask(walk, record))
    put(record, "new.txt")
    walk.advance(record, "in_review")
    officer = walk.who("petra")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=officer)
    session.commit()
    assert "new.txt</bdi></a>: attached to “" in page(client_for("petra"), record, "recommend")
    reviews.recommend(session, record, recommendation="approve", actor=officer, now=walk.now, reason="Go ahead.")
    session.commit()
    assert "new.txt</bdi></a>: attached to “" in page(client_for("daniel"), record, "sign_for_agency")
