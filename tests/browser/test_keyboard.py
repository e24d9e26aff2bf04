"""A person without a mouse: Tab reaches every control, Enter and Space press it, and focus goes where help is."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from pia_engine.questionnaires.definition import Question, QuestionType
from tests.browser.pages import begin_initial_assessment, questionnaire
from tests.browser.seeing import Windows

MOST_TABS = 120
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const label = at.labels && at.labels[0] ? at.labels[0].innerText : at.innerText || "";
  return at.tagName.toLowerCase() + ": " + label.trim();
}"""
OUTLINED = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" || style.boxShadow !== "none" || style.backgroundColor !== "rgba(0, 0, 0, 0)";
}"""


def tab_to(page: Page, what: str) -> None:
    """Press Tab until what has focus says this, and see that focus shows."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == what:
            assert page.evaluate(OUTLINED), f"one cannot see that {what} has focus"
            return
    raise AssertionError(f"Tab never reaches “{what}” on {page.url}")


def sign_in_by_keyboard(page: Page, password: str) -> None:
    page.goto("/sign-in")
    tab_to(page, "input: E-mail address")
    page.keyboard.type("amara@aldermere.example")
    tab_to(page, "input: Password")
    page.keyboard.type(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="My work")).to_be_visible()


def test_an_author_signs_in_and_answers_a_section(windows: Windows) -> None:
    page = windows.open()
    sign_in_by_keyboard(page, windows.city.password)
    begin_initial_assessment(page)
    section = questionnaire(windows.city, "initial-assessment").sections[0]
    tab_to(page, f"a: {section.title}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(section.title)
    for question in section.questions:
        answer_by_keyboard(page, question)
    tab_to(page, "button: Save and continue")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Saved. “{section.title}” is complete.")).to_be_visible()


def answer_by_keyboard(page: Page, question: Question) -> None:
    if question.type in (QuestionType.SHORT_TEXT, QuestionType.LONG_TEXT):
        tab_to(page, ("input: " if question.type is QuestionType.SHORT_TEXT else "textarea: ") + question.text)
        page.keyboard.type("Counters on three streets")
    else:
        tab_to(page, f"input: {question.options[0].label}")
        page.keyboard.press("Space")


def test_the_first_tab_offers_to_skip_to_the_content(windows: Windows) -> None:
    page = windows.of("amara")
    page.goto("/initiatives")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "a: Skip to main content"
    page.keyboard.press("Enter")
    expect(page.locator("#main-content")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_focus_lands_on_the_list_of_what_to_mend(windows: Windows) -> None:
    page = windows.of("amara")
    page.get_by_role("link", name="Register an initiative").click()
    tab_to(page, "button: Register")
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of the initiative")).to_be_focused()
