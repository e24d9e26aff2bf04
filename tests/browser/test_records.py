"""Records in the browser: a hold, the classification, a case file, a disposal by two people, and what stays of it."""

from __future__ import annotations

import datetime as dt
import os
import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from pia_engine import clock
from pia_engine.models import Department
from pia_engine.services.initiatives import NewInitiative, register_initiative, retire_initiative
from pia_engine.services.people import actor_for, find_person_by_email
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see
from tests.fixtures.live_city import LiveCity

LONG_AGO = dt.datetime(2016, 3, 2, 9, 0, tzinfo=dt.UTC)
SHOTS = os.environ.get("PIA_SHOTS", "")


def look(page: Page, name: str) -> None:
    see(page, name)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}.png", full_page=True)
        page.set_viewport_size({"width": 320, "height": 640})
        page.screenshot(path=f"{SHOTS}/{name.replace(' ', '-')}-320.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})


def retired_long_ago(city: LiveCity) -> str:
    """The reference of an initiative given up ten years ago."""
    with city.session() as session:
        author = find_person_by_email(session, "amara@aldermere.example")
        assert author is not None
        actor = actor_for(session, author, now=clock.now())
        department = session.scalars(select(Department).where(Department.slug == "streets-and-mobility")).one()
        new = NewInitiative("Kiosks at the harbour", "Kiosks sell tickets to visitors.", department, "new")
        made = register_initiative(session, new, author=author, actor=actor, now=LONG_AGO)
        retire_initiative(session, made, actor=actor, now=LONG_AGO, reason="No money for it.")
        reference = made.reference
        session.commit()
    return reference


def test_an_officer_holds_classifies_and_exports_without_script(windows: Windows) -> None:
    assessed = full_draft(windows.city)
    petra = windows.of("petra", script=False)
    petra.goto(f"/assessments/{assessed}")
    petra.get_by_role("link", name="records and case file").click()
    look(petra, "records of an initiative")
    petra.get_by_role("link", name="Place a legal hold").click()
    petra.get_by_role("button", name="Place the hold").click()
    look(petra, "a hold without a reason")
    petra.get_by_label("Why the records have to be kept").fill("Claim 17 of 2026 about the counters.")
    petra.get_by_role("button", name="Place the hold").click()
    petra.get_by_role("link", name="Change the classification").click()
    look(petra, "the classification")
    petra.get_by_label("Confidential").check()
    petra.get_by_label("Reason").fill("It names a supplier's trade secret.")
    petra.get_by_role("button", name="Save the classification").click()
    petra.get_by_role("button", name="Export the case file").click()
    expect(petra.get_by_text("Being made", exact=True)).to_be_visible()
    windows.city.work()
    petra.get_by_role("link", name="Look again").click()
    expect(petra.get_by_role("link", name=re.compile("case-file.zip"))).to_be_visible()
    look(petra, "a case file to download")
    petra.goto("/records")
    expect(petra.get_by_text("Claim 17 of 2026 about the counters.")).to_be_visible()
    look(petra, "the schedule with a hold")
    petra.get_by_role("link", name=re.compile("INI-")).first.click()
    petra.get_by_role("link", name="Lift this hold").click()
    look(petra, "lifting a hold")
    petra.get_by_label("Why the hold is no longer needed").fill("Settled.")
    petra.get_by_role("button", name="Lift the hold").click()
    expect(petra.get_by_text("The legal hold is lifted.")).to_be_visible()


def test_two_people_dispose_and_a_tombstone_stays(windows: Windows) -> None:
    reference = retired_long_ago(windows.city)
    petra, helen = windows.of("petra"), windows.of("helen")
    petra.goto(f"/initiatives/{reference}")
    look(petra, "an initiative whose time is over")
    petra.goto(f"/initiatives/{reference}/records")
    petra.get_by_role("link", name="Propose that these records are disposed of").click()
    look(petra, "proposing a disposal")
    petra.get_by_role("button", name="Propose the disposal").click()
    look(petra, "a disposal that was proposed")
    helen.goto("/disposals")
    look(helen, "disposals")
    helen.get_by_role("link", name=re.compile("DSP-")).click()
    helen.get_by_role("link", name="Approve the disposal").click()
    look(helen, "approving a disposal")
    helen.get_by_label("Why the records may be deleted").fill("No archive wants them.")
    helen.get_by_role("button", name="Approve the disposal").click()
    expect(helen.get_by_text("Approved").first).to_be_visible()
    windows.city.pass_days(1)
    windows.city.sweep()
    helen = windows.of("helen")
    helen.goto("/disposals")
    helen.get_by_role("link", name=re.compile("DSP-")).click()
    look(helen, "a disposal carried out")
    helen.goto("/records")
    look(helen, "the schedule with a tombstone")
    helen.get_by_role("link", name=reference).click()
    expect(helen.get_by_text("These records were disposed of")).to_be_visible()
    look(helen, "a tombstone")
