"""The programme's page: who sees whose figures, which time, and each table as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine import clock
from tests.factories.people import department
from tests.factories.walks import Walk

EVENING = dt.datetime(2026, 3, 4, 20, 0, tzinfo=dt.UTC)
Clients = Callable[[str], FlaskClient]


@pytest.fixture
def busy(session: Session, walk: Walk) -> Iterator[Session]:
    """One published assessment and one that waits, both of Streets and Mobility; it is the evening of 4 March."""
    walk.full("published")
    walk.full("in_review", title="Cameras")
    session.commit()
    with clock.frozen(EVENING):
        yield session


def _headline(page: str, name: str) -> str:
    found = re.search(rf'<dt class="app-headlines__name">{re.escape(name)}</dt>\s*<dd[^>]*>([^<]*)</dd>', page)
    assert found, name
    return found.group(1)


def _days(first: str, last: str) -> str:
    parts = [
        f"{name}-{part}={text}"
        for name, day in (("from_on", first), ("until_on", last))
        for part, text in zip(("day", "month", "year"), day.split("-"), strict=False)
    ]
    return "&".join(["period=dates", *parts])


def _csv(client: FlaskClient, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.mark.parametrize("first", ["petra", "helen", "victor", "ingrid", "sofia"])
def test_city_wide_roles_see_the_whole_city(first: str, busy: Session, client_for: Clients) -> None:
    page = client_for(first).get("/programme")
    assert page.status_code == 200
    assert _headline(page.text, "Initiatives registered") == "2"
    assert _headline(page.text, "Assessments published") == "1"
    assert "The whole city" in page.text


def test_people_of_a_department_see_their_own_and_no_other(busy: Session, client_for: Clients) -> None:
    page = client_for("amara").get("/programme")
    assert "Streets and Mobility, from" in page.text
    assert "Parks and Libraries" not in page.text
    assert _headline(page.text, "Initiatives registered") == "2"
    otto = client_for("otto").get("/programme")
    assert "There is nothing to count yet" in otto.text


@pytest.mark.parametrize("address", ["/programme", "/programme/overdue.csv"])
def test_another_department_is_refused(address: str, busy: Session, client_for: Clients) -> None:
    other = department(busy, "mobility").id
    busy.rollback()
    assert client_for("otto").get(f"{address}?department={other}").status_code == 403
    assert client_for("petra").get(f"{address}?department={other}").status_code == 200


@pytest.mark.parametrize("unknown", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_department_is_not_found(unknown: str, client_for: Clients) -> None:
    assert client_for("petra").get(f"/programme?department={unknown}").status_code == 404


def test_an_administrator_is_kept_out(client_for: Clients) -> None:
    assert client_for("adam").get("/programme").status_code == 403
    assert client_for("adam").get("/programme/outcomes.csv").status_code == 403


def test_petra_chooses_a_time(busy: Session, client_for: Clients) -> None:
    client = client_for("petra")
    own = _days("1-3-2026", "4-3-2026")
    page = client.get(f"/programme?{own}")
    assert page.status_code == 200
    assert "from 1 March 2026 to 4 March 2026" in page.text
    assert f"/programme/outcomes.csv?{own.split('&', maxsplit=1)[0]}" in unescape(page.text)
    assert "from 1 January 2026 to 4 March 2026" in client.get("/programme?period=2026").text
    assert "from 1 April 2025 to 4 March 2026" in client.get("/programme").text
    assert "from 1 April 2025 to 4 March 2026" in client.get("/programme?period=1066").text


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("", "", "Give the first day."),
        ("2-3-2026", "1-3-2026", "before"),
        ("1-3-2026", "1-4-2026", "to come"),
        ("1-3-1950", "1-3-2026", "at most"),
        ("x-3-2026", "1-3-2026", "digits"),
    ],
)
def test_days_that_cannot_be_counted_are_refused_with_a_reason(
    first: str, last: str, sentence: str, client_for: Clients
) -> None:
    client = client_for("petra")
    page = client.get(f"/programme?{_days(first, last)}")
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert sentence in page.text
    assert client.get(f"/programme/outcomes.csv?{_days(first, last)}").status_code == 422


def test_every_table_can_be_had_as_a_file(busy: Session, client_for: Clients) -> None:
    client = client_for("petra")
    page = unescape(client.get("/programme").text)
    names = set(re.findall(r'href="(/programme/[a-z-]+\.csv)', page))
    assert len(names) >= 15
    for name in sorted(names):
        rows = _csv(client, name)
        assert len({len(row) for row in rows}) == 1, name
        assert all(rows[0]), name
    assert ["Full PIA needed", "2"] in _csv(client, "/programme/outcomes.csv")


def test_a_file_says_what_it_is(busy: Session, client_for: Clients) -> None:
    answer = client_for("petra").get("/programme/outcomes.csv?period=2026")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="outcomes-2026-01-01-2026-03-04.csv"' in answer.headers["Content-Disposition"]
    assert answer.data.startswith(b"\xef\xbb\xbf")


def test_a_title_that_looks_like_a_formula_does_nothing_in_a_spreadsheet(
    session: Session, walk: Walk, client_for: Clients
) -> None:
    walk.full("approved", title="=cmd|' /C calc'!A0")
    session.commit()
    with clock.frozen(walk.now.replace(year=2029)):
        rows = _csv(client_for("petra"), "/programme/overdue.csv")
    assert "'=cmd|' /C calc'!A0" in [row[1] for row in rows]


def test_an_unknown_table_is_not_found(client_for: Clients) -> None:
    assert client_for("petra").get("/programme/salaries.csv").status_code == 404


def test_the_page_leads_on_only_where_somebody_may_go(busy: Session, client_for: Clients) -> None:
    assert 'href="/annual-reports"' in client_for("petra").get("/programme").text
    assert 'href="/annual-reports"' not in client_for("amara").get("/programme").text


def test_charts_say_in_words_what_they_draw(busy: Session, client_for: Clients) -> None:
    page = client_for("petra").get("/programme").text
    pictures = re.findall(r"<svg class=\"app-chart.*?</svg>", page, re.S)
    assert len(pictures) >= 5
    for picture in pictures:
        assert "<title" in picture and "<desc" in picture
    assert "Full PIA needed: 2" in page
