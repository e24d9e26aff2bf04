"""Is the service well; my account; help."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from pia_engine.extensions import db

ClientFor = Callable[[str], FlaskClient]


def lose_database(app: Flask) -> None:
    """The database file is gone and cannot be made again."""
    with app.app_context():
        db.engine.dispose()
    database = Path(app.extensions["pia-settings"].instance) / "pia.db"
    database.unlink()
    database.mkdir()


def bring_back(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
    (Path(app.extensions["pia-settings"].instance) / "pia.db").rmdir()


def test_the_process_is_well_without_a_database(app: Flask, client_for: ClientFor) -> None:
    client = client_for("amara")
    lose_database(app)
    try:
        answer = client.get("/healthz")
        ready = client.get("/readyz")
    finally:
        bring_back(app)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert ready.status_code == 503
    assert ready.json == {"status": "not ready", "reason": "the database does not answer"}


def test_the_service_is_ready_when_the_database_has_the_tables(client_for: ClientFor) -> None:
    answer = client_for("").get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_the_service_is_not_ready_with_the_tables_of_another_version(client_for: ClientFor, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    session.commit()
    answer = client_for("").get("/readyz")
    assert answer.status_code == 503
    assert "pia init" in answer.json["reason"]


def test_a_person_sees_their_designations_with_dates(client_for: ClientFor) -> None:
    page = client_for("amara").get("/account").text
    assert "Amara Author" in page
    assert "Agency official – Streets and Mobility" in page
    assert "from 5 January 2026 until further notice" in page
    assert "Mayor, Order 1/2026" in page
    assert "In force" in page
    assert 'href="/account/password"' in page


def test_the_account_page_is_for_those_with_an_account(client_for: ClientFor) -> None:
    assert client_for("").get("/account").status_code == 303


def test_everybody_can_read_the_help(client_for: ClientFor) -> None:
    for first in ("", "amara"):
        assert "How it goes" in client_for(first).get("/help").text


def test_the_glossary_explains_the_words_of_the_field(client_for: ClientFor) -> None:
    page = client_for("").get("/help/glossary").text
    anchors = re.findall(r'app-summary|id="([a-z-]+)"', page)
    terms = [anchor for anchor in anchors if anchor and anchor != "main-content"]
    assert len(terms) >= 25
    assert len(terms) == len(set(terms))
    assert "residual-risk" in terms
