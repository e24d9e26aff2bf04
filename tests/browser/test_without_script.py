"""Nothing needs a script: the first questions asked of an idea, answered in a browser that runs none."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.filling import answer_all, rows_of, sheet_for
from tests.browser.pages import begin_initial_assessment, full_draft, questionnaire
from tests.browser.seeing import Windows, see


def test_an_author_answers_and_submits_the_initial_assessment(windows: Windows) -> None:
    page = windows.of("amara", script=False)
    begin_initial_assessment(page)
    initial = questionnaire(windows.city, "initial-assessment")
    page.get_by_role("link", name=initial.sections[0].title, exact=True).click()
    answer_all(page, sheet_for(initial, {"agency_official"}, {}))
    see(page, "check the answers, without script")
    page.get_by_role("link", name="Submit to the privacy officer").click()
    page.get_by_role("button", name="Submit to the privacy officer").click()
    expect(page.get_by_text("Submit to the privacy officer: done.")).to_be_visible()


def test_an_author_saves_half_a_section_and_comes_back_later(windows: Windows) -> None:
    page = windows.of("amara", script=False)
    begin_initial_assessment(page)
    initial = questionnaire(windows.city, "initial-assessment")
    first = initial.sections[0]
    page.get_by_role("link", name=first.title, exact=True).click()
    page.get_by_role("textbox", name=first.questions[0].text, exact=True).fill("Trees counted by hand")
    page.get_by_role("button", name="Save and come back later").click()
    expect(page.get_by_text(re.compile("^Saved. .* still need an answer"))).to_be_visible()
    page.get_by_role("link", name=first.title, exact=True).click()
    expect(page.get_by_role("textbox", name=first.questions[0].text, exact=True)).to_have_value("Trees counted by hand")


def test_an_author_adds_a_row_and_takes_it_away(windows: Windows) -> None:
    page = windows.of("amara", script=False)
    page.goto(f"/assessments/{full_draft(windows.city)}/full/sections/mitigations")
    promises = questionnaire(windows.city, "full-assessment").question("mitigations")
    table = page.get_by_role("group", name=promises.text, exact=True)
    rows = rows_of(page, promises)
    expect(rows).to_have_count(1)
    table.get_by_role("textbox", name=promises.columns[0].label).fill("Nobody is followed")
    table.get_by_role("button", name="Add another row").click()
    expect(rows).to_have_count(2)
    expect(table.get_by_role("textbox", name=promises.columns[0].label).first).to_have_value("Nobody is followed")
    table.get_by_role("button", name="Remove row 2").click()
    expect(rows).to_have_count(1)
    see(page, "a table, without script")
