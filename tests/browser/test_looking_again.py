"""Looking again in the browser: a change reported and decided, a spot check, and the review of the policy, seen."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def test_a_change_is_reported_and_decided_without_script(windows: Windows) -> None:
    reference = full_draft(windows.city, outcome="no_pia")
    amara = windows.of("amara", script=False)
    amara.goto(f"/assessments/{reference}")
    amara.get_by_role("navigation", name="Where you are").get_by_role("link", name=re.compile("^INI-")).click()
    see(amara, "an initiative with no causes yet")
    amara.get_by_role("link", name="Report a change, an incident or a complaint").click()
    see(amara, "reporting")
    press(amara, "Report it")
    expect(amara.get_by_text("Choose what you report.").first).to_be_visible()
    see(amara, "what is missing in a report")
    amara.get_by_role("radio", name="Something has changed").check()
    amara.get_by_role("checkbox", name="The technology", exact=True).check()
    amara.get_by_label("What happened").fill("The counters are replaced by cameras.")
    press(amara, "Report it")
    expect(amara.get_by_text("The counters are replaced by cameras.").first).to_be_visible()
    see(amara, "a cause that waits")
    amara.goto("/reconsiderations")
    see(amara, "the list of causes")
    petra = windows.of("petra", script=False)
    petra.get_by_role("link", name=re.compile("Decide whether this changes anything")).click()
    petra.get_by_role("link", name="Require a new initial assessment").click()
    see(petra, "deciding")
    petra.get_by_label("Reason").fill("Cameras see people.")
    press(petra, "Require a new initial assessment")
    expect(petra.get_by_text("Begun because of it")).to_be_visible()
    see(petra, "a cause that was decided")
    amara.goto("/reconsiderations?status=assessment_required&cause=complaint")
    see(amara, "no cause matches")


def test_a_delegated_decision_is_checked_by_somebody_else(windows: Windows) -> None:
    reference = full_draft(windows.city, outcome="delegated_review")
    helen = windows.of("helen")
    helen.goto("/spot-checks")
    see(helen, "spot checks")
    helen.goto(f"/assessments/{reference}")
    expect(helen.get_by_role("heading", name="Staying true")).to_be_visible()
    see(helen, "an assessment that was drawn")
    helen.goto("/work")
    helen.get_by_role("link", name=re.compile("Check a delegated decision")).click()
    helen.get_by_text("How to draw again by hand").click()
    see(helen, "one spot check")
    helen.get_by_role("link", name="Overturn the decision").click()
    see(helen, "overturning")
    helen.get_by_label("Reason").fill("Faces can be seen.")
    press(helen, "Overturn the decision")
    see(helen, "what an overturned decision leads to")
    helen.get_by_role("link", name=re.compile("^REC-")).click()
    expect(helen.get_by_text("The calendar or the lot").first).to_be_visible()
    see(helen, "a cause from a spot check")


def test_the_policy_is_reaffirmed(windows: Windows) -> None:
    helen = windows.of("helen")
    helen.goto("/policy")
    helen.get_by_role("link", name="Reaffirm this version").click()
    see(helen, "reaffirming")
    helen.get_by_label("Reason").fill("It works.")
    press(helen, "Reaffirm this version")
    expect(helen.get_by_text("Version 1 was reaffirmed")).to_be_visible()
    see(helen, "a policy that was reaffirmed")
