"""The risk register in a browser: without script, with somebody else at work, with a hundred risks."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from pia_engine import clock
from pia_engine.services.answers import save_answers
from pia_engine.services.assessments import get_assessment
from pia_engine.services.people import actor_for, find_person_by_email
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see
from tests.factories.answers import sample_risk
from tests.fixtures.live_city import LiveCity


def given_risks(city: LiveCity, count: int) -> str:
    """The address of the register of a draft with so many risks."""
    reference = full_draft(city)
    with city.session() as session:
        author = find_person_by_email(session, "amara@aldermere.example")
        assert author is not None
        full = get_assessment(session, reference, "full")
        risks = [sample_risk(id=f"r{number}") for number in range(1, count + 1)]
        actor = actor_for(session, author, now=clock.now())
        save_answers(session, full, {"risks": risks}, seen_version=full.sheet.version, actor=actor, now=clock.now())
    return f"/assessments/{reference}/full/risks"


def test_an_author_builds_the_register_without_script(windows: Windows) -> None:
    page = windows.of("amara", script=False)
    page.goto(f"/assessments/{full_draft(windows.city)}/full/sections/risks")
    page.get_by_role("link", name="Open the risk register").click()
    see(page, "an empty register, without script")
    page.get_by_role("link", name="Start from the catalogue").click()
    see(page, "the catalogue")
    page.get_by_role("link", name="Start from this : Re-identification").or_(
        page.get_by_role("link", name="Start from this: Re-identification")
    ).click()
    see(page, "a risk from the catalogue")
    page.get_by_role("button", name="Save this risk").click()
    see(page, "a risk about nothing")
    expect(page.get_by_role("alert")).to_contain_text("Say what could go wrong.")
    page.get_by_role("textbox", name="What could go wrong, and why").fill("Trips begin at one door.")
    page.get_by_role("button", name="Save and choose controls").click()
    choose_a_control(page)
    page.get_by_role("link", name="Remove this risk").click()
    see(page, "remove a risk")
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("link", name="Remove this risk").click()
    page.get_by_role("button", name="Remove this risk").click()
    expect(page.get_by_text("Risk R1 is removed.")).to_be_visible()


def choose_a_control(page: Page) -> None:
    page.get_by_role("searchbox", name="Find a control").fill("de-identification")
    page.get_by_role("button", name="Find", exact=True).click()
    see(page, "controls found")
    page.get_by_role("checkbox", name="SI-19 De-identification").check()
    page.get_by_role("button", name="Save the controls").click()
    expect(page.get_by_text("SI-19 De-identification")).to_be_visible()


def test_two_windows_on_one_risk_show_both_texts(windows: Windows) -> None:
    address = given_risks(windows.city, 2)
    first, second = windows.of("amara"), windows.of("amara")
    for page in (first, second):
        page.goto(f"{address}/r1")
    first.get_by_role("textbox", name="What happens to people").fill("Fear.")
    first.get_by_role("button", name="Save this risk").click()
    expect(first.get_by_text("Risk R1 is saved.")).to_be_visible()
    second.get_by_role("textbox", name="What happens to people").fill("Shame.")
    second.get_by_role("button", name="Save this risk").click()
    see(second, "one risk, two texts")
    both = second.get_by_role("row", name="What happens to people")
    expect(both).to_contain_text("Fear.")
    expect(both).to_contain_text("Shame.")
    expect(second.get_by_role("textbox", name="What happens to people")).to_have_value("Shame.")
    second.get_by_role("button", name="Save this risk").click()
    expect(second.get_by_text("Risk R1 is saved.")).to_be_visible()


def test_a_hundred_risks_can_be_looked_through(windows: Windows) -> None:
    page = windows.of("petra")
    page.goto(given_risks(windows.city, 100))
    see(page, "a register of a hundred risks")
    expect(page.get_by_role("link", name="R100: ")).to_be_visible()
    expect(page.get_by_text("100 risks").first).to_be_visible()
