"""Answers: what fits, what is finished, how they read and when two are the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pia_engine.questionnaires.answers import (
    check_complete,
    check_value,
    choices,
    show_value,
    text_limit,
)
from pia_engine.questionnaires.definition import Question, Questionnaire, Value
from pia_engine.questionnaires.values import is_answered, same_value

Tiny = Callable[[str], Questionnaire]


@pytest.fixture
def ask(tiny: Tiny) -> Callable[[str], Question]:
    def found(name: str) -> Question:
        questionnaire, _, question = name.partition("/")
        return tiny(questionnaire).question(question)

    return found


CONTRACT = {"id": "6f3c", "name": "contract.pdf", "type": "application/pdf", "size": "1200"}

FITTING = [
    ("people/owner", "Amara Osei, Data analyst"),
    ("people/home", "Mobility"),
    ("files/contract", [CONTRACT]),
    ("files/contract", []),
    ("columns/flows", [{"kinds": "image voice", "abroad": "no", "owner": "Amara Osei", "home": "Mobility"}]),
    ("columns/flows", [{"kinds": "", "abroad": ""}]),
    ("texts/name", "Route cameras"),
    ("texts/name", "x" * 20),
    ("texts/story", "Line one\r\nline two"),
    ("texts/story", ("x" * 29 + "\r\n") * 2),
    ("choices/agreed", "no"),
    ("choices/personal", "unsure"),
    ("choices/stage", "idea"),
    ("choices/kinds", ["voice", "image"]),
    ("choices/kinds", ["none"]),
    ("choices/kinds", []),
    ("numbers-and-dates/people", 0),
    ("numbers-and-dates/people", 12.5),
    ("numbers-and-dates/start", "2028-02-29"),
    (
        "rows/elements",
        [{"element": "Face", "source": "sensor", "days": "7", "since": "2026-01-31", "note": ""}],
    ),
    ("rows/elements", [{"element": "Face"}]),
    ("rows/elements", [{"element": ""}]),
]
MISFITS = [
    ("people/owner", "Amara\nOsei", "Write this on a single line."),
    ("people/home", ["Mobility"], "Answer with text."),
    ("files/contract", "contract.pdf", "Attach the file again."),
    ("files/contract", [{"name": "contract.pdf"}], "Attach the file again."),
    ("files/contract", [CONTRACT | {"size": 1200}], "Attach the file again."),
    ("files/contract", [CONTRACT | {"path": "/etc/passwd"}], "Attach the file again."),
    ("files/contract", [CONTRACT] * 21, "Keep to 20 files."),
    ("columns/flows", [{"kinds": "image smell"}], "Row 1, “Kinds of information”: Choose from the answers offered."),
    ("columns/flows", [{"kinds": "image image"}], "Row 1, “Kinds of information”: Choose from the answers offered."),
    ("columns/flows", [{"kinds": ["image"]}], "Row 1, “Kinds of information”: Choose from the answers offered."),
    (
        "columns/flows",
        [{"kinds": "image none"}],
        "Row 1, “Kinds of information”: Choose either “None of these” or other answers, not both.",
    ),
    ("columns/flows", [{"abroad": "unsure"}], "Row 1, “Abroad”: Choose one of the answers offered."),
    ("columns/flows", [{"owner": 5}], "Row 1, “Who sees to it”: Answer with text."),
    ("texts/name", "x" * 21, "Shorten the text to 20 characters. It is 1 too long."),
    ("texts/name", "two\nlines", "Write this on a single line."),
    ("texts/name", 5, "Answer with text."),
    ("texts/name", "a\x00b", "The text contains a character that cannot be stored. Type that part again."),
    ("texts/name", "\ud800", "The text contains a character that cannot be stored. Type that part again."),
    ("texts/remarks", "x" * 20_001, "Shorten the text to 20,000 characters. It is 1 too long."),
    ("choices/agreed", "unsure", "Choose one of the answers offered."),
    ("choices/agreed", True, "Choose one of the answers offered."),
    ("choices/stage", ["idea"], "Choose one of the answers offered."),
    ("choices/kinds", "image", "Choose from the answers offered."),
    ("choices/kinds", ["image", "smell"], "Choose from the answers offered."),
    ("choices/kinds", ["image", "image"], "Choose from the answers offered."),
    ("choices/kinds", [["image"]], "Choose from the answers offered."),
    ("choices/kinds", ["image", "none"], "Choose either “None of these” or other answers, not both."),
    ("numbers-and-dates/people", -1, "Enter 0 or more."),
    ("numbers-and-dates/people", 100_001, "Enter 100,000 or less."),
    ("numbers-and-dates/people", "7", "Enter a number."),
    ("numbers-and-dates/people", True, "Enter a number."),
    ("numbers-and-dates/people", float("nan"), "Enter a number."),
    ("numbers-and-dates/people", float("inf"), "Enter a number."),
    ("numbers-and-dates/people", 10**400, "Enter a number."),
    ("numbers-and-dates/start", "2026-02-29", "Enter a real date with day, month and year."),
    ("numbers-and-dates/start", "20260201", "Enter a real date with day, month and year."),
    ("numbers-and-dates/start", 20260201, "Enter a real date with day, month and year."),
    ("rows/elements", "Face", "Fill in the table row by row."),
    ("rows/elements", ["Face"], "Fill in the table row by row."),
    ("rows/elements", [{"element": "a"}] * 4, "Keep to 3 rows."),
    ("rows/elements", [{"colour": "red"}], "Row 1 has a cell that this table does not have."),
    (
        "rows/elements",
        [{"element": "a"}, {"source": "moon"}],
        "Row 2, “Where from”: Choose one of the answers offered.",
    ),
    ("rows/elements", [{"days": "many"}], "Row 1, “Days kept”: Enter a number."),
    ("rows/elements", [{"days": 7}], "Row 1, “Days kept”: Enter a number."),
    ("rows/elements", [{"since": "soon"}], "Row 1, “Since”: Enter a real date with day, month and year."),
    ("rows/elements", [{"element": None}], "Row 1, “Element”: Answer with text."),
]


@pytest.mark.parametrize(("name", "value"), FITTING)
def test_an_answer_that_fits_is_accepted(ask: Callable[[str], Question], name: str, value: Value) -> None:
    assert check_value(ask(name), value) is None


@pytest.mark.parametrize(("name", "value", "said"), MISFITS)
def test_an_answer_that_does_not_fit_is_told_how_to_mend(
    ask: Callable[[str], Question], name: str, value: object, said: str
) -> None:
    assert check_value(ask(name), value) == said


@pytest.mark.parametrize("value", [None, "", " \n", [], [""], [{}], [{"element": " "}]])
def test_nothing_said_is_no_answer(value: object) -> None:
    assert not is_answered(value)


@pytest.mark.parametrize("value", ["a", 0, 0.0, ["a"], [{"element": "a"}]])
def test_something_said_is_an_answer(value: object) -> None:
    assert is_answered(value)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"element": "Face"}], "Row 1: fill in “Where from”."),
        ([{"element": ""}], "Fill in at least 1 rows."),
        ([{"element": "Face", "source": "sensor"}], None),
        ([{"element": "Face", "source": "sensor"}, {"element": " "}], None),
    ],
)
def test_a_table_with_gaps_is_told_which(ask: Callable[[str], Question], rows: Value, said: str | None) -> None:
    assert check_complete(ask("rows/elements"), rows) == said


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("texts/name", "Cameras", "Cameras"),
        ("choices/personal", "unsure", "Not sure"),
        ("choices/stage", "in_use", "Already in use"),
        ("choices/stage", "gone", "gone"),
        ("choices/kinds", ["voice", "none"], ["Voices", "None of these"]),
        ("numbers-and-dates/people", 12000, "12,000 people"),
        ("numbers-and-dates/people", 2.5, "2.5 people"),
        ("numbers-and-dates/start", "2026-05-03", "3 May 2026"),
        ("numbers-and-dates/start", "soon", "soon"),
        ("people/owner", "Amara Osei, Data analyst", "Amara Osei, Data analyst"),
        ("files/contract", [CONTRACT], ["contract.pdf"]),
        ("files/contract", None, []),
        ("texts/name", None, ""),
        ("choices/kinds", None, []),
        (
            "rows/elements",
            [{"element": "Face", "source": "sensor", "since": "2026-05-03"}, {"element": ""}],
            [{"element": "Face", "source": "A sensor", "days": "", "since": "3 May 2026", "note": ""}],
        ),
    ],
)
def test_answers_read_as_words(ask: Callable[[str], Question], name: str, value: Value | None, shown: object) -> None:
    assert show_value(ask(name), value) == shown


def test_ticks_in_one_cell_read_as_their_labels(ask: Callable[[str], Question]) -> None:
    shown = show_value(ask("columns/flows"), [{"kinds": "voice image", "abroad": "yes"}])
    empty = {column.id: "" for column in ask("columns/flows").columns}
    assert shown == [empty | {"kinds": "Voices; Pictures", "abroad": "Yes"}]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("a\r\nb ", "a\nb", True),
        ("a", "b", False),
        (["a", "b"], ["b", "a"], True),
        (["a"], ["a", "b"], False),
        ([{"x": "1", "y": ""}], [{"x": "1"}], True),
        ([{"x": "1"}, {"x": "2"}], [{"x": "2"}, {"x": "1"}], False),
        (None, "", True),
        (None, [], True),
        (None, "a", False),
        (4, 4.0, True),
        (4, "4", False),
        ("a", ["a"], False),
    ],
)
def test_two_answers_are_the_same_when_they_say_the_same(one: Value | None, other: Value | None, same: bool) -> None:
    assert same_value(one, other) is same
    assert same_value(other, one) is same


def test_yes_no_questions_need_not_spell_out_their_choices(ask: Callable[[str], Question]) -> None:
    assert [option.value for option in choices(ask("choices/personal"))] == ["yes", "no", "unsure"]
    assert choices(ask("texts/name")) == ()


def test_every_text_has_a_limit(ask: Callable[[str], Question]) -> None:
    assert (text_limit(ask("texts/name")), text_limit(ask("texts/remarks"))) == (20, 20_000)
    assert [text_limit(column) for column in ask("rows/elements").columns][:1] == [300]


def test_a_shown_answer_can_be_translated(ask: Callable[[str], Question]) -> None:
    shown = show_value(ask("numbers-and-dates/start"), "2026-05-03")
    words = {"May": "mai", "%(day)s %(month)s %(year)s": "le %(day)s %(month)s %(year)s"}
    assert shown.translated(lambda text: words.get(text, text)) == "le 3 mai 2026"  # type: ignore[union-attr]
