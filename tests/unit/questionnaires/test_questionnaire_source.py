"""Reading YAML within limits: no surprises in values, no bombs, and a line for everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from pia_engine.questionnaires.source import MAX_BYTES, Source, read_bytes, read_file


def read(text: str) -> Source:
    return read_bytes(text.encode(), "file.yaml")


def only_problem(source: Source) -> str:
    (problem,) = source.problems
    return str(problem)


def test_words_that_look_like_something_else_stay_words() -> None:
    source = read("a: no\nb: yes\nc: 2026-04-01\nd: 007\ne: '5'\nf: on\ng: 1e9")
    assert source.data == {
        "a": "no",
        "b": "yes",
        "c": "2026-04-01",
        "d": "007",
        "e": "5",
        "f": "on",
        "g": "1e9",
    }


def test_numbers_truth_and_emptiness_are_read() -> None:
    source = read("a: 4\nb: -1.5\nc: true\nd: False\ne:\nf: ~\ng: null")
    assert source.data == {"a": 4, "b": -1.5, "c": True, "d": False, "e": None, "f": None, "g": None}


def test_every_part_knows_its_line() -> None:
    source = read("a: 1\nlist:\n  - x\n  - {deep: y}\n")
    assert [source.line(path) for path in [("a",), ("list",), ("list", 1), ("list", 1, "deep")]] == [
        1,
        2,
        4,
        4,
    ]
    assert source.line(("list", 1, "absent")) == 4


def test_a_repeated_part_is_read_like_the_first() -> None:
    source = read("a: &who {question: x, answered: true}\nb: *who\n")
    assert source.data == {"a": {"question": "x", "answered": True}, "b": {"question": "x", "answered": True}}


def test_repeats_of_repeats_are_stopped() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert (
        only_problem(read("\n".join(lines))) == "file.yaml:5: the file holds too much; expected at most 60,000 values"
    )


def test_a_part_cannot_repeat_itself() -> None:
    problem = only_problem(read("a: &a\n  b: *a\n"))
    assert problem == "file.yaml:2: “*a” repeats something not complete; expected an earlier “&” name"


@pytest.mark.parametrize("text", ["[" * 500, "{a: " * 500, "\n".join(" " * n + "a:" for n in range(200))])
def test_deep_nesting_is_refused(text: str) -> None:
    assert only_problem(read(text)).endswith("this is nested too deeply; expected at most 24 levels")


def test_depth_hidden_in_repeats_is_refused() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 40)]
    assert only_problem(read("\n".join(lines))).endswith("this is nested too deeply; expected at most 24 levels")


def test_a_name_given_twice_is_told_with_its_line_and_the_first_stays() -> None:
    source = read("a: 1\nb: 2\na: 3\n")
    assert only_problem(source) == "file.yaml:3: “a” appears twice here; expected each name once"
    assert source.data == {"a": 1, "b": 2}


def test_a_tag_that_would_make_an_object_is_refused() -> None:
    problem = only_problem(read("a: !!python/object/apply:os.system ['true']\n"))
    assert problem.endswith("is not allowed; expected plain values")


def test_too_large_a_file_is_refused_unread() -> None:
    problem = only_problem(read_bytes(b"#" * (MAX_BYTES + 1), "file.yaml"))
    assert problem == "file.yaml:1: the file is too large; expected at most 1,000,000 bytes"


def test_a_file_in_another_encoding_is_told_with_its_line() -> None:
    problem = only_problem(read_bytes("a: 1\nb: café".encode("latin-1"), "file.yaml"))
    assert problem == "file.yaml:2: this line is not UTF-8 text; expected a file saved as UTF-8"


@pytest.mark.parametrize("text", ["a: [b", "a: b: c", "\tx: 1", "a: \x00", "%YAML 9.9\n---\na", "? [a]\n: b", "- *x"])
def test_what_is_no_yaml_is_a_problem_and_never_a_crash(text: str) -> None:
    assert read(text).problems


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    problem = only_problem(read_file(tmp_path / "absent.yaml"))
    assert problem.endswith("the file cannot be read (No such file or directory); expected a readable YAML file")
