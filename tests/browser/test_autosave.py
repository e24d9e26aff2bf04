"""Nothing typed is lost: not by closing the window, not by the end of a session, not by a connection that is gone."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Locator, Page, Route, expect

from pia_engine import clock
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see, sign_in
from tests.browser.test_two_tabs import box, open_section, save

TYPED = "All streets between the school and the river."
OFFER = "and did not save it. It is in the fields below."


def status_of(page: Page) -> Locator:
    """Where the page says how what is typed is kept; it is spoken when it changes."""
    return page.locator("[data-draft-status] [role=status]")


def type_and_wait(page: Page, windows: Windows, text: str = TYPED) -> None:
    box(page, windows).press_sequentially(text)
    expect(status_of(page)).to_have_text("Kept as typed at 09:00. Not saved yet.")


def test_text_typed_before_the_window_was_closed_is_there_in_the_next_one(windows: Windows) -> None:
    reference = full_draft(windows.city)
    page = open_section(windows, reference=reference)
    type_and_wait(page, windows)
    page.close()
    again = open_section(windows, reference=reference)
    see(again, "a section with a draft")
    expect(again.get_by_text(OFFER)).to_be_visible()
    expect(box(again, windows)).to_have_value(TYPED)
    save(again)
    expect(again.get_by_text("Saved.").first).to_be_visible()
    again.goto(again.url + "/full/sections/scope")
    expect(again.get_by_text(OFFER)).to_have_count(0)
    expect(box(again, windows)).to_have_value(TYPED)


def test_leaving_the_field_keeps_it_at_once_and_the_browser_does_not_warn(windows: Windows) -> None:
    page = open_section(windows)
    questions: list[str] = []
    page.on("dialog", lambda dialog: (questions.append(dialog.message), dialog.accept()))
    box(page, windows).fill(TYPED)
    box(page, windows).blur()
    expect(status_of(page)).to_contain_text("Kept as typed at")
    page.goto("/work")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert questions == []


def test_a_draft_is_thrown_away_after_a_question(windows: Windows) -> None:
    page = open_section(windows)
    type_and_wait(page, windows)
    page.reload()
    page.get_by_role("link", name="Throw it away").click()
    see(page, "throw a draft away")
    expect(page.get_by_text(TYPED)).to_be_visible()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_text("is gone. These are the saved answers.")).to_be_visible()
    expect(box(page, windows)).to_have_value("")


def test_when_the_session_ends_the_page_says_so_and_goes_on_after_signing_in_elsewhere(windows: Windows) -> None:
    page = open_section(windows)
    type_and_wait(page, windows)
    windows.city.move_to(clock.now() + dt.timedelta(hours=9))
    box(page, windows).press_sequentially(" And the bridge.")
    expect(status_of(page)).to_contain_text("You are signed out")
    expect(box(page, windows)).to_have_value(f"{TYPED} And the bridge.")
    see(page, "a section after the session ended")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again in a new tab").click()
    sign_in(opened.value, "amara", windows.city.password)
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("My work")
    box(page, windows).press_sequentially(" At night.")
    expect(status_of(page)).to_have_text("Kept as typed at 18:00. Not saved yet.")
    save(page)
    expect(page.get_by_text("Saved.").first).to_be_visible()


def test_without_a_connection_the_page_says_so_and_keeps_it_as_soon_as_there_is_one(windows: Windows) -> None:
    page = open_section(windows)

    def fail(route: Route) -> None:
        route.fulfill(status=503)

    page.route("**/draft", fail)
    box(page, windows).fill(TYPED)
    expect(status_of(page)).to_contain_text("The city’s server cannot be reached.")
    expect(box(page, windows)).to_have_value(TYPED)
    page.unroute("**/draft")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status_of(page)).to_contain_text("Kept as typed at")
    windows.troubles[:] = [trouble for trouble in windows.troubles if not trouble.endswith("503 (Service Unavailable)")]


def test_without_script_a_section_is_the_same_and_nothing_speaks(windows: Windows) -> None:
    page = windows.of("amara", script=False)
    reference = full_draft(windows.city)
    page.goto(f"/assessments/{reference}/full/sections/scope")
    box(page, windows).fill(TYPED)
    expect(status_of(page)).to_have_text("")
    save(page)
    expect(page.get_by_text("Saved.").first).to_be_visible()


def test_an_author_looks_at_the_history_and_puts_a_text_back(windows: Windows) -> None:
    page = open_section(windows)
    address = page.url
    for text in ("Two streets near the school.", "Three streets near the river."):
        page.goto(address)
        box(page, windows).fill(text)
        save(page)
    page.goto(address)
    page.get_by_role("link", name=re.compile(r"^History \(2\)")).click()
    see(page, "history of an answer")
    page.get_by_role("link", name=re.compile("^Put this text back")).click()
    see(page, "put an earlier text back")
    page.get_by_role("button", name="Put this text back").click()
    expect(page.get_by_text("The earlier text is back.")).to_be_visible()
    see(page, "history after a text was put back")
    page.goto(address)
    expect(box(page, windows)).to_have_value("Two streets near the school.")
