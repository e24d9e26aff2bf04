"""Roles in the browser: the chart, naming and withdrawing a deputy without script, and the pages about them, seen."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see


def name_sofia(page: Page) -> None:
    """Helen names a deputy for the next days."""
    page.goto("/people/roles")
    page.get_by_role("link", name=re.compile("Name a deputy")).click()
    see(page, "naming a deputy")
    page.get_by_label("Who stands in").select_option(label="Sofia Lindqvist, Information security officer")
    until = page.get_by_role("group", name="Until")
    for part, value in (("Day", "9"), ("Month", "3"), ("Year", "2026")):
        until.get_by_label(part).fill(value)
    page.get_by_role("button", name="Name the deputy").click()


def test_a_deputy_is_named_and_withdrawn_without_script(windows: Windows) -> None:
    helen = windows.of("helen", script=False)
    name_sofia(helen)
    expect(helen.get_by_text("Deputy: Sofia Lindqvist")).to_be_visible()
    see(helen, "the chart with a deputy")
    sofia = windows.of("sofia")
    sofia.goto("/work")
    expect(sofia.get_by_text("You stand in for:")).to_be_visible()
    see(sofia, "standing in")
    helen.get_by_role("link", name=re.compile("Withdraw")).click()
    see(helen, "withdrawing")
    helen.get_by_role("button", name="Withdraw the deputy").click()
    expect(helen.get_by_text("Sofia Lindqvist stands in no longer.")).to_be_visible()
    expect(helen.get_by_text("Deputy: Sofia Lindqvist")).to_have_count(0)


def test_every_page_about_roles_can_be_used_by_everybody(windows: Windows) -> None:
    reference = full_draft(windows.city)
    adam = windows.of("adam")
    for address in ("/people/roles", "/administration", "/administration/changes", "/work"):
        adam.goto(address)
        see(adam, address)
    amara = windows.of("amara")
    amara.goto(f"/assessments/{reference}")
    expect(amara.get_by_role("heading", name="Who answers for this")).to_be_visible()
    see(amara, "who answers for an assessment")


def test_settings_saved_by_two_at_once_are_both_seen(windows: Windows) -> None:
    first, second = windows.of("adam"), windows.of("adam")
    for page in (first, second):
        page.goto("/administration/city")
    first.get_by_label("Whom to ask about privacy").fill("The clerk")
    first.get_by_role("button", name="Save", exact=True).last.click()
    expect(first.get_by_text("The public pages follow in a moment.")).to_be_visible()
    second.get_by_label("Introduction").fill("Something else.")
    second.get_by_role("button", name="Save", exact=True).last.click()
    expect(second.get_by_text("Somebody else saved the settings")).to_be_visible()
    expect(second.get_by_label("Introduction")).to_have_value("Something else.")
    expect(second.locator("#saved-meanwhile")).to_contain_text("The clerk")
    see(second, "settings saved meanwhile")


def test_on_paper_the_chart_is_the_annex_of_the_policy(windows: Windows) -> None:
    page = windows.of("adam")
    page.goto("/people/roles")
    page.emulate_media(media="print")
    for text in ("Who answers for what", "Annex to “"):
        expect(page.get_by_text(text).first).to_be_visible()
    expect(page.get_by_text("City of Aldermere").first).to_be_visible()
    for name in ("Read the policy", re.compile("Name a deputy"), "Record a designation", "My work"):
        for link in page.get_by_role("link", name=name).all():
            expect(link).to_be_hidden()
