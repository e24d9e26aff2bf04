"""Fields people type into: text, longer text, numbers, and the hidden version."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.forms.fields import NumberField, TextAreaField, TextField, VersionField
from pia_engine.forms.markup import Help, render_markdown
from pia_engine.forms.validators import Answered


def test_one_line_of_text_is_kept_trimmed(ask):
    field = ask(TextField("Name"), [("q", "  School   route\r\ncameras ")])
    assert field.answer() == "School route cameras"
    assert not field.errors


def test_nothing_typed_is_no_answer(ask):
    assert ask(TextField("Name"), [("q", "   ")]).answer() is None
    assert ask(TextField("Name"), []).answer() is None


def test_an_emptied_text_does_not_fall_back_to_the_stored_one(ask):
    assert ask(TextField("Name"), [("q", "")], data="Old").answer() is None
    assert ask(TextField("Name"), [], data="Old").answer() is None


def test_line_ends_count_as_one_character(ask):
    field = ask(TextAreaField("Why", max_length=3), [("q", "a\r\nb")])
    assert field.answer() == "a\nb"


@pytest.mark.parametrize(
    ("limit", "typed", "said"), [(5, "123456", "1 character too"), (5, "1234567", "2 characters too")]
)
def test_a_text_too_long_is_refused_with_the_excess_and_shown_again(ask, limit, typed, said):
    field = ask(TextAreaField("Why", max_length=limit), [("q", typed)])
    assert said in field.errors[0]
    assert typed in field()
    assert field.answer() is None


@pytest.mark.parametrize("crafted", ["a\x00b", "\ud800", "bell\x07", "\uffff"])
def test_a_character_no_store_can_keep_is_refused_and_not_printed_back(ask, crafted):
    field = ask(TextField("Name"), [("q", crafted)])
    assert "invisible character" in field.errors[0]
    field().encode()
    assert crafted not in field()


def test_a_soft_break_pasted_from_a_word_processor_becomes_a_line_end(ask):
    assert ask(TextAreaField("Why"), [("q", "one\x0btwo")]).answer() == "one\ntwo"


def test_a_field_sent_twice_is_refused(ask):
    field = ask(TextField("Name"), [("q", "one"), ("q", "two")])
    assert "cannot read" in field.errors[0]
    assert field.answer() is None


def test_a_file_sent_in_place_of_text_is_refused(ask):
    field = ask(TextField("Name"), [("q", object())])
    assert "cannot read" in field.errors[0]
    assert field()


def test_a_huge_value_is_a_sentence(ask):
    assert "too long" in ask(TextField("Name"), [("q", "x" * 2_000_000)]).errors[0]


def test_what_was_typed_is_printed_escaped(ask):
    printed = ask(TextField("<Name>"), [("q", '"><script>alert(1)</script>')])()
    assert "<script>" not in printed
    assert "&lt;Name&gt;" in printed


def test_a_password_is_never_printed_back(ask):
    assert "secret" not in ask(TextField("Password", input_type="password"), [("q", "secret")])()


def test_the_error_is_tied_to_the_input_and_said_in_words(ask):
    printed = ask(TextField("Name", [Answered("Enter a name.")], help=Help(hint="Short")), [("q", "")])()
    assert 'aria-describedby="q-hint q-error"' in printed
    assert 'aria-invalid="true"' in printed
    assert '<span class="govuk-visually-hidden">Error:</span> Enter a name.' in printed
    assert not re.search(r"\brequired\b", printed)


def test_guidance_and_example_fold_away(ask):
    printed = ask(TextField("Name", help=Help(guidance="Say **who**.", example="A name")))()
    assert "<details" in printed
    assert "<strong>who</strong>" in printed
    assert "An example answer" in printed


def test_guidance_cannot_carry_html_or_script_links():
    printed = render_markdown("<img src=x onerror=alert(1)> [x](javascript:alert(1))")
    assert "<img" not in printed
    assert "href" not in printed


def test_a_text_area_keeps_a_first_empty_line(ask):
    assert ">\n\nsecond" in ask(TextAreaField("Why"), data="\nsecond")()


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("12.5", 12.5),
        ("1,234,567", 1234567),
        (" 1 200 ", 1200),
        ("-3", -3),
        ("\N{MINUS SIGN}3", -3),
        ("0", 0),
    ],
)
def test_a_number_is_read_as_people_write_it(ask, typed, number):
    assert ask(NumberField("Days"), [("q", typed)]).answer() == number


@pytest.mark.parametrize("typed", ["ten", "1e9", "NaN", "inf", "1,2", "--1", "1.2.3", "9" * 5000, "0x10", "1_000"])
def test_what_is_no_number_is_a_sentence_and_shown_again(ask, typed):
    field = ask(NumberField("Days"), [("q", typed)])
    assert "in digits" in field.errors[0]
    assert field.answer() is None
    assert typed in field()


def test_a_number_out_of_bounds_says_the_bound(ask):
    assert "10 or less" in ask(NumberField("Days", minimum=0, maximum=10), [("q", "11")]).errors[0]
    assert "0 or more" in ask(NumberField("Days", minimum=0, maximum=10), [("q", "-1")]).errors[0]


def test_zero_is_an_answer_and_shown(ask):
    field = ask(NumberField("Days", unit="days"), data=0)
    assert field.answer() == 0
    assert 'value="0"' in field()
    assert "days" in field()


@pytest.mark.parametrize("crafted", [[], [("q", "")], [("q", "x")], [("q", "9" * 5000)], [("q", "1"), ("q", "2")]])
def test_a_missing_or_crafted_version_is_a_sentence(ask, crafted):
    field = ask(VersionField(), crafted)
    assert field.errors
    assert field.data is None


def test_the_version_is_carried_through(ask):
    assert ask(VersionField(), [("q", "7")]).data == 7
    assert 'value="7"' in ask(VersionField(), data=7)()


@given(st.text())
def test_any_text_is_kept_or_refused_but_never_breaks(ask, typed):
    for field in (TextField("Name"), TextAreaField("Why", max_length=20), NumberField("Days")):
        asked = ask(field, [("q", typed)])
        assert asked.answer() is None or not asked.errors
        asked().encode()
