"""Advice, who was heard and an observer, in the browser: every page of them seen, on a desk and on a telephone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.pages import TITLE, full_draft
from tests.browser.seeing import Windows, see


def fill_day(page: Page, group: str, day: str, month: str, year: str) -> None:
    boxes = page.get_by_role("group", name=group)
    for part, value in (("Day", day), ("Month", month), ("Year", year)):
        boxes.get_by_label(part).fill(value)


def test_who_was_heard_is_recorded_answered_and_taken_off(windows: Windows) -> None:
    reference = full_draft(windows.city)
    amara = windows.of("amara")
    amara.goto(f"/assessments/{reference}/full/consultations")
    see(amara, "nobody on the list yet")
    amara.get_by_role("link", name="Record who was asked").click()
    see(amara, "recording who was asked")
    amara.get_by_role("button", name="Save", exact=True).last.click()
    see(amara, "recording with mistakes")
    amara.get_by_role("radio", name="Residents, as a group").check()
    amara.get_by_label("Who", exact=True).fill("Residents of Mill Road, about 40")
    amara.get_by_label("How", exact=True).fill("Evening meeting")
    amara.get_by_label("What they were asked", exact=True).fill("Where should the counters stand?")
    fill_day(amara, "On which day they were asked", "1", "3", "2026")
    amara.get_by_role("button", name="Save", exact=True).last.click()
    see(amara, "a list with one awaited reply")
    amara.get_by_role("link", name=re.compile("^Add the reply")).click()
    amara.get_by_label("What they replied").fill("Not before the school.")
    fill_day(amara, "On which day they replied", "2", "3", "2026")
    amara.get_by_label("What became of it").fill("One counter was moved.")
    amara.get_by_role("button", name="Save", exact=True).last.click()
    expect(amara.get_by_text("One counter was moved.")).to_be_visible()
    see(amara, "a list with a reply")
    amara.goto(f"/assessments/{reference}")
    expect(amara.get_by_role("heading", name="Who was heard")).to_be_visible()
    see(amara, "an assessment with who was heard")
    amara.goto(f"/assessments/{reference}/full/consultations")
    amara.get_by_role("link", name=re.compile("^Take off the list")).click()
    see(amara, "taking an entry off")


def test_an_observer_is_appointed_reads_and_files_a_statement(windows: Windows) -> None:
    reference = full_draft(windows.city)
    helen = windows.of("helen")
    helen.goto("/initiatives")
    helen.get_by_role("link", name=TITLE).click()
    helen.get_by_role("link", name="Appoint an observer").click()
    see(helen, "appointing an observer")
    helen.get_by_label("Who observes").select_option(label="Wanda Falk, Social witness")
    helen.get_by_label("Whom they speak for").fill("Association of Social Witnesses")
    fill_day(helen, "Until", "30", "6", "2026")
    helen.get_by_role("button", name="Appoint", exact=True).click()
    see(helen, "an initiative that is observed")
    wanda = windows.of("wanda")
    see(wanda, "the work of an observer")
    wanda.get_by_role("link", name=TITLE, exact=True).click()
    see(wanda, "the initiative, as its observer sees it")
    wanda.goto(f"/assessments/{reference}")
    see(wanda, "the assessment, as its observer sees it")
    wanda.goto("/work")
    wanda.get_by_role("link", name=f"File your statement: {TITLE}").click()
    see(wanda, "writing a statement")
    wanda.get_by_label("Your statement").fill("I read all of it.\n\nI would watch the maps.")
    wanda.get_by_role("button", name="Look at it").click()
    see(wanda, "a statement before it is filed")
    wanda.get_by_role("button", name="File this statement").click()
    expect(wanda.get_by_text("Your statement is filed.")).to_be_visible()
    see(wanda, "a statement that is filed")
    helen.reload()
    expect(helen.get_by_text("I would watch the maps.")).to_be_visible()
    helen.get_by_role("link", name=re.compile("^End the appointment")).click()
    see(helen, "ending an appointment")
