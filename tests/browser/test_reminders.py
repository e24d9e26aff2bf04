"""What is due in the browser: “My work” with days, putting off without script, the calendar’s link, explained steps."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from pia_engine import clock
from pia_engine.models import Initiative
from pia_engine.permissions.roles import SYSTEM
from pia_engine.services.commitments import NewCommitment, make_commitment
from pia_engine.services.people import find_person_by_email
from tests.browser.pages import full_draft
from tests.browser.seeing import Windows, see
from tests.fixtures.live_city import LiveCity


def promise(city: LiveCity, *days: int) -> None:
    """Promises Amara keeps, due in so many days."""
    full_draft(city)
    with city.session() as session:
        keeper = find_person_by_email(session, "amara@aldermere.example")
        initiative = session.scalars(select(Initiative)).one()
        assert keeper is not None
        for each in days:
            due_on = clock.now().date() + dt.timedelta(days=each)
            text = "Signs at both ends of the road say what is counted, and whom to ask."
            new = NewCommitment(text=text, keeper=keeper, due_on=due_on, source="condition", initiative=initiative)
            make_commitment(session, new, actor=SYSTEM, now=clock.now())


def put_off(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Put off")).first.click()
    see(page, "putting off")
    page.get_by_role("button", name="Put it off").click()


def test_a_thing_is_put_off_and_taken_back_without_script(windows: Windows) -> None:
    promise(windows.city, 3, 10, 40)
    windows.city.pass_days(4)
    amara = windows.of("amara", script=False)
    expect(amara.get_by_text("Overdue by 1 day")).to_be_visible()
    see(amara, "my work with days")
    put_off(amara)
    expect(amara.get_by_role("heading", name="Put off")).to_be_visible()
    see(amara, "my work with something put off")
    amara.get_by_role("link", name=re.compile("See what is due later")).click()
    expect(amara.get_by_role("heading", name="What is due")).to_be_visible()
    see(amara, "everything that is due")
    amara.get_by_role("button", name=re.compile("Remind me again now")).click()
    expect(amara.get_by_text("You are reminded of it again.")).to_be_visible()
    expect(amara.get_by_role("heading", name="Put off")).to_have_count(0)


def test_the_account_page_sets_reminders_and_shows_the_calendars_link_once(windows: Windows) -> None:
    amara = windows.of("amara", script=False)
    amara.goto("/account")
    see(amara, "the account with reminders")
    amara.get_by_label("Once a week, on Monday").check()
    amara.get_by_role("button", name="Save how often").click()
    expect(amara.get_by_text("Saved: how often you are reminded.")).to_be_visible()
    expect(amara.get_by_label("Once a week, on Monday")).to_be_checked()
    amara.get_by_role("button", name="Make a calendar link").click()
    expect(amara.locator("code")).to_contain_text("/calendar/")
    see(amara, "the calendar's link")
    amara.goto("/account")
    amara.get_by_role("button", name="Switch the calendar off").click()
    expect(amara.get_by_text("The calendar is switched off.")).to_be_visible()


def test_an_explained_step_leads_to_the_question(windows: Windows) -> None:
    reference = full_draft(windows.city)
    amara = windows.of("amara")
    amara.goto(f"/assessments/{reference}")
    see(amara, "steps explained with links")
    amara.get_by_role("link", name=re.compile("Go to the question")).click()
    expect(amara).to_have_url(re.compile(rf"/assessments/{reference}/full/sections/\w+#q_"))
    amara.goto(f"/assessments/{reference}/full/actions/submit")
    expect(amara.get_by_role("heading", name="Not possible now")).to_be_visible()
    see(amara, "a refusal with the way on")


def test_nothing_due_says_so(windows: Windows) -> None:
    adam = windows.of("adam")
    adam.goto("/reminders")
    expect(adam.get_by_text("Nothing with a day is due for you")).to_be_visible()
    see(adam, "nothing due")
