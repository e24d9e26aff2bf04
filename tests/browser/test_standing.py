"""What readers see of an assessment that the city withdrew, and what the official sees who withdraws it."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from pia_engine import clock
from tests.browser.seeing import Windows, see
from tests.factories import people, walks
from tests.factories.walks import Walk
from tests.fixtures.live_city import LiveCity

SHOTS = os.environ.get("PIA_SHOTS", "")
WHY = (
    "The numbers on how long recordings are kept were wrong: the recordings were kept for 90 days, not for 30. "
    "Until the new version is there, rely on the notice at the entrances."
)


def look(page: Page, name: str) -> None:
    see(page, name)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}.png", full_page=True)
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}-320.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})


@pytest.fixture
def published(live_city: LiveCity, monkeypatch: pytest.MonkeyPatch) -> str:
    """The reference of an assessment that is before the public, by the people of Aldermere."""
    monkeypatch.setattr(people, "email_of", lambda first: f"{first}@aldermere.example")
    monkeypatch.setattr(walks, "department", lambda session, _slug: people.department(session, "streets-and-mobility"))
    with live_city.session() as session:
        walk = Walk(session, clock.now())
        reference = walk.full("publishing").reference
        session.commit()
    live_city.move_to(walk.now)
    live_city.work()
    return reference


def test_an_official_withdraws_an_assessment_and_everybody_reads_why_without_script(
    windows: Windows, published: str
) -> None:
    helen = windows.of("helen", script=False)
    helen.goto(f"/assessments/{published}")
    helen.get_by_role("link", name="Withdraw from the register").click()
    look(helen, "withdraw from the register")
    helen.get_by_role("button", name="Withdraw from the register").click()
    look(helen, "withdrawing without a reason")
    helen.get_by_label("Why it is withdrawn").fill(WHY)
    helen.get_by_label("Your password").fill(windows.city.password)
    helen.get_by_role("button", name="Withdraw from the register").click()
    expect(helen.get_by_text("Withdrawn from the register").first).to_be_visible()
    look(helen, "a withdrawn assessment for staff")
    windows.city.work()
    reader = windows.open(script=False)
    reader.goto("/register")
    reader.get_by_role("link", name="One assessment was withdrawn from the register").click()
    look(reader, "withdrawn assessments")
    reader.locator(".app-results a").click()
    expect(reader.get_by_text("90 days, not for 30").first).to_be_visible()
    look(reader, "a withdrawn assessment")
    expect(reader.locator("#copies + p + ol > li")).to_have_count(2)
    reader.emulate_media(media="print")
    expect(reader.get_by_role("region", name="Withdrawn from the register")).to_be_visible()
    if SHOTS:
        reader.screenshot(path=f"{SHOTS}/printed.png", full_page=True)
