"""Registers in the policy's words, and the matrix as a picture."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pia_engine.models.default_rules import DEFAULT_RULES
from pia_engine.models.policy_rules import Authority, Control, PolicyRules, RiskMatrix, rules_of
from pia_engine.permissions.registers import decider_for, highest_left, level_left, residual_level
from pia_engine.questionnaires.definition import QuestionType
from pia_engine.register.language import language_of
from pia_engine.register.matrix import drawn_matrix
from pia_engine.register.risks import (
    Risk,
    control_names,
    matrix_of,
    policy_words,
    read_risks,
    register_columns,
    register_words,
)
from tests.factories.answers import sample_risk

ENGLISH = language_of("en", "Europe/Berlin")
SMALL = RiskMatrix(
    likelihoods=("Rarely", "Now and then", "Often"),
    severities=("A nuisance", "Harm", "Harm that does not heal again"),
    levels={"low": "Green", "medium": "Amber", "high": "Red"},
    cells=(("low", "low", "medium"), ("low", "medium", "high"), ("medium", "high", "high")),
)


def rules(matrix: RiskMatrix | None = None) -> PolicyRules:
    read = replace(
        rules_of(DEFAULT_RULES),
        authorities=(Authority("charter", "Charter", "Article 4", ""), Authority("custom", "Custom", "", "")),
        controls=(Control("ALD-1", "Two people for every look", ""),),
    )
    return replace(read, matrix=matrix) if matrix else read


def in_words(row: dict[str, str], matrix: RiskMatrix | None = None) -> Risk:
    own = rules(matrix)
    words = register_words(QuestionType.RISKS, [row], own, say=ENGLISH.say, day=ENGLISH.day)
    (risk,) = read_risks([row], words, own.matrix)
    return risk


def test_reader_gets_the_policys_words_for_every_code() -> None:
    words = in_words(sample_risk(controls="ALD-1 AC-3 XX-9", problem="loss-of-trust")).words
    assert (words["likelihood"], words["severity"], words["level"]) == ("Possible", "Real harm", "Medium")
    assert (words["residual_likelihood"], words["residual_level"]) == ("Very unlikely", "Low")
    assert (words["action"], words["problem"], words["threat"]) == ("Surveillance", "Loss of trust", "")
    assert words["controls"] == "ALD-1 Two people for every look; AC-3 Access Enforcement; XX-9"
    assert (words["response"], words["due_on"], words["id"]) == ("Reduce it", "30 June 2026", "R1")
    assert set(words) == {column["id"] for column in register_columns(QuestionType.RISKS, ENGLISH.say)}


def test_a_rating_that_is_missing_counts_as_the_worst() -> None:
    risk = in_words({"id": "r4", "risk": "x", "likelihood": "2"})
    assert (risk.reference, risk.likelihood, risk.severity, risk.residual_level) == ("R4", 2, 5, "high")
    assert (risk.words["severity"], risk.words["level"]) == ("Not rated", "Medium")


def test_a_rating_beyond_a_smaller_matrix_counts_as_its_highest() -> None:
    risk = in_words(sample_risk(likelihood="5", severity="2"), SMALL)
    assert (risk.likelihood, risk.severity, risk.level) == (3, 2, "high")
    assert risk.words["likelihood"] == "Often"


def test_findings_name_principle_and_laws() -> None:
    row = {"principle": "open", "finding": "partly", "text": "A sign.", "authorities": "charter custom gone"}
    (words,) = register_words(QuestionType.PRINCIPLES, [row], rules(), say=ENGLISH.say, day=ENGLISH.day)
    assert words == {
        "principle": "In the open",
        "finding": "Kept in part",
        "text": "A sign.",
        "authorities": "Charter, Article 4; Custom; gone",
    }


def test_the_published_matrix_is_the_policys_own() -> None:
    assert matrix_of({"policy": policy_words(rules(SMALL), ENGLISH.say)}) == SMALL
    assert control_names([], rules()) == []


@pytest.mark.parametrize("size", [3, 5])
def test_picture_has_a_square_for_each_pair_and_each_risk_twice(size: int) -> None:
    matrix = SMALL if size == 3 else rules().matrix
    risks = [in_words(sample_risk(), matrix), in_words(sample_risk(id="r2"), matrix)]
    drawn = drawn_matrix(matrix, risks)
    assert len(drawn.squares) == size * size
    assert sorted(name for square in drawn.squares for name in square.before) == ["R1", "R2"]
    left = next(square for square in drawn.squares if square.left)
    assert (left.level, left.name) == (matrix.level(1, 3), matrix.levels[matrix.level(1, 3)])
    assert left.y == max(square.y for square in drawn.squares)
    assert all(0 <= square.x < drawn.width and 0 <= square.y < drawn.height for square in drawn.squares)


def test_long_labels_stand_on_two_lines() -> None:
    drawn = drawn_matrix(SMALL, [])
    assert [label.lines for label in drawn.severities] == [
        ("A nuisance",),
        ("Harm",),
        ("Harm that does", "not heal again"),
    ]


@pytest.mark.parametrize(
    ("stated", "left", "counts"),
    [
        ("low", ("1", "1"), "low"),
        ("low", ("3", "4"), "medium"),
        ("low", ("5", "5"), "high"),
        ("high", ("1", "1"), "high"),
        ("medium", ("1", "1"), "medium"),
        ("", ("1", "1"), "high"),
        ("none at all", ("1", "1"), "high"),
        ("low", ("", ""), "high"),
    ],
)
def test_the_worse_of_statement_and_register_counts(stated: str, left: tuple[str, str], counts: str) -> None:
    risk = sample_risk(residual_likelihood=left[0], residual_severity=left[1])
    answers = {"risks": [sample_risk(id="r9"), risk]} | ({"overall_residual_risk": stated} if stated else {})
    assert residual_level(answers, rules()) == counts
    assert decider_for(answers, rules()) == rules().decider_by_residual_risk[counts]


def test_an_empty_register_lowers_nothing() -> None:
    assert highest_left({}, rules()) is None
    assert residual_level({"overall_residual_risk": "medium"}, rules()) == "medium"
    assert level_left(rules().matrix, {}) == "high"
