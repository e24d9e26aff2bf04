"""Withholdings over HTTP: the panel, the list, proposing, one of them, the preview, and who sees what."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from pia_engine.models import Assessment, Withholding
from pia_engine.questionnaires.hiding import Extent
from tests.factories.governance.withholdings import DANGER, approved, proposed, published
from tests.factories.people import PASSWORD, persona
from tests.factories.walks import Walk
from tests.integration.web.forms import send, text_of

Client = Callable[[str], FlaskClient]
Fresh = Callable[[], Session]
GIVEN = {"extent": "answer", "ground": "security", "reason": DANGER}


@pytest.fixture
def record(session: Session, walk: Walk) -> Assessment:
    found = walk.full("approved")
    session.commit()
    return found


def new_url(record: Assessment, question: str = "purpose") -> str:
    return f"/assessments/{record.reference}/withholdings/new/{question}"


def propose(client: FlaskClient, record: Assessment, question: str = "purpose", **given: str) -> object:
    url = new_url(record, question)
    seen = re.search(r'name="seen" value="(\d+)"', client.get(url).text)
    assert seen
    return send(client, url, seen=seen[1], **{**GIVEN, **given})


def test_officer_proposes_from_the_page_of_the_assessment(record: Assessment, client_for: Client, fresh: Fresh) -> None:
    petra = client_for("petra")
    page = petra.get(f"/assessments/{record.reference}").text
    assert "Nothing: every public answer is published as it stands." in page
    address = f"/assessments/{record.reference}/withholdings"
    assert f'href="{address}"' in page
    assert f'href="{address}/new"' in petra.get(address).text
    choose = petra.get(f"{address}/new").text
    assert f'href="{new_url(record)}"' in choose
    assert new_url(record, "security_measures") not in choose
    page = petra.get(new_url(record)).text
    assert "A considered answer" in page
    assert page.index("Security") < page.index("Personal data")
    done = propose(petra, record)
    assert done.status_code == 303  # type: ignore[attr-defined]
    with fresh() as session:
        found = session.scalars(select(Withholding)).one()
        assert (found.question, found.extent, found.ground, found.reason) == ("purpose", "answer", "security", DANGER)
        assert done.headers["Location"].endswith(f"/withholdings/{found.reference}")  # type: ignore[attr-defined]
    shown = text_of(petra.get("/withholdings/WTH-2026-0001").text)
    assert DANGER in shown
    assert "Proposed" in shown
    assert "A considered answer" in shown


@pytest.mark.parametrize(
    ("question", "given", "parts"),
    [
        ("data_inventory", {"extent": "rows", "rows": "1"}, [(1, "")]),
        ("data_inventory", {"extent": "cells", "cells": "1:element"}, [(1, "element")]),
        ("purpose", {"extent": "words", "words": "considered answer"}, [(1, "")]),
    ],
)
def test_officer_chooses_rows_fields_or_words(
    record: Assessment, client_for: Client, fresh: Fresh, question: str, given: dict[str, str], parts: list[object]
) -> None:
    assert propose(client_for("petra"), record, question, **given).status_code == 303  # type: ignore[attr-defined]
    with fresh() as session:
        found = session.scalars(select(Withholding)).one()
        assert [(part["row"], part["column"]) for part in found.parts] == parts


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"extent": ""}, "Say how much is withheld."),
        ({"extent": "rows"}, "Choose from the options shown here."),
        ({"ground": ""}, "Choose the ground."),
        ({"ground": "because"}, "Choose from the options shown here."),
        ({"reason": " "}, "Say why this part must not be public."),
        ({"reason": "x" * 4001}, "4000"),
        ({"extent": "words", "words": ""}, "Write the words that are withheld."),
        ({"extent": "words", "words": "nowhere to be found"}, "These words do not stand in the answer."),
    ],
)
def test_form_says_what_is_wrong_and_loses_nothing(
    record: Assessment, client_for: Client, given: dict[str, str], sentence: str
) -> None:
    answer = propose(client_for("petra"), record, **given)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    page = answer.text  # type: ignore[attr-defined]
    assert "There is a problem" in page
    assert sentence in page
    if "reason" not in given:
        assert DANGER in page


def test_stale_page_proposes_nothing(record: Assessment, client_for: Client, fresh: Fresh) -> None:
    answer = send(client_for("petra"), new_url(record), seen="7", **GIVEN)
    assert answer.status_code == 409
    assert "The text has changed since you opened the page." in answer.text
    assert DANGER in answer.text
    with fresh() as session:
        assert session.scalars(select(Withholding)).all() == []


def test_unknown_questions_records_and_steps_are_not_found(record: Assessment, client_for: Client) -> None:
    petra = client_for("petra")
    for url in (
        new_url(record, "nonsense"),
        new_url(record, "security_measures"),
        "/withholdings/WTH-1999-0001",
        "/assessments/PIA-1999-0001/withholdings",
    ):
        assert petra.get(url).status_code == 404


def test_somebody_else_approves_and_the_proposer_cannot(
    session: Session, walk: Walk, client_for: Client, fresh: Fresh
) -> None:
    found = proposed(walk)
    session.commit()
    url = f"/withholdings/{found.reference}"
    assert client_for("petra").get(f"{url}/actions/approve").status_code == 403
    helen = client_for("helen")
    assert "Approve the withholding" in text_of(helen.get(url).text)
    assert "the public reads the ground" in text_of(helen.get(f"{url}/actions/approve").text)
    given = {"seen": "proposed", "reason": "It is so."}
    assert send(helen, f"{url}/actions/approve", **given).status_code == 422, "no password was asked for"
    assert send(helen, f"{url}/actions/approve", **given, password=PASSWORD).status_code == 303
    with fresh() as other:
        kept = other.scalars(select(Withholding)).one()
        assert kept.status == "approved"
        assert kept.decider == persona(other, "helen")


def test_open_proposal_stops_the_publication_with_a_link(session: Session, walk: Walk, client_for: Client) -> None:
    found = proposed(walk)
    session.commit()
    petra = client_for("petra")
    page = petra.get(f"/assessments/{found.assessment.reference}").text
    assert f"{found.reference} is not decided yet." in text_of(page)
    assert f'href="/withholdings/{found.reference}"' in page
    assert petra.get(f"/assessments/{found.assessment.reference}/full/actions/publish").status_code == 409


def test_changed_text_is_said_everywhere(session: Session, walk: Walk, client_for: Client) -> None:
    found = approved(walk)
    found.parts = [{**found.parts[0], "value": "what stood there once"}]
    session.commit()
    petra = client_for("petra")
    reference = found.assessment.reference
    for url in (
        f"/assessments/{reference}",
        f"/assessments/{reference}/withholdings",
        f"/assessments/{reference}/withholdings/preview",
        f"/withholdings/{found.reference}",
    ):
        assert "The text was changed" in petra.get(url).text, url


def _public_part(page: str) -> str:
    """The preview without the box for the city's own people."""
    return page[page.index("</h1>") :]


