"""What a word of the glossary is. The words themselves are in `terms_of_data` and `terms_of_work`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """One word, its meaning, and the anchor by which other pages point at it.

    `spellings` are what an English text may say for the same thing besides the name, in lower case.
    """

    anchor: str
    name: str
    meaning: str
    spellings: tuple[str, ...] = ()
