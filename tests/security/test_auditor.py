"""The auditor sees all and changes nothing but audits: every address that takes a form, from the route list."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.routing import BaseConverter, IntegerConverter, Rule, UUIDConverter

from pia_engine.extensions import db
from pia_engine.models import AuditEvent
from pia_engine.web.access import LINK, PUBLIC, declared_access
from tests.fixtures.city import token_in
from tests.security.test_routes import City, _own_rules, city

__all__ = ["city"]

OWN_AFFAIRS = {
    "calendar.make",
    "calendar.switch_off",
    "reminders.choose",
    "reminders.put_off",
    "reminders.remind_again",
    "roles.name_deputy",
    "roles.withdraw_deputy",
    "site.end_other_sessions",
}
CONDUCTING = {
    "audits.act",
    "audits.drop",
    "audits.keep",
    "audits.save_answers",
    "programme_audits.act",
    "programme_audits.drop",
    "programme_audits.keep",
    "programme_audits.save_answers",
}
REPORTING = {"reconsiderations.report"}
READING = {"hints.hints", "records.export"}
MAY = OWN_AFFAIRS | CONDUCTING | REPORTING | READING
"""All an auditor may send a form to. A file of the whole case is read, even though the reading is noted."""


def _somehow(converter: BaseConverter) -> str:
    """A value that fits: whoever lacks the permission is refused before anything is looked for."""
    if isinstance(converter, UUIDConverter):
        return "01890a5d-ac96-774b-bcce-b302099a8057"
    return "1" if isinstance(converter, IntegerConverter) else "x"


def _address(app: Flask, rule: Rule, city: City) -> str:
    known = city.places.get(rule.endpoint) or city.places.get(rule.endpoint.split(".")[0], {})
    values = {name: known.get(name) or _somehow(rule._converters[name]) for name in rule.arguments}
    if values.get("stage") == "x":
        values["stage"] = "full"
    with app.test_request_context():
        return str(app.url_map.bind("localhost").build(rule.endpoint, values, method="POST"))


def _events(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(AuditEvent.id))) or 0


def _asked_for(app: Flask) -> list[Rule]:
    """Where a form can be sent by somebody who has an account."""
    access = declared_access(app)
    posted = [rule for rule in _own_rules(app) if "POST" in (rule.methods or ())]
    return [rule for rule in posted if access[rule.endpoint] not in (PUBLIC, LINK)]


def test_every_exception_is_an_address_there_is(app: Flask) -> None:
    assert {rule.endpoint for rule in _asked_for(app)} >= MAY


def test_the_auditor_is_refused_everything_but_audits_and_own_affairs(
    app: Flask, city: City, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for("ingrid")
    token = token_in(client.get("/work").text)
    before = _events(app)
    answers = {
        rule.endpoint: client.post(_address(app, rule, city), data={"csrf_token": token}).status_code
        for rule in _asked_for(app)
        if rule.endpoint not in MAY
    }
    assert {endpoint: status for endpoint, status in answers.items() if status != 403} == {}
    assert len(answers) > 60
    assert _events(app) == before


def test_the_auditor_sees_every_record(app: Flask, city: City, client_for: Callable[[str], FlaskClient]) -> None:
    client = client_for("ingrid")
    for path in (
        f"/initiatives/{city.places['initiatives']['reference']}",
        f"/assessments/{city.places['assessments']['reference']}",
        f"/audits/{city.places['audits']['reference']}",
        f"/programme-audits/{city.places['programme_audits']['reference']}",
        "/people/roles",
        "/policy",
    ):
        assert client.get(path).status_code == 200, path
