"""The API asks the gate: with a key, without a session, and with problem details for everything that goes wrong."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from pia_engine import clock
from pia_engine.api.routes import OPERATIONS, SEVERAL
from pia_engine.models import ApiKey
from pia_engine.services.api_keys import make_key, revoke_key
from pia_engine.services.gate_documents import GateDocument
from tests.factories.walks import Walk
from tests.fixtures.city import NOW

FOREVER = dt.date(2027, 3, 2)
Opened = Callable[[], Session]


@pytest.fixture
def token(session: Session, walk: Walk) -> str:
    _key, token = make_key(session, name="Purchasing", expires_on=FOREVER, actor=walk.who("adam"), now=walk.now)
    session.commit()
    return token


def ask(app: Flask, number: str, token: str, scheme: str = "Bearer") -> TestResponse:
    client: FlaskClient = app.test_client()
    return client.get(f"/api/v1/gate/{number}", headers={"Authorization": f"{scheme} {token}"})


def is_problem(answer: TestResponse, status: int) -> dict[str, object]:
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    found = answer.json
    assert isinstance(found, dict)
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert "Set-Cookie" not in answer.headers
    return found


def test_the_purchasing_system_gets_the_answer_in_the_described_shape(
    app: Flask, session: Session, walk: Walk, token: str
) -> None:
    record = walk.full("published")
    record.initiative.procurement = "T/2026/17"
    reference = record.initiative.reference
    session.commit()
    answer = ask(app, reference, token)
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    found = GateDocument.model_validate(answer.json)
    assert found.initiative.reference == reference
    assert found.award.answer == "yes_with_conditions"
    assert found.award.reasons[0].url == "http://127.0.0.1:8000/assessments/PIA-2026-0001"
    assert ask(app, "T/2026/17", token).json == {**answer.json, "asked_at": found.model_dump(mode="json")["asked_at"]}  # type: ignore[dict-item]
    assert ask(app, reference, token, scheme="bEARER").status_code == 200


def test_what_is_missing_is_said_with_who_can_help(app: Flask, session: Session, walk: Walk, token: str) -> None:
    reference = walk.initial("submitted").initiative.reference
    session.commit()
    found = GateDocument.model_validate(ask(app, reference, token).json)
    assert found.award.answer == found.go_live.answer == "no"
    assert found.award.reasons[0].code == "initial_assessment_open"
    assert found.award.reasons[0].who_can_help == "Privacy officer"


@pytest.mark.parametrize("wrong", ["", "pia_wrong", "Basic YTpi", "pia_" + "a" * 5000, "ä"])
def test_without_a_valid_key_nothing_is_said(app: Flask, session: Session, walk: Walk, wrong: str) -> None:
    reference = walk.initiative().reference
    session.commit()
    found = is_problem(ask(app, reference, wrong.encode().decode("latin-1")), 401)
    assert reference not in str(found)
    answer = app.test_client().get(f"/api/v1/gate/{reference}")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_in_the_address_opens_nothing(app: Flask, token: str) -> None:
    is_problem(app.test_client().get(f"/api/v1/gate/INI-2026-0001?key={token}&access_token={token}"), 401)


def test_signing_in_opens_nothing_here(session: Session, walk: Walk, client_for: Callable[[str], FlaskClient]) -> None:
    reference = walk.initiative().reference
    session.commit()
    is_problem(client_for("petra").get(f"/api/v1/gate/{reference}"), 401)


def test_a_revoked_key_and_one_past_its_last_day_open_nothing(
    app: Flask, session: Session, walk: Walk, token: str
) -> None:
    reference = walk.initiative().reference
    session.commit()
    with clock.frozen(NOW + dt.timedelta(days=365)):
        assert ask(app, reference, token).status_code == 200
    with clock.frozen(NOW + dt.timedelta(days=366)):
        is_problem(ask(app, reference, token), 401)
    (key,) = session.scalars(select(ApiKey))
    session.refresh(key)
    revoke_key(session, key, actor=walk.who("adam"), now=walk.now)
    session.commit()
    is_problem(ask(app, reference, token), 401)


def test_the_last_day_of_use_is_noted_once_a_day(
    app: Flask, session: Session, walk: Walk, token: str, fresh: Opened
) -> None:
    reference = walk.initiative().reference
    session.commit()
    for later in (0, 0, 3):
        with clock.frozen(NOW + dt.timedelta(days=later)):
            assert ask(app, reference, token).status_code == 200
        with fresh() as s:
            assert s.scalars(select(ApiKey.last_used_on)).one() == (NOW + dt.timedelta(days=later)).date()


@pytest.mark.parametrize("number", ["INI-2026-9999", "T-404", "%20", "../../x", "a" * 500])
def test_an_unknown_number_is_a_problem(app: Flask, token: str, number: str) -> None:
    is_problem(ask(app, number, token), 404)


def test_several_initiatives_of_one_number_are_named(app: Flask, session: Session, walk: Walk, token: str) -> None:
    both = [walk.initiative("One"), walk.initiative("Other")]
    for each in both:
        each.procurement = "T-17"
    references = [each.reference for each in both]
    session.commit()
    found = is_problem(ask(app, "T-17", token), 409)
    assert (found["type"], found["initiatives"]) == (SEVERAL, references)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_through_the_api(app: Flask, token: str, method: str) -> None:
    client = app.test_client()
    answer = getattr(client, method)("/api/v1/gate/INI-2026-0001", headers={"Authorization": f"Bearer {token}"})
    is_problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v2/gate/INI-2026-0001", "/api/v1/"])
def test_an_unknown_address_is_a_problem(app: Flask, path: str) -> None:
    is_problem(app.test_client().get(path), 404)


def test_a_system_that_asks_too_often_has_to_wait(app: Flask, session: Session, walk: Walk, token: str) -> None:
    reference = walk.initiative().reference
    session.commit()
    last = [ask(app, reference, token) for _ in range(121)][-1]
    is_problem(last, 429)
    assert last.headers["Retry-After"] == "60"


def test_keys_cannot_be_tried_in_masses(app: Flask) -> None:
    statuses = [ask(app, "INI-2026-0001", f"pia_{number}").status_code for number in range(25)]
    assert set(statuses) == {401, 429}
    assert statuses[-1] == 429


def test_no_key_stands_in_a_log(
    app: Flask, session: Session, walk: Walk, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    reference = walk.initiative().reference
    session.commit()
    with caplog.at_level(logging.DEBUG):
        ask(app, reference, token)
        ask(app, "T-404", token)
    assert token not in caplog.text


def test_a_defect_is_told_as_a_problem_too(app: Flask, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_args: object, **_kwargs: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("pia_engine.api.routes.find_for_purchasing", breaks)
    app.testing = False
    try:
        found = is_problem(ask(app, "INI-2026-0001", token), 500)
    finally:
        app.testing = True
    assert "secret" not in str(found)


def test_the_description_covers_every_address_and_fits_the_answers(
    app: Flask, session: Session, walk: Walk, token: str
) -> None:
    reference = walk.full("published").initiative.reference
    session.commit()
    described = app.test_client().get("/api/v1/openapi.json").json
    assert isinstance(described, dict)
    mounted = {
        rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint not in ("api.description", "api.nothing_here")
    }
    assert mounted == described["paths"].keys() == {each.path for each in OPERATIONS}
    schemas = {**described, "$ref": "#/components/schemas/GateDocument"}
    jsonschema.Draft202012Validator(schemas, format_checker=jsonschema.FormatChecker()).validate(
        ask(app, reference, token).json
    )
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schemas).validate({"award": "yes"})
    problem = {**described, "$ref": "#/components/schemas/Problem"}
    jsonschema.Draft202012Validator(problem).validate(ask(app, "T-404", token).json)
    declared = described["paths"]["/api/v1/gate/{number}"]["get"]["responses"]
    assert declared.keys() == {"200", "401", "404", "409", "429"}
