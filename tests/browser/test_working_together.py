"""Several people at one assessment, without script: comments at a question, an expert's sign-off, and its end."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see

SECTION, QUESTION = "Scope", "summary"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state()


def test_two_people_talk_at_a_question_and_settle_it(windows: Windows) -> None:
    reference = full_draft(windows.city)
    petra = windows.of("petra", script=False)
    petra.goto(f"/assessments/{reference}/full/comments")
    see(petra, "no comments yet")
    petra.goto(f"/assessments/{reference}/full/sections/{QUESTION}")
    petra.get_by_role("link", name="Comment on this question").first.click()
    see(petra, "a question without comments")
    press(petra, "Save the comment")
    see(petra, "an empty comment")
    petra.get_by_label("Write a comment").fill("Which street is it, and since when?")
    press(petra, "Save the comment")
    see(petra, "a first comment")

    amara = windows.of("amara", script=False)
    amara.goto(f"/assessments/{reference}/full/sections/{QUESTION}")
    see(amara, "a section with a comment")
    amara.get_by_role("link", name="Comments (1 open)").click()
    amara.get_by_label("Your reply").fill("Mill Road, since March.\nThe second counter follows in May.")
    amara.get_by_label("Write a comment").fill("Should we name the supplier as well?")
    press(amara, "Reply")
    see(amara, "two threads")
    expect(amara.get_by_text("Mill Road, since March.")).to_be_visible()
    amara.get_by_role("button", name=re.compile(r"^Resolve\s*: Which street")).click()
    see(amara, "one settled")
    amara.get_by_role("link", name="All comments on this assessment").click()
    see(amara, "all open comments")
    expect(amara.get_by_text("name the supplier")).to_be_visible()
    expect(amara.get_by_text("Which street")).to_have_count(0)
    amara.get_by_role("link", name="See resolved comments").click()
    see(amara, "all settled comments")
    expect(amara.get_by_text("Which street is it, and since when?")).to_be_visible()


def test_an_expert_is_asked_signs_off_and_a_later_change_makes_it_void(windows: Windows) -> None:
    reference = full_draft(windows.city)
    amara = windows.of("amara", script=False)
    amara.goto(f"/assessments/{reference}")
    amara.get_by_role("link", name="Ask an expert for some sections").click()
    see(amara, "asking an expert")
    press(amara, "Ask")
    see(amara, "asking without saying what")
    amara.get_by_label("Whom do you ask?").select_option(index=1)
    amara.get_by_label("Law").check()
    amara.get_by_role("group", name="For which sections?").get_by_label(SECTION).check()
    amara.get_by_label("What should they look at?").fill("Does the law allow this purpose?")
    press(amara, "Ask")
    see(amara, "an expert is asked")

    sofia = windows.of("sofia", script=False)
    expect(sofia.get_by_text("Does the law allow this purpose?")).to_be_visible()
    sofia.get_by_role("link", name=re.compile("^You are asked to sign off sections")).click()
    see(sofia, "a request to an expert")
    sofia.get_by_label("Your statement").fill("I compared the purpose with the street act. It is covered.")
    press(sofia, "Sign these sections off")
    see(sofia, "the confirmation is missing")
    sofia.get_by_label("I have read these sections as they are now").check()
    press(sofia, "Sign these sections off")
    expect(sofia.get_by_text(re.compile("^Signed off on "))).to_be_visible()

    amara.goto(f"/assessments/{reference}/full/sections/scope")
    see(amara, "a section with a sign-off")
    expect(amara.get_by_text("Changing an answer here makes these sign-offs void")).to_be_visible()
    amara.locator("textarea").first.fill("All streets of the old town.")
    press(amara, "Save and come back later")
    see(amara, "a void sign-off")
    expect(amara.get_by_text(re.compile("^Void since "))).to_be_visible()
    amara.get_by_role("link", name=re.compile("^Law: ")).last.click()
    see(amara, "the request made again")
    amara.get_by_role("link", name="Withdraw this request").click()
    see(amara, "withdrawing a request")
    press(amara, "Withdraw this request")
    expect(amara.get_by_text("is withdrawn.")).to_be_visible()
