"""A questionnaire's data in another language: its texts exchanged, everything else as it was.

Ids, conditions and codes are never looked up in a translation, so no translation can change what is asked or when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Data = Mapping[str, Any]

ENTRIES = {
    "": {"sections": "id"},
    "sections": {},
    "questions": {"options": "value", "columns": "id"},
    "columns": {"options": "value"},
    "options": {},
    "rules": {},
}
"""Which lists inside a part have texts of their own, and what their entries are called in a translation."""

TEXTS = {
    "": ("title", "purpose"),
    "sections": ("title", "intro"),
    "questions": ("text", "hint", "guidance", "example", "unit"),
    "columns": ("label", "hint"),
    "options": ("label", "hint"),
    "rules": ("because",),
}
"""The texts of each kind of part. Where a criterion comes from is a citation, which stays as it is."""


def in_other_words(data: Data, language: str) -> dict[str, Any]:
    """The data with the texts of that language; a text nobody translated stays as it was written."""
    words = data["translations"][language]
    told = _exchanged("", data, words)
    told["sections"] = [_questions(section, words.get("questions", {})) for section in told["sections"]]
    if "thresholds" in data:
        rules = _entries("rules", "id", data["thresholds"]["rules"], words.get("rules", {}))
        told["thresholds"] = {**data["thresholds"], "rules": rules}
    return told


def _questions(section: Data, words: Data) -> dict[str, Any]:
    return {**section, "questions": _entries("questions", "id", section["questions"], words)}


def _exchanged(kind: str, part: Data, words: Data) -> dict[str, Any]:
    told = dict(part)
    told.update({name: words[name] for name in TEXTS[kind] if name in part and name in words})
    for listed, key in ENTRIES[kind].items():
        if listed in part:
            told[listed] = _entries(listed, key, part[listed], words.get(listed, {}))
    return told


def _entries(kind: str, key: str, entries: list[Data], words: Data) -> list[dict[str, Any]]:
    return [_exchanged(kind, entry, words.get(entry[key], {})) for entry in entries]
