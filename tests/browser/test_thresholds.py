"""Threshold rules in the browser, without script: written in a draft, tried on the past; the outcome explained."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from pia_engine import clock
from pia_engine.services.people import actor_for, find_person_by_email
from pia_engine.services.policies import begin_draft
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see
from tests.fixtures.live_city import LiveCity

HOME = "/policy/versions/2/thresholds"


def begin(city: LiveCity) -> None:
    """A draft of the policy that Petra began."""
    with city.session() as session:
        petra = find_person_by_email(session, "petra@aldermere.example")
        assert petra is not None
        begin_draft(session, actor=actor_for(session, petra, now=clock.now()), now=clock.now())


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).first.click()
    page.wait_for_load_state()


def test_officer_writes_a_rule_with_two_groups_without_script(windows: Windows) -> None:
    begin(windows.city)
    page = windows.of("petra", script=False)
    page.goto("/policy/draft")
    page.get_by_role("link", name="When a full assessment is needed").click()
    see(page, "rules")
    page.get_by_role("link", name="Add a rule").click()
    see(page, "a new rule")
    page.get_by_label("Why this matters").fill("A company listens in public places.")
    page.get_by_label("It leads to an outcome", exact=True).check()
    page.get_by_label("Outcome", exact=True).select_option(label="Full PIA needed")
    page.get_by_label("Question").select_option(label="Technology used")
    press(page, "Show what this question offers")
    page.get_by_label("Its answer").select_option(label="includes at least one of")
    page.get_by_label("Microphones or sound sensors").check()
    press(page, "Add a group of conditions")
    second = page.get_by_role("group", name="Group 2")
    second.get_by_label("Question").select_option(label="How many people in one year")
    press(page, "Show what this question offers")
    press(page, "Save the rule")
    expect(page.get_by_text("Say what the answer has to be.").first).to_be_visible()
    see(page, "a rule with something missing")
    second = page.get_by_role("group", name="Group 2")
    second.get_by_label("Its answer").select_option(label="is one of")
    second.get_by_label("10,000 or more").check()
    press(page, "Save the rule")
    saved = page.get_by_role("listitem").filter(has_text="A company listens in public places.")
    expect(saved).to_contain_text(
        "It fires when “Technology used” includes Microphones or sound sensors and "
        "“How many people in one year” is 10,000 or more."
    )
    for place in ("rules/children-at-scale", "rules/cameras/remove", "default", "as-shipped"):
        page.goto(f"{HOME}/{place}")
        see(page, place)


def test_officer_tries_rules_on_the_past_and_other_answers_on_one_assessment(windows: Windows) -> None:
    begin(windows.city)
    reference = full_draft(windows.city)
    page = windows.of("petra", script=False)
    page.goto(HOME)
    rule = page.get_by_role("listitem").filter(has_text="Cameras can show who was where")
    rule.get_by_role("link", name="Remove").click()
    press(page, "Remove the rule")
    for other in ("sensitive-information", "wide-observation"):
        expect(page.locator(f"#rule-{other}")).to_be_visible()
    page.get_by_role("link", name="Try these rules").click()
    expect(page.get_by_text("was compared.")).to_be_visible()
    see(page, "what if")
    page.goto(f"/assessments/{reference}/initial/outcome")
    see(page, "outcome")
    page.get_by_role("link", name="Try other answers").click()
    see(page, "other answers")
    page.get_by_role("group", name="Technology used").get_by_label("Cameras or video").uncheck()
    page.get_by_role("group", name="Technology used").get_by_label("None of these").check()
    press(page, "See the outcome")
    result = page.locator("#result")
    expect(result).to_contain_text("With these answers the rules lead to: Delegated review.")
    expect(result).to_contain_text("The answers as they are lead to: Full PIA needed.")
    expect(result).to_contain_text("Rules that fire no longer: Cameras can show who was where")
    see(page, "other answers tried")
