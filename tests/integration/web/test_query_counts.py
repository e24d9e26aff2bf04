"""A page asks the database a bounded number of questions, however long the questionnaire and its tables are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from pia_engine.extensions import db
from tests.factories.large_city import found_large_city, signed_in

MOST = {"": 52, "/full/sections/part1": 25, "/full/sections/tables": 25, "/full/check": 25, "/full/risks": 25}


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement sent to any database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def queries_by_page(app: Flask, reference: str) -> dict[str, list[str]]:
    client = signed_in(app)
    found = {}
    for page in MOST:
        client.get(f"/assessments/{reference}{page}")  # what is asked once and kept is not the page's
        with counted() as sent:
            answer = client.get(f"/assessments/{reference}{page}")
        assert answer.status_code == 200, (page, answer.text[:500])
        found[page] = sent
    with app.app_context():
        db.engine.dispose()
    return found


@pytest.mark.timeout(120)
def test_a_long_assessment_asks_the_database_no_more_than_a_short_one(tmp_path: Path) -> None:
    asked = {}
    for questions in (20, 200):
        folder = tmp_path / str(questions)
        folder.mkdir()
        asked[questions] = queries_by_page(*found_large_city(folder, questions=questions))
    for page, most in MOST.items():
        short, long = asked[20][page], asked[200][page]
        assert len(long) == len(short), (page, set(long) - set(short))
        assert len(long) <= most, (page, len(long))
