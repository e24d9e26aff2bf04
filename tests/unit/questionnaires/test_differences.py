"""What changed between two texts and between two lists; always both can be read back from it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.questionnaires.differences import Kind, compare_lines, compare_words, is_different

texts = st.text(alphabet="abc d\n.", max_size=60)


def shown(before: str, after: str) -> list[str]:
    marks = {Kind.SAME: "", Kind.ADDED: "+", Kind.REMOVED: "-"}
    return [f"{marks[piece.kind]}{piece.text}" for piece in compare_words(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("The city counts cars.", "The city counts bicycles.", ["The city counts", "- cars.", "+ bicycles."]),
        ("One two three", "One three", ["One", "- two", " three"]),
        ("One", "One", ["One"]),
        ("", "New", ["+New"]),
        ("Old", "", ["-Old"]),
        (
            "a b c d e f",
            "u v c w x y",
            ["-a b c d e f", "+u v c w x y"],
        ),
    ],
)
def test_words_that_came_and_went(before: str, after: str, said: list[str]) -> None:
    assert shown(before, after) == said


@given(texts, texts)
def test_both_texts_can_be_read_back(before: str, after: str) -> None:
    pieces = compare_words(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.REMOVED) == after


@given(st.lists(texts, max_size=6), st.lists(texts, max_size=6), st.booleans())
def test_both_lists_can_be_read_back(before: list[str], after: list[str], within: bool) -> None:
    lines = compare_lines(before, after, within=within)
    old = ["".join(p.text for p in line.pieces if p.kind is not Kind.ADDED) for line in lines]
    new = ["".join(p.text for p in line.pieces if p.kind is not Kind.REMOVED) for line in lines]
    assert [text for line, text in zip(lines, old, strict=True) if line.kind is not Kind.ADDED] == before
    assert [text for line, text in zip(lines, new, strict=True) if line.kind is not Kind.REMOVED] == after
    assert is_different(lines) == (before != after)


def test_choices_are_compared_as_a_whole() -> None:
    lines = compare_lines(["Faces", "Number plates"], ["Faces", "Number of people"], within=False)
    assert [(line.kind, line.pieces[0].text) for line in lines] == [
        (Kind.SAME, "Faces"),
        (Kind.REMOVED, "Number plates"),
        (Kind.ADDED, "Number of people"),
    ]


@pytest.mark.timeout(20)
def test_long_texts_with_nothing_in_common_are_compared_in_bounded_time() -> None:
    before = " ".join(f"w{number % 7}" for number in range(9_900))
    after = " ".join(f"w{number % 5}" for number in range(9_900))
    assert compare_words(before, after)
    assert len(compare_words(before * 3, after * 3)) == 2
