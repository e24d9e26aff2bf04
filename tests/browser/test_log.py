"""The public page of the transparency log, before anything is in it and with some pages of entries."""

from __future__ import annotations

import os

from playwright.sync_api import Page, expect

from pia_engine import clock
from pia_engine.services.transparency_log import Kind, append_entry
from tests.browser.seeing import Windows, see
from tests.fixtures.live_city import LiveCity

SHOTS = os.environ.get("PIA_SHOTS", "")


def look(page: Page, name: str) -> None:
    see(page, name)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}.png", full_page=True)
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}-320.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})


def fill(city: LiveCity, count: int) -> None:
    """Entries of many kinds."""
    with city.session() as session:
        for number in range(count):
            kind = (Kind.DETERMINATION, Kind.ANNUAL_REPORT, Kind.CLOSING_REPORT)[number % 3]
            facts = {"reference": f"PIA-2026-{number:04d}", "outcome": "no_pia", "year": 2025}
            append_entry(session, kind, key=f"made:{number}", digest=f"{number:064x}", facts=facts, now=clock.now())
    city.work()


def test_a_visitor_reads_the_log_without_script(windows: Windows) -> None:
    page = windows.open(script=False)
    page.goto("/")
    page.get_by_role("link", name="Transparency log").click()
    expect(page.get_by_text("Nothing is in the log yet")).to_be_visible()
    look(page, "the log while it is empty")
    fill(windows.city, 120)
    page.goto("/log")
    expect(page.get_by_text("The annual report on 2025 was published.").first).to_be_visible()
    look(page, "the log")
    page.get_by_role("link", name="Older entries").click()
    look(page, "older entries of the log")
    page.get_by_role("link", name="Older entries").click()
    expect(page.get_by_role("heading", name="Entries 0 to 49")).to_be_visible()
    page.get_by_role("link", name="Newer entries").click()
    page.get_by_role("link", name="Newer entries").click()
    page.get_by_role("link", name="Newest entries, and what this log is").click()
    expect(page.get_by_role("heading", name="Transparency log")).to_be_visible()
