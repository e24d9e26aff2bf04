"""Hints while somebody writes: for people with an account, from a form of ours, and nothing is kept."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pia_engine.models import Base
from tests.fixtures.city import token_in

TEXT = "Ask Mr Tanaka, or write to jane.doe@city.example."
ClientFor = Callable[[str], FlaskClient]


def rows_in(session: Session) -> dict[str, int]:
    counted = {
        name: session.scalar(select(func.count()).select_from(each)) for name, each in Base.metadata.tables.items()
    }
    return {name: count or 0 for name, count in counted.items()}


def test_an_author_reads_hints_about_a_text_and_nothing_is_kept(
    client_for: ClientFor, fresh: Callable[[], Session]
) -> None:
    amara = client_for("amara")
    token = token_in(amara.get("/initiatives/new").text)
    with fresh() as before:
        kept = rows_in(before)
    answer = amara.post("/hints", data={"text": TEXT, "csrf_token": token})
    assert answer.status_code == 200
    assert [hint for hint in answer.json["hints"] if "Mr Tanaka" in hint]  # type: ignore[index]
    assert [hint for hint in answer.json["hints"] if "jane.doe@city.example" in hint]  # type: ignore[index]
    assert answer.headers["Cache-Control"] == "no-store"
    with fresh() as after:
        assert rows_in(after) == kept


def test_asking_for_hints_does_not_wait_for_somebody_who_saves(client_for: ClientFor, session: Session) -> None:
    amara = client_for("amara")
    token = token_in(amara.get("/initiatives/new").text)
    session.execute(select(func.count()).select_from(Base.metadata.tables["city"]))  # holds the writers' lock
    assert amara.post("/hints", data={"text": TEXT, "csrf_token": token}).status_code == 200


def test_a_visitor_and_a_foreign_form_get_none(client_for: ClientFor) -> None:
    assert client_for("").post("/hints", data={"text": TEXT}).status_code in (302, 303, 401)
    refused = client_for("amara").post("/hints", data={"text": TEXT})
    assert refused.status_code in (302, 303, 400)
    assert "Tanaka" not in refused.text


def test_a_text_without_end_is_read_in_part(client_for: ClientFor) -> None:
    amara = client_for("amara")
    token = token_in(amara.get("/initiatives/new").text)
    answer = amara.post("/hints", data={"text": "word " * 200_000, "csrf_token": token})
    assert answer.status_code == 200
