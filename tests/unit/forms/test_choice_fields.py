"""Radios, checkboxes, selects and yes or no."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from pia_engine.forms.base import CityForm
from pia_engine.forms.choices import CheckboxesField, Choice, RadiosField, SelectField, YesNoField
from pia_engine.forms.fields import TextField

KINDS = (
    Choice("images", "Images"),
    Choice("plates", "Number plates", hint="Of any vehicle"),
    Choice("none", "None of these", exclusive=True),
)
ONE_OF = (RadiosField, SelectField)


@pytest.mark.parametrize("kind", ONE_OF)
def test_a_chosen_option_is_the_answer_and_stays_chosen(ask, kind):
    field = ask(kind("Kind", choices=KINDS), [("q", "plates")])
    assert field.answer() == "plates"
    assert field().count(" checked") + field().count(" selected") == 1


@pytest.mark.parametrize("kind", ONE_OF)
def test_nothing_chosen_is_no_answer(ask, kind):
    assert ask(kind("Kind", choices=KINDS), []).answer() is None
    assert ask(kind("Kind", choices=KINDS), [("q", "")]).answer() is None


@pytest.mark.parametrize("kind", [*ONE_OF, CheckboxesField])
@pytest.mark.parametrize("crafted", ["faces", "a\x00b", "x" * 100_000])
def test_an_option_that_was_never_offered_is_refused(ask, kind, crafted):
    field = ask(kind("Kind", choices=KINDS), [("q", crafted)])
    assert field.errors
    assert crafted not in field()


@pytest.mark.parametrize("kind", ONE_OF)
def test_two_values_for_one_choice_are_refused(ask, kind):
    assert ask(kind("Kind", choices=KINDS), [("q", "images"), ("q", "plates")]).errors


def test_ticks_are_kept_in_the_order_of_the_page_and_once(ask):
    field = ask(CheckboxesField("Kinds", choices=KINDS), [("q", "plates"), ("q", "images"), ("q", "plates")])
    assert field.answer() == ["images", "plates"]


def test_an_exclusive_option_beside_others_is_refused_by_the_server(ask):
    field = ask(CheckboxesField("Kinds", choices=KINDS), [("q", "none"), ("q", "images")])
    assert "“None of these” alone" in field.errors[0]
    assert field().count(" checked") == 2


def test_an_exclusive_option_alone_is_fine(ask):
    field = ask(CheckboxesField("Kinds", choices=KINDS), [("q", "none")])
    assert field.answer() == ["none"]
    assert not field.errors


def test_options_are_grouped_under_a_legend(ask):
    printed = ask(CheckboxesField("Kinds", choices=KINDS))()
    assert "<fieldset" in printed
    assert "<legend" in printed
    assert 'data-behaviour="exclusive"' in printed
    assert 'aria-describedby="q-2-option-hint"' in printed


def test_stored_nonsense_is_shown_as_nothing_chosen(ask):
    for stored in ("images", 3, {"a": 1}, None, [["x"]]):
        assert " checked" not in ask(CheckboxesField("Kinds", choices=KINDS), data=stored)()


def test_yes_no_and_not_sure(ask):
    assert ask(YesNoField("Sure?"), [("q", "yes")]).answer() == "yes"
    assert ask(YesNoField("Sure?"), [("q", "unsure")]).errors
    assert ask(YesNoField("Sure?", unsure=True), [("q", "unsure")]).answer() == "unsure"


def test_a_choice_prints_the_field_it_reveals_and_the_form_does_not_print_it_again():
    class Form(CityForm):
        decision = RadiosField("Decision", choices=(Choice("no", "No", reveals=("reason",)), Choice("yes", "Yes")))
        reason = TextField("Reason")

    form = Form(MultiDict(), meta={"csrf": False})
    assert [field.short_name for field in form.shown_fields()] == ["decision"]
    assert 'name="reason"' in form.decision()
    assert "aria-expanded" not in form.decision()


@given(st.lists(st.text()))
def test_any_values_are_chosen_or_refused_but_never_break(ask, values):
    for kind in (RadiosField, SelectField, CheckboxesField):
        field = ask(kind("Kind", choices=KINDS), [("q", value) for value in values])
        field().encode()
        assert field.errors or set(field.chosen()) <= {"images", "plates", "none"}