def test_preview_shows_the_public_page_beside_what_it_leaves_out(
    session: Session, walk: Walk, client_for: Client
) -> None:
    found = proposed(walk, extent=Extent.WORDS, words="considered answer to “Purpose")
    session.commit()
    answer = client_for("amara").get(f"/assessments/{found.assessment.reference}/withholdings/preview")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in answer.headers["Cache-Control"]
    page = answer.text
    assert '<meta name="robots" content="noindex">' in page
    assert "Preview: not published" in page
    assert "considered answer to “Purpose" in page
    assert "considered answer to “Purpose" not in _public_part(page)
    assert "[Withheld: Security]" in _public_part(page)
    assert "What is withheld, and why" in _public_part(page)


@pytest.mark.parametrize("status", ["submitted", "in_review", "awaiting_decision"])
def test_preview_is_there_before_anybody_has_signed(
    session: Session, walk: Walk, client_for: Client, status: str
) -> None:
    found = proposed(walk, walk.full(status))
    session.commit()
    page = client_for("petra").get(f"/assessments/{found.assessment.reference}/withholdings/preview")
    assert page.status_code == 200
    assert "Withheld: Security" in page.text


def test_preview_needs_a_text(session: Session, walk: Walk, client_for: Client) -> None:
    record = walk.full("draft")
    session.commit()
    client = client_for("petra")
    assert client.get(f"/assessments/{record.reference}/withholdings/preview").status_code == 409
    page = client.get(f"/assessments/{record.reference}/withholdings").text
    assert "Preview" not in page
    assert "/withholdings/new" not in page


@pytest.mark.parametrize("first", ["otto", "adam"])
def test_others_see_nothing_of_it(session: Session, walk: Walk, client_for: Client, first: str) -> None:
    found = published(walk)
    session.commit()
    client = client_for(first)
    reference = found.assessment.reference
    for url in (
        f"/withholdings/{found.reference}",
        f"/assessments/{reference}/withholdings",
        f"/assessments/{reference}/withholdings/preview",
    ):
        assert client.get(url).status_code == 403


@pytest.mark.parametrize("first", ["amara", "daniel", "sofia", "petra", "helen", "victor", "ingrid"])
def test_everybody_who_works_on_it_reads_what_is_withheld(
    session: Session, walk: Walk, client_for: Client, first: str
) -> None:
    found = approved(walk)
    session.commit()
    client = client_for(first)
    assert found.parts[0]["value"] in client.get(f"/withholdings/{found.reference}").text
    assert found.reference in client.get(f"/assessments/{found.assessment.reference}/withholdings").text


def test_next_version_says_what_the_one_before_withholds(session: Session, walk: Walk, client_for: Client) -> None:
    from pia_engine.services.assessments import begin_new_edition

    found = published(walk)
    following = begin_new_edition(session, found.assessment, actor=walk.who("helen"), now=walk.now)
    walk.advance(following, "in_review")
    session.commit()
    for url in (
        f"/assessments/{found.assessment.reference}",
        f"/assessments/{found.assessment.reference}/withholdings",
    ):
        assert f"what this text says again: {found.reference}" in text_of(client_for("petra").get(url).text)
