"""The policy in the browser: read, drafted without script, edited by two people at once, adopted; each page is seen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from pia_engine.services.policy_sections import SECTIONS
from tests.browser.pages import policy_draft
from tests.browser.seeing import Windows, see


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def test_every_page_about_the_policy_can_be_used_by_everybody(windows: Windows) -> None:
    policy_draft(windows.city)
    page = windows.of("petra")
    for address in ("/policy", "/policy/versions", "/policy/versions/1", "/policy/versions/1/compare"):
        page.goto(address)
        see(page, address)
    for place in ("", "/check", "/withdraw", *(f"/sections/{section}" for section in SECTIONS)):
        page.goto(f"/policy/draft{place}")
        see(page, place or "draft")


def test_a_version_is_drafted_and_adopted_without_script(windows: Windows) -> None:
    page = windows.of("petra", script=False)
    page.goto("/policy")
    press(page, "Begin a draft of the next version")
    page.get_by_role("link", name="Principles").click()
    press(page, "Move row 7 up")
    press(page, "Add another row")
    page.locator("[name=principles-7-name]").fill("Gentle with children")
    page.locator("[name=principles-7-text]").fill("We ask more of ourselves where children are concerned.")
    press(page, "Save this section")
    page.get_by_role("link", name="Laws and rules the city acts under").click()
    for row in range(4):
        page.locator(f"[name=authorities-{row}-citation]").fill(f"City Code, chapter {row + 1}")
    press(page, "Save this section")
    page.get_by_role("link", name="How risks are rated").click()
    page.get_by_label("How many likelihoods").select_option("3")
    press(page, "Change the size")
    expect(page.get_by_label("Likelihood 4", exact=True)).to_have_count(0)
    see(page, "a smaller matrix")
    press(page, "Save this section")
    page.get_by_role("link", name="Check the draft").click()
    expect(page.get_by_text("The draft can be adopted.")).to_be_visible()
    see(page, "nothing left to put right")
    helen = windows.of("helen", script=False)
    helen.goto("/policy/draft")
    helen.get_by_role("link", name="Adopt this version").click()
    helen.get_by_label("The decision", exact=True).fill("Resolution 2026-31")
    helen.get_by_label("What has changed, and why").fill("Children come into the principles.")
    see(helen, "adopting")
    press(helen, "Adopt this version")
    expect(helen.get_by_text("In force since 2 March 2026.")).to_be_visible()
    expect(helen.get_by_text("Gentle with children").first).to_be_visible()
    helen.goto("/policy/versions/2/compare")
    see(helen, "what changed")


def test_two_people_in_one_section_see_both_texts(windows: Windows) -> None:
    policy_draft(windows.city)
    petra, helen = windows.of("petra"), windows.of("helen")
    for page in (petra, helen):
        page.goto("/policy/draft/sections/appetite")
    helen.get_by_label("The risk the city accepts").fill("Helen’s sentence.")
    press(helen, "Save this section")
    petra.get_by_label("The risk the city accepts").fill("Petra’s sentence.")
    press(petra, "Save this section")
    see(petra, "both texts")
    expect(petra.get_by_label("The risk the city accepts")).to_have_value("Petra’s sentence.")
    expect(petra.locator(".app-meanwhile")).to_contain_text("Helen’s sentence.")
    press(petra, "Save this section")
    petra.goto("/policy/draft/sections/appetite")
    expect(petra.get_by_label("The risk the city accepts")).to_have_value("Petra’s sentence.")


def test_a_draft_that_lacks_nothing_waits_for_somebody_else_to_adopt_it(windows: Windows) -> None:
    policy_draft(windows.city, sound=True)
    page = windows.of("petra")
    page.goto("/policy/draft")
    see(page, "a draft to be adopted")
    expect(page.get_by_role("link", name="Adopt this version", exact=True)).to_have_count(0)
