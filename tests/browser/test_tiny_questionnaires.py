"""Every feature of the questionnaire language, in a browser that runs no script: one tiny file each, in the preview."""

from __future__ import annotations

import logging
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from pia_engine.cli.preview import build_preview, open_server
from pia_engine.web.trial import Trial
from tests.browser.seeing import Windows, see

TINY = Path(__file__).resolve().parents[1] / "questionnaires"
MISSING = re.compile("still needs? an answer")


@dataclass
class Preview:
    """The preview server; every test shows it another file."""

    url: str
    trial: Trial

    def show(self, path: Path) -> None:
        self.trial.__init__(path)  # type: ignore[misc]


@pytest.fixture(scope="module")
def preview() -> Iterator[Preview]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = build_preview(TINY / "texts.v1.yaml")
    server = open_server(app, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Preview(f"http://127.0.0.1:{server.port}", app.extensions["pia-trial"])
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def windows(browser: Browser, preview: Preview) -> Iterator[Windows]:
    opened = Windows(browser, cast(Any, preview))
    yield opened
    opened.close()


Opened = Callable[[str], Page]


@pytest.fixture
def opened(windows: Windows, preview: Preview) -> Opened:
    """A window on the first section of a tiny questionnaire, without script."""

    def open_file(name: str) -> Page:
        preview.show(TINY / f"{name}.v1.yaml")
        page = windows.open(script=False)
        page.goto("/")
        page.locator(".govuk-task-list__link").first.click()
        return page

    return open_file


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue").click()


def summary(page: Page) -> Locator:
    return page.locator(".govuk-error-summary")


def answer_to(page: Page, question: str) -> Locator:
    """The answer beside a question on the check page."""
    row = page.locator(".govuk-summary-list__row", has=page.get_by_text(question, exact=True))
    return row.locator(".govuk-summary-list__value")


def choose(page: Page, question: str, *options: str) -> None:
    """Tick options of one question, with its group standing for it; what a person did before stays ticked."""
    group = page.get_by_role("group", name=question)
    for option in options:
        group.get_by_label(option, exact=True).check()


def test_texts_have_limits_help_and_an_example(opened: Opened) -> None:
    page = opened("texts")
    expect(page.get_by_text("You can write up to 60 characters.")).to_be_visible()
    page.get_by_text("Help with this question").click()
    expect(page.get_by_text("The city wants to count bicycles")).to_be_visible()
    page.get_by_label("What is it called?").fill("A name that is much too long for it")
    page.get_by_label("What will be done, and why?").fill("Count bicycles.")
    save(page)
    expect(summary(page)).to_contain_text("What is it called? – This is 15 characters too long.")
    see(page, "a text that is too long")
    page.get_by_label("What is it called?").fill("Bicycle counter")
    save(page)
    expect(answer_to(page, "What is it called?")).to_have_text("Bicycle counter")
    expect(page.get_by_text(MISSING)).to_have_count(0)


def test_choices_stand_alone_or_beside_each_other(opened: Opened) -> None:
    page = opened("choices")
    choose(page, "Is it agreed?", "Yes")
    choose(page, "Is it about people?", "Not sure")
    choose(page, "How far along is it?", "Already in use")
    choose(page, "Which kinds of information?", "Pictures", "None of these")
    save(page)
    expect(summary(page)).to_contain_text("Choose “None of these” alone, or take it away and keep the others.")
    see(page, "an exclusive choice beside another")
    page.get_by_label("None of these", exact=True).uncheck()
    page.get_by_label("Voices", exact=True).check()
    save(page)
    expect(answer_to(page, "Which kinds of information?").locator("li")).to_have_text(["Pictures", "Voices"])
    expect(answer_to(page, "Is it about people?")).to_have_text("Not sure")


def test_numbers_and_dates_say_how_they_are_written(opened: Opened) -> None:
    page = opened("numbers-and-dates")
    page.get_by_label("How many people?").fill("1e999")
    date = page.get_by_role("group", name="When does it start?")
    for part, typed in (("Day", "31"), ("Month", "2"), ("Year", "2026")):
        date.get_by_label(part, exact=True).fill(typed)
    save(page)
    expect(summary(page).locator("li")).to_have_count(2)
    expect(summary(page)).to_contain_text("This day does not exist in that month.")
    see(page, "a number and a date that are none")
    page.get_by_label("How many people?").fill("12,500")
    date.get_by_label("Day", exact=True).fill("28")
    save(page)
    expect(answer_to(page, "How many people?")).to_have_text("12,500 people")
    expect(answer_to(page, "When does it start?")).to_have_text("28 February 2026")


def test_rows_are_added_taken_away_and_counted(opened: Opened) -> None:
    page = opened("rows")
    table = page.get_by_role("group", name="List what is collected", exact=True)
    table.get_by_label("Element").fill("Pictures")
    for _again in range(2):
        table.get_by_role("button", name="Add another row").click()
    expect(page.get_by_text("All 3 rows this question takes are in use.")).to_be_visible()
    table.get_by_role("button", name="Remove row 3").click()
    table.get_by_label("Element").nth(1).fill("Voices")
    table.get_by_label("Where from").nth(1).select_option("A sensor")
    table.get_by_label("Days kept").nth(1).fill("many")
    save(page)
    expect(summary(page)).to_contain_text("Row 2, Days kept: Write a number in digits")
    see(page, "a table with a mistake")
    table.get_by_label("Days kept").nth(1).fill("7")
    save(page)
    expect(answer_to(page, "List what is collected")).to_contain_text("This answer is not finished.")
    see(page, "a table to check")


def test_columns_ask_whatever_a_question_asks(opened: Opened) -> None:
    page = opened("columns")
    row = page.get_by_role("group", name="Row 1", exact=True)
    row.get_by_label("What goes there").fill("Counts")
    row.get_by_label("Abroad").select_option("Yes")
    row.get_by_label("How it is sent").select_option("A private line")
    row.get_by_label("Pictures").check()
    row.get_by_label("Voices").check()
    row.get_by_label("Times a day").fill("24")
    row.get_by_label("Who sees to it").fill("Nobody of this city")
    save(page)
    expect(summary(page)).to_contain_text("Row 1, Who sees to it: Choose from the list")
    see(page, "a table of every type")
    row.get_by_label("Who sees to it").fill("kim")
    row.get_by_label("Department").fill("another")
    save(page)
    cells = answer_to(page, "Where does the information go?").locator("tbody td")
    expect(cells.nth(2)).to_have_text("Yes")
    expect(cells.nth(4)).to_have_text("Pictures; Voices")
    expect(cells.nth(7)).to_have_text("Kim Example, Data analyst")
    expect(cells.nth(8)).to_have_text("Another Department")


def test_people_and_departments_are_chosen_from_the_citys_lists(opened: Opened) -> None:
    page = opened("people")
    page.get_by_label("Who is in charge?").select_option("Kim Example, Data analyst")
    page.get_by_label("Which department runs it?").select_option("Example Department")
    see(page, "people to choose from")
    save(page)
    expect(answer_to(page, "Who is in charge?")).to_contain_text("Kim Example, Data analyst")
    expect(page.get_by_text(MISSING)).to_have_count(0)
    page.goto("/sections/who")
    expect(page.get_by_label("Who is in charge?")).to_have_value("Kim Example, Data analyst")


def test_a_question_for_files_is_shown_and_answered_elsewhere(opened: Opened) -> None:
    page = opened("files")
    expect(page.get_by_role("heading", name="Attach the contract")).to_be_visible()
    expect(page.get_by_text("Nothing here yet")).to_be_visible()
    expect(page.get_by_text("This is filled in on a page of its own.")).to_be_visible()
    expect(page.locator("input[type=file]")).to_have_count(0)
    see(page, "a question for files")
    save(page)
    expect(page.get_by_text("1 question still needs an answer")).to_be_visible()


def test_registers_are_shown_and_each_principle_is_asked_about(opened: Opened) -> None:
    page = opened("registers")
    expect(page.get_by_role("heading", name="What could go wrong?")).to_be_visible()
    lawful = page.get_by_role("group", name="Lawful and fair", exact=True)
    lawful.get_by_label("Kept", exact=True).check()
    lawful.get_by_role("textbox").fill("The council's by-law allows it.")
    see(page, "principles")
    save(page)
    expect(page.get_by_text("The council's by-law allows it.").first).to_be_visible()


def test_questions_come_and_go_with_the_answers(opened: Opened) -> None:
    page = opened("conditions")
    choose(page, "Is it about people?", "Yes")
    expect(page.get_by_text("Answer this only if “Is it about people?” is something other than No.")).to_be_visible()
    choose(page, "Whose data?", "Children", "Employees")
    page.get_by_label("How many?").fill("5")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Children")
    choose(page, "Are parents asked?", "Yes")
    see(page, "a question revealed by another")
    save(page)
    page.goto("/sections/children")
    page.get_by_label("How are they asked?").fill("By letter")
    save(page)
    expect(page.get_by_label("Why so many?")).to_be_visible()
    expect(page.get_by_label("Why so few?")).to_have_count(0)
    page.goto("/sections/start")
    choose(page, "Is it about people?", "No")
    save(page)
    page.goto("/")
    expect(page.locator(".govuk-task-list__link")).to_have_text(["Start", "Size"])
    page.goto("/sections/size")
    expect(page.get_by_label("Why so few?")).to_be_visible()


def test_an_answer_is_needed_only_in_some_cases(opened: Opened) -> None:
    page = opened("required-when")
    expect(page.get_by_text("An answer is needed if “Is it kept?” is Yes.")).to_be_visible()
    choose(page, "Is it kept?", "No")
    save(page)
    expect(page.get_by_text(MISSING)).to_have_count(0)
    page.goto("/sections/keeping")
    choose(page, "Is it kept?", "Yes")
    page.get_by_role("button", name="Save and come back later").click()
    page.goto("/check")
    expect(page.get_by_text("1 question still needs an answer")).to_be_visible()


def test_a_reader_chooses_the_language_of_the_questions(opened: Opened) -> None:
    page = opened("translations")
    choose(page, "How far along is it?", "In use")
    save(page)
    page.get_by_label("Language").select_option("Français")
    page.get_by_role("button", name="Show it so").click()
    page.get_by_role("link", name="Quelques questions").click()
    expect(page.get_by_text("Les essais comptent aussi.")).to_be_visible()
    expect(page.get_by_label("En service")).to_be_checked()
    expect(page.get_by_text("mois", exact=True)).to_be_visible()
    page.get_by_label("Language").select_option("العربية")
    page.get_by_role("button", name="Show it so").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.get_by_role("link", name="بعض الأسئلة").click()
    see(page, "from right to left")


def test_a_file_may_translate_every_text_down_to_its_rules(opened: Opened) -> None:
    page = opened("translated")
    choose(page, "What do they see?", "Faces")
    save(page)
    page.get_by_label("Language").select_option("Français")
    page.get_by_role("button", name="Show it so").click()
    page.goto("/sections/cameras")
    expect(page.get_by_label("Rue")).to_be_visible()
    page.goto("/outcome")
    expect(page.get_by_text("On ne change pas de visage.")).to_be_visible()


def test_marks_say_who_will_read_an_answer(opened: Opened) -> None:
    page = opened("marks")
    for question, mark in (
        ("What will residents see?", "Becomes public"),
        ("Where are the keys kept?", "Not published"),
    ):
        field = page.locator(".govuk-form-group", has=page.get_by_label(question))
        expect(field.get_by_text(mark, exact=True)).to_be_visible()
    expect(page.get_by_text("Optional", exact=True)).to_have_count(1)
    see(page, "marks beside questions")


def test_everybody_answers_their_own_questions(opened: Opened) -> None:
    page = opened("roles")
    expect(page.get_by_role("textbox")).to_have_count(4)
    page.get_by_label("Answer as").select_option("Privacy officer")
    page.get_by_role("button", name="Show it so").click()
    page.get_by_role("link", name="Together").click()
    expect(page.get_by_role("textbox")).to_have_count(1)
    expect(page.get_by_text("Answered by: Contributor")).to_be_visible()
    see(page, "questions of others")
    page.get_by_label("What is your advice?").fill("Go ahead.")
    save(page)
    expect(answer_to(page, "What for?")).to_contain_text("Waits for: Agency official")


def test_the_rules_explain_what_they_lead_to(opened: Opened) -> None:
    page = opened("thresholds")
    choose(page, "Which kinds of information?", "Number plates")
    save(page)
    page.get_by_role("link", name="See what the rules make of the answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The rules lead to: No PIA needed.")
    expect(page.get_by_text("Plates show who was where.")).to_be_visible()
    page.goto("/sections/screening")
    choose(page, "Is it linked?", "Yes")
    save(page)
    page.goto("/outcome")
    expect(page.get_by_role("heading", level=1)).to_have_text("The rules lead to: Full PIA needed.")
    expect(page.get_by_text("3 points altogether.")).to_be_visible()
    see(page, "an outcome explained")


def test_a_mapping_says_which_answers_are_taken_over(opened: Opened) -> None:
    page = opened("mapping")
    page.get_by_label("Name", exact=True).fill("Counter")
    page.goto("/")
    taken = answer_to(page, "From “choices”")
    expect(taken.locator("li")).to_have_text(["Phase", "Media"])
    see(page, "answers taken over")


def test_people_and_tables_are_taken_over_too(opened: Opened) -> None:
    page = opened("carried")
    expect(page.get_by_label("Which department?")).to_be_visible()
    page.goto("/")
    expect(answer_to(page, "From “people”").locator("li")).to_have_text(
        ["Who keeps it?", "Who signs?", "Which department?"]
    )
    expect(answer_to(page, "From “columns”").locator("li")).to_have_text(["Where does it go?"])


def test_with_script_the_preview_asks_for_nothing_it_does_not_have(windows: Windows, preview: Preview) -> None:
    preview.show(TINY / "texts.v1.yaml")
    page = windows.open()
    page.goto("/sections/words")
    page.get_by_label("What will be done, and why?").fill("Write to amara@city.example about it.")
    expect(page.get_by_text("You have 23 characters left.").last).to_be_visible()
    page.get_by_label("What is it called?").fill("Counter")
    save(page)
    expect(answer_to(page, "What is it called?")).to_have_text("Counter")


def test_a_writer_mends_a_broken_file_and_goes_on(windows: Windows, preview: Preview, tmp_path: Path) -> None:
    file = tmp_path / "texts.v1.yaml"
    shutil.copy(TINY / "texts.v1.yaml", file)
    preview.show(file)
    page = windows.open(script=False)
    page.goto("/sections/words")
    page.get_by_label("What is it called?").fill("Counter")
    page.get_by_role("button", name="Save and come back later").click()
    sound = file.read_text("utf-8")
    file.write_text(sound.replace("max_length: 20", "max_length: short"), "utf-8")
    page.wait_for_load_state()
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 thing in the file needs mending")
    expect(page.get_by_role("row").nth(1)).to_contain_text(str(sound[: sound.index("max_length: 20")].count("\n") + 1))
    see(page, "a broken file")
    file.write_text(sound.replace("What is it called?", "How is it called?"), "utf-8")
    page.goto("/")
    page.get_by_role("link", name="In your words").click()
    expect(page.get_by_label("How is it called?")).to_have_value("Counter")
    page.get_by_role("button", name="Forget the answers").click()
    page.get_by_role("link", name="In your words").click()
    expect(page.get_by_label("How is it called?")).to_have_value("")


def test_no_tiny_questionnaire_is_left_out() -> None:
    driven = set(re.findall(r'opened\("([a-z-]+)"\)', Path(__file__).read_text("utf-8")))
    assert {path.name.removesuffix(".v1.yaml") for path in TINY.glob("*.yaml")} == driven
