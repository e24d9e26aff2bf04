"""Every address as every role: whoever the promised table of permissions keeps out is kept out, over HTTP.

The routes come from the application, the people from `tests/unit/permissions/test_people.py`, written by hand. A new
route with a record in its address fails until some module of `tests/factories` offers that record.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from pia_engine.permissions.vocabulary import Permission
from pia_engine.web.access import LINK, PUBLIC, SIGNED_IN, declared_access
from tests.factories.people import PERSONAS
from tests.fixtures.city import token_in
from tests.security.test_routes import City, _own_rules, _path, city
from tests.unit.permissions.test_people import ALLOWED

__all__ = ["city"]

TESTS = Path(__file__).parents[1]
KEPT_OUT, LET_IN = {403}, {200, 302, 303, 304, 400, 404, 409, 410, 422}

NARROWER: dict[str, set[str]] = {
    # The page belongs to one step or one part of a record, so of those its permission names only these may open it.
    "assessments.act": {"amara"},
    "attachments.remove": {"amara"},
    "audits.act": {"ingrid"},
    "commitments.act": {"amara"},
    "contributions.ask": {"amara", "petra"},
    "contributions.withdraw": {"amara", "petra"},
    "disposals.act": {"petra", "helen"},
    "exceptions.act": {"amara", "daniel", "petra", "helen", "victor"},
    "findings.of_assessment": {"amara"},
    "findings.of_programme": {"petra", "helen"},
    "history.ask_to_restore": {"amara"},
    "initiatives.act": {"amara", "daniel"},
    "policy.act": {"helen"},
    "policy.compare": {"petra", "helen", "victor", "ingrid"},
    "policy.version": {"petra", "helen", "victor", "ingrid"},
    "programme_audits.act": {"helen"},
    "reconsiderations.act": {"sofia"},
    "reports.act": {"helen"},
    "sections.drop": {"amara"},
    "spot_checks.act": {"helen"},
    "thresholds.index": {"petra", "helen", "victor", "ingrid"},
    "vendor.act": {"petra"},
    "withholdings.act": {"helen"},
}
NO_SUCH = "01890000-0000-7000-8000-000000000000"
MADE_UP: dict[str, dict[str, str]] = {
    # Whether somebody may do it at all is asked before the record is looked for: 403 for most, 404 for the others.
    "administration.api_keys.revoke": {"key_id": NO_SUCH},
    "administration.message": {"name": "none"},
    "administration.people.end": {"person_id": NO_SUCH, "designation_id": NO_SUCH},
    "administration.retry": {"job_id": NO_SUCH},
    "programme.table": {"table": "none"},
    "roles.name_deputy": {"designation_id": NO_SUCH},
    "roles.withdraw_deputy": {"deputy_id": NO_SUCH},
}
ELSEWHERE: dict[str, str] = {
    # What asks for something other than a role, and where that is proven.
    "api.ask": "integration/api/test_gate_api.py::test_without_a_valid_key_nothing_is_said",
    "reminders.put_off": "integration/web/test_reminders.py::test_nobody_puts_off_what_is_due_for_others",
    "reminders.remind_again": "integration/web/test_reminders.py::test_nobody_puts_off_what_is_due_for_others",
}


@pytest.fixture
def everywhere(city: City) -> City:
    """The test city, with an address for every route."""
    return City({**city.places, **MADE_UP})


def _tested(app: Flask, everywhere: City, method: str) -> list[tuple[Rule, str, str]]:
    """Route, address and declared access of everything that takes the method and needs somebody signed in."""
    access = declared_access(app)
    found = []
    for rule in _own_rules(app):
        declared = access[rule.endpoint]
        if method not in (rule.methods or ()) or declared in (PUBLIC, LINK):
            continue
        path = _path(app, rule, everywhere)
        if path is not None:
            found.append((rule, path, declared))
    return found


def _may(first: str, declared: str, rule: Rule) -> bool:
    """Whether the persona holds what the route asks for, for a record of Streets and Mobility written by Amara."""
    if declared == SIGNED_IN:
        return True
    allowed = ALLOWED[Permission(declared)]
    if first in allowed and rule.endpoint in NARROWER:
        return first in NARROWER[rule.endpoint]
    if (not rule.arguments or rule.endpoint in MADE_UP) and first == "otto":
        return "amara" in allowed or "daniel" in allowed
    return first in allowed


WITHOUT_AN_ACCOUNT = {
    # What anybody reads, and what opens to whoever holds a secret link. Published pages are served as files.
    PUBLIC: {
        "api.description",
        "api.nothing_here",
        "records.published",
        "register.search",
        "site.glossary",
        "site.health",
        "site.help_page",
        "site.readiness",
        "verification.answer",
        "verification.form",
    },
    LINK: {
        "calendar.feed",
        "gate.ask",
        "gate.ask_as_data",
        *(
            f"vendor.{name}"
            for name in (
                "attest", "check", "clarify", "drop", "keep", "receipt", "save_replies", "save_section", "section",
                "send_answers", "start",
            )
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", [PUBLIC, LINK])
def test_nothing_else_opens_without_an_account(kind: str, app: Flask) -> None:
    found = {endpoint for endpoint, access in declared_access(app).items() if access == kind}
    assert {endpoint for endpoint in found if not endpoint.startswith(("security.", "static"))} == (
        WITHOUT_AN_ACCOUNT[kind]
    )


def test_no_route_is_left_out(app: Flask, everywhere: City) -> None:
    """A new route with a record in its address stands here until some module of `tests/factories` offers one."""
    access = declared_access(app)
    guarded = [rule for rule in _own_rules(app) if access[rule.endpoint] not in (PUBLIC, LINK)]
    assert len(guarded) > 150
    left_out = {rule.endpoint for rule in guarded if _path(app, rule, everywhere) is None}
    assert left_out == ELSEWHERE.keys()


@pytest.mark.parametrize("place", sorted(set(ELSEWHERE.values())))
def test_what_is_proven_elsewhere_is_a_test_that_exists(place: str) -> None:
    file, _, name = place.partition("::")
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("first", PERSONAS)
def test_each_role_opens_what_it_may_and_nothing_else(
    first: str, app: Flask, everywhere: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for(first)
    wrong = []
    for rule, path, declared in _tested(app, everywhere, "GET"):
        status = client.get(path).status_code
        if status in KEPT_OUT and _may(first, declared, rule):
            wrong.append(f"{rule.endpoint} {path} refuses {first}: {status}")
        if status not in KEPT_OUT and not _may(first, declared, rule):
            wrong.append(f"{rule.endpoint} {path} lets {first} in: {status}")
        if status not in KEPT_OUT | LET_IN:
            wrong.append(f"{rule.endpoint} {path} answers {first} with {status}")
    assert wrong == []


@pytest.mark.parametrize("first", PERSONAS)
def test_no_role_posts_where_it_has_no_permission(
    first: str, app: Flask, everywhere: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for(first)
    token = {"csrf_token": token_in(client.get("/work").text)}
    wrong = []
    for rule, path, declared in _tested(app, everywhere, "POST"):
        if _may(first, declared, rule):
            continue
        status = client.post(path, data=token).status_code
        if status not in KEPT_OUT:
            wrong.append(f"{rule.endpoint} {path} takes a post of {first}: {status}")
    assert wrong == []
