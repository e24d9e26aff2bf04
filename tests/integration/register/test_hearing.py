"""Advice, who was heard, and observers' statements as the public reads them: in the record, the document, the page."""

from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema
import pytest
from sqlalchemy.orm import Session

from pia_engine.documents.rendering import render_page
from pia_engine.jobs.context import JobContext
from pia_engine.jobs.pages import pages
from pia_engine.models import Assessment
from pia_engine.register.entries import canonical_bytes, record_schema
from pia_engine.register.live import PublicFolder
from pia_engine.services import publications, sign_offs
from pia_engine.services.reports import build_record, report_of
from pia_engine.settings import Settings
from tests.factories.hearing import FORUM, advised, hear, observe, replied, state, wanda
from tests.factories.walks import Walk

WHY = "The advice weighs the benefit too low."
STATEMENT = "I read everything.\nI would watch the maps."
SECRET = "What the works council said in confidence."


@pytest.fixture
def overruled(walk: Walk, publish_now: Callable[[Assessment], None]) -> Assessment:
    """Published against the advice, after two were heard in public and one in confidence, and an observer spoke."""
    record = advised(walk, "reject")
    hear(walk, record, replied())
    hear(walk, record, replied(kind="official", who="Head of accessibility", reply="", replied_on=None, effect=""))
    hear(walk, record, replied(kind="board", who="Works council", reply=SECRET, is_public=False))
    state(walk, observe(walk, record.initiative, wanda(walk.session)), STATEMENT)
    actor = walk.who("helen")
    sign_offs.approve(walk.session, record, actor=actor, now=walk.now, reason="It is worth it.", overrules=WHY)
    publications.order_publication(walk.session, record, actor=walk.who("petra"), now=walk.now)
    publish_now(record)
    return record


def page_text(settings: Settings, path: str) -> str:
    folder = PublicFolder(settings.public_folder)
    return (folder.store / folder.read_map()[path].file).read_text(encoding="utf-8")


def published_json(settings: Settings, record: Assessment) -> dict[str, object]:
    found: dict[str, object] = json.loads(page_text(settings, f"/register/{record.reference}/pia.json"))
    return found


def test_the_record_says_who_recommended_what_and_why_it_was_overruled(
    overruled: Assessment, settings: Settings
) -> None:
    document = published_json(settings, overruled)
    jsonschema.validate(document, record_schema())
    (advice,) = document["advice"]  # type: ignore[misc]
    assert (advice["recommendation"], advice["recommendation_name"]) == ("reject", "Reject")
    assert [line["overrules"] for line in document["sign_offs"]] == ["", WHY]  # type: ignore[attr-defined]


def test_the_record_holds_what_is_public_of_who_was_heard(overruled: Assessment, settings: Settings) -> None:
    document = published_json(settings, overruled)
    assert [line["who"] for line in document["consultations"]] == [FORUM.who, "Head of accessibility"]  # type: ignore[attr-defined]
    assert [line["replied_on"] for line in document["consultations"]] == ["2026-03-02", None]  # type: ignore[attr-defined]
    assert [line["text"] for line in document["observations"]] == [STATEMENT]  # type: ignore[attr-defined]
    assert SECRET not in json.dumps(document)


def test_the_page_shows_it_and_keeps_what_is_internal(overruled: Assessment, settings: Settings) -> None:
    page = page_text(settings, f"/register/{overruled.reference}")
    for words in ("Recommended: Reject", WHY, FORUM.who, "Count at night too.", "Two counters were added."):
        assert words in page
    assert "None came before the decision." in page
    assert "I would watch the maps." in page and "filed after this version" not in page
    assert "Works council" not in page and SECRET not in page


def test_the_document_prints_it_too(overruled: Assessment, session: Session, walk: Walk) -> None:
    url = "http://127.0.0.1:8000"
    document = build_record(session, overruled, now=walk.now, public_url=url)
    page = render_page(report_of(document, public_url=url), record=canonical_bytes(document))
    for words in ("Recommended: Reject", WHY, FORUM.who, "Two counters were added.", "I would watch the maps."):
        assert words in page
    assert SECRET not in page


def test_a_statement_filed_after_publication_stands_beside_the_record_at_once(
    published: Assessment,
    walk: Walk,
    session: Session,
    settings: Settings,
    job_context: Callable[..., JobContext],
) -> None:
    path = f"/register/{published.reference}"
    before = page_text(settings, f"{path}/pia.json")
    assert "Who was heard, and what changed" not in page_text(settings, path)
    state(walk, observe(walk, published.initiative, wanda(session)), STATEMENT)
    session.commit()
    pages(job_context(reference=published.reference))
    for address in (path, f"{path}/v1"):
        page = page_text(settings, address)
        assert "I would watch the maps." in page and "filed after this version was published" in page
    assert page_text(settings, f"{path}/pia.json") == before


def test_an_assessment_without_any_of_it_says_nothing_of_it(published: Assessment, settings: Settings) -> None:
    document = published_json(settings, published)
    jsonschema.validate(document, record_schema())
    assert (document["consultations"], document["observations"]) == ([], [])
    page = page_text(settings, f"/register/{published.reference}")
    assert "Statements of independent observers" not in page and "Departs from the advice" not in page
