"""Reporting a cause to look again, and deciding about it, over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Reconsideration
from pia_engine.services import due_causes, reconsiderations
from tests.factories.governance.looking_again import CHANGE, cleared, raised
from tests.factories.walks import Walk
from tests.fixtures.city import mark_in, token_in
from tests.integration.web.forms import send, text_of

Client = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]

CHANGED = {"cause": "change", "facts": ["vendor", "location"], "text": CHANGE}
INCIDENT = {"cause": "incident", "text": "A list of plates was sent to a newspaper."}
DAY = {"happened_on-day": "1", "happened_on-month": "3", "happened_on-year": "2026"}


@pytest.fixture
def published(session: Session, walk: Walk) -> Assessment:
    record = walk.full("published")
    session.commit()
    return record


def report_url(record: Assessment) -> str:
    return f"/initiatives/{record.initiative.reference}/look-again"


def count(fresh: Fresh) -> int:
    with fresh() as looked:
        return looked.scalar(select(func.count(Reconsideration.id))) or 0


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid"])
def test_everybody_who_reads_an_initiative_reports_from_its_page(
    first: str, published: Assessment, client_for: Client, fresh: Fresh
) -> None:
    client = client_for(first)
    page = client.get(f"/initiatives/{published.initiative.reference}")
    assert report_url(published) in page.text
    answer = send(client, report_url(published), **CHANGED)
    assert answer.status_code == 303
    shown = text_of(client.get(answer.headers["Location"]).text)
    assert "The vendor, or somebody the vendor uses" in shown
    assert CHANGE in shown
    assert f"{published.reference} , Full assessment, version 1" in shown
    assert "Something has changed" in text_of(client.get(f"/initiatives/{published.initiative.reference}").text)
    with fresh() as looked:
        found = looked.scalars(select(Reconsideration)).one()
        assert (found.cause, found.facts, found.status) == ("change", ["vendor", "location"], "raised")


@pytest.mark.parametrize("first", ["otto", "adam"])
def test_others_can_neither_report_nor_read(
    first: str, session: Session, walk: Walk, published: Assessment, client_for: Client
) -> None:
    cause = raised(walk, published)
    session.commit()
    client = client_for(first)
    assert client.get(report_url(published)).status_code == 403
    token = token_in(client.get("/work").text)
    assert client.post(report_url(published), data={**CHANGED, "csrf_token": token}).status_code == 403
    assert client.get(f"/reconsiderations/{cause.reference}").status_code == 403
    listed = client.get("/reconsiderations")
    assert cause.reference not in listed.text
    assert listed.status_code == (200 if first == "otto" else 403)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose what you report."),
        ({"cause": "change", "text": CHANGE}, "Choose at least one thing that has changed"),
        ({"cause": "change", "facts": ["vendor"]}, "Say what happened."),
        ({"cause": "incident", "text": "Lost."}, "Give the day it happened"),
        ({**INCIDENT, **DAY, "happened_on-year": "2027"}, "This day lies ahead."),
        ({**INCIDENT, **DAY, "happened_on-day": "31", "happened_on-month": "2"}, "This day does not exist"),
        ({"cause": "gossip", "text": "Somebody said."}, "Choose from the options shown here."),
        ({**CHANGED, "facts": ["weather"]}, "Choose from the options shown here."),
        ({**CHANGED, "text": "x" * 4001}, "4000"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_typed_is_lost(
    given: dict[str, object], sentence: str, published: Assessment, client_for: Client, fresh: Fresh
) -> None:
    answer = send(client_for("amara"), report_url(published), **given)
    assert answer.status_code == 422
    page = text_of(answer.text)
    assert "There is a problem" in page
    assert sentence in page
    assert str(given.get("text", ""))[:200] in page
    assert count(fresh) == 0


def test_what_was_chosen_for_a_change_is_not_kept_for_an_incident(
    published: Assessment, client_for: Client, fresh: Fresh
) -> None:
    given = {**INCIDENT, **DAY, "facts": ["vendor"]}
    assert send(client_for("amara"), report_url(published), **given).status_code == 303
    with fresh() as looked:
        assert looked.scalars(select(Reconsideration.facts)).one() == []


def test_an_initiative_that_was_never_assessed_says_so(session: Session, walk: Walk, client_for: Client) -> None:
    reference = walk.initiative().reference
    session.commit()
    client = client_for("amara")
    url = f"/initiatives/{reference}/look-again"
    assert "There is nothing to look at again yet" in client.get(url).text
    token = token_in(client.get("/work").text)
    assert client.post(url, data={**CHANGED, "csrf_token": token}).status_code == 409


def test_the_list_is_filtered_and_says_when_nothing_matches(
    session: Session, walk: Walk, published: Assessment, client_for: Client
) -> None:
    client = client_for("petra")
    assert "Nothing was reported yet" in client.get("/reconsiderations").text
    first = raised(walk, published).reference
    second = raised(walk, published, text="Another thing.")
    reconsiderations.set_aside(session, second, actor=walk.who("petra"), now=walk.now, reason="The same.")
    other = second.reference
    session.commit()
    both = client.get("/reconsiderations?status=nonsense&cause=&page=-4").text
    assert first in both
    assert other in both
    waiting = client.get("/reconsiderations?status=raised&cause=change").text
    assert first in waiting
    assert other not in waiting
    assert "Nothing matches" in client.get("/reconsiderations?cause=complaint").text
    assert "Nothing matches" in client.get("/reconsiderations?page=99999999999").text


def test_an_officer_requires_a_new_assessment_and_everybody_finds_it(
    session: Session, walk: Walk, client_for: Client, fresh: Fresh
) -> None:
    record = cleared(walk)
    cause, initiative = raised(walk, record), record.initiative.reference
    session.commit()
    petra = client_for("petra")
    url = f"/reconsiderations/{cause.reference}/actions/require_assessment"
    page = text_of(petra.get(url).text)
    assert "the clearance is taken back until it is determined" in page
    assert "whoever registered the initiative" in page
    assert send(petra, url, reason="It is another thing now.").status_code == 303
    with fresh() as looked:
        begun = looked.scalars(select(Reconsideration)).one().begun
        assert begun is not None
        reference = begun.reference
        assert begun.initiative.status == "in_assessment"
    shown = text_of(petra.get(f"/reconsiderations/{cause.reference}").text)
    assert f"Begun because of it {reference} , Initial assessment: Draft" in shown
    assert "It is another thing now." in shown
    amara = client_for("amara")
    listed = amara.get(f"/initiatives/{initiative}").text
    assert f'href="/assessments/{reference}"' in listed
    assert "Being assessed" in text_of(listed)
    questions = text_of(amara.get(f"/assessments/{reference}").text)
    assert "answers carried over" in questions.lower()


def test_the_page_says_why_a_step_is_not_open(session: Session, walk: Walk, client_for: Client) -> None:
    record = cleared(walk)
    cause = raised(walk, record).reference
    session.commit()
    page = text_of(client_for("petra").get(f"/reconsiderations/{cause}").text)
    assert "This is about no published assessment" in page
    assert "Only whoever reported this can withdraw it." in page
    client = client_for("petra")
    url = f"/reconsiderations/{cause}/actions/require_new_version"
    token = token_in(client.get("/work").text)
    assert client.post(url, data={"reason": "New.", "csrf_token": token}).status_code == 409


def test_a_decision_on_a_page_that_is_out_of_date_is_not_taken(
    session: Session, walk: Walk, published: Assessment, client_for: Client
) -> None:
    cause = raised(walk, published)
    reference = cause.reference
    session.commit()
    petra = client_for("petra")
    url = f"/reconsiderations/{reference}/actions/set_aside"
    page = petra.get(url).text
    data = {"reason": "Nothing.", "csrf_token": token_in(page), "seen": mark_in(page)}
    reconsiderations.set_aside(session, cause, actor=walk.who("helen"), now=walk.now, reason="Nothing.")
    session.commit()
    assert petra.post(url, data=data).status_code == 409


@pytest.mark.parametrize("address", ["/reconsiderations/REC-1999-0001", "/initiatives/INI-1999-0001/look-again"])
def test_unknown_references_and_steps_are_not_found(
    address: str, session: Session, walk: Walk, published: Assessment, client_for: Client
) -> None:
    cause = raised(walk, published).reference
    session.commit()
    client = client_for("petra")
    assert client.get(address).status_code == 404
    assert client.get(f"/reconsiderations/{cause}/actions/explode").status_code == 404


def test_what_the_calendar_raises_reads_in_words(session: Session, walk: Walk, client_for: Client) -> None:
    record = cleared(walk)
    walk.now = walk.now.replace(year=2029)
    due_causes.raise_expiries(session, now=walk.now)
    cause = reconsiderations.list_open_causes(session, record.initiative)[0].reference
    session.commit()
    page = text_of(client_for("amara").get(f"/reconsiderations/{cause}").text)
    assert "The determination holds until 2 March 2029." in page
    assert "The calendar or the lot" in page
    petra = text_of(client_for("petra").get(f"/reconsiderations/{cause}").text)
    assert "renewed by a new initial assessment only" in petra
    assert "Decide whether this changes anything" in text_of(client_for("petra").get("/work").text)


def test_an_assessment_shows_its_review_date_and_what_is_in_doubt(
    session: Session, walk: Walk, published: Assessment, client_for: Client
) -> None:
    cause = raised(walk, published).reference
    session.commit()
    page = text_of(client_for("amara").get(f"/assessments/{published.reference}").text)
    assert "Review date 2 March 2027 The day of the next annual audit." in page
    assert f"Causes to look again Something has changed, {cause}" in page
