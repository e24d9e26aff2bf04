"""The six foundations on an assessment's page: why each stands as it does, and links to what is missing."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from pia_engine import clock
from pia_engine.services.foundations import foundation_standings
from tests.factories.walks import Walk

Clients = Callable[[str], FlaskClient]


def _links(page: str) -> list[str]:
    """Addresses among the six foundations."""
    part = page[page.index("The six foundations") : page.index("Who answers for this")]
    return [unescape(each) for each in re.findall(r'<a class="govuk-link" href="([^"]+)"', part)]


def test_amara_is_led_to_each_section_with_open_questions(session: Session, walk: Walk, client_for: Clients) -> None:
    record = walk.full("draft")
    session.commit()
    client = client_for("amara")
    links = _links(client.get(f"/assessments/{record.reference}").text)
    sections = [each for each in links if "/sections/" in each]
    assert len(sections) >= 6
    for address in links:
        assert address.startswith("#") or client.get(address).status_code == 200, address


def test_petra_reads_where_amara_writes(session: Session, walk: Walk, client_for: Clients) -> None:
    record = walk.full("draft")
    session.commit()
    client = client_for("victor")
    links = _links(client.get(f"/assessments/{record.reference}").text)
    assert not [each for each in links if "/sections/" in each]
    read = next(each for each in links if "#section-" in each)
    address, anchor = read.split("#")
    assert f'id="{anchor}"' in client.get(address).text


def test_what_is_met_needs_no_links(session: Session, walk: Walk, client_for: Clients) -> None:
    record = walk.full("published")
    session.commit()
    assert _links(client_for("petra").get(f"/assessments/{record.reference}").text) == []


def test_an_audit_that_is_late_shows_on_a_published_assessment(
    session: Session, walk: Walk, client_for: Clients
) -> None:
    audit = walk.audit("scheduled")
    reference, due_on = audit.assessment.reference, audit.due_on
    session.commit()
    late = dt.datetime.combine(due_on + dt.timedelta(days=2), dt.time(9), dt.UTC)
    with clock.frozen(late):
        page = client_for("petra").get(f"/assessments/{reference}").text
    assert "is not concluded." in page
    assert "/audits" in _links(page)
    standing = foundation_standings(session, audit.assessment)[4]
    assert standing.standing == "met"
