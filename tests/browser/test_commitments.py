"""Commitments in the browser: added by hand, found, postponed, handed over, reported and accepted; each page seen."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from pia_engine.models import Assessment
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see

PROMISE = "Hang a sign at each of the four doors of the car park."
EVIDENCE = "All four signs hang since Monday: photographs are in the folder “Signs”, https://city.example/signs"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()
    page.wait_for_load_state()


def fill_day(page: Page, day: int, month: int, year: int) -> None:
    for part, number in (("day", day), ("month", month), ("year", year)):
        page.locator(f"[name=due_on-{part}]").fill(str(number))


def initiative_of(windows: Windows) -> str:
    reference = full_draft(windows.city)
    with windows.city.session() as session:
        found = session.scalars(select(Assessment).where(Assessment.reference == reference)).first()
        assert found is not None
        return found.initiative.reference


def test_a_promise_is_added_found_changed_and_kept_without_script(windows: Windows) -> None:
    initiative = initiative_of(windows)
    petra = windows.of("petra", script=False)
    petra.goto("/commitments")
    see(petra, "no commitment yet")
    petra.goto(f"/initiatives/{initiative}")
    petra.get_by_role("link", name="Add a commitment").click()
    press(petra, "Add the commitment")
    see(petra, "adding one, with what is missing")
    petra.get_by_label("What is promised").fill(PROMISE)
    petra.get_by_label("Who keeps it").select_option(label="Daniel Reyes, Director")
    fill_day(petra, 31, 5, 2026)
    petra.get_by_label("Only people of the city with a role here").check()
    press(petra, "Add the commitment")
    expect(petra.get_by_text("is made, and its keeper is told")).to_be_visible()
    see(petra, "a commitment for the officer")
    petra.get_by_role("link", name="Give it another day").click()
    fill_day(petra, 30, 6, 2026)
    petra.get_by_label("Why it is postponed").fill("The signs are delivered in June.")
    see(petra, "another day")
    press(petra, "Postpone it")
    expect(petra.get_by_text("Postponed once; first promised for 31 May 2026.")).to_be_visible()
    petra.get_by_role("link", name="Hand it over to somebody else").click()
    petra.get_by_label("Who keeps it").select_option(label="Amara Osei, Programme manager, parking")
    petra.get_by_label("Why it is handed over").fill("Amara looks after the car park now.")
    see(petra, "another keeper")
    press(petra, "Hand it over")

    amara = windows.of("amara", script=False)
    amara.get_by_role("navigation").get_by_role("link", name="Commitments", exact=True).first.click()
    amara.get_by_role("link", name="Those I keep").click()
    see(amara, "those I keep")
    amara.get_by_role("link", name=re.compile("^Hang a sign")).click()
    amara.get_by_role("link", name="Report it as kept").click()
    amara.get_by_label("What shows that it was kept").fill("Done.")
    press(amara, "Report it as kept")
    expect(amara.get_by_text("in at least 5 words").first).to_be_visible()
    see(amara, "too little evidence")
    amara.get_by_label("What shows that it was kept").fill(EVIDENCE)
    press(amara, "Report it as kept")
    see(amara, "a commitment for its keeper, reported")

    petra.goto("/commitments?status=reported&sort=-age")
    see(petra, "the list, narrowed and sorted")
    petra.get_by_role("link", name=re.compile("^Hang a sign")).click()
    petra.get_by_role("link", name="Accept the evidence").click()
    see(petra, "accepting")
    press(petra, "Accept the evidence")
    expect(petra.locator(".app-status").first).to_have_text("Kept")
    petra.goto(f"/initiatives/{initiative}")
    see(petra, "the initiative with its commitments")
