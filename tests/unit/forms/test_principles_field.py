"""One question for all principles of the policy: fixed entries, nothing invented, nothing typed lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.forms.principles import PrinciplesField
from pia_engine.models.policy_rules import Authority, Principle

PRINCIPLES = (Principle("open", "In the open", "We tell people."), Principle("safe", "Kept safe", ""))
LAWS = (Authority("charter", "Charter", "Article 4", ""), Authority("records", "Records schedule", "", ""))


def asked(laws=LAWS):
    return PrinciplesField("How it stands", principles=PRINCIPLES, authorities=laws)


def test_each_principle_is_answered_and_empty_ones_are_no_answer(ask):
    posted = [
        ("q-open-finding", "partly"),
        ("q-open-text", "A sign says it."),
        ("q-open-authorities", "records"),
        ("q-open-authorities", "charter"),
        ("q-safe-text", "  "),
    ]
    field = ask(asked(), posted)
    assert field.answer() == [
        {"principle": "open", "finding": "partly", "text": "A sign says it.", "authorities": "charter records"}
    ]
    assert not field.problems()
    assert ask(asked(), []).answer() is None


def test_what_is_stored_is_shown_again(ask):
    field = ask(asked(), data=[{"principle": "safe", "finding": "kept", "text": "Locked.", "authorities": "charter"}])
    printed = field()
    assert "Locked." in printed
    assert 'id="q-safe-finding" name="q-safe-finding" type="radio" value="kept" checked' in printed
    assert '<details class="govuk-details" open>' in printed
    assert "In the open</legend>" in printed and "We tell people." in printed
    assert field.answer() == [{"principle": "safe", "finding": "kept", "text": "Locked.", "authorities": "charter"}]


def test_a_policy_without_laws_asks_for_none(ask):
    assert "authorities" not in ask(asked(laws=()))()


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("q-open-finding", "perhaps", "Finding"),
        ("q-open-authorities", "invented", "Law this rests on"),
        ("q-open-text", "x" * 5000, "What is done for it"),
        ("q-open-text", "\x00", "What is done for it"),
    ],
)
def test_a_crafted_part_is_named_with_its_principle(ask, name, value, part):
    (problem,) = ask(asked(), [(name, value)]).problems()
    assert problem.sentence.startswith(f"In the open, {part}: ")
    assert problem.anchor.startswith(name)


NAMES = st.from_regex(r"q-(open|safe|gone|)-(finding|text|authorities|x)", fullmatch=True)


@given(st.lists(st.tuples(NAMES, st.text(max_size=30)), max_size=12))
def test_any_posted_names_and_values_are_read_or_refused_but_never_break(ask, posted):
    field = ask(asked(), posted)
    field().encode()
    assert {entry["principle"] for entry in field.answer() or []} <= {"open", "safe"}


@pytest.mark.parametrize("stored", ["text", 3, {"a": 1}, [{"principle": ["x"]}], [{"principle": "open", "text": 3}]])
def test_stored_nonsense_never_breaks_the_page(ask, stored):
    assert ask(asked(), data=stored)()
