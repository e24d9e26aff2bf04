"""What a resident meets: the pages as served, and what happens to them when everything else is down."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.extensions import db
from pia_engine.models import Assessment
from pia_engine.permissions.roles import SYSTEM
from pia_engine.register.pages import build_all_pages
from pia_engine.services.cities import change_city
from pia_engine.services.publications import find_publication
from pia_engine.settings import Settings
from tests.factories.people import FOUNDED


def test_resident_reads_the_whole_story_on_one_page(
    session: Session, published: Assessment, client_for: Callable[[str], FlaskClient]
) -> None:
    page = client_for("").get(f"/register/{published.reference}").text
    publication = find_publication(session, published)
    assert publication is not None
    for expected in (
        "In plain words",
        "The main facts",
        "What the city promises",
        "Risks to people",
        "Who decided, and why",
        "Daniel Director",
        "Helen Senior",
        "The six foundations",
        "are kept internal",
        publication.pdf_digest,
        publication.json_digest,
        f"http://127.0.0.1:8000/register/{published.reference}/v1",
        "privacy@city.example",
        "as published on 3 March 2026",
    ):
        assert expected in page, expected
    assert "<script" not in page
    assert " style=" not in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    anchors = set(re.findall(r'href="#([^"]+)"', page))
    assert anchors <= set(ids)


def test_resident_downloads_the_signed_document_and_the_record(
    published: Assessment, client_for: Callable[[str], FlaskClient]
) -> None:
    client = client_for("")
    for base in (f"/register/{published.reference}", f"/register/{published.reference}/v1"):
        assert client.get(f"{base}/pia.pdf").data.startswith(b"%PDF-")
        assert client.get(f"{base}/pia.json").get_json()["reference"] == published.reference


def test_pages_stay_up_without_database_and_need_no_cookie(
    app: Flask, published: Assessment, settings: Settings, client_for: Callable[[str], FlaskClient]
) -> None:
    reference = published.reference
    client = client_for("")
    with app.app_context():
        db.engine.dispose()
    database = settings.instance / "pia.db"
    away = database.with_suffix(".away")
    database.rename(away)
    try:
        for path in ("/", f"/register/{reference}", f"/register/{reference}/v1/pia.pdf", "/privacy", "/city.css"):
            answer = client.get(path)
            assert answer.status_code == 200, path
            assert "Set-Cookie" not in answer.headers
    finally:
        away.rename(database)


def test_front_page_lists_what_is_new(published: Assessment, client_for: Callable[[str], FlaskClient]) -> None:
    page = client_for("").get("/").text
    assert f'href="/register/{published.reference}"' in page
    assert "Nothing is published yet" not in page


def test_city_changes_its_name_and_colours_everywhere(
    session: Session, published: Assessment, settings: Settings, client_for: Callable[[str], FlaskClient]
) -> None:
    change_city(session, {"name": "Town of Renamed", "brand_colour": "#7a1fa2"}, actor=SYSTEM, now=FOUNDED)
    assert build_all_pages(session, settings) is True
    client = client_for("")
    assert "#7a1fa2" in client.get("/city.css").text
    assert "Town of Renamed" in client.get("/accessibility").text
    assert client.get(f"/register/{published.reference}/v1/pia.json").get_json()["city"]["name"] == "City of Testwell"
