"""A table as a file that spreadsheets open: UTF-8 with its mark, CRLF, and nothing that would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""Without it, a widespread spreadsheet takes the file for another encoding and spoils every accented letter."""
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> bytes:
    """The table as a file. Numbers stay numbers; a text that begins like a formula gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_harmless(column) for column in columns])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return (MARK + written.getvalue()).encode()


def _harmless(cell: str | int | float | None) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.lstrip(" ").startswith(_STARTS_A_FORMULA):
        return f"'{cell}"
    return cell
