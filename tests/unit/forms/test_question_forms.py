"""A section of a questionnaire as a form, and answers in and out of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from pia_engine.forms.questions import (
    build_section_form,
    field_name,
    initial_values,
    posed_questions,
    questions_with_errors,
    read_answers,
)
from pia_engine.questionnaires.answers import check_value
from pia_engine.questionnaires.definition import (
    Column,
    Comparison,
    Operator,
    Option,
    Question,
    QuestionType,
    Section,
)

OPTIONS = (Option("images", "Images"), Option("plates", "Number plates"), Option("none", "None", exclusive=True))
COLUMNS = (Column("element", "Element", QuestionType.SHORT_TEXT), Column("days", "Days", QuestionType.NUMBER))


def question(question_id: str, kind: str, *, by: str = "agency_official", **more: object) -> Question:
    return Question(question_id, QuestionType(kind), f"About {question_id}?", by, True, 2, **more)


SECTION = Section(
    "data",
    "The data",
    "",
    2,
    (
        question("data", "short_text", max_length=50),
        question("errors", "long_text", max_length=200),
        question("recording", "yes_no"),
        question("days", "number", maximum=30, shown_when=Comparison("recording", Operator.EQUALS, "yes")),
        question("unsure", "yes_no_unsure"),
        question("stage", "one_of", options=OPTIONS),
        question("kinds", "any_of", options=OPTIONS),
        question("faces", "short_text", shown_when=Comparison("kinds", Operator.INCLUDES_ANY, ("images",))),
        question("starts_on", "date"),
        question("elements", "rows", columns=COLUMNS, max_rows=3),
        question("security", "long_text", by="contributor"),
    ),
)
ANSWERS = {
    "data": "Pictures",
    "errors": "None\nso far",
    "recording": "yes",
    "days": 7,
    "unsure": "unsure",
    "stage": "plates",
    "kinds": ["images", "plates"],
    "faces": "Blurred",
    "starts_on": "2027-03-27",
    "elements": [{"element": "Images", "days": "7"}],
    "security": "Encrypted",
}


def shown(answers=None, **options):
    form_class = build_section_form(SECTION, **options)
    return form_class(None, data={**initial_values(SECTION, answers or {}), "seen_version": 3}, meta={"csrf": False})


def post(pairs, **options):
    form = build_section_form(SECTION, **options)(MultiDict([("seen_version", "3"), *pairs]), meta={"csrf": False})
    form.validate()
    return form


def as_posted(answers):
    for question_id, value in answers.items():
        name = field_name(question_id)
        if question_id == "starts_on":
            yield from zip((f"{name}-year", f"{name}-month", f"{name}-day"), value.split("-"), strict=True)
        elif question_id == "elements":
            for row, cells in enumerate(value):
                yield from ((f"{name}-{row}-{column}", cell) for column, cell in cells.items())
        elif isinstance(value, list):
            yield from ((name, each) for each in value)
        else:
            yield name, str(value)


def test_every_type_of_answer_survives_the_form():
    form = post(as_posted(ANSWERS))
    assert form.problems() == []
    assert read_answers(form, SECTION) == ANSWERS
    assert form.seen_version.data == 3


def test_what_is_stored_is_shown():
    form = shown(ANSWERS)
    assert read_answers(form, SECTION) == ANSWERS
    assert all(field() for field in form)


def test_a_question_may_be_called_like_a_part_of_a_form():
    form = post([("q_data", "x"), ("q_errors", "y")])
    assert read_answers(form, SECTION) == {"data": "x", "errors": "y"}


def test_a_draft_may_be_empty():
    form = post([])
    assert form.problems() == []
    assert read_answers(form, SECTION) == {}
    assert "data" in posed_questions(form, SECTION)


def test_one_malformed_answer_leaves_the_others_readable():
    form = post([("q_data", "x"), ("q_days", "many")])
    assert read_answers(form, SECTION) == {"data": "x"}
    assert questions_with_errors(form, SECTION) == {"days"}
    assert form.problems()[0].sentence.startswith("About days? – ")


def test_somebody_elses_question_is_read_only_and_never_read():
    answerable = {each.id for each in SECTION.questions} - {"security"}
    form = post([("q_security", "crafted")], answerable=answerable)
    assert "security" not in read_answers(form, SECTION)
    assert "security" not in posed_questions(form, SECTION)
    printed = shown(ANSWERS, answerable=answerable)["q_security"]()
    assert "Answered by: Contributor" in printed
    assert "Encrypted" in printed
    assert "<textarea" not in printed


@pytest.mark.parametrize("kept", sorted(ANSWERS))
def test_any_answer_reads_well_where_it_cannot_be_changed(kept):
    printed = shown({kept: ANSWERS[kept]}, answerable=set())[field_name(kept)]()
    assert "Not answered yet" not in printed
    assert "<input" not in printed


def test_a_hidden_question_is_not_asked():
    form = post([("q_starts_on-day", "1")], visible={"data"})
    assert posed_questions(form, SECTION) == {"data"}


def test_a_question_that_depends_on_one_on_the_page_is_asked_with_its_condition():
    form = shown(visible={"kinds", "recording"})
    assert "Answer this only if" in form["q_faces"]()
    assert "Images" in form["q_faces"]()
    assert 'name="q_days"' in form["q_recording"]()
    assert "q_days" not in [field.short_name for field in form.shown_fields()]


def test_visible_may_be_a_rule():
    assert posed_questions(shown(visible=lambda each: each.id == "stage"), SECTION) == {"stage"}


@pytest.mark.parametrize("crafted", [[("seen_version", "7")], []])
def test_a_form_without_one_version_is_refused(crafted):
    form = build_section_form(SECTION)(MultiDict([*crafted, *crafted]), meta={"csrf": False})
    assert not form.validate()
    assert "lost its place" in form.problems()[0].sentence or "cannot read" in form.problems()[0].sentence


def test_the_form_remembers_that_a_row_button_was_pressed():
    assert post([("q_elements-add", "1")]).rows_changed().short_name == "q_elements"
    assert post([]).rows_changed() is None


NAMES = st.one_of(
    st.sampled_from([field_name(each.id) for each in SECTION.questions]),
    st.from_regex(r"q_(starts_on-(day|month|year)|elements-[0-9]{1,3}-(element|days))", fullmatch=True),
)
VALUES = st.one_of(st.text(max_size=60), st.sampled_from(["yes", "images", "none", "1", "2027", "x" * 5000, "\x00"]))


@given(st.lists(st.tuples(NAMES, VALUES), max_size=15))
def test_whatever_is_posted_only_fitting_answers_come_out(posted):
    form = post(posted)
    for question_id, value in read_answers(form, SECTION).items():
        asked = next(each for each in SECTION.questions if each.id == question_id)
        assert check_value(asked, value) is None
    assert all(field() is not None for field in form.shown_fields())
