"""A city that writes from right to left: the same pages, mirrored, with nothing falling off the edge."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from pia_engine.register.pages import build_all_pages
from pia_engine.services.cities import get_city
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see


@pytest.fixture
def arabic(windows: Windows) -> Windows:
    """Aldermere, had it chosen Arabic."""
    with windows.city.session() as session:
        get_city(session).language = "ar"
        session.flush()
        build_all_pages(session, windows.city.settings)
    return windows


def see_mirrored(page: Page, name: str) -> None:
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    see(page, f"{name}, from right to left")
    first_line = page.get_by_role("heading", level=1)
    assert first_line.evaluate("each => getComputedStyle(each).direction") == "rtl", name


@pytest.mark.parametrize("path", ["/", "/register", "/sign-in", "/accessibility", "/privacy"])
def test_a_visitor_sees_mirrored_pages(arabic: Windows, path: str) -> None:
    page = arabic.open(script=False)
    page.goto(path)
    see_mirrored(page, path)


def test_an_author_sees_mirrored_pages(arabic: Windows) -> None:
    reference = full_draft(arabic.city)
    page = arabic.open()
    page.goto("/sign-in")
    page.locator("#email").fill("amara@aldermere.example")
    page.locator("#password").fill(arabic.city.password)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/work")
    for path in ("/work", "/initiatives", f"/assessments/{reference}", f"/assessments/{reference}/full/sections/risks"):
        page.goto(path)
        see_mirrored(page, path)
