"""Tables as files: what a spreadsheet takes for a formula is harmless, and everything else stays as it is."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pia_engine.services.spreadsheets import as_csv


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1"])
def test_a_text_that_begins_like_a_formula_is_shown_as_a_text(text: str) -> None:
    assert read(as_csv(["Title"], [[text]]))[1] == [f"'{text}"]


def test_numbers_stay_numbers_and_nothing_stays_nothing() -> None:
    assert read(as_csv(["A", "B", "C"], [[-3, 1.5, None]]))[1] == ["-3", "1.5", ""]


def test_a_file_begins_with_its_mark_and_ends_lines_as_spreadsheets_do() -> None:
    content = as_csv(["Straße"], [['Ärger, "sehr"']])
    assert content == b'\xef\xbb\xbfStra\xc3\x9fe\r\n"\xc3\x84rger, ""sehr"""\r\n'


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30), min_size=1))
def test_no_cell_ever_begins_like_a_formula(cells: list[str]) -> None:
    row = read(as_csv(["x"] * len(cells), [cells]))[1] if any(cells) or len(cells) > 1 else []
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
