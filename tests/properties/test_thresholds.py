"""Properties of threshold rules: a reported change really changes the outcome, and a rule survives its form."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pia_engine.questionnaires.answers import check_value, choices
from pia_engine.questionnaires.conditions import holds
from pia_engine.questionnaires.definition import Answers, Question, Questionnaire, QuestionType
from pia_engine.questionnaires.parsing import parse_condition
from pia_engine.questionnaires.rule_drafts import UNANSWERED, WAYS, document_of, draft_of
from pia_engine.questionnaires.thresholds import evaluate, judge
from pia_engine.questionnaires.turning_points import find_turning_points, other_answers, with_answer
from tests.properties.test_questionnaires import EVERY, answered

JUDGED = tuple(questionnaire for questionnaire in EVERY if questionnaire.thresholds)
INITIAL = next(questionnaire for questionnaire in JUDGED if questionnaire.id == "initial-assessment")
WORDS = ("cameras", "2026-01-31")


@given(answered(JUDGED))
def test_a_change_that_is_reported_changes_the_outcome_and_one_that_is_not_does_not(
    case: tuple[Questionnaire, Answers],
) -> None:
    questionnaire, answers = case
    thresholds = questionnaire.thresholds
    assert thresholds is not None
    present = evaluate(thresholds, answers, questionnaire=questionnaire).outcome
    points = find_turning_points(thresholds, answers, questionnaire=questionnaire)
    reported = []
    for point in points.found:
        assert point.other.value is None or check_value(point.other.question, point.other.value) is None
        then = evaluate(thresholds, with_answer(answers, point.other), questionnaire=questionnaire)
        assert then.outcome == point.outcome != present
        assert tuple(rule.id for rule in then.decisive) == point.rules
        reported.append(point.other)
    assert points.is_complete
    for other in other_answers(thresholds, answers, questionnaire=questionnaire):
        if other not in reported:
            changed = with_answer(answers, other)
            assert judge(thresholds, changed, questionnaire=questionnaire).outcome == present


@given(answered(JUDGED))
def test_the_bare_judgement_and_the_one_in_words_agree(case: tuple[Questionnaire, Answers]) -> None:
    questionnaire, answers = case
    assert questionnaire.thresholds is not None
    bare = judge(questionnaire.thresholds, answers, questionnaire=questionnaire)
    said = evaluate(questionnaire.thresholds, answers, questionnaire=questionnaire)
    assert (bare.outcome, bare.points) == (said.outcome, said.points)
    assert [rule.id for rule in bare.fired] == [rule.id for rule in said.fired]
    assert bool(said.decisive) or said.outcome == questionnaire.thresholds.default


def comparisons_about(question: Question) -> st.SearchStrategy[dict[str, Any]]:
    """Everything the form can ask of this question's answer, as a document says it."""
    values = [option.value for option in choices(question)]
    asked = {"question": question.id}
    made: dict[str, st.SearchStrategy[Any]] = {
        "includes_any": st.lists(st.sampled_from(values or ["-"]), min_size=1, max_size=3, unique=True),
        "includes_all": st.lists(st.sampled_from(values or ["-"]), min_size=1, max_size=3, unique=True),
        "at_least": st.integers(2, 9),
        "less_than": st.one_of(st.integers(2, 9), st.just(2.5)),
        "equals": st.integers(0, 9) if question.type is QuestionType.NUMBER else st.sampled_from(values or WORDS),
        "not_equals": st.integers(0, 9) if question.type is QuestionType.NUMBER else st.sampled_from(values or WORDS),
        "answered": st.booleans(),
    }
    ways = [way for way in WAYS[question.type] if way != UNANSWERED]
    return st.sampled_from(ways).flatmap(lambda way: made[way].map(lambda value: {**asked, way: value}))


def groups_of(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(several.map(lambda found: {"all": found}), several.map(lambda found: {"any": found}))


COMPARISONS = st.sampled_from([q for q in INITIAL.questions if q.type in WAYS]).flatmap(comparisons_about)
CONDITIONS = st.one_of(COMPARISONS, groups_of(COMPARISONS), groups_of(st.one_of(COMPARISONS, groups_of(COMPARISONS))))


@given(CONDITIONS, answered((INITIAL,)))
def test_a_rule_means_the_same_after_its_form(when: dict[str, Any], case: tuple[Questionnaire, Answers]) -> None:
    rule = {"id": "r", "because": "So it is.", "outcome": "full_pia", "when": when}
    draft = draft_of(rule, INITIAL)
    assert draft.kept is None
    written = document_of(draft, "r", INITIAL)
    assert draft_of(written, INITIAL) == draft
    _questionnaire, answers = case
    assert holds(parse_condition(written["when"]), answers) is holds(parse_condition(when), answers)
