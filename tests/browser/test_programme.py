"""The programme's page and the annual report in the browser: chosen without script, and seen by everybody."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from pia_engine.services.cities import get_city
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see
from tests.fixtures.live_city import LiveCity


@pytest.fixture
def busy(live_city: LiveCity) -> LiveCity:
    """Three assessments begun, months apart."""
    for _each in range(3):
        full_draft(live_city)
        live_city.pass_days(40)
    return live_city


def test_petra_chooses_a_time_and_a_department_without_script(busy: LiveCity, windows: Windows) -> None:
    petra = windows.of("petra", script=False)
    petra.get_by_role("link", name="Programme", exact=True).click()
    see(petra, "the programme")
    petra.get_by_label("Time", exact=True).select_option(label="2026")
    petra.get_by_label("Department", exact=True).select_option(label="Streets and Mobility")
    petra.get_by_role("button", name="Show the figures").click()
    expect(petra.get_by_text("in Streets and Mobility, from 1 January 2026")).to_be_visible()
    expect(petra.get_by_role("img", name="Outcomes of initial assessments")).to_be_visible()
    petra.get_by_label("Time", exact=True).select_option(label="From one day to another")
    petra.get_by_role("button", name="Show the figures").click()
    expect(petra.get_by_role("alert")).to_contain_text("Give the first day.")
    see(petra, "a time without days")


def test_an_empty_city_has_a_programme_page(windows: Windows) -> None:
    helen = windows.of("helen")
    helen.goto("/programme")
    expect(helen.get_by_text("There is nothing to count yet")).to_be_visible()
    see(helen, "an empty programme")
    helen.goto("/annual-reports")
    see(helen, "no annual report yet")


def test_charts_are_mirrored_in_a_city_that_writes_from_right_to_left(busy: LiveCity, windows: Windows) -> None:
    with busy.session() as session:
        get_city(session).language = "ar"
    page = windows.open()
    page.goto("/sign-in")
    page.locator("#email").fill("petra@aldermere.example")
    page.locator("#password").fill(busy.password)
    page.locator("#password").press("Enter")
    page.wait_for_url("**/work")
    page.goto("/programme")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    see(page, "the programme from right to left")
    picture = page.get_by_role("img", name="Outcomes of initial assessments")
    room, longest = picture.bounding_box(), picture.locator("rect").last.bounding_box()
    label = picture.locator("text").first.bounding_box()
    assert room and longest and label
    for each in (longest, label):
        assert abs(each["x"] + each["width"] - room["x"] - room["width"]) < 2


def test_an_annual_report_goes_from_its_draft_to_the_public(busy: LiveCity, windows: Windows) -> None:
    petra = windows.of("petra")
    petra.goto("/annual-reports")
    petra.get_by_role("link", name="Begin a report").click()
    see(petra, "choosing a year")
    petra.get_by_label("2026", exact=True).check()
    petra.get_by_role("button", name="Begin the draft").click()
    petra.get_by_role("link", name="Write the texts").click()
    see(petra, "writing the texts")
    petra.get_by_label("Foreword", exact=True).fill("This year the city began to look before it acts.")
    petra.get_by_label("What was learned").fill("Departments ask too late.")
    petra.get_by_role("button", name="Save the texts").click()
    see(petra, "the draft of the report")
    busy.move_to(dt.datetime(2027, 1, 4, 8, 0, tzinfo=dt.UTC))
    _publish(windows.of("helen"))
    busy.work()
    visitor = windows.open(script=False)
    visitor.goto("/reports")
    visitor.get_by_role("link", name="Annual report 2026").click()
    expect(visitor.get_by_text("Departments ask too late.")).to_be_visible()
    see(visitor, "the published report")
    visitor.goto("/reports")
    see(visitor, "the list of reports")


def _publish(helen: Page) -> None:
    helen.goto("/annual-reports/REP-2026")
    helen.get_by_role("link", name="Publish the annual report").click()
    see(helen, "publishing")
    helen.get_by_role("button", name="Publish the annual report").click()
    expect(helen.get_by_text("being typeset and sealed")).to_be_visible()
