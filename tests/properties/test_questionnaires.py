"""Properties that hold for any answers: visibility and progress agree, mapping never invents, languages only reword."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pia_engine.questionnaires.answers import check_value, choices, show_value
from pia_engine.questionnaires.checking import find_problems
from pia_engine.questionnaires.conditions import holds
from pia_engine.questionnaires.definition import Answers, Column, Question, Questionnaire, QuestionType, Value
from pia_engine.questionnaires.loading import load_folder, shipped_catalogue
from pia_engine.questionnaires.mapping import carry_forward
from pia_engine.questionnaires.progress import (
    SectionStatus,
    answers_in_play,
    is_finished,
    missing_questions,
    progress_by_section,
    required_questions,
    visible_questions,
)
from pia_engine.questionnaires.source import Source, read_bytes
from pia_engine.questionnaires.thresholds import evaluate
from pia_engine.questionnaires.values import is_answered, same_value

TINY_FOLDER = Path(__file__).parents[1] / "questionnaires"
TINY = load_folder(TINY_FOLDER)
EVERY = (
    *(TINY.newest(found) for found in TINY.ids()),
    *(shipped_catalogue().newest(found) for found in shipped_catalogue().ids()),
)
RISKS = [{"id": f"r{number}", "risk": "Recordings leak", "likelihood": "2"} for number in range(1, 5)]
FINDINGS = [{"principle": "open", "finding": "kept", "text": "A sign says so."}, {"principle": "least"}]
THRESHOLDS = [questionnaire for questionnaire in EVERY if questionnaire.thresholds]
MAPPED = [questionnaire for questionnaire in EVERY if questionnaire.mappings]
ROLES = ("agency_official", "contributor", "privacy_officer", "vendor_respondent", None)

anything = st.one_of(
    st.text(max_size=12),
    st.integers(-5, 20_000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.text(max_size=4), max_size=3),
    st.lists(st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2), max_size=2),
)


WORDS = ["Cameras", "2026-01-31", "", " "]
FILE = {"id": "6f3c", "name": "contract.pdf", "type": "application/pdf", "size": "1200"}


def answers_to(question: Question) -> st.SearchStrategy[Any]:
    """Mostly answers that fit, and now and then anything at all."""
    fitting = fitting_answers(question)
    return st.one_of(fitting, fitting, fitting, anything)


def fitting_answers(question: Question) -> st.SearchStrategy[Any]:
    values = [option.value for option in choices(question)]
    match question.type:
        case QuestionType.ROWS:
            cells = {column.id: st.sampled_from(cells_of(column)) for column in question.columns}
            return st.lists(st.fixed_dictionaries({}, optional=cells), max_size=3)
        case QuestionType.ANY_OF:
            return st.lists(st.sampled_from(values), max_size=3, unique=True)
        case QuestionType.NUMBER:
            return st.integers(0, 2000)
        case QuestionType.FILE:
            return st.lists(st.just(FILE), max_size=2)
        case QuestionType.RISKS:
            return st.lists(st.sampled_from(RISKS), max_size=3, unique_by=lambda risk: risk["id"])
        case QuestionType.PRINCIPLES:
            return st.lists(st.sampled_from(FINDINGS), max_size=2, unique_by=lambda finding: finding["principle"])
    return st.sampled_from(values or WORDS)


def cells_of(column: Column) -> list[str]:
    offered = [option.value for option in choices(column)]
    several = [" ".join(offered[:2])] if column.type is QuestionType.ANY_OF else []
    return [*offered, *several, "", "1", "2026-01-31", "Face"]


ANSWERS = {(found.id, question.id): answers_to(question) for found in EVERY for question in found.questions}


@st.composite
def answered(draw: st.DrawFn, questionnaires: tuple[Questionnaire, ...] = EVERY) -> tuple[Questionnaire, Answers]:
    questionnaire = questionnaires[draw(st.integers(0, len(questionnaires) - 1))]
    last = len(questionnaire.questions) - 1
    asked = [questionnaire.questions[place] for place in draw(st.sets(st.integers(0, last), max_size=12))]
    return questionnaire, {question.id: draw(ANSWERS[questionnaire.id, question.id]) for question in asked}


@given(answered(), st.sampled_from(ROLES))
def test_visibility_and_progress_never_disagree(case: tuple[Questionnaire, Answers], role: str | None) -> None:
    questionnaire, answers = case
    visible = {question.id for question in visible_questions(questionnaire, answers, role=role)}
    progress = progress_by_section(questionnaire, answers, role=role)
    missing = [question.id for question in missing_questions(questionnaire, answers, role=role)]
    required = required_questions(questionnaire, answers)
    assert {each for each in visible & required if not finished(questionnaire, each, answers)} <= set(missing)
    assert missing == [question_id for found in progress.values() for question_id in found.missing]
    assert set(missing) <= visible
    for section in questionnaire.sections:
        here = {question.id for question in section.questions} & visible
        found = progress[section.id]
        assert (found.status is SectionStatus.NOT_APPLICABLE) is (not here)
        assert found.answered + len(found.missing) <= len(here)
        assert found.required == len(here & required)
        if found.status is SectionStatus.COMPLETE:
            assert not found.missing and found.answered
        if found.status is SectionStatus.IN_PROGRESS:
            assert found.missing and any(is_answered(answers.get(question_id)) for question_id in here)


def finished(questionnaire: Questionnaire, question_id: str, answers: Answers) -> bool:
    return is_finished(questionnaire.question(question_id), answers)


@given(answered())
def test_what_is_required_is_shown_and_its_condition_holds(case: tuple[Questionnaire, Answers]) -> None:
    questionnaire, answers = case
    in_play = answers_in_play(questionnaire, answers)
    visible = visible_questions(questionnaire, answers)
    wanted = {q.id for q in visible if q.required or (q.required_when and holds(q.required_when, in_play))}
    assert required_questions(questionnaire, answers) == wanted


@given(st.sampled_from(EVERY), st.sampled_from(["fr", "ar", "de", "fr-CA", "fr_CA"]))
def test_another_language_changes_words_only(questionnaire: Questionnaire, language: str) -> None:
    told = questionnaire.in_language(language)
    assert (told.id, told.version, told.digest) == (questionnaire.id, questionnaire.version, questionnaire.digest)
    assert told.mappings == questionnaire.mappings
    assert bones(told.sections) == bones(questionnaire.sections)
    assert bones(told.thresholds) == bones(questionnaire.thresholds)
    if told is not questionnaire:
        assert told.title and all(question.text.strip() for question in told.questions)


TEXTS = frozenset({"title", "intro", "text", "hint", "guidance", "example", "unit", "label", "because"})


def bones(part: Any) -> Any:
    """What stays when every text is taken away: whether there is one, ids, conditions, limits and order."""
    if isinstance(part, tuple):
        return [bones(each) for each in part]
    if not is_dataclass(part):
        return part
    named = {each.name: getattr(part, each.name) for each in fields(part)}
    return {name: bool(value) if name in TEXTS else bones(value) for name, value in named.items()}


@given(answered())
def test_answers_that_do_not_count_change_nothing(case: tuple[Questionnaire, Answers]) -> None:
    questionnaire, answers = case
    in_play = answers_in_play(questionnaire, answers)
    assert in_play.items() <= dict(answers).items()
    assert visible_questions(questionnaire, in_play) == visible_questions(questionnaire, answers)
    assert progress_by_section(questionnaire, in_play) == progress_by_section(questionnaire, answers)


@given(st.integers(0, len(MAPPED) - 1), st.data())
def test_mapping_never_invents(place: int, data: st.DataObject) -> None:
    target = MAPPED[place]
    origins = {mapping.from_questionnaire for mapping in target.mappings}
    sources = {q.id: data.draw(answered((q,)))[1] for q in EVERY if q.id in origins}
    declared = {(m.from_questionnaire, a.question, a.source): a for m in target.mappings for a in m.answers}
    carried = carry_forward(target, sources)
    assert len({found.question for found in carried}) == len(carried)
    for found in carried:
        mapped = declared[found.from_questionnaire, found.question, found.from_question]
        original = sources[found.from_questionnaire][found.from_question]
        assert is_answered(original) and is_answered(found.value)
        assert check_value(target.question(found.question), found.value) is None
        assert said(found.value) <= {(mapped.values or {}).get(str(part), part) for part in said(original)}
        if mapped.values is None and not isinstance(found.value, list):
            assert same_value(found.value, original)


def said(value: Value) -> set[object]:
    """Every single thing an answer says."""
    if not isinstance(value, list):
        return {value}
    return {cell for entry in value for cell in (entry.values() if isinstance(entry, dict) else [entry])}


@given(answered(tuple(THRESHOLDS)))
def test_the_outcome_is_always_explained(case: tuple[Questionnaire, Answers]) -> None:
    questionnaire, answers = case
    assert questionnaire.thresholds is not None
    result = evaluate(questionnaire.thresholds, answers, questionnaire=questionnaire)
    assert result.outcome == questionnaire.thresholds.default or result.decisive
    assert len(result.fired) + len(result.quiet) == len(questionnaire.thresholds.rules)
    assert all(rule.answers for rule in result.fired if rule.id not in counting(questionnaire))


def counting(questionnaire: Questionnaire) -> set[str]:
    rules = questionnaire.thresholds.rules if questionnaire.thresholds else ()
    return {rule.id for rule in rules if rule.points_needed}


@given(st.sampled_from(EVERY), st.data())
def test_any_value_is_judged_and_shown_without_failing(questionnaire: Questionnaire, data: st.DataObject) -> None:
    question = data.draw(st.sampled_from(questionnaire.questions))
    value: Value = data.draw(anything)
    judged, shown = check_value(question, value), show_value(question, value)
    assert judged is None or str(judged).strip()
    assert isinstance(shown, str | list)


@given(st.sampled_from(sorted(TINY_FOLDER.glob("*.yaml"))), st.data())
def test_a_file_with_anything_in_it_is_judged_without_failing(path: Path, data: st.DataObject) -> None:
    source = read_bytes(path.read_bytes(), path.name)
    at = data.draw(st.sampled_from(sorted(source.lines, key=repr)))
    value: object = data.draw(st.one_of(st.none(), st.booleans(), anything, st.just({"question": 1}), st.just([[]])))
    problems = find_problems(Source(path.name, replaced(source.data, at, value), source.lines))
    assert all(str(problem).startswith(f"{path.name}:") for problem in problems)


def replaced(data: Any, path: tuple[str | int, ...], value: object) -> Any:
    """A copy of the data with another value at the path."""
    if not path:
        return value
    copy: Any = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


@given(st.text(alphabet="ab:-[]{}&*!|>?#'\"\n \t,%@0\\", max_size=60))
def test_any_text_is_read_or_refused_without_failing(text: str) -> None:
    source = read_bytes(text.encode(), "any.yaml")
    assert find_problems(source), "no such text is a questionnaire, and each is refused with a line"
