"""Hints about the wording appear while somebody writes what the public will read."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.pages import full_draft, questionnaire
from tests.browser.seeing import Windows, see


def test_an_author_reads_a_hint_while_writing_and_again_on_the_check_page(windows: Windows) -> None:
    page = windows.of("amara")
    base = f"/assessments/{full_draft(windows.city)}/full"
    page.goto(f"{base}/sections/scope")
    question = questionnaire(windows.city, "full-assessment").question("scope_in")
    page.get_by_role("textbox", name=question.text, exact=True).fill("Ask Mr Tanaka at the depot.")
    hint = page.get_by_text("This seems to name a person: Mr Tanaka.")
    expect(hint).to_be_visible()
    see(page, "a hint while writing")
    page.get_by_role("button", name="Save and come back later").click()
    page.wait_for_load_state()
    page.goto(f"{base}/check")
    expect(hint).to_be_visible()
    see(page, "a hint on the check page")
    page.goto(f"{base}/sections/scope")
    expect(hint).to_be_visible()
