"""Vendors are outside the city: what an edition withholds of a title, no page and no letter of theirs says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine.jobs.mail import list_messages
from pia_engine.jobs.worker import drain
from pia_engine.models import Assessment
from pia_engine.services import assessments
from tests.factories.governance.withholdings import approved
from tests.factories.walks import Walk

SECRET = "Nightjar counters under Mill Bridge"
READ = "[Withheld: Security], second part"
ClientFor = Callable[[str], FlaskClient]


@pytest.fixture
def second_edition(walk: Walk, session: Session) -> Assessment:
    """A new edition in draft, while the published one withholds its title."""
    record = walk.full("draft")
    record.initiative.title = f"{SECRET}, second part"
    walk.answer(record, {"name": SECRET}, roles=frozenset({"agency_official"}), actor=walk.who("amara"))
    walk.advance(record, "approved")
    approved(walk, record, question="name")
    walk._to_publishing(record, "low")
    walk._to_published(record, "low")
    found = assessments.begin_new_edition(session, record, actor=walk.who("helen"), now=walk.now)
    session.commit()
    return found


def sent_to_vendor(app: Flask, session: Session, walk: Walk) -> dict[str, str]:
    """The worker runs; every letter to the vendor, head and all, by its subject."""
    session.commit()
    drain(app, walk.now)
    found = list_messages(app.extensions["pia-settings"].mail_folder)
    return {each.subject: each.body for each in found if each.to == "lena@sightline.example"}


def link_in(letters: dict[str, str], opening: str) -> str:
    """The link of the letter whose subject begins so."""
    (body,) = (body for subject, body in letters.items() if subject.startswith(opening))
    found = re.search(r"http://127\.0\.0\.1:8000(/vendor/\S+)", body)
    assert found
    return found.group(1)


def test_every_letter_to_a_vendor_leaves_a_withheld_title_out(
    app: Flask, session: Session, walk: Walk, second_edition: Assessment
) -> None:
    response = walk.vendor(second_edition, "clarification")
    letters = sent_to_vendor(app, session, walk)
    assert set(letters) == {
        f"City of Testwell asks you about privacy: {READ}",
        f"Receipt for your answers: {READ} ({response.reference})",
        f"City of Testwell has questions about your answers: {READ}",
    }
    assert f"for “{READ}”." in letters[f"City of Testwell asks you about privacy: {READ}"]
    assert [subject for subject, body in letters.items() if SECRET in f"{subject}{body}"] == []


@pytest.mark.parametrize(
    ("status", "opening", "pages"),
    [
        ("in_progress", "City of Testwell asks", ("", "/sections/company", "/check", "/attest")),
        ("clarification", "City of Testwell has", ("", "/clarification", "/check", "/attest")),
    ],
)
def test_every_page_for_a_vendor_leaves_it_out_while_answers_are_written(
    app: Flask,
    session: Session,
    walk: Walk,
    client_for: ClientFor,
    second_edition: Assessment,
    status: str,
    opening: str,
    pages: tuple[str, ...],
) -> None:
    walk.vendor(second_edition, status)
    link = link_in(sent_to_vendor(app, session, walk), opening)
    told = {page: client_for("").get(f"{link}{page}") for page in pages}
    assert {answer.status_code for answer in told.values()} == {200}
    assert [page for page, answer in told.items() if SECRET in answer.text] == []
    assert READ in told[""].text


def test_receipt_for_a_vendor_leaves_it_out(
    app: Flask, session: Session, walk: Walk, client_for: ClientFor, second_edition: Assessment
) -> None:
    walk.vendor(second_edition, "submitted")
    link = link_in(sent_to_vendor(app, session, walk), "City of Testwell asks")
    receipt = client_for("").get(f"{link}/receipt")
    assert receipt.status_code == 200
    assert f"City of Testwell, {READ}" in receipt.text
    assert SECRET not in receipt.text


def test_officers_go_on_reading_the_title(
    session: Session, walk: Walk, client_for: ClientFor, second_edition: Assessment
) -> None:
    reference = walk.vendor(second_edition).reference
    session.commit()
    assert f"{SECRET}, second part" in client_for("petra").get(f"/vendor-responses/{reference}").text
