"""Filling in questionnaires through the pages, by what their definitions ask: content may change, tests need not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from pia_engine.questionnaires.definition import Column, Question, Questionnaire, QuestionType, Value
from pia_engine.questionnaires.progress import visible_questions
from tests.browser.seeing import see
from tests.factories.answers import filled

MOST_ROWS = 2
AT_ONCE = frozenset({QuestionType.YES_NO, QuestionType.YES_NO_UNSURE, QuestionType.ONE_OF})
SECTION = re.compile(r"/sections/([a-z0-9_-]+)(#.*)?$")


@dataclass(frozen=True)
class Sheet:
    """A questionnaire, who answers, and what they will say."""

    questionnaire: Questionnaire
    roles: frozenset[str]
    answers: Mapping[str, Value]

    def asked_in(self, section_id: str) -> list[Question]:
        here = {question.id for question in self.questionnaire.section(section_id).questions}
        visible = visible_questions(self.questionnaire, self.answers)
        return [each for each in visible if each.id in here and each.answered_by in self.roles]


def sheet_for(questionnaire: Questionnaire, roles: Iterable[str], given: Mapping[str, object]) -> Sheet:
    """What is given, in the shape forms send it, completed with samples where the questionnaire asks for more."""
    known = {name: _plain(value) for name, value in given.items() if questionnaire.find_question(name) is not None}
    everybody = frozenset(question.answered_by for question in questionnaire.questions)
    return Sheet(questionnaire, frozenset(roles), filled(questionnaire, everybody, known))


def _plain(value: object) -> Value:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list) and isinstance(value[0], dict):
        most = None if "principle" in value[0] else MOST_ROWS
        return [{name: str(_plain(cell)) for name, cell in row.items()} for row in value[:most]]
    return value.strip() if isinstance(value, str) else value  # type: ignore[return-value]


def answer_all(page: Page, sheet: Sheet, instead: Mapping[str, Callable[[Page], None]] | None = None) -> None:
    """From the first section on, answer and save, until the page to check. `instead` fills some sections otherwise."""
    for _ in range(60):
        found = SECTION.search(page.url)
        if found is None:
            return
        section_id = found.group(1)
        see(page, f"{sheet.questionnaire.id}, section {section_id}")
        (instead or {}).get(section_id, lambda page, name=section_id: fill_section(page, sheet, name))(page)
        save_and_continue(page)
        assert not page.title().startswith("Error"), page.get_by_role("alert").first.inner_text()
    raise AssertionError("the sections never end")


def save_and_continue(page: Page) -> None:
    """A click returns when the next page begins to arrive; what follows wants all of it."""
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_load_state()


def fill_section(page: Page, sheet: Sheet, section_id: str) -> None:
    """Every question of one section that these people answer."""
    for question in sheet.asked_in(section_id):
        if question.id in sheet.answers:
            fill(page, question, sheet.answers[question.id])


def fill(page: Page, question: Question, value: Value) -> None:
    """One question."""
    name = f"q_{question.id}"
    if question.type in IN_PARTS:
        IN_PARTS[question.type](page, question, value)
    elif question.type is QuestionType.ANY_OF:
        assert isinstance(value, list)
        for option in question.options:
            page.locator(f'[name="{name}"][value="{option.value}"]').set_checked(option.value in value)
    elif question.type in AT_ONCE:
        page.locator(f'[name="{name}"][value="{value}"]').check()
    elif question.type is QuestionType.DATE:
        _fill_date(page, name, str(value))
    else:
        page.locator(f'[name="{name}"]').fill(str(value))


def _fill_rows(page: Page, question: Question, value: Value) -> None:
    assert isinstance(value, list)
    _make_room(page, question, len(value))
    for number, row in enumerate(value):
        assert isinstance(row, dict)
        for column in question.columns:
            _fill_cell(page, column, f"q_{question.id}-{number}-{column.id}", row.get(column.id, ""))


def _fill_principles(page: Page, question: Question, value: Value) -> None:
    """A finding and its reasons for each principle."""
    assert isinstance(value, list)
    for entry in value:
        assert isinstance(entry, dict)
        name = f"q_{question.id}-{entry['principle']}"
        page.locator(f'[name="{name}-finding"][value="{entry["finding"]}"]').check()
        page.locator(f'[name="{name}-text"]').fill(entry["text"])


def _fill_risks(page: Page, question: Question, value: Value) -> None:
    """Each risk on a page of its own, reached from the section and left for it again."""
    assert isinstance(value, list)
    section = page.url
    page.get_by_role("link", name="Open the risk register").click()
    see(page, "the risk register")
    for risk in value:
        assert isinstance(risk, dict)
        page.get_by_role("link", name="Add a risk", exact=True).click()
        see(page, "a new risk")
        _fill_risk(page, risk)
        page.get_by_role("button", name="Save this risk").click()
        page.wait_for_load_state()
    expect(page.get_by_role("link", name=re.compile(r"^R\d+: "))).to_have_count(len(value))
    see(page, "the risk register, filled")
    page.goto(section)


def _fill_risk(page: Page, risk: Mapping[str, str]) -> None:
    for name, text in risk.items():
        if name in ("id", "controls"):
            continue
        if name == "due_on":
            _fill_date(page, name, text)
            continue
        field = page.locator(f'[name="{name}"]').first
        if field.get_attribute("type") == "radio":
            page.locator(f'[name="{name}"][value="{text}"]').check()
        elif field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)


def _fill_cell(page: Page, column: Column, name: str, value: str) -> None:
    if column.options:
        page.locator(f'[name="{name}"]').select_option(value)
    elif column.type is QuestionType.DATE:
        _fill_date(page, name, value)
    else:
        page.locator(f'[name="{name}"]').fill(value)


def _fill_date(page: Page, name: str, value: str) -> None:
    parts = dict(zip(("year", "month", "day"), value.split("-"), strict=True)) if value else {}
    for part in ("day", "month", "year"):
        page.locator(f'[name="{name}-{part}"]').fill(parts.get(part, ""))


def _make_room(page: Page, question: Question, wanted: int) -> None:
    """Add or remove rows with the buttons of the page, until there are as many as wanted."""
    rows = rows_of(page, question)
    wanted = max(wanted, question.min_rows or 1)
    while (there := rows.count()) != wanted:
        if there < wanted:
            page.locator(f'[name="q_{question.id}-add"]').click()
            expect(rows).to_have_count(there + 1)
        else:
            page.locator(f'[name="q_{question.id}-remove"]').last.click()
            expect(rows).to_have_count(there - 1)


def rows_of(page: Page, question: Question) -> Locator:
    return page.locator(f'[id^="q_{question.id}-row-"]')


IN_PARTS: Mapping[QuestionType, Callable[[Page, Question, Value], None]] = {
    QuestionType.ROWS: _fill_rows,
    QuestionType.RISKS: _fill_risks,
    QuestionType.PRINCIPLES: _fill_principles,
}
