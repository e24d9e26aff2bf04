"""What becomes of typed text when something comes between: another tab, or the end of a session. Nothing is lost."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import Locator, Page, expect

from pia_engine import clock
from pia_engine.permissions.roles import SYSTEM, Role
from pia_engine.services.people import designate, find_person_by_email
from tests.browser.pages import full_draft, questionnaire
from tests.browser.seeing import Windows, see, sign_in
from tests.factories.people import FOUNDED

SECTION = "scope"
QUESTION = "scope_in"
THEIRS = "Two streets near the school, and no others."
MINE = "All streets between the school and the river."


def open_section(windows: Windows, first: str = "amara", reference: str = "") -> Page:
    page = windows.of(first)
    page.goto(f"/assessments/{reference or full_draft(windows.city)}/full/sections/{SECTION}")
    return page


def box(page: Page, windows: Windows) -> Locator:
    text = questionnaire(windows.city, "full-assessment").question(QUESTION).text
    return page.get_by_role("textbox", name=text, exact=True)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and come back later").click()
    page.wait_for_load_state()


def write_in_two_tabs(windows: Windows) -> tuple[Page, Page]:
    """The same section open twice; the first is saved, the second has become stale."""
    first = open_section(windows)
    second = first.context.new_page()
    second.goto(first.url)
    box(first, windows).fill(THEIRS)
    save(first)
    box(second, windows).fill(MINE)
    save(second)
    return first, second


def test_a_stale_tab_shows_both_texts(windows: Windows) -> None:
    _first, stale = write_in_two_tabs(windows)
    see(stale, "two answers to choose from")
    expect(stale.get_by_text("Nothing of yours is saved yet, and nothing is lost.")).to_be_visible()
    expect(stale.locator(".app-readonly").filter(has_text="Their answer")).to_contain_text(THEIRS)
    expect(stale.locator(".app-readonly").filter(has_text="Your answer, not saved yet")).to_contain_text(MINE)


def test_until_the_author_chooses_the_first_text_stands_and_then_the_chosen_one(windows: Windows) -> None:
    first, stale = write_in_two_tabs(windows)
    address = first.url + f"/full/sections/{SECTION}"
    first.goto(address)
    expect(box(first, windows)).to_have_value(THEIRS)
    stale.get_by_role("radio", name="Keep my answer").check()
    stale.get_by_role("button", name="Save my choice").click()
    first.goto(address)
    expect(box(first, windows)).to_have_value(MINE)


def test_an_author_writes_a_third_text_from_both(windows: Windows) -> None:
    first, stale = write_in_two_tabs(windows)
    stale.get_by_role("radio", name="Write a new answer from both").check()
    third = f"{THEIRS} Later {MINE}"
    box(stale, windows).fill(third)
    stale.get_by_role("button", name="Save my choice").click()
    first.goto(first.url + f"/full/sections/{SECTION}")
    expect(box(first, windows)).to_have_value(third)


def test_text_typed_while_the_session_ran_out_is_there_after_signing_in(windows: Windows) -> None:
    page = open_section(windows)
    box(page, windows).fill(MINE)
    windows.city.move_to(clock.now() + dt.timedelta(hours=9))
    save(page)
    see(page, "sign in again")
    sign_in(page, "amara", windows.city.password)
    see(page, "a section with text that was kept")
    expect(page.get_by_text("We kept what you typed. Check it and save.")).to_be_visible()
    expect(box(page, windows)).to_have_value(MINE)
    save(page)
    expect(page.get_by_text("Saved.").first).to_be_visible()


def test_text_typed_as_somebody_else_signs_in_is_not_shown_to_them(windows: Windows) -> None:
    page = open_section(windows)
    box(page, windows).fill(MINE)
    windows.city.move_to(clock.now() + dt.timedelta(hours=9))
    save(page)
    sign_in(page, "otto", windows.city.password)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    page.wait_for_load_state()
    assert MINE not in page.content()


ADVICE = "advice"


def two_experts(windows: Windows) -> tuple[Page, Page]:
    """Sofia and Keiko, both asked for their expertise, have the same section open in two browsers."""
    reference = full_draft(windows.city)
    with windows.city.session() as session:
        keiko = find_person_by_email(session, "keiko@aldermere.example")
        assert keiko is not None
        designate(
            session,
            keiko,
            Role.CONTRIBUTOR,
            department=None,
            designated_by="Ordinance 12",
            instrument="The charter",
            from_on=clock.now().date(),
            actor=SYSTEM,
            now=FOUNDED,
        )
    pages = windows.of("sofia"), windows.of("keiko")
    for page in pages:
        page.goto(f"/assessments/{reference}/full/sections/{ADVICE}")
    return pages


def advice(page: Page, windows: Windows, question: str) -> Locator:
    text = questionnaire(windows.city, "full-assessment").question(question).text
    return page.get_by_role("textbox", name=text, exact=True)


def read_again(page: Page, reference_page: str) -> Page:
    page.goto(reference_page)
    return page


def test_two_people_answering_different_questions_lose_nothing_and_are_told(windows: Windows) -> None:
    sofia, keiko = two_experts(windows)
    address = sofia.url
    advice(sofia, windows, "security_advice").fill("Encrypt the link.")
    advice(keiko, windows, "legal_advice").fill("Name the law.")
    save(sofia)
    save(keiko)
    expect(
        keiko.get_by_text("Sofia Lindqvist changed 1 answer of this section meanwhile. It was kept.")
    ).to_be_visible()
    see(keiko, "told what came in")
    for page in (read_again(sofia, address), read_again(keiko, address)):
        expect(advice(page, windows, "security_advice")).to_have_value("Encrypt the link.")
        expect(advice(page, windows, "legal_advice")).to_have_value("Name the law.")


def test_two_people_answering_the_same_question_see_both_texts_and_one_decides(windows: Windows) -> None:
    sofia, keiko = two_experts(windows)
    address = sofia.url
    advice(sofia, windows, "security_advice").fill("Encrypt the link.")
    advice(sofia, windows, "legal_advice").fill("Name the law.")
    advice(keiko, windows, "security_advice").fill("Lock the cabinet.")
    save(sofia)
    save(keiko)
    see(keiko, "two answers of two people")
    expect(keiko.get_by_text("Saved by Sofia Lindqvist")).to_be_visible()
    expect(keiko.get_by_role("radio", name="Keep my answer")).to_have_count(1)
    keiko.get_by_role("radio", name="Write a new answer from both").check()
    advice(keiko, windows, "security_advice").fill("Encrypt the link and lock the cabinet.")
    keiko.get_by_role("button", name="Save my choice").click()
    expect(
        keiko.get_by_text("Sofia Lindqvist changed 1 answer of this section meanwhile. It was kept.")
    ).to_be_visible()
    read_again(sofia, address)
    expect(advice(sofia, windows, "security_advice")).to_have_value("Encrypt the link and lock the cabinet.")
    expect(advice(sofia, windows, "legal_advice")).to_have_value("Name the law.")


def test_two_people_of_different_roles_write_in_one_section(windows: Windows) -> None:
    sofia, keiko = two_experts(windows)
    address = sofia.url
    keiko.close()
    petra = windows.of("petra")
    petra.goto(address)
    advice(petra, windows, "privacy_advice").fill("Go ahead with a shorter retention.")
    advice(sofia, windows, "security_advice").fill("Encrypt the link.")
    save(sofia)
    save(petra)
    expect(
        petra.get_by_text("Sofia Lindqvist changed 1 answer of this section meanwhile. It was kept.")
    ).to_be_visible()
    read_again(petra, address)
    expect(advice(petra, windows, "privacy_advice")).to_have_value("Go ahead with a shorter retention.")
    expect(petra.get_by_text("Encrypt the link.")).to_be_visible()
