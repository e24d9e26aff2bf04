"""Withholding in the browser, without script: proposed, previewed, approved, published, disclosed, and seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from pia_engine import clock
from tests.browser.seeing import Windows, see
from tests.factories import people, walks
from tests.factories.walks import Walk
from tests.fixtures.live_city import LiveCity

SECRET = "A considered answer to “Purpose”"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


@pytest.fixture
def reference(live_city: LiveCity, monkeypatch: pytest.MonkeyPatch) -> str:
    """An approved assessment, by the people of Aldermere."""
    monkeypatch.setattr(people, "email_of", lambda first: f"{first}@aldermere.example")
    monkeypatch.setattr(walks, "department", lambda session, _slug: people.department(session, "streets-and-mobility"))
    with live_city.session() as session:
        walk = Walk(session, clock.now())
        found = walk.full("approved").reference
        session.commit()
    live_city.move_to(walk.now)
    live_city.work()
    return found


def test_a_part_is_withheld_and_later_disclosed_without_script(windows: Windows, reference: str) -> None:
    petra = windows.of("petra", script=False)
    petra.goto(f"/assessments/{reference}")
    see(petra, "an assessment with nothing withheld")
    petra.get_by_role("link", name="What is withheld, and what the public will read").click()
    see(petra, "nothing is withheld")
    petra.get_by_role("link", name="Propose to withhold something").click()
    see(petra, "which answer")
    petra.locator("summary").filter(has_text="Purpose, benefits and alternatives").click()
    petra.get_by_role("link", name="Purpose", exact=True).click()
    see(petra, "proposing")
    press(petra, "Propose to withhold this")
    expect(petra.get_by_text("Say how much is withheld.").first).to_be_visible()
    see(petra, "what is missing in a proposal")
    petra.get_by_role("radio", name="Some words of the text").check()
    petra.get_by_label("Which words").fill(SECRET)
    petra.get_by_role("radio", name="Security", exact=True).check()
    petra.get_by_label("Why the public must not read it").fill("Whoever knows the place can cut the cable.")
    press(petra, "Propose to withhold this")
    see(petra, "a proposal")
    petra.get_by_role("link", name="Preview what the public will read").click()
    expect(petra.get_by_text("Preview: not published")).to_be_visible()
    see(petra, "the preview")
    petra.goto(f"/assessments/{reference}")
    expect(petra.get_by_text("is not decided yet")).to_be_visible()
    see(petra, "an assessment whose publication waits")

    helen = windows.of("helen", script=False)
    helen.get_by_role("link", name=re.compile("Approve or refuse that something is withheld")).click()
    helen.get_by_role("link", name="Approve the withholding").click()
    see(helen, "approving")
    helen.get_by_label("Why it may be withheld").fill("It would help somebody to attack.")
    helen.get_by_label("Your password").fill(windows.city.password)
    press(helen, "Approve the withholding")
    see(helen, "an approved withholding")

    petra.goto(f"/assessments/{reference}/full/actions/publish")
    press(petra, "Publish")
    windows.city.work()
    reader = windows.open(script=False)
    reader.goto(f"/register/{reference}")
    expect(reader.get_by_text("[Withheld: Security]").first).to_be_visible()
    assert SECRET not in reader.content()
    see(reader, "a public page with a withheld part")

    helen.reload()
    helen.get_by_role("link", name="Disclose what is withheld").click()
    see(helen, "disclosing")
    helen.get_by_label("Why it is disclosed").fill("The cable is gone.")
    helen.get_by_label("Your password").fill(windows.city.password)
    press(helen, "Disclose what is withheld")
    windows.city.work()
    see(helen, "a disclosed withholding")
    reader.goto(f"/register/{reference}/v1")
    expect(reader.get_by_text(SECRET)).to_be_visible()
    see(reader, "a public page with a disclosed part")


def test_rows_and_fields_of_a_table_are_chosen(windows: Windows, reference: str) -> None:
    petra = windows.of("petra")
    petra.goto(f"/assessments/{reference}/withholdings/new/risks")
    petra.get_by_role("radio", name="Some rows of the table").check()
    expect(petra.get_by_role("checkbox").first).to_be_visible()
    see(petra, "choosing rows")
    petra.get_by_role("checkbox").first.check()
    petra.get_by_role("radio", name="Personal data", exact=True).check()
    petra.get_by_label("Why the public must not read it").fill("It is about one clerk.")
    press(petra, "Propose to withhold this")
    see(petra, "a proposal about a row")
    petra.goto(f"/assessments/{reference}/withholdings")
    see(petra, "the list")
    petra.goto(f"/assessments/{reference}/withholdings/preview")
    see(petra, "the preview without a risk")
