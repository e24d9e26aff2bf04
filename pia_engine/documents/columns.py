"""How wide each column of a data table is: enough for its longest word, the rest where it saves most lines."""

import re
import unicodedata
from math import ceil

from pia_engine.documents.report import Answer, Table

WIDE_FROM = 7  # columns; tables with as many stand on a page turned sideways
UPRIGHT, SIDEWAYS = 100, 152  # characters of table type on one line of the page
LONGEST_WORD, GAP, BOLD = 17, 2, 1.2
UNBROKEN = 12  # a text as short as a date stays on one line
RAGGED = 3  # characters that every line loses at its end, on average
BRIEF, SHORT_LINE, MANY_LINES = 64, 44, 4
_UNBREAKABLE = re.compile("[\u2e80-\u9fff\uf900-\uffef]{1,4}|[^\\s\u2e80-\u9fff\uf900-\uffef]+")
"""What should stay on one line: a word, or a few characters of a script that is written without spaces."""


def is_table(answer: Answer) -> bool:
    """Tell a table from a text and from a list."""
    return isinstance(answer, Table)


def is_wide(answer: Answer) -> bool:
    """Say whether this is a table too wide for an upright page."""
    return isinstance(answer, Table) and len(answer.columns) >= WIDE_FROM


def is_brief(answer: Answer) -> bool:
    """Say whether the answer fits on one line beside its question."""
    return isinstance(answer, str) and 0 < text_width(answer) <= BRIEF and "\n" not in answer.strip()


def is_short_list(answer: Answer) -> bool:
    """Say whether the lines of a list are many and short enough to stand in two columns."""
    return isinstance(answer, tuple) and len(answer) >= MANY_LINES and max(map(text_width, answer)) <= SHORT_LINE


def column_shares(table: Table) -> tuple[int, ...]:
    """Divide the width of the page among the columns, in percent."""
    room = (SIDEWAYS if is_wide(table) else UPRIGHT) - GAP * len(table.columns)
    widths = _least_widths(table)
    lengths = [list(map(text_width, row)) for row in table.rows]
    for _ in range(room - sum(widths)):
        widths[_neediest(lengths, widths)] += 1
    return _percent([width + GAP for width in widths])


def _least_widths(table: Table) -> list[int]:
    widths = []
    for place, heading in enumerate(table.columns):
        cells = [_longest_part(row[place]) * (BOLD if place == 0 else 1.05) for row in table.rows]
        widths.append(min(LONGEST_WORD, ceil(max(_longest_word(heading) * BOLD, *cells, 4))))
    return widths


def _longest_part(text: str) -> int:
    width = text_width(text)
    return width if width <= UNBROKEN else _longest_word(text)


def _longest_word(text: str) -> int:
    return max(map(text_width, _UNBREAKABLE.findall(text)), default=0)


def text_width(text: str) -> int:
    """The width of a text in letters of average width; an ideograph is as wide as two."""
    return len(text) + sum(unicodedata.east_asian_width(char) in "WF" for char in text)


def _neediest(lengths: list[list[int]], widths: list[int]) -> int:
    """Find the column whose texts make the rows tallest; when every row is one line, the widest."""
    need = [0.0] * len(widths)
    for row in lengths:
        heights = [_height(length, width) for length, width in zip(row, widths, strict=True)]
        tallest = max(heights)
        need[heights.index(tallest)] += tallest if tallest > 1 else 0
    return need.index(max(need)) if any(need) else widths.index(max(widths))


def _height(length: int, width: int) -> float:
    return 1.0 if length <= width else length / max(width - RAGGED, 1)


def _percent(widths: list[int]) -> tuple[int, ...]:
    total = sum(widths)
    shares = [100 * width // total for width in widths]
    shares[shares.index(max(shares))] += 100 - sum(shares)
    return tuple(shares)
