"""Advice beside the decision, over HTTP: what the officer is asked, what a decider reads, and what a departure asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.services import reviews
from pia_engine.services.assessments import get_assessment
from pia_engine.services.sign_offs import list_sign_offs
from tests.factories.hearing import advised
from tests.factories.people import PASSWORD
from tests.factories.walks import Walk
from tests.integration.web.forms import send, text_of

Clients = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
REASON = "The streets become quieter."
WHY = "The advice weighs the benefit too low."
ASKED = "Why you depart from the advice"


def step(reference: str, action: str) -> str:
    return f"/assessments/{reference}/full/actions/{action}"


def test_the_officer_says_what_the_advice_comes_to(
    walk: Walk, session: Session, client_for: Clients, fresh: Fresh
) -> None:
    record = walk.full("in_review")
    walk.answer(record, {}, roles=frozenset({"privacy_officer"}), actor=walk.who("petra"))
    reference = record.reference
    session.commit()
    petra = client_for("petra")
    refused = send(petra, step(reference, "recommend"), reason="Do it with care.")
    assert refused.status_code == 422
    assert "Say what you recommend" in refused.text and "Do it with care." in refused.text
    invented = send(petra, step(reference, "recommend"), reason="Do it with care.", recommendation="perhaps")
    assert invented.status_code == 422 and "Choose from the options shown here." in invented.text
    given = send(petra, step(reference, "recommend"), reason="Do it.", recommendation="approve_with_conditions")
    assert given.status_code == 303
    with fresh() as again:
        rounds = reviews.list_reviews(again, get_assessment(again, reference, "full"))
        assert rounds[-1].recommendation == "approve_with_conditions"
    assert "Recommended: Approve with conditions" in text_of(petra.get(f"/assessments/{reference}").text)


@pytest.mark.parametrize("action", ["approve", "reject", "send_back"])
def test_whoever_decides_reads_the_recommendation_first(
    action: str, walk: Walk, session: Session, client_for: Clients
) -> None:
    reference = advised(walk, "reject").reference
    session.commit()
    page = text_of(client_for("helen").get(step(reference, action)).text)
    assert "Recommended: Reject" in page and "What I advise." in page


@pytest.mark.parametrize(
    ("recommendation", "action", "asked"),
    [
        ("approve", "approve", False),
        ("approve", "reject", True),
        ("approve_with_conditions", "approve", True),
        ("reject", "approve", True),
        ("reject", "reject", False),
        ("approve", "send_back", False),
    ],
)
def test_a_departure_is_asked_for_only_where_it_is_possible(
    recommendation: str, action: str, asked: bool, walk: Walk, session: Session, client_for: Clients
) -> None:
    reference = advised(walk, recommendation).reference
    session.commit()
    assert (ASKED in client_for("helen").get(step(reference, action)).text) is asked


def test_an_approval_against_the_advice_is_refused_until_it_is_explained(
    walk: Walk, session: Session, client_for: Clients, fresh: Fresh
) -> None:
    reference = advised(walk, "reject").reference
    session.commit()
    helen = client_for("helen")
    given = {"reason": REASON, "password": PASSWORD, "conditions": "Put up a sign."}
    refused = send(helen, step(reference, "approve"), **given)
    assert refused.status_code == 422
    assert "The privacy officer recommended otherwise" in refused.text
    assert REASON in refused.text and "Put up a sign." in refused.text
    assert send(helen, step(reference, "approve"), **given, overrules=WHY).status_code == 303
    with fresh() as again:
        signed = list_sign_offs(again, get_assessment(again, reference, "full"))
        assert {each.position: each.overrules for each in signed} == {1: "", 2: WHY}
    page = text_of(client_for("amara").get(f"/assessments/{reference}").text)
    assert f"Departs from the advice, because: {WHY}" in page


def test_reasons_for_no_departure_are_given_back_to_be_moved(
    walk: Walk, session: Session, client_for: Clients, fresh: Fresh
) -> None:
    reference = advised(walk, "approve_with_conditions").reference
    session.commit()
    given = {"reason": REASON, "password": PASSWORD, "conditions": "Put up a sign.", "overrules": WHY}
    refused = send(client_for("helen"), step(reference, "approve"), **given)
    assert refused.status_code == 422
    assert "there is no departure to explain" in refused.text and WHY in refused.text
    with fresh() as again:
        assert get_assessment(again, reference, "full").status == "awaiting_decision"


def test_a_rejection_against_the_advice_is_explained_too(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = advised(walk, "approve").reference
    session.commit()
    helen = client_for("helen")
    assert send(helen, step(reference, "reject"), reason=REASON).status_code == 422
    assert send(helen, step(reference, "reject"), reason=REASON, overrules=WHY).status_code == 303


def test_a_wrong_password_loses_nothing_of_the_explanation(walk: Walk, session: Session, client_for: Clients) -> None:
    reference = advised(walk, "reject").reference
    session.commit()
    refused = send(
        client_for("helen"), step(reference, "approve"), reason=REASON, overrules=WHY, password="not the password"
    )
    assert refused.status_code == 422 and WHY in refused.text
