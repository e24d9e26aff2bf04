"""What a sign-off by section covers: its digests, and what a change elsewhere does to them."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from pia_engine.questionnaires.coverage import changed_sections, section_digests, sections_hanging_on
from pia_engine.questionnaires.definition import Answers, Questionnaire, Value
from pia_engine.questionnaires.progress import answers_in_play
from tests.unit.questionnaires.conftest import _tiny

ANSWERS: Answers = {"personal": "yes", "groups": ["children"], "consent": "yes", "how": "By letter."}
AUTHORS = frozenset({"agency_official"})


def test_each_section_has_a_digest_of_its_own_answers(tiny: Callable[[str], Questionnaire]) -> None:
    before = section_digests(tiny("conditions"), ANSWERS)
    after = section_digests(tiny("conditions"), {**ANSWERS, "how": "By mail."})
    assert changed_sections(before, after) == ["children"]


def test_an_answer_that_hides_questions_elsewhere_changes_those_sections(tiny: Callable[[str], Questionnaire]) -> None:
    before = section_digests(tiny("conditions"), ANSWERS)
    after = section_digests(tiny("conditions"), {**ANSWERS, "groups": ["residents"]})
    assert changed_sections(before, after) == ["start", "children"]


def test_an_answer_that_is_not_asked_for_is_not_covered(tiny: Callable[[str], Questionnaire]) -> None:
    given_answers: Answers = {"personal": "no"}
    before = section_digests(tiny("conditions"), given_answers)
    assert before == section_digests(tiny("conditions"), {**given_answers, "how": "Left from before."})


def test_other_people_s_answers_are_left_out(tiny: Callable[[str], Questionnaire]) -> None:
    answers: Answers = {"personal": "yes", "groups": ["residents"], "count": 2000}
    before = section_digests(tiny("conditions"), answers, roles=AUTHORS)
    assert before == section_digests(tiny("conditions"), {**answers, "large": "A big city."}, roles=AUTHORS)
    assert section_digests(tiny("conditions"), {**answers, "large": "A big city."}) != before


def test_sections_that_hang_on_another_are_found_through_several_questions(
    tiny: Callable[[str], Questionnaire],
) -> None:
    assert sections_hanging_on(tiny("conditions"), "start") == {"children", "size"}
    assert sections_hanging_on(tiny("conditions"), "children") == frozenset()


SETS = st.fixed_dictionaries(
    {},
    optional={
        "personal": st.sampled_from(["yes", "no", "unsure"]),
        "groups": st.lists(st.sampled_from(["children", "employees", "residents"]), unique=True, min_size=1),
        "consent": st.sampled_from(["yes", "no"]),
        "how": st.sampled_from(["By letter.", "By mail."]),
        "count": st.integers(0, 2000),
    },
)


@given(SETS, SETS)
def test_a_section_is_changed_if_and_only_if_its_answers_in_play_are(
    one: dict[str, Value], other: dict[str, Value]
) -> None:
    questionnaire = _tiny("conditions")
    changed = changed_sections(section_digests(questionnaire, one), section_digests(questionnaire, other))
    before, after = answers_in_play(questionnaire, one), answers_in_play(questionnaire, other)
    differing = [
        section.id
        for section in questionnaire.sections
        if [before.get(q.id) for q in section.questions] != [after.get(q.id) for q in section.questions]
    ]
    assert changed == differing
