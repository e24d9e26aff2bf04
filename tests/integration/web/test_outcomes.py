"""The outcome of an initial assessment over HTTP: explained, tried with other answers, determined by who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, AuditEvent, Determination, PolicyVersion
from pia_engine.models.default_rules import DEFAULT_RULES
from tests.factories.people import PERSONAS
from tests.factories.walks import Walk
from tests.fixtures.city import mark_in, token_in
from tests.integration.web.forms import fields_of, send, text_of

Client = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]


@pytest.fixture
def initial(session: Session, walk: Walk) -> Assessment:
    record = walk.initial("submitted")
    session.commit()
    return record


def leave_to(session: Session, outcome: str, role: str) -> None:
    """Let the policy in force leave an outcome to another office."""
    policy = session.scalars(select(PolicyVersion).where(PolicyVersion.number == 1)).one()
    rule: dict[str, Any] = {**DEFAULT_RULES["outcomes"][outcome], "decider": role}
    policy.rules = {**policy.rules, "outcomes": {**DEFAULT_RULES["outcomes"], outcome: rule}}
    session.commit()


def determine_url(initial: Assessment) -> str:
    return f"/assessments/{initial.reference}/initial/actions/determine"


def test_outcome_page_names_what_fired_what_would_change_it_and_what_follows(
    initial: Assessment, client_for: Client
) -> None:
    page = text_of(client_for("amara").get(f"/assessments/{initial.reference}/initial/outcome").text)
    assert "The rules lead to: Full PIA needed." in page
    assert "Cameras can show who was where and with whom" in page
    assert "Technology used only “None of these” Delegated review" in page
    assert "The full assessment with its risk register" in page
    assert "36 months" in page


def test_other_answers_are_tried_and_nothing_is_saved(initial: Assessment, client_for: Client, fresh: Fresh) -> None:
    client = client_for("petra")
    url = f"/assessments/{initial.reference}/initial/what-if"
    first = client.get(url)
    assert "The answers as they are lead to: Full PIA needed." in text_of(first.text)
    with fresh() as looked:
        events = looked.scalar(select(func.count(AuditEvent.id)))
    tried = fields_of(first.text) | {"q_technologies": ["none"], "q_legal_authority": "yes"}
    answer = client.get(url, query_string=tried)
    page = text_of(answer.text)
    assert "With these answers the rules lead to: No PIA needed." in page
    assert "Rules that fire no longer: Cameras can show who was where" in page
    with fresh() as looked:
        assert looked.scalar(select(func.count(AuditEvent.id))) == events
        stored = looked.merge(initial).sheet.answers
        assert next(each.value for each in stored if each.question == "technologies") == ["camera"]


@pytest.mark.parametrize("crafted", [{"q_technologies": "everything"}, {"q_linking": ["yes", "no"]}, {"x": "1"}])
def test_crafted_answers_are_refused_with_a_page(
    crafted: dict[str, object], initial: Assessment, client_for: Client
) -> None:
    answer = client_for("petra").get(f"/assessments/{initial.reference}/initial/what-if", query_string=crafted)
    assert answer.status_code == 200
    if "x" not in crafted:
        assert "There is a problem" in text_of(answer.text)


@pytest.mark.parametrize("first", ["otto", "adam"])
def test_other_departments_cannot_try_answers(first: str, initial: Assessment, client_for: Client) -> None:
    assert client_for(first).get(f"/assessments/{initial.reference}/initial/what-if").status_code == 403


def test_officer_gives_conditions_and_the_initiative_is_cleared(
    initial: Assessment, client_for: Client, fresh: Fresh
) -> None:
    client = client_for("petra")
    page = text_of(client.get(determine_url(initial)).text)
    assert "Required: The initial assessment with the officer’s reasons; The conditions the department" in page
    assert "Holds until 2 March 2028." in page
    given = {"outcome": "delegated_review", "reason": "Small and short."}
    without = send(client, determine_url(initial), **given)
    assert without.status_code == 422
    assert "Write the conditions the department has to keep." in text_of(without.text)
    assert send(client, determine_url(initial), **given, conditions="Delete after a week.").status_code == 303
    with fresh() as looked:
        found = looked.scalars(select(Determination)).one()
        assert (found.outcome, found.conditions) == ("delegated_review", "Delete after a week.")
        assert found.assessment.initiative.status == "cleared"
    shown = text_of(client_for("amara").get(f"/assessments/{initial.reference}").text)
    assert "Conditions to keep Delete after a week." in shown
    assert "To be looked at again by 2 March 2028." in shown


def test_officer_begins_an_update_from_a_published_assessment(
    session: Session, walk: Walk, client_for: Client, fresh: Fresh
) -> None:
    published = walk.full("published", title="Cameras on Mill Road").reference
    initial = walk.initial("submitted", "More cameras on Mill Road")
    session.commit()
    client = client_for("petra")
    assert f"Published by this department: {published} (Cameras on Mill Road)." in text_of(
        client.get(determine_url(initial)).text
    )
    given = {"outcome": "update", "reason": "Only the number changes."}
    assert "Give the reference of the published" in text_of(send(client, determine_url(initial), **given).text)
    wrong = send(client, determine_url(initial), **given, updates=initial.reference)
    assert wrong.status_code == 422
    assert f"There is no published assessment “{initial.reference}”." in text_of(wrong.text)
    assert fields_of(wrong.text)["updates"] == initial.reference
    assert send(client, determine_url(initial), **given, updates=published).status_code == 303
    with fresh() as looked:
        begun = select(Determination.updates).where(Determination.outcome == "update")
        assert looked.scalars(begun).one() == published
    page = text_of(client_for("amara").get(f"/assessments/{initial.reference}").text)
    assert f"Updates the published assessment {published}" in page


@pytest.mark.parametrize("first", sorted(PERSONAS))
def test_only_the_office_named_by_the_policy_determines_an_outcome(
    first: str, session: Session, initial: Assessment, client_for: Client, fresh: Fresh
) -> None:
    leave_to(session, "no_pia", "executive")
    client = client_for(first)
    page = client.get(determine_url(initial))
    assert (page.status_code == 200) is (first in ("petra", "victor"))
    carried = {"csrf_token": token_in(page.text), "seen": mark_in(page.text)}
    given = {"outcome": "no_pia", "reason": "Nothing about people.", **carried}
    answer = client.post(determine_url(initial), data=given)
    if first == "victor":
        assert answer.status_code == 303
        return
    assert answer.status_code == 403
    if first == "petra":
        assert "The policy leaves the outcome “No PIA needed” to somebody else." in text_of(answer.text)
        assert "Executive (city manager)" in text_of(answer.text)
        assert "“No PIA needed” is not yours to determine." in text_of(page.text)
    with fresh() as looked:
        assert looked.scalars(select(Determination)).all() == []
