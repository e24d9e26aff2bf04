"""A city whose full assessment asks 200 questions, with a table of 500 rows and a register of 100 risks.

The questions come from a file of the city's own, as any city may add one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from ruamel.yaml import YAML

from pia_engine import create_app
from pia_engine.documents.authority import create_authority
from pia_engine.extensions import db, start_writing
from pia_engine.models import Assessment
from pia_engine.settings import Settings
from tests.factories.people import FOUNDED, PASSWORD, email_of, found_test_city
from tests.factories.walks import Walk
from tests.fixtures.city import token_in

SECTIONS, QUESTIONS = 10, 200
ROWS, RISKS = 500, 100
TABLE, REGISTER = "inventory", "risks"


def write_questionnaire(folder: Path, *, questions: int = QUESTIONS) -> None:
    """The city's own second version of the full assessment, beside the shipped first one."""
    folder.mkdir(parents=True, exist_ok=True)
    each = questions // SECTIONS
    sections = [_section(number, each) for number in range(1, SECTIONS + 1)]
    sections.append({"id": "tables", "title": "Tables", "foundation": 3, "intro": "Long tables.", "questions": _long()})
    definition = {
        "id": "full-assessment",
        "version": 2,
        "title": "Full privacy impact assessment",
        "purpose": "Everything this city wants to know, which is a great deal.",
        "sections": sections,
    }
    with (folder / "full-assessment.v2.yaml").open("w", encoding="utf-8") as file:
        YAML().dump(definition, file)


def _section(number: int, count: int) -> dict[str, object]:
    questions = [_question(number, place) for place in range(1, count + 1)]
    return {
        "id": f"part{number}",
        "title": f"Part {number} of the study",
        "foundation": 3,
        "intro": "What the city wants to know of this part.",
        "questions": questions,
    }


def _question(number: int, place: int) -> dict[str, object]:
    common: dict[str, object] = {
        "id": f"part{number}_q{place}",
        "text": f"What has to be known of part {number}, point {place}?",
        "hint": "Two or three sentences are enough.",
        "guidance": "Think of the people concerned, and of how long the data is kept.",
        "answered_by": "agency_official",
        "public": True,
    }
    if place % 5 == 0:
        options = [{"value": f"o{each}", "label": f"Choice {each}"} for each in range(1, 7)]
        return {**common, "type": "any_of", "options": options}
    if place % 3 == 0:
        return {**common, "type": "yes_no"}
    return {**common, "type": "long_text", "max_length": 1000}


def _long() -> list[dict[str, object]]:
    columns = [
        {"id": name, "label": name.capitalize(), "type": "short_text", "required": True}
        for name in ("element", "source", "purpose", "place")
    ]
    about = {"answered_by": "agency_official", "public": True, "required": False}
    return [
        {**about, "id": TABLE, "type": "rows", "text": "What is held?", "columns": columns, "max_rows": ROWS},
        {**about, "id": REGISTER, "type": "risks", "text": "What can go wrong?"},
    ]


def found_large_city(
    folder: Path, *, questions: int = QUESTIONS, before_first_request: Callable[[Flask], None] = lambda app: None
) -> tuple[Flask, str]:
    """The application on a new installation, and the reference of a draft with every question answered."""
    settings = Settings(instance=folder, public_url="http://127.0.0.1:8000", sign_in_limit="1000 per minute")
    settings.secret_key_path.write_text("a secret for benchmarks only")
    write_questionnaire(settings.questionnaires_folder, questions=questions)
    create_authority(settings.keys_folder, city_name="City of Testwell", now=FOUNDED)
    app = create_app(settings)
    before_first_request(app)
    with app.app_context():
        flask_migrate.upgrade()
        start_writing()
        found_test_city(db.session, password_hash=hash_password(PASSWORD))
        walk = Walk(db.session())
        record = walk.full()
        _answer(walk, record)
        db.session.commit()
        return app, record.reference


def _answer(walk: Walk, record: Assessment) -> None:
    row = {name: f"A {name} of some length" for name in ("element", "source", "purpose", "place")}
    risks = [_risk(number) for number in range(1, RISKS + 1)]
    given = {TABLE: [row] * ROWS, REGISTER: risks}
    walk.answer(record, given, roles=frozenset({"agency_official"}), actor=walk.who("amara"))


def _risk(number: int) -> dict[str, str]:
    return {
        "id": f"r{number}",
        "risk": f"Somebody looks up what is none of their business, way {number}",
        "harm": "People are known to strangers.",
        "people": "Everybody in the table",
        "likelihood": str(number % 5 + 1),
        "severity": str(number // 5 % 5 + 1),
        "inherent_reasons": "It has happened elsewhere.",
        "response": "mitigate",
        "rationale": "It can be made rare.",
        "measures": "Each search is logged and read monthly.",
        "controls": "AC-1 AC-3",
        "owner": "Head of the service",
        "due_on": "2026-12-01",
        "residual_likelihood": "1",
        "residual_severity": "2",
        "residual_reasons": "Few can search, and they know of the log.",
    }


def signed_in(app: Flask, first: str = "amara") -> FlaskClient:
    """A browser of one of the city's people."""
    client = app.test_client()
    token = token_in(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"email": email_of(first), "password": PASSWORD, "csrf_token": token})
    assert answer.status_code == 302, answer.text
    return client
