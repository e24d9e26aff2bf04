"""Every address, generated from the route list: a new one without a rule fails here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from pia_engine.api.access import KEY
from pia_engine.services.policies import begin_draft
from pia_engine.web.access import LINK, PUBLIC, SIGNED_IN, declared_access
from tests.factories import governance
from tests.factories.attachments import attach
from tests.factories.together import ask
from tests.factories.walks import Walk

LIBRARY = ("security.", "static")


@dataclass(frozen=True)
class City:
    """One record of each kind, all of Streets and Mobility, and none of Otto's."""

    places: dict[str, dict[str, str]]


@pytest.fixture
def city(app: Flask, session: Session, walk: Walk) -> City:
    from sqlalchemy import select

    from pia_engine.models import Person, Review

    audit = walk.audit("in_progress")
    changing = walk.full("changes_requested", title="Second")
    asked = walk.vendor(walk.full(title="Third"), "issued")
    assert session.scalars(select(Review)).first()
    full = changing.reference
    section = "summary"
    places = {
        "initiatives": {"reference": changing.initiative.reference, "action": "retire"},
        "assessments": {"reference": full, "stage": "full", "action": "submit", "edition": "1"},
        "sections": {"reference": full, "stage": "full", "section": section},
        "risks": {"reference": full, "stage": "full", "risk_id": "r1"},
        "risk": {"reference": full, "stage": "full", "risk_id": "r1"},
        "history": {"reference": full, "stage": "full", "question": section, "number": "1"},
        "comparing": {"reference": full, "stage": "full"},
        "beginning": {"reference": full, "stage": "full", "source": asked.assessment_reference},
        "attachments": {
            "reference": full,
            "stage": "full",
            "question": section,
            "attachment_id": str(attach(walk, changing, section, settings=app.extensions["pia-settings"]).id),
        },
        "comments": {"reference": full, "stage": "full", "question": "summary"},
        "contributions": {"reference": full, "contribution_id": str(ask(walk, changing).id)},
        "vendor": {"reference": asked.reference, "action": "cancel"},
        "vendor.issue": {"reference": asked.assessment_reference},
        "audits": {
            "reference": audit.reference,
            "action": "report_findings",
            "section": _first_section(session, audit),
        },
        "policy": {
            "number": str(begin_draft(session, actor=walk.who("petra"), now=walk.now).number),
            "section": "principles",
        },
        "thresholds": {"number": "2", "rule_id": "cameras"},
        "administration": {"person_id": str(session.scalars(select(Person.id)).first())},
        **governance.places(walk),
    }
    session.commit()
    return City(places)


def _first_section(session: Session, audit: object) -> str:
    from pia_engine.models.catalogue import questionnaire_for

    return questionnaire_for(session, audit.sheet).sections[0].id  # type: ignore[attr-defined]


def _own_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.startswith(LIBRARY)]


def _readable(app: Flask) -> list[Rule]:
    return [rule for rule in _own_rules(app) if "GET" in (rule.methods or ())]


def _path(app: Flask, rule: Rule, city: City) -> str | None:
    """The rule's address on the test city's records; None for what needs a secret link or another kind of id."""
    places = city.places.get(rule.endpoint) or city.places.get(rule.endpoint.split(".")[0], {})
    if not rule.arguments <= set(places):
        return None
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, {n: places[n] for n in rule.arguments})
    return str(built)


def test_every_endpoint_declares_who_may_reach_it(app: Flask) -> None:
    assert not [endpoint for endpoint, access in declared_access(app).items() if not access]


def test_every_address_is_kebab_case(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        fixed = re.sub(r"<[^>]+>", "", rule.rule)
        assert re.fullmatch(r"[a-z0-9./-]*", fixed), rule.rule


def test_a_visitor_is_asked_to_sign_in_everywhere_but_on_public_pages(
    app: Flask, city: City, client_for: Callable[[str], FlaskClient]
) -> None:
    visitor = client_for("")
    access = declared_access(app)
    tried = 0
    for rule in _readable(app):
        path = _path(app, rule, city)
        if path is None or access[rule.endpoint] in (PUBLIC, LINK):
            continue
        answer = visitor.get(path)
        assert answer.status_code in (302, 303), f"{path}: {answer.status_code}"
        assert "/sign-in" in answer.headers["Location"]
        tried += 1
    assert tried > 25


@pytest.mark.parametrize("first", ["otto", "adam"])
def test_other_departments_and_administrators_see_no_record_of_this_one(
    first: str, app: Flask, city: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for(first)
    access = declared_access(app)
    tried = 0
    for rule in _readable(app):
        kind = rule.endpoint.split(".")[0]
        path = _path(app, rule, city)
        if path is None or not rule.arguments or kind == "administration" or access[rule.endpoint] == PUBLIC:
            continue
        answer = client.get(path)
        assert answer.status_code == 403, f"{first} {path}: {answer.status_code}"
        assert "Who can help" in answer.text
        tried += 1
    assert tried > 15


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid", "otto"])
def test_only_the_administrator_administers(
    first: str, app: Flask, city: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for(first)
    for rule in _readable(app):
        path = _path(app, rule, city)
        if rule.endpoint.startswith("administration.") and path:
            assert client.get(path).status_code == 403, path


@pytest.mark.parametrize("first", ["amara", "petra", "ingrid"])
def test_an_unknown_reference_is_not_found(
    first: str, app: Flask, city: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for(first)
    tried = 0
    for rule in _readable(app):
        if "reference" not in rule.arguments or rule.endpoint.startswith("register."):
            continue
        path = _path(app, rule, city)
        assert path is not None, rule.rule
        unknown = re.sub(r"([A-Z]{3})-\d{4}(-\d{4})?", r"\1-1999-9999", path)
        status = client.get(unknown).status_code
        assert status in (403, 404), f"{unknown}: {status}"
        tried += status == 404
    assert tried > 8


def test_no_page_of_a_signed_in_person_may_be_cached_or_framed(
    app: Flask, city: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for("petra")
    access = declared_access(app)
    for rule in _readable(app):
        path = _path(app, rule, city)
        if path is None or access[rule.endpoint] in (PUBLIC, LINK):
            continue
        answer = client.get(path)
        assert answer.status_code in (200, 302, 303, 403, 409), f"{path}: {answer.status_code}"
        assert "no-store" in answer.headers["Cache-Control"]
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_signed_in_is_declared_only_where_no_record_is_shown(app: Flask) -> None:
    open_to_all = {endpoint for endpoint, access in declared_access(app).items() if access == SIGNED_IN}
    assert {endpoint for endpoint in open_to_all if not endpoint.startswith("security.")} <= {
        "work.index",
        "hints.hints",
        "site.account",
        "site.end_other_sessions",
        "calendar.make",
        "calendar.switch_off",
        "reminders.choose",
        "reminders.index",
        "reminders.put_off",
        "reminders.remind_again",
    }


def test_the_api_asks_for_a_key_wherever_it_tells_of_records(
    app: Flask, client_for: Callable[[str], FlaskClient]
) -> None:
    """Being signed in opens nothing there, and a key opens nothing elsewhere."""
    access = declared_access(app)
    asked = {endpoint for endpoint, declared in access.items() if declared == KEY}
    of_api = {endpoint for endpoint in access if endpoint.startswith("api.")}
    assert asked == of_api - {"api.description", "api.nothing_here"}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in asked:
            path = re.sub(r"<[^>]+>", "INI-2026-0001", rule.rule)
            for first in ("", "petra", "adam"):
                answer = client_for(first).get(path)
                assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
