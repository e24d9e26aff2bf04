"""Which questions are asked and how far along a person is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pia_engine.questionnaires.definition import Answers, Questionnaire
from pia_engine.questionnaires.progress import (
    SectionProgress,
    SectionStatus,
    answers_in_play,
    missing_questions,
    progress_by_section,
    required_questions,
    section_progress,
    visible_questions,
)

Tiny = Callable[[str], Questionnaire]


def shown(questionnaire: Questionnaire, answers: Answers) -> list[str]:
    return [question.id for question in visible_questions(questionnaire, answers)]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, ["personal", "count"]),
        ({"personal": "no"}, ["personal", "count"]),
        ({"personal": "yes"}, ["personal", "groups", "count"]),
        ({"personal": "yes", "groups": ["children"]}, ["personal", "groups", "count", "consent"]),
        (
            {"personal": "yes", "groups": ["children"], "consent": "yes"},
            ["personal", "groups", "count", "consent", "how"],
        ),
        ({"count": 1000}, ["personal", "count", "large"]),
        ({"count": 3}, ["personal", "count", "small"]),
        ({"personal": "yes", "groups": ["children", "employees", "residents"]}, None),
    ],
)
def test_questions_appear_as_answers_are_given(tiny: Tiny, answers: Answers, expected: list[str] | None) -> None:
    found = shown(tiny("conditions"), answers)
    assert found == expected if expected else "large" in found


def test_an_answer_to_a_question_hidden_since_shows_nothing_further(tiny: Tiny) -> None:
    answers: Answers = {"personal": "no", "groups": ["children"], "consent": "yes"}
    assert shown(tiny("conditions"), answers) == ["personal", "count"]
    assert answers_in_play(tiny("conditions"), answers) == {"personal": "no"}


def test_a_section_without_any_question_to_ask_does_not_apply(tiny: Tiny) -> None:
    progress = progress_by_section(tiny("conditions"), {"personal": "no"})
    assert progress["children"] == SectionProgress(SectionStatus.NOT_APPLICABLE, 0, 0, ())


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({}, SectionProgress(SectionStatus.NOT_STARTED, 0, 2, ("name", "story"))),
        ({"name": " "}, SectionProgress(SectionStatus.NOT_STARTED, 0, 2, ("name", "story"))),
        ({"name": "Cameras"}, SectionProgress(SectionStatus.IN_PROGRESS, 1, 2, ("story",))),
        ({"remarks": "None"}, SectionProgress(SectionStatus.IN_PROGRESS, 1, 2, ("name", "story"))),
        ({"name": "Cameras", "story": "Why"}, SectionProgress(SectionStatus.COMPLETE, 2, 2, ())),
        ({"name": "x" * 21, "story": "Why"}, SectionProgress(SectionStatus.IN_PROGRESS, 1, 2, ("name",))),
        (
            {"name": "Cameras", "story": "Why", "remarks": "\x00"},
            SectionProgress(SectionStatus.IN_PROGRESS, 2, 2, ("remarks",)),
        ),
    ],
)
def test_a_section_counts_what_is_finished(tiny: Tiny, answers: Answers, expected: SectionProgress) -> None:
    texts = tiny("texts")
    assert section_progress(texts.section("words"), texts, answers=answers) == expected
    assert [question.id for question in missing_questions(texts, answers)] == list(expected.missing)


def test_a_table_with_gaps_is_still_missing(tiny: Tiny) -> None:
    rows = tiny("rows")
    assert missing_questions(rows, {"elements": [{"element": "Face"}]}) == rows.questions
    assert missing_questions(rows, {"elements": [{"element": "Face", "source": "sensor"}]}) == ()


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        ("agency_official", ["purpose"]),
        ("contributor", []),
        ("privacy_officer", ["advice"]),
        ("vendor_respondent", []),
        (None, ["purpose", "advice"]),
    ],
)
def test_each_role_sees_what_is_left_for_it(tiny: Tiny, role: str | None, missing: list[str]) -> None:
    answers: Answers = {"security": "Encrypted"}
    assert [question.id for question in missing_questions(tiny("roles"), answers, role=role)] == missing


def test_a_role_sees_its_own_share_of_a_section(tiny: Tiny) -> None:
    progress = progress_by_section(tiny("roles"), {"security": "Encrypted"}, role="contributor")
    assert progress["together"] == SectionProgress(SectionStatus.COMPLETE, 1, 1, ())


def test_a_role_with_optional_questions_only_is_held_up_by_none(tiny: Tiny) -> None:
    progress = progress_by_section(tiny("roles"), {}, role="vendor_respondent")
    assert progress["together"] == SectionProgress(SectionStatus.NOT_STARTED, 0, 0, ())


@pytest.mark.parametrize(
    ("answers", "missing"),
    [
        ({}, ["kept"]),
        ({"kept": "no"}, []),
        ({"kept": "unsure"}, []),
        ({"kept": "yes"}, ["years"]),
        ({"kept": "yes", "years": 2}, []),
        ({"kept": "yes", "years": 7}, ["reason"]),
        ({"kept": "no", "years": 7}, []),
        ({"kept": "no", "years": -1}, ["years"]),
        ({"kept": "yes", "years": 7, "reason": "The law says so."}, []),
    ],
)
def test_an_answer_is_needed_only_while_its_condition_holds(tiny: Tiny, answers: Answers, missing: list[str]) -> None:
    assert [question.id for question in missing_questions(tiny("required-when"), answers)] == missing


def test_a_condition_changes_what_is_counted_as_needed(tiny: Tiny) -> None:
    given: list[Answers] = [{"kept": "no"}, {"kept": "yes"}, {"kept": "yes", "years": 7}]
    counted = [progress_by_section(tiny("required-when"), answers)["keeping"].required for answers in given]
    assert counted == [1, 2, 3]
    assert required_questions(tiny("required-when"), {"kept": "yes"}) == {"kept", "years"}
