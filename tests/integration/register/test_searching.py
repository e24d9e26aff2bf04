"""Searching what is published, through the page and underneath it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Publication
from pia_engine.register.search import PAGE_SIZE, Query, search_publications
from tests.factories.walks import Walk

NOW = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
NASTY = (
    '"',
    "'",
    "a OR",
    "*",
    "NEAR(",
    "title:x",
    "^",
    "-",
    "a AND NOT b",
    "\x00",
    "x\x00y",
    "{}",
    "%",
    "_",
    "\\",
    "a" * 5000,
    "publication_search",
    "';DROP TABLE publication;--",
    "😀",
    "é",
    "<script>alert(1)</script>",
    "()",
    "a:*",
    "& | !",
)


def entry(assessment: Assessment, number: int, **fields: str) -> Publication:
    values = {"title": f"Technology {number:02}", "summary": "What it does.", "department": "Parks", "search_text": "x"}
    return Publication(
        assessment_id=assessment.id,
        reference=f"PIA-2026-{number:04}",
        edition=1,
        pdf_digest=f"{number:064x}",
        json_digest=f"{number:064x}",
        published_at=NOW + dt.timedelta(days=number),
        **{**values, **fields},
    )


@pytest.fixture
def register(session: Session, walk: Walk) -> Callable[..., Publication]:
    """Put an entry into the register as its database keeps it; the files behind it do not matter here."""
    taken = iter(range(100, 1000))

    def add(**fields: str) -> Publication:
        made = entry(walk.full("draft"), next(taken), **fields)
        session.add(made)
        session.flush()
        return made

    return add


def found(session: Session, text: str, **options: object) -> list[str]:
    return [hit.title for hit in search_publications(session, Query(text, **options)).hits]  # type: ignore[arg-type]


def test_reader_finds_by_title_summary_answer_and_reference(
    session: Session, register: Callable[..., Publication]
) -> None:
    register(title="Cameras on school routes", summary="They record the street.", search_text="Kept for fourteen days")
    parking = register(title="Parking sensors", summary="They notice a car.", search_text="No camera is used")
    assert found(session, "school") == ["Cameras on school routes"]
    assert found(session, "FOURTEEN day") == ["Cameras on school routes"]
    assert found(session, parking.reference) == ["Parking sensors"]
    assert found(session, "camera") == ["Cameras on school routes", "Parking sensors"]
    assert found(session, "zeppelin") == []


def test_words_looked_for_are_marked(session: Session, register: Callable[..., Publication]) -> None:
    register(summary="Nobody watches <b>live</b>.", search_text="")
    (hit,) = search_publications(session, Query("watch")).hits
    assert ("watches", True) in hit.excerpt


@pytest.mark.parametrize("text", NASTY)
def test_whatever_is_typed_is_never_an_error(
    session: Session, register: Callable[..., Publication], client_for: Callable[[str], FlaskClient], text: str
) -> None:
    register()
    search_publications(session, Query(text))
    session.commit()
    answer = client_for("").get("/register", query_string={"q": text, "page": text, "sort": text, "department": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_superseded_entry_is_found_no_more(session: Session, register: Callable[..., Publication]) -> None:
    made = register(title="Old scanners")
    assert found(session, "scanners") == ["Old scanners"]
    made.is_current, made.superseded_at = False, NOW
    session.flush()
    assert found(session, "scanners") == []
    assert found(session, "") == []


def test_reader_turns_pages_and_sorts(session: Session, register: Callable[..., Publication]) -> None:
    for number in range(PAGE_SIZE + 2):
        register(title=f"Scanner {PAGE_SIZE + 2 - number:02}", department="Parks" if number % 2 else "Streets")
    newest = search_publications(session, Query(sort="newest"))
    assert (newest.count, newest.pages, len(newest.hits)) == (PAGE_SIZE + 2, 2, PAGE_SIZE)
    assert newest.hits[0].title == "Scanner 01"
    last = search_publications(session, Query("scanner", sort="title", page=99)).hits[-1]
    assert last.title == f"Scanner {PAGE_SIZE + 2}"
    assert search_publications(session, Query("scanner", department="Parks")).count == (PAGE_SIZE + 2) // 2


def test_visitor_searches_without_a_session(
    session: Session, register: Callable[..., Publication], client_for: Callable[[str], FlaskClient]
) -> None:
    register(title="Cameras & signs", summary="Watching <everything>.")
    session.commit()
    answer = client_for("").get("/register?q=watch")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "One assessment found for" in answer.text
    assert "<mark>Watching</mark>" in answer.text
    assert "Cameras &amp; signs" in answer.text
    assert "Nothing was found" in client_for("").get("/register?q=zeppelin").text


def test_visitor_of_an_empty_register_is_told_so(client_for: Callable[[str], FlaskClient]) -> None:
    assert "Nothing is published yet" in client_for("").get("/register").text
