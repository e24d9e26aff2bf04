"""The gate and an emergency exception in the browser: asked for, granted, printed, scanned, ended."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see

INITIATIVE = "/initiatives/INI-2026-0001"


def ask_for_a_week(amara: Page) -> None:
    """Amara asks for an exception on the initiative's page."""
    amara.goto(INITIATIVE)
    see(amara, "the initiative with the gate")
    amara.get_by_role("link", name="Ask for an emergency exception").click()
    see(amara, "asking for an exception")
    amara.get_by_label("What the emergency is").fill("The river is rising, and the bridges have to be watched.")
    amara.get_by_label("What will be used, and how").fill("Two cameras that count. No picture is kept.")
    amara.get_by_label("For how many days").fill("7")
    amara.get_by_label("The official responsible").select_option(index=1)
    amara.get_by_role("button", name="Send the request to the executive").click()
    expect(amara.get_by_text("Nothing may begin before it is granted.")).to_be_visible()
    see(amara, "an exception asked for")


def grant_three_days(victor: Page) -> None:
    """Victor grants fewer days than asked for."""
    victor.goto("/work")
    victor.get_by_role("link", name=re.compile("Traffic counters")).first.click()
    victor.get_by_role("link", name="Grant the exception").click()
    see(victor, "granting an exception")
    victor.get_by_label("Reasons for granting it").fill("It cannot wait.")
    victor.get_by_label("For how many days").fill("3")
    victor.get_by_label("Conditions (optional)").fill("Signs stand at both bridges.")
    victor.get_by_role("button", name="Grant the exception").last.click()
    expect(victor.get_by_text("In force for 4 more days")).to_be_visible()
    see(victor, "an exception in force")


def test_an_exception_opens_the_gate_for_some_days(windows: Windows) -> None:
    full_draft(windows.city)
    amara, victor = windows.of("amara", script=False), windows.of("victor")
    ask_for_a_week(amara)
    grant_three_days(victor)
    amara.goto(INITIATIVE)
    expect(amara.get_by_text("An emergency exception is in force for 4 more days")).to_be_visible()
    see(amara, "the warning on the initiative")
    amara.goto(f"{INITIATIVE}/gate")
    expect(amara.get_by_text("Yes, with conditions")).to_be_visible()
    see(amara, "the gate")
    windows.city.pass_days(4)
    windows.city.sweep()
    amara = windows.of("amara", script=False)
    amara.goto("/emergency-exceptions")
    expect(amara.get_by_text("Run out").last).to_be_visible()
    see(amara, "the list of exceptions")
    amara.goto(f"{INITIATIVE}/gate")
    expect(amara.get_by_text("Yes, with conditions")).to_have_count(0)
    amara.goto(f"{INITIATIVE}/emergency-exception")
    expect(amara.get_by_text("There was 1 emergency exception before")).to_be_visible()


def test_the_paper_leads_to_the_present_answer(windows: Windows) -> None:
    full_draft(windows.city)
    amara = windows.of("amara")
    amara.goto(f"{INITIATIVE}/gate")
    amara.get_by_role("button", name="Make the paper").click()
    see(amara, "the gate on paper")
    address = amara.locator(".app-gate__address").inner_text()
    amara.emulate_media(media="print")
    expect(amara.get_by_text("Print this page")).to_be_hidden()
    expect(amara.get_by_text("May the contract be awarded?")).to_be_visible()
    assert amara.pdf(format="A4", print_background=True).count(b"/Type /Page\n") <= 1
    stranger = windows.open()
    stranger.goto(address)
    expect(stranger.get_by_text("This is the answer at that moment.")).to_be_visible()
    see(stranger, "what the paper leads to")
    expect(stranger.get_by_text("Amara")).to_have_count(0)
    amara.emulate_media(media="screen")
    amara.goto(f"{INITIATIVE}/gate/code")
    see(amara, "a new code")


def test_a_key_is_made_and_revoked(windows: Windows) -> None:
    adam = windows.of("adam")
    adam.goto("/administration/api-keys")
    see(adam, "no key yet")
    adam.get_by_role("link", name="Make a key").click()
    see(adam, "making a key")
    adam.get_by_label("Which system uses the key").fill("Purchasing")
    adam.get_by_role("button", name="Make the key").click()
    expect(adam.locator("#key")).to_have_text(re.compile(r"^pia_[\w-]{43}$"))
    see(adam, "the key, once")
    adam.get_by_role("link", name="I have copied it").click()
    see(adam, "the list of keys")
    adam.get_by_role("link", name=re.compile("^Revoke")).click()
    see(adam, "revoking a key")
    adam.get_by_role("button", name="Revoke the key").click()
    expect(adam.get_by_text("opens nothing any more")).to_be_visible()
