"""What changed between two texts, word by word, and between two lists, entry by entry; in bounded time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from rapidfuzz.distance import LCSseq

_WORDS = re.compile(r"\s*\S+|\s+\Z")
_MOST_WORDS = 20_000
_ISLAND = 2


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of an answer; a text has only one. A changed one says which of its words."""

    kind: Kind
    pieces: tuple[Piece, ...]


Opcode = tuple[str, int, int, int, int]


def compare_lines(before: Sequence[str], after: Sequence[str], *, within: bool = True) -> tuple[Line, ...]:
    """Every entry of both, in reading order: kept, gone, new, or, when they are texts to look `within`, changed."""
    lines: list[Line] = []
    for tag, start, end, new_start, new_end in _opcodes(before, after):
        if tag == "equal":
            lines += [_whole(Kind.SAME, text) for text in after[new_start:new_end]]
        elif within:
            pairs = zip_longest(before[start:end], after[new_start:new_end])
            lines += [_line(old, new) for old, new in pairs]
        else:
            lines += [_whole(Kind.REMOVED, text) for text in before[start:end]]
            lines += [_whole(Kind.ADDED, text) for text in after[new_start:new_end]]
    return tuple(lines)


def is_different(lines: Sequence[Line]) -> bool:
    return any(line.kind is not Kind.SAME for line in lines)


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """Both texts as one, word by word. Texts beyond all measure are shown one after the other."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return _pieces([(Kind.REMOVED, before), (Kind.ADDED, after)])
    said: list[tuple[Kind, str]] = []
    for tag, start, end, new_start, new_end in _without_islands(_opcodes(old, new)):
        if tag == "equal":
            said.append((Kind.SAME, "".join(new[new_start:new_end])))
        else:
            said += [(Kind.REMOVED, "".join(old[start:end])), (Kind.ADDED, "".join(new[new_start:new_end]))]
    return _pieces(said)


def _line(old: str | None, new: str | None) -> Line:
    if old is None:
        return _whole(Kind.ADDED, new or "")
    if new is None:
        return _whole(Kind.REMOVED, old)
    return Line(Kind.CHANGED, compare_words(old, new))


def _whole(kind: Kind, text: str) -> Line:
    return Line(kind, (Piece(kind, text),))


def _pieces(said: Sequence[tuple[Kind, str]]) -> tuple[Piece, ...]:
    return tuple(Piece(kind, text) for kind, text in said if text)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """Equal runs and the changes between them; a removal and an addition at one place are one change."""
    merged: list[Opcode] = []
    for each in LCSseq.opcodes(old, new):
        tag, start, end, new_start, new_end = (
            each.tag, each.src_start, each.src_end, each.dest_start, each.dest_end
        )  # fmt: skip
        if merged and tag != "equal" and merged[-1][0] != "equal":
            merged[-1] = ("change", merged[-1][1], end, merged[-1][3], new_end)
        else:
            merged.append(("equal" if tag == "equal" else "change", start, end, new_start, new_end))
    return merged


def _without_islands(opcodes: Sequence[Opcode]) -> list[Opcode]:
    """A word or two that happen to stay within a rewritten passage are shown as rewritten with it."""
    joined: list[Opcode] = []
    for place, opcode in enumerate(opcodes):
        found, start, end, new_start, new_end = opcode
        tag = "change" if _is_island(opcodes, place) else found
        if joined and tag == "change" and joined[-1][0] == "change":
            joined[-1] = ("change", joined[-1][1], end, joined[-1][3], new_end)
        else:
            joined.append((tag, start, end, new_start, new_end))
    return joined


def _is_island(opcodes: Sequence[Opcode], place: int) -> bool:
    tag, start, end = opcodes[place][:3]
    if tag != "equal" or not 0 < place < len(opcodes) - 1:
        return False
    return end - start <= _ISLAND and _changed_words(opcodes, place) > 2 * (end - start) + 2


def _changed_words(opcodes: Sequence[Opcode], place: int) -> int:
    around = (opcodes[place - 1], opcodes[place + 1])
    return sum(end - start + new_end - new_start for _tag, start, end, new_start, new_end in around)
